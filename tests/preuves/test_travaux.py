"""Faults: a worker killed in the middle, a broker that stops, a database that cuts the link. Each job is done once."""

import os
import signal
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from apps.travaux.enums import EtatTravail
from apps.travaux.models import Travail
from apps.travaux.reveil import publier
from tests.travaux.lanceur import Lanceur
from tests.travaux.test_execution import vivant
from tests.travaux.test_reel import demander, etat, pid_de

from .conftest import Courtier

pytestmark = pytest.mark.postgresql

BAIL = 4


def debuts(marques: Path) -> list[str]:
    return [ligne.split()[0] for ligne in marques.read_text().splitlines()] if marques.exists() else []


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


@pytest.mark.parametrize("victime", ["tout le groupe", "le processus qui veille"])
def test_a_worker_killed_in_the_middle_loses_nothing_and_doubles_nothing(lanceur: Lanceur, victime: str) -> None:
    """SIGKILL of the whole worker, or of the one process that watches the child: the child dies at once, the job waits
    until its lease has run out, another worker does it, once."""
    marques, feu = lanceur.dossier / "marques", lanceur.dossier / "feu"
    lanceur.planificateur()
    premier = lanceur.travailleur(TRAVAUX_BAIL=str(BAIL))
    travail = demander("essai.feu", victime, marques=str(marques), feu=str(feu))
    lanceur.attendre(lambda: "debut" in debuts(marques), "pas commencé")
    fils = pid_de(marques)

    if victime == "tout le groupe":
        os.killpg(premier.popen.pid, signal.SIGKILL)
    else:
        os.kill(parent(fils), signal.SIGKILL)

    lanceur.attendre(lambda: not vivant(fils), "le fils survit à celui qui le veille")
    assert etat(travail) == EtatTravail.EN_COURS
    lanceur.travailleur(TRAVAUX_BAIL=str(BAIL))
    lanceur.attendre(lambda: debuts(marques).count("debut") == 2, "le travail n’est pas repris")
    feu.touch()
    lanceur.attendre(lambda: etat(travail) == EtatTravail.REUSSI, "le travail n’est pas fini")

    travail.refresh_from_db()
    assert travail.tentatives == 2
    assert debuts(marques) == ["debut", "debut", "fin"]


def test_a_broker_that_stops_delays_the_work_and_loses_none(lanceur: Lanceur, courtier: Courtier) -> None:
    """Asked for while it is down: the request passes, and the scheduler wakes a worker once it is back, empty."""
    courtier.demarrer()
    lanceur.travailleur(REDIS_URL=courtier.url)
    lanceur.planificateur(REDIS_URL=courtier.url)
    avant = demander("essai.compter_ici", "avant")
    lanceur.attendre(lambda: etat(avant) == EtatTravail.REUSSI, "le courtier ne sert pas")

    courtier.arreter()
    pendant = [demander("essai.compter_ici", f"pendant:{rang}") for rang in range(3)]
    assert {etat(t) for t in pendant} == {EtatTravail.EN_ATTENTE}
    Travail.objects.filter(pk__in=[t.pk for t in pendant]).update(reveille_le=None)
    courtier.demarrer()

    lanceur.attendre(lambda: {etat(t) for t in pendant} == {EtatTravail.REUSSI}, "les travaux sont perdus")
    assert set(Travail.objects.values_list("tentatives", flat=True)) == {1}


def test_a_database_that_cuts_the_link_ends_in_one_result(lanceur: Lanceur) -> None:
    """The connection of the watcher and of the child are closed by the server while the job runs."""
    marques, feu = lanceur.dossier / "marques", lanceur.dossier / "feu"
    lanceur.planificateur()
    lanceur.travailleur(TRAVAUX_BAIL=str(BAIL))
    travail = demander("essai.feu", "coupure", marques=str(marques), feu=str(feu))
    lanceur.attendre(lambda: "debut" in debuts(marques), "pas commencé")

    with connection.cursor() as curseur:
        curseur.execute("RESET ROLE")
        curseur.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            [connection.settings_dict["NAME"]],
        )
        curseur.execute(f'SET ROLE "{settings.ROLE_APPLICATIF}"')
    feu.touch()

    lanceur.attendre(lambda: etat(travail) == EtatTravail.REUSSI, "le travail n’est pas fini")
    travail.refresh_from_db()
    assert travail.tentatives <= 2
    assert not travail.bail_de


def test_many_jobs_and_two_workers_do_each_once(lanceur: Lanceur) -> None:
    """Sixty jobs, each woken three times over, two workers of two processes."""
    for _ in range(2):
        lanceur.travailleur()
    travaux = [demander("essai.compter_ici", f"foule:{rang}") for rang in range(60)]
    for _ in range(2):
        for travail in travaux:
            reveiller(travail)

    lanceur.attendre(
        lambda: Travail.objects.filter(etat=EtatTravail.REUSSI).count() == 60, "tous les travaux ne sont pas faits"
    )

    assert set(Travail.objects.values_list("tentatives", flat=True)) == {1}


def reveiller(travail: Travail) -> None:
    assert publier("apps.travaux.tasks.executer", travail.pk)
