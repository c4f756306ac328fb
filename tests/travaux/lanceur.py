"""Start the parts that do the work, as in production or inside the site, on the test database."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.outillage.processus import BIN, PATIENCE, Processus, environnement

from .processus import variables

INTEGRE = """
import signal, threading
import django
django.setup()
from apps.travaux import integre
fin = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: fin.set())
integre.demarrer()
fin.wait()
integre.arreter()
"""


class Lanceur:
    """Starts processes; ends them all."""

    def __init__(self, dossier: Path) -> None:
        self.dossier = dossier
        self._lances: list[Processus] = []

    def _lancer(self, commande: list[str], autres: dict[str, str]) -> Processus:
        env = environnement(**variables(self.dossier, **autres))
        processus = Processus(commande, env=env, journal=self.dossier / f"journal-{len(self._lances)}")
        self._lances.append(processus)
        return processus

    def travailleur(self, **autres: str) -> Processus:
        """A Celery worker with two processes."""
        commande = [str(BIN / "celery"), "-A", "config", "worker", "--concurrency", "2", "--loglevel", "warning"]
        return self._lancer([*commande, "--hostname", f"essai{len(self._lances)}@%h"], autres)

    def planificateur(self, **autres: str) -> Processus:
        """Celery's scheduler."""
        etat = str(self.dossier / f"planificateur-{len(self._lances)}")
        return self._lancer([str(BIN / "celery"), "-A", "config", "beat", "--schedule", etat], autres)

    def integre(self, **autres: str) -> Processus:
        """The worker and the scheduler inside a process that does something else."""
        return self._lancer([sys.executable, "-c", INTEGRE], {"REDIS_URL": "", **autres})

    def attendre(self, condition: Callable[[], object], quoi: str) -> None:
        """Wait until it holds; say what the processes wrote when it never does."""
        fin = time.monotonic() + PATIENCE
        while not condition():
            journaux = "\n---\n".join(processus.sortie for processus in self._lances)
            assert time.monotonic() < fin, f"{quoi}\n{journaux}"
            time.sleep(0.1)

    def achever(self) -> None:
        for processus in self._lances:
            processus.achever()
