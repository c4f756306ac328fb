"""Factories of jobs."""

from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from apps.core.acces import Role
from apps.travaux.enums import EtatTravail
from apps.travaux.models import Travail
from tests.factories import TerritoireFactory, UtilisateurFactory


class TravailFactory(DjangoModelFactory):
    class Meta:
        model = Travail

    territoire = factory.SubFactory(TerritoireFactory)
    demande_par = factory.SubFactory(UtilisateurFactory)
    role = Role.COORDINATION
    genre = "essai.compter"
    cle = factory.Sequence(lambda n: f"essai:{n}")
    reveille_le = factory.LazyFunction(timezone.now)

    class Params:
        reussi = factory.Trait(etat=EtatTravail.REUSSI, fini_le=factory.LazyFunction(timezone.now), fait=3, total=3)
        echoue = factory.Trait(
            etat=EtatTravail.ECHOUE, fini_le=factory.LazyFunction(timezone.now), erreur="Le fichier est vide."
        )
        en_cours = factory.Trait(
            etat=EtatTravail.EN_COURS,
            bail_de="ailleurs:1",
            tentatives=1,
            commence_le=factory.LazyFunction(timezone.now),
            bail_jusqua=factory.LazyFunction(lambda: timezone.now() + timedelta(seconds=60)),
        )
