"""Leases: one holder at a time, and who lost the lease writes nothing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from apps.territoires.models import Territoire
from apps.travaux import workflow
from apps.travaux.enums import EtatTravail
from apps.travaux.models import Travail

from .factories import TravailFactory


def test_a_job_is_taken_once(territoire: Territoire) -> None:
    travail = TravailFactory(territoire=territoire)

    pris = workflow.prendre(travail.pk, par="un")

    assert pris is not None
    assert (pris.etat, pris.tentatives) == (EtatTravail.EN_COURS, 1)
    assert pris.bail_jusqua > timezone.now()
    assert workflow.prendre(travail.pk, par="deux") is None


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_twenty_workers_take_a_job_once() -> None:
    travail = TravailFactory()

    def prendre(rang: int) -> bool:
        try:
            return workflow.prendre(travail.pk, par=f"travailleur-{rang}") is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as fils:
        pris = list(fils.map(prendre, range(20)))

    assert pris.count(True) == 1
    travail.refresh_from_db()
    assert travail.tentatives == 1


PERDANTS: list[Callable[[Travail], bool]] = [
    workflow.prolonger,
    lambda t: workflow.avancer(t, fait=5, total=9, message="moi"),
    lambda t: workflow.reussir(t, {"de": "moi"}, total=1),
    lambda t: workflow.echouer(t, "moi"),
    lambda t: workflow.remettre(t, "moi"),
    workflow.arreter,
    workflow.rendre,
]


@pytest.mark.parametrize("ecrire", PERDANTS)
def test_who_lost_the_lease_writes_nothing(territoire: Territoire, ecrire: Callable[[Travail], bool]) -> None:
    ancien = workflow.prendre(TravailFactory(territoire=territoire).pk, par="ancien")
    Travail.objects.filter(pk=ancien.pk).update(bail_jusqua=timezone.now() - timedelta(seconds=1))
    workflow.remettre(ancien, "Interrompu.", perdu=True)
    Travail.objects.filter(pk=ancien.pk).update(pas_avant=timezone.now())
    nouveau = workflow.prendre(ancien.pk, par="nouveau")

    assert ecrire(ancien) is False

    nouveau.refresh_from_db()
    assert (nouveau.etat, nouveau.fait, nouveau.resultat, nouveau.erreur) == (EtatTravail.EN_COURS, 0, {}, "")


def test_a_renewed_lease_is_not_freed(territoire: Territoire) -> None:
    """The sweeper read it as lost just before its holder renewed it."""
    travail = workflow.prendre(TravailFactory(territoire=territoire).pk, par="vivant")

    assert workflow.remettre(travail, "Interrompu.", perdu=True) is False

    travail.refresh_from_db()
    assert travail.etat == EtatTravail.EN_COURS


def test_attempts_wait_longer_each_time_then_end(territoire: Territoire) -> None:
    pk = TravailFactory(territoire=territoire).pk
    attentes = []
    for _ in range(3):
        Travail.objects.filter(pk=pk).update(pas_avant=timezone.now())
        travail = workflow.prendre(pk, par="essai")
        avant = timezone.now()
        workflow.remettre(travail, "Le serveur n’a pas répondu.")
        travail.refresh_from_db()
        attentes.append(round((travail.pas_avant - avant).total_seconds()))

    assert attentes[:2] == [15, 60]
    assert (travail.etat, travail.erreur) == (EtatTravail.ECHOUE, "Le serveur n’a pas répondu.")
    assert travail.fini_le is not None


def test_a_job_given_back_costs_no_attempt(territoire: Territoire) -> None:
    travail = workflow.prendre(TravailFactory(territoire=territoire).pk, par="essai")

    workflow.rendre(travail)

    travail.refresh_from_db()
    assert (travail.etat, travail.tentatives, travail.bail_de) == (EtatTravail.EN_ATTENTE, 0, "")
