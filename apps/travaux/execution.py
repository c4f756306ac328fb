"""Do a job: take it, do it here or watch over the child that does it, write how it ended."""

import logging
import os
import socket
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection

from apps.core.erreurs import ErreurMetier
from apps.core.portee import portee

from . import workflow
from .executeur import Avancement, Executeur, TravailAnnule, executeur_de
from .models import Travail
from .processus import GRACE, Fils, en_main

journal = logging.getLogger(__name__)

PAS = 0.5
BATTEMENT = 1.0

INCONNU = "Ce genre de travail n’existe plus dans cette version du site."
BRUTAL = "Le traitement s’est arrêté brutalement, peut-être par manque de mémoire."
IMPREVU = "Le traitement a rencontré une erreur imprévue, notée dans le journal du site (référence {reference})."
TROP_LONG = "Le traitement a dépassé la durée permise ({duree}) et a été arrêté. Essayez sur une sélection plus petite."


def duree_en_mots(secondes: int) -> str:
    """« 10 minutes », « 45 secondes »."""
    nombre, unite = (secondes // 60, "minute") if secondes >= 60 else (secondes, "seconde")
    return f"{nombre}\u00a0{unite}{'s' if nombre > 1 else ''}"


def executer(travail_id: int) -> None:
    """Take the job if it is still to be done, and do it. Never raises for what the job itself does."""
    travail = workflow.prendre(travail_id, par=f"{socket.gethostname()[:30]}:{os.getpid()}")
    if travail is None:
        return
    try:
        executeur = executeur_de(travail.genre)
    except KeyError:
        workflow.echouer(travail, INCONNU)
        return
    if executeur.processus:
        _par_un_fils(travail, executeur)
    else:
        _ici(travail, executeur)


def faire(travail: Travail, executeur: Executeur, avancement: Avancement) -> None:
    """Run the executor in its scope and mark the job done, on PostgreSQL in one transaction.

    Raises TravailAnnule when the lease was lost meanwhile: there, what was done is undone with it.
    """
    cadre: AbstractContextManager[None] = nullcontext()
    if connection.vendor == "postgresql":
        cadre = portee(travail.territoire_id)
    dernier = travail.total

    def compter(fait: int, total: int | None = None, message: str = "") -> None:
        nonlocal dernier
        dernier = max(fait, total or dernier)
        avancement(fait, total, message)

    with cadre:
        resultat = executeur.fonction(travail, compter)
        if not workflow.reussir(travail, resultat or {}, total=dernier):
            raise TravailAnnule


def decrire(erreur: BaseException, travail: Travail) -> str:
    """Note an unforeseen error in the log, without the values it may hold, and say it to a person."""
    reference = f"travail-{travail.pk}"
    lieux = "".join(traceback.format_tb(erreur.__traceback__))
    journal.error("%s (%s) : %s\n%s", reference, travail.genre, type(erreur).__name__, lieux)
    return IMPREVU.format(reference=reference)


def _ici(travail: Travail, executeur: Executeur) -> None:
    """A short job, in the worker itself: nothing enforces its duration but its lease."""

    def avancement(fait: int, total: int | None = None, message: str = "") -> None:
        if workflow.annulation_demandee(travail):
            raise TravailAnnule

    en_main.ajouter(travail.bail_de)
    try:
        faire(travail, executeur, avancement)
    except TravailAnnule:
        workflow.arreter(travail)
    except ErreurMetier as erreur:
        workflow.echouer(travail, erreur.message)
    except Exception as erreur:
        workflow.remettre(travail, decrire(erreur, travail))
    finally:
        en_main.retirer(travail.bail_de)


def _par_un_fils(travail: Travail, executeur: Executeur) -> None:
    """Start the child and watch over it until it ends."""
    duree_max = executeur.duree_max or settings.TRAVAUX_DUREE_MAX
    en_main.ajouter(travail.bail_de)
    try:
        with Fils(travail) as fils:
            en_main.ajouter(travail.bail_de, fils)
            # A timer of its own: the database may make this thread wait.
            minuterie = threading.Timer(duree_max, fils.expirer)
            minuterie.daemon = True
            minuterie.start()
            try:
                est_annule = _veiller(travail, fils)
            finally:
                minuterie.cancel()
            fils.processus.wait()
            _conclure(travail, fils, duree_max=duree_max, est_annule=est_annule)
    finally:
        en_main.retirer(travail.bail_de)


def _veiller(travail: Travail, fils: Fils) -> bool:
    """Renew the lease and show the progress until the child ends. True when the job was cancelled."""
    prolonge_a = battu_a = fils.depuis
    montre: dict[str, Any] = {}
    annule_a = 0.0
    while fils.ecouter(PAS):
        maintenant = time.monotonic()
        if annule_a and maintenant - annule_a > GRACE:
            fils.tuer()
        if maintenant - battu_a < BATTEMENT:
            continue
        battu_a = maintenant
        a_montrer = fils.derniere if fils.derniere is not montre else None
        if a_montrer or maintenant - prolonge_a > settings.TRAVAUX_BAIL / 4:
            tenu = _sans_base(lambda d=a_montrer: _battre(travail, d))
            if tenu is False:
                fils.tuer()
            elif tenu:
                prolonge_a, montre = time.monotonic(), a_montrer or montre
        if maintenant - prolonge_a > settings.TRAVAUX_BAIL:
            # Cut from the database for as long as the lease: somebody else may have taken the job.
            fils.tuer()
        if not annule_a and _sans_base(lambda: workflow.annulation_demandee(travail)):
            annule_a = maintenant
            fils.demander_arret()
    return bool(annule_a)


def _battre(travail: Travail, derniere: dict[str, Any] | None) -> bool:
    """Renew the lease, with the progress when there is something new."""
    return workflow.avancer(travail, **derniere) if derniere else workflow.prolonger(travail)


def _sans_base(action: Callable[[], bool]) -> bool | None:
    """The answer of the database, or None when it cannot be asked now."""
    try:
        return action()
    except DatabaseError as erreur:
        journal.warning("Base injoignable pendant un travail (%s).", type(erreur).__name__)
        close_old_connections()
        return None


def _conclure(travail: Travail, fils: Fils, *, duree_max: int, est_annule: bool) -> None:
    """Write how it ended. Success was written by the child itself, in the transaction of its effects."""
    if fils.fin.get("fin") == "reussi":
        return
    if fils.a_expire:
        workflow.echouer(travail, TROP_LONG.format(duree=duree_en_mots(duree_max)))
    elif fils.est_rendu:
        workflow.rendre(travail)
    elif est_annule or fils.fin.get("fin") == "annule":
        workflow.arreter(travail)
    elif fils.fin.get("fin") == "metier":
        workflow.echouer(travail, fils.fin["message"])
    elif fils.fin.get("fin") == "erreur":
        workflow.remettre(travail, fils.fin["message"])
    else:
        journal.error(
            "travail-%s (%s) : processus terminé par %s", travail.pk, travail.genre, fils.processus.returncode
        )
        workflow.remettre(travail, BRUTAL)
