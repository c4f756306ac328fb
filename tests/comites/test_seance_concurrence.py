"""Several hands at the very same moment: one séance a day, one convocation, one order, one document."""

from collections.abc import Callable
from datetime import time, timedelta

import pytest
from django.utils import timezone

from apps.comites.enums import StatutSeance
from apps.comites.models import Instance, Seance
from apps.comites.services import convocation, ordre, seances
from apps.comites.services.documents import demander_document
from apps.core.acces import Acces
from apps.core.erreurs import ErreurMetier
from apps.courriels.models import Courriel
from apps.documents.models import Document
from apps.travaux.models import Travail
from tests.factories import TerritoireFactory
from tests.outils import entrer

from .factories import InstanceFactory, PointFactory, PresenceFactory, SeanceFactory
from .test_tenue_concurrence import FILS, ensemble

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def instance() -> Instance:
    territoire = TerritoireFactory()
    entrer(territoire.pk)
    return InstanceFactory(territoire=territoire)


def refus(erreurs: list[Exception]) -> int:
    """How many were told why not; anything else is a fault."""
    for erreur in erreurs:
        if not isinstance(erreur, ErreurMetier):
            raise erreur
    return len(erreurs)


def tous(instance: Instance, faire: Callable[[Acces], object]) -> int:
    acces = Acces.systeme(instance.territoire_id)
    return refus(ensemble(instance.territoire_id, lambda _: faire(acces)))


def test_one_seance_a_day_however_many_make_it(instance: Instance) -> None:
    jour = timezone.localdate() + timedelta(days=20)

    def creer(acces: Acces) -> object:
        return seances.creer_seance(acces=acces, instance=instance, jour=jour, heure_debut=time(9), heure_fin=time(12))

    creer(Acces.systeme(instance.territoire_id)).delete()  # type: ignore[attr-defined]  # the series of numbers is there
    assert tous(instance, creer) == FILS - 1
    assert Seance.objects.filter(instance=instance, jour=jour).count() == 1


def test_convened_once_and_each_told_once(instance: Instance) -> None:
    seance = SeanceFactory(instance=instance)
    PresenceFactory(seance=seance, invite=True)
    assert tous(instance, lambda acces: convocation.convoquer(acces=acces, seance=seance)) == FILS - 1
    assert Courriel.objects.filter(gabarit="comite_convocation").count() == 1
    assert Seance.objects.get(pk=seance.pk).statut == StatutSeance.CONVOQUEE


def test_the_agenda_keeps_one_order(instance: Instance) -> None:
    seance = SeanceFactory(instance=instance)
    points = [PointFactory(seance=seance, sujet=True) for _ in range(6)]
    tous(instance, lambda acces: ordre.ordonner(acces=acces, point=points[-1], rang=1))
    tous(instance, lambda acces: ordre.ajouter_sujet(acces=acces, seance=seance, titre="Un de plus"))
    rangs = list(seance.points.inscrits().values_list("ordre", flat=True))
    assert rangs == list(range(1, 6 + FILS + 1))


def test_the_same_document_is_one_row_and_one_job(instance: Instance) -> None:
    seance = SeanceFactory(instance=instance)
    assert tous(instance, lambda acces: demander_document(acces=acces, seance=seance, genre="convocation")) == 0
    assert (Document.objects.count(), Travail.objects.count()) == (1, 1)
    Document.objects.update(expire_le=timezone.now() - timedelta(minutes=1))
    assert tous(instance, lambda acces: demander_document(acces=acces, seance=seance, genre="convocation")) == 0
    assert Document.objects.filter(purge_le=None).count() == 1
