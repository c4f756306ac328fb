"""The real parts: a Celery worker on Redis, and the worker inside the site."""

import os
import signal
from pathlib import Path

import pytest
from django.db import transaction

from apps.core.acces import Acces
from apps.core.portee import portee
from apps.territoires.models import Territoire
from apps.travaux import services
from apps.travaux.enums import EtatTravail
from apps.travaux.models import Travail
from tests.factories import OrganismeFactory, TerritoireFactory

from .factories import TravailFactory
from .lanceur import Lanceur
from .test_execution import vivant


def figeac() -> Territoire:
    territoire = TerritoireFactory()
    with portee(territoire.pk):
        OrganismeFactory(territoire=territoire, nom="CMA du Lot")
    return territoire


def demander(genre: str, cle: str, territoire: Territoire | None = None, **parametres: str) -> Travail:
    acces = Acces.systeme(territoire.pk if territoire else None)
    with transaction.atomic():
        return services.demander(genre, cle=cle, parametres=parametres, acces=acces)


def etat(travail: Travail) -> str:
    return Travail.objects.values_list("etat", flat=True).get(pk=travail.pk)


@pytest.mark.postgresql
def test_a_celery_worker_does_the_jobs(lanceur: Lanceur) -> None:
    """Through Redis, in a child of a prefork process, within one territoire and a time limit."""
    territoire = figeac()
    processus = lanceur.travailleur()
    travaux = [
        demander("essai.organismes", "a", territoire),
        demander("essai.compter_ici", "b", territoire),
        demander("essai.sourd", "c", territoire, marques=str(lanceur.dossier / "marques")),
    ]

    lanceur.attendre(
        lambda: [etat(t) for t in travaux] == [EtatTravail.REUSSI, EtatTravail.REUSSI, EtatTravail.ECHOUE],
        "les travaux ne sont pas faits",
    )

    travaux[0].refresh_from_db()
    assert travaux[0].resultat == {"noms": ["CMA du Lot"]}
    assert processus.arreter() == 0
    assert not processus.survivants()


def test_the_worker_inside_the_site_does_the_jobs(lanceur: Lanceur) -> None:
    """No message comes from this other process: its sweep finds them. Its time limit is enforced too."""
    travaux = [
        TravailFactory(genre="essai.compter", reveille_le=None),
        TravailFactory(genre="essai.compter_ici", reveille_le=None),
        TravailFactory(genre="essai.sourd", reveille_le=None, parametres={"marques": str(lanceur.dossier / "marques")}),
    ]

    processus = lanceur.integre()
    lanceur.attendre(
        lambda: [etat(t) for t in travaux] == [EtatTravail.REUSSI, EtatTravail.REUSSI, EtatTravail.ECHOUE],
        "les travaux ne sont pas faits",
    )

    assert processus.arreter() == 0
    assert not processus.survivants()


def test_stopping_the_site_gives_its_jobs_back(lanceur: Lanceur) -> None:
    marques = lanceur.dossier / "marques"
    travail = TravailFactory(genre="essai.patienter", reveille_le=None, parametres={"marques": str(marques)})
    processus = lanceur.integre()
    lanceur.attendre(marques.exists, "pas commencé")

    assert processus.arreter() == 0

    travail.refresh_from_db()
    assert (travail.etat, travail.tentatives) == (EtatTravail.EN_ATTENTE, 0)
    assert not vivant(pid_de(marques))


def test_killing_the_site_kills_its_children(lanceur: Lanceur) -> None:
    marques = lanceur.dossier / "marques"
    TravailFactory(genre="essai.sourd_long", reveille_le=None, parametres={"marques": str(marques)})
    processus = lanceur.integre()
    lanceur.attendre(lambda: marques.exists() and "debut" in marques.read_text(), "pas commencé")

    os.kill(processus.popen.pid, signal.SIGKILL)
    processus.popen.wait(timeout=10)

    lanceur.attendre(lambda: not vivant(pid_de(marques)), "le fils a survécu")


def pid_de(marques: Path) -> int:
    """The process that began the job last."""
    return int([ligne for ligne in marques.read_text().splitlines() if ligne.startswith("debut")][-1].split()[1])
