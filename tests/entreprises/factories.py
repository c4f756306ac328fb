import factory
from factory.django import DjangoModelFactory
from stdnum import luhn

from apps.entreprises.models import Entreprise, Interlocuteur
from tests.factories import CommuneFactory, TerritoireFactory
from tests.personnes.factories import PersonneFactory


def siret(rang: int) -> str:
    """A valid SIRET for each number."""
    siren = f"{80000000 + rang:08d}"
    siren += luhn.calc_check_digit(siren)
    debut = f"{siren}0001"
    return debut + luhn.calc_check_digit(debut)


class EntrepriseFactory(DjangoModelFactory):
    """In the register, at Figeac."""

    class Meta:
        model = Entreprise

    territoire = factory.SubFactory(TerritoireFactory)
    nom = factory.Sequence(lambda n: f"Boulangerie {n}")
    siret = factory.Sequence(siret)
    commune = factory.SubFactory(CommuneFactory)
    naf_rev2 = "10.71C"

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        entreprise = model_class(*args, **kwargs)
        entreprise.preparer()
        entreprise.save()
        return entreprise


class InterlocuteurFactory(DjangoModelFactory):
    class Meta:
        model = Interlocuteur

    territoire = factory.SelfAttribute("entreprise.territoire")
    entreprise = factory.SubFactory(EntrepriseFactory)
    personne = factory.SubFactory(PersonneFactory)
    fonction = "Gérante"
