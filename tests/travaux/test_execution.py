"""Jobs done in a child process, and in the worker itself."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from apps.core.portee import portee
from apps.territoires.models import Territoire
from apps.travaux import balayage, execution, processus, workflow
from apps.travaux.enums import EtatTravail
from apps.travaux.models import Travail
from tests.factories import OrganismeFactory, TerritoireFactory

from .factories import TravailFactory


def relire(travail: Travail) -> Travail:
    travail.refresh_from_db()
    return travail


def attendre(condition: Callable[[], object], quoi: str) -> None:
    fin = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < fin, quoi
        time.sleep(0.05)


def en_arriere_plan(travail: Travail) -> threading.Thread:
    """A worker doing the job while the test acts."""

    def travailler() -> None:
        try:
            execution.executer(travail.pk)
        finally:
            connection.close()

    fil = threading.Thread(target=travailler)
    fil.start()
    return fil


def vivant(pid: int) -> bool:
    """Running, and not merely waiting to be forgotten by its parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_child_does_the_job_and_keeps_its_result(fils: Path) -> None:
    travail = TravailFactory()

    execution.executer(travail.pk)

    assert relire(travail).etat == EtatTravail.REUSSI
    assert travail.resultat["lignes"] == 3
    assert travail.resultat["pid"] != os.getpid()
    assert (travail.fait, travail.total, travail.tentatives, travail.bail_de) == (3, 3, 1, "")
    assert travail.commence_le and travail.fini_le


@pytest.mark.django_db
def test_a_short_job_is_done_in_the_worker() -> None:
    travail = TravailFactory(genre="essai.compter_ici")

    execution.executer(travail.pk)

    assert relire(travail).etat == EtatTravail.REUSSI
    assert travail.resultat == {"lignes": 3, "pid": os.getpid()}


@pytest.mark.postgresql
def test_the_child_sees_one_territoire(fils: Path) -> None:
    """Its executor filters nothing: the database does."""
    ici, ailleurs = TerritoireFactory(), TerritoireFactory(slug="langres", nom="Pays de Langres")
    for territoire, nom in ((ici, "CMA du Lot"), (ailleurs, "CMA de Haute-Marne")):
        with portee(territoire.pk):
            OrganismeFactory(territoire=territoire, nom=nom)
    travail = TravailFactory(territoire=ici, genre="essai.organismes")

    execution.executer(travail.pk)

    assert relire(travail).resultat == {"noms": ["CMA du Lot"]}


@pytest.mark.parametrize("genre", ["essai.refuser", "essai.refuser_ici"])
def test_a_rule_of_the_field_ends_the_job_with_its_sentence(fils: Path, genre: str) -> None:
    travail = TravailFactory(genre=genre)

    execution.executer(travail.pk)

    assert (relire(travail).etat, travail.erreur) == (EtatTravail.ECHOUE, "Le fichier ne contient aucune ligne.")


@pytest.mark.parametrize("genre", ["essai.planter", "essai.planter_ici"])
def test_an_unforeseen_error_is_tried_again_and_says_nothing_of_its_values(fils: Path, genre: str) -> None:
    travail = TravailFactory(genre=genre)

    execution.executer(travail.pk)

    assert (relire(travail).etat, travail.tentatives) == (EtatTravail.EN_ATTENTE, 1)
    assert f"travail-{travail.pk}" in travail.erreur
    assert "06 00" not in travail.erreur
    assert not travail.resultat


def test_the_log_of_an_error_holds_the_place_and_not_the_values(caplog: pytest.LogCaptureFixture) -> None:
    try:
        raise RuntimeError("06 00 00 00 00")
    except RuntimeError as erreur:
        execution.decrire(erreur, Travail(pk=7, genre="essai"))

    assert "test_execution.py" in caplog.text
    assert "06 00" not in caplog.text.replace('raise RuntimeError("06 00 00 00 00")', "")


def test_a_child_killed_from_outside_is_tried_again(fils: Path) -> None:
    travail = TravailFactory(genre="essai.tomber")

    execution.executer(travail.pk)

    assert (relire(travail).etat, travail.erreur) == (EtatTravail.EN_ATTENTE, execution.BRUTAL)


def test_the_time_limit_is_enforced_on_the_whole_group(fils: Path) -> None:
    travail = TravailFactory(genre="essai.sourd", parametres={"marques": str(fils)})

    execution.executer(travail.pk)

    assert (relire(travail).etat, travail.tentatives) == (EtatTravail.ECHOUE, 1)
    assert "durée permise (10\u00a0secondes)" in travail.erreur
    pids = [int(ligne.split()[1]) for ligne in fils.read_text().splitlines()]
    assert len(pids) == 2
    attendre(lambda: not any(vivant(pid) for pid in pids), "un processus a survécu")


def test_cancelling_stops_the_child_at_its_next_row(fils: Path) -> None:
    travail = TravailFactory(genre="essai.patienter", parametres={"marques": str(fils)})
    fil = en_arriere_plan(travail)
    attendre(lambda: relire(travail).fait > 0, "aucun avancement")
    assert travail.message == "En route"

    workflow.annuler(travail)
    fil.join(30)

    assert not fil.is_alive()
    assert relire(travail).etat == EtatTravail.ANNULE
    assert not any(ligne.startswith("fin") for ligne in fils.read_text().splitlines())


def test_cancelling_kills_a_child_that_does_not_listen(fils: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execution, "GRACE", 0.5)
    travail = TravailFactory(genre="essai.sourd_long", parametres={"marques": str(fils)})
    fil = en_arriere_plan(travail)
    attendre(fils.exists, "pas commencé")

    workflow.annuler(travail)
    fil.join(30)

    assert not fil.is_alive()
    assert relire(travail).etat == EtatTravail.ANNULE


def test_a_lost_lease_kills_the_child(fils: Path) -> None:
    """Somebody else took the job: the one who works on must stop, and changes nothing."""
    travail = TravailFactory(genre="essai.patienter", parametres={"marques": str(fils)})
    fil = en_arriere_plan(travail)
    attendre(fils.exists, "pas commencé")

    Travail.objects.filter(pk=travail.pk).update(bail_de="un autre")
    fil.join(30)

    assert not fil.is_alive()
    assert (relire(travail).etat, travail.bail_de) == (EtatTravail.EN_COURS, "un autre")
    pid = int(fils.read_text().split()[1])
    attendre(lambda: not vivant(pid), "le fils a survécu")


def test_the_lease_is_renewed_while_the_child_works(fils: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Longer than the lease: the sweeper must find nothing to free."""
    monkeypatch.setattr(settings, "TRAVAUX_BAIL", 4)
    monkeypatch.setattr(balayage, "publier", lambda *message: True)
    feu = fils.with_name("feu")
    travail = TravailFactory(genre="essai.feu", parametres={"marques": str(fils), "feu": str(feu)})
    fil = en_arriere_plan(travail)
    attendre(fils.exists, "pas commencé")

    monkeypatch.setattr(processus.EnMain, "baux", lambda soi: set())
    premier = relire(travail).bail_jusqua
    attendre(lambda: (relire(travail).bail_jusqua - premier).total_seconds() > 5, "bail non renouvelé")
    balayage.reprendre()
    feu.touch()
    fil.join(30)
    monkeypatch.undo()

    assert (relire(travail).etat, travail.tentatives) == (EtatTravail.REUSSI, 1)
    assert [ligne.split()[0] for ligne in fils.read_text().splitlines()] == ["debut", "fin"]


def test_a_kind_that_is_gone_ends_with_a_reason(territoire: Territoire) -> None:
    travail = TravailFactory(territoire=territoire, genre="essai.disparu")

    execution.executer(travail.pk)

    assert (relire(travail).etat, travail.erreur) == (EtatTravail.ECHOUE, execution.INCONNU)


def test_a_message_for_a_job_done_or_gone_does_nothing(territoire: Territoire) -> None:
    fini = TravailFactory(territoire=territoire, reussi=True)

    execution.executer(fini.pk)
    execution.executer(fini.pk + 1000)

    assert (relire(fini).etat, fini.tentatives) == (EtatTravail.REUSSI, 0)
