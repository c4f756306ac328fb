import factory
from factory.django import DjangoModelFactory

from apps.personnes.models import Personne
from tests.factories import TerritoireFactory


class PersonneFactory(DjangoModelFactory):
    class Meta:
        model = Personne

    territoire = factory.SubFactory(TerritoireFactory)
    prenom = "Nadia"
    nom = factory.Sequence(lambda n: f"Lacaze{n}")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        personne = model_class(*args, **kwargs)
        personne.preparer()
        personne.save()
        return personne
