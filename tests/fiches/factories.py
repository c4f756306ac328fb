"""Fiches ready to use: a person who agreed to everything, a need, a number."""

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from apps.core.acces import Acces
from apps.fiches import services
from apps.fiches.models import FicheNavette
from apps.personnes.enums import CanalAccord, Portee
from apps.personnes.models import Accord, Personne
from apps.territoires.models import Territoire
from tests.factories import CommuneFactory, TerritoireFactory, ThemeFactory


class PersonneFactory(DjangoModelFactory):
    class Meta:
        model = Personne

    territoire = factory.SubFactory(TerritoireFactory)
    civilite = "M."
    prenom = "Julien"
    nom = factory.Sequence(lambda n: f"Lacoste{n}")
    courriel = factory.Sequence(lambda n: f"julien{n}@example.org")
    telephone = "06 00 00 00 00"
    commune = factory.SubFactory(CommuneFactory)


class AccordFactory(DjangoModelFactory):
    class Meta:
        model = Accord

    territoire = factory.SelfAttribute("personne.territoire")
    portee = Portee.TOUS
    comite = True
    canal = CanalAccord.FORMULAIRE
    donne_le = factory.LazyFunction(timezone.now)


def ouvrir(territoire: Territoire, *, accord: bool = True, personnes: int = 1, **champs: object) -> FicheNavette:
    """A fiche of the territoire whose applicants agreed to share with everybody (unless `accord=False`)."""
    gens = [PersonneFactory(territoire=territoire) for _ in range(personnes)]
    if accord:
        for personne in gens:
            AccordFactory(personne=personne)
    champs.setdefault("titre", "Reprise d’une boulangerie à Cardaillac")
    champs.setdefault("besoins", [{"theme": ThemeFactory(territoire=territoire), "paroles": "Je cherche un fonds."}])
    return services.ouvrir(
        acces=champs.pop("acces", Acces.systeme(territoire.pk)),
        personnes=gens,
        **champs,  # type: ignore[arg-type]
    )
