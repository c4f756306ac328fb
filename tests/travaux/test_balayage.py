"""The sweepers: nothing is lost, nothing is kept for ever."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from apps.core.registres import balayages
from apps.territoires.models import Territoire
from apps.travaux import balayage
from apps.travaux.enums import EtatTravail
from apps.travaux.models import Balayage, Travail
from apps.travaux.processus import en_main
from config.celery import app

from .factories import TravailFactory


@pytest.fixture
def partis(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The jobs whose message was sent by a sweep."""
    envoyes: list[int] = []
    monkeypatch.setattr(balayage, "publier", lambda tache, pk: envoyes.append(pk) or True)
    return envoyes


def il_y_a(**delai: float):
    return timezone.now() - timedelta(**delai)


def test_a_lost_lease_is_freed_and_tried_again(territoire: Territoire, partis: list[int]) -> None:
    mort = TravailFactory(territoire=territoire, en_cours=True, bail_jusqua=il_y_a(seconds=1))
    vivant = TravailFactory(territoire=territoire, en_cours=True)

    balayage.reprendre()

    mort.refresh_from_db()
    vivant.refresh_from_db()
    assert (mort.etat, mort.bail_de) == (EtatTravail.EN_ATTENTE, "")
    assert vivant.etat == EtatTravail.EN_COURS
    with time_machine.travel(timezone.now() + timedelta(seconds=20), tick=False):
        balayage.reprendre()
    assert partis == [mort.pk]


def test_a_lease_lost_too_often_ends_with_a_reason(territoire: Territoire, partis: list[int]) -> None:
    travail = TravailFactory(territoire=territoire, en_cours=True, tentatives=3, bail_jusqua=il_y_a(seconds=1))

    balayage.reprendre()

    travail.refresh_from_db()
    assert (travail.etat, travail.erreur) == (EtatTravail.ECHOUE, balayage.INTERROMPU)


def test_a_lost_job_that_was_cancelled_is_not_tried_again(territoire: Territoire, partis: list[int]) -> None:
    travail = TravailFactory(
        territoire=territoire, en_cours=True, bail_jusqua=il_y_a(seconds=1), annulation_demandee=True
    )

    balayage.reprendre()

    travail.refresh_from_db()
    assert travail.etat == EtatTravail.ANNULE


def test_a_job_held_by_this_process_is_not_freed(territoire: Territoire, partis: list[int]) -> None:
    """Its own watcher may have been kept waiting by the database longer than the lease."""
    travail = TravailFactory(territoire=territoire, en_cours=True, bail_jusqua=il_y_a(seconds=1))
    en_main.ajouter(travail.bail_de)

    balayage.reprendre()
    en_main.retirer(travail.bail_de)

    travail.refresh_from_db()
    assert travail.etat == EtatTravail.EN_COURS


def test_a_lost_message_is_sent_again_and_not_at_every_sweep(territoire: Territoire, partis: list[int]) -> None:
    oublie = TravailFactory(territoire=territoire, reveille_le=il_y_a(minutes=1))
    TravailFactory(territoire=territoire)
    TravailFactory(territoire=territoire, reveille_le=None, pas_avant=timezone.now() + timedelta(hours=1))

    assert balayage.reveiller_les_oublies() == 1
    assert balayage.reveiller_les_oublies() == 0

    assert partis == [oublie.pk]


def test_a_silent_broker_stops_the_sweep_at_the_first_message(
    territoire: Territoire, monkeypatch: pytest.MonkeyPatch
) -> None:
    TravailFactory.create_batch(3, territoire=territoire, reveille_le=None)
    essais = []
    monkeypatch.setattr(balayage, "publier", lambda *message: essais.append(message))

    assert balayage.reveiller_les_oublies() == 0

    assert len(essais) == 1
    assert Travail.objects.filter(reveille_le__isnull=True).count() == 3


def test_old_finished_jobs_are_forgotten(territoire: Territoire) -> None:
    TravailFactory(territoire=territoire, reussi=True, fini_le=il_y_a(days=31))
    recent = TravailFactory(territoire=territoire, reussi=True, fini_le=il_y_a(days=29))
    attend = TravailFactory(territoire=territoire)
    Travail.objects.filter(pk=attend.pk).update(cree_le=il_y_a(days=40))

    balayage.purger()

    assert set(Travail.objects.values_list("pk", flat=True)) == {recent.pk, attend.pk}


@pytest.fixture
def passages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two sweeps of the test's own, one of which fails."""
    faits: list[str] = []

    def tomber() -> None:
        faits.append("tombe")
        raise RuntimeError

    essais = {"essai:tombe": (tomber, 60), "essai:passe": (lambda: faits.append("passe"), 60)}
    monkeypatch.setattr(balayages, "_entrees", essais)
    return faits


@pytest.mark.django_db
def test_each_sweep_runs_when_due_and_one_that_fails_stops_none(passages: list[str]) -> None:
    balayage.balayer()
    balayage.balayer()
    assert passages == ["tombe", "passe"]

    with time_machine.travel(timezone.now() + timedelta(seconds=60), tick=False):
        balayage.balayer()

    assert passages == ["tombe", "passe", "tombe", "passe"]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_several_schedulers_run_each_sweep_once(passages: list[str]) -> None:
    def balayer(_: int) -> None:
        try:
            balayage.balayer()
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as fils:
        list(fils.map(balayer, range(8)))

    assert sorted(passages) == ["passe", "tombe"]
    assert Balayage.objects.count() == 2


def test_the_scheduler_sends_the_sweep_and_the_task_exists() -> None:
    app.loader.import_default_modules()
    entree = app.conf.beat_schedule["balayer"]

    assert entree["task"] in app.tasks
    assert entree["options"]["expires"] < entree["schedule"]


def test_the_sweeps_of_jobs_are_inscribed() -> None:
    assert balayages["travaux:reprise"] == (balayage.reprendre, 15)
    assert balayages["travaux:purge"] == (balayage.purger, 24 * 3600)
