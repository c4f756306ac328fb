"""The worker and the scheduler inside the site's own process: the demonstration, and a very small Pays.

A real Celery worker runs in a thread, on the broker of the settings (in memory without Redis), and a second thread runs
the regular sweeps. Everything that matters is in the table of jobs: whatever these threads lose, the next sweep finds.
"""

import logging
import threading
from typing import Any

from celery import current_app, signals
from celery.worker import WorkController, state
from django.db import DatabaseError, close_old_connections

from .balayage import balayer
from .processus import en_main

journal = logging.getLogger(__name__)

# Long jobs hold a thread while their child works: mails and sweeps still find one.
FILS_PARALLELES = 3
PAS = 5.0
PATIENCE = 8.0


def _fermer_les_vieilles_connexions(**_: Any) -> None:
    """What Celery does by itself in a worker of its own."""
    close_old_connections()


class Integre:
    """The two threads. The scheduler also starts the worker again if it ever dies."""

    def __init__(self) -> None:
        self._verrou = threading.Lock()
        self._arret = threading.Event()
        self._planificateur: threading.Thread | None = None
        self._travailleur: threading.Thread | None = None

    def demarrer(self) -> None:
        """Start both, once."""
        with self._verrou:
            if self._planificateur is not None:
                return
            self._arret.clear()
            en_main.arret.clear()
            state.should_stop = None
            signals.task_prerun.connect(_fermer_les_vieilles_connexions)
            signals.task_postrun.connect(_fermer_les_vieilles_connexions)
            self._lancer_travailleur()
            self._planificateur = threading.Thread(target=self._planifier, name="planificateur", daemon=True)
            self._planificateur.start()

    def arreter(self) -> None:
        """Stop both: children are killed, their jobs put back for the next start."""
        with self._verrou:
            if self._planificateur is None:
                return
            self._arret.set()
            en_main.tout_rendre()
            state.should_stop = 0
            for fil in (self._planificateur, self._travailleur):
                if fil is not None:
                    fil.join(PATIENCE)
            signals.task_prerun.disconnect(_fermer_les_vieilles_connexions)
            signals.task_postrun.disconnect(_fermer_les_vieilles_connexions)
            self._planificateur = self._travailleur = None

    def _lancer_travailleur(self) -> None:
        self._travailleur = threading.Thread(target=self._travailler, name="travailleur", daemon=True)
        self._travailleur.start()

    def _travailler(self) -> None:
        try:
            WorkController(
                app=current_app._get_current_object(),
                pool="threads",
                concurrency=FILS_PARALLELES,
                without_heartbeat=True,
                without_mingle=True,
                without_gossip=True,
            ).start()
        except Exception:
            journal.exception("Le travailleur intégré s’est arrêté.")

    def _planifier(self) -> None:
        while not self._arret.is_set():
            close_old_connections()
            try:
                balayer()
            except DatabaseError as erreur:
                journal.warning("Balayage impossible (%s).", type(erreur).__name__)
            self._arret.wait(PAS)
            if not self._arret.is_set() and self._travailleur is not None and not self._travailleur.is_alive():
                self._lancer_travailleur()


_integre = Integre()


def demarrer() -> None:
    """Start the worker and the scheduler in this process; does nothing when they run."""
    _integre.demarrer()


def arreter() -> None:
    """Stop them within a few seconds, leaving no process behind; does nothing when they do not run."""
    _integre.arreter()
