"""`manage.py executer_travail`: the child process of a worker, for one job. Not meant to be typed."""

import ctypes
import json
import os
import signal
import sys
import threading
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.core.erreurs import ErreurMetier
from apps.core.journalisation import requete_courante
from apps.travaux.enums import EtatTravail
from apps.travaux.executeur import TravailAnnule, executeur_de
from apps.travaux.execution import decrire, faire
from apps.travaux.models import Travail

PR_SET_PDEATHSIG = 1
CADENCE = 0.25


class Liaison:
    """The two pipes to the parent: what is said to it, and its orders."""

    def __init__(self, tube: int) -> None:
        self.tube = tube
        self.annule = threading.Event()
        self._dite_a = 0.0

    def dire(self, **message: Any) -> None:
        os.write(self.tube, json.dumps(message).encode() + b"\n")

    def avancement(self, fait: int, total: int | None = None, message: str = "") -> None:
        """Say how far it is, a few times a second at most. Raises TravailAnnule when the job must stop."""
        if self.annule.is_set():
            raise TravailAnnule
        maintenant = time.monotonic()
        if maintenant - self._dite_a >= CADENCE or (total and fait >= total):
            self._dite_a = maintenant
            self.dire(fait=fait, total=total, message=message)

    def obeir(self) -> None:
        """Read orders until the parent dies; die with it, whatever is under way.

        Read below Python's buffers: their lock, held by this thread, would make the end of the process fail.
        """
        while ordres := os.read(0, 4096):
            if b"annuler" in ordres:
                self.annule.set()
        if os.getpgrp() == os.getpid():
            os.killpg(0, signal.SIGKILL)
        os._exit(1)


def mourir_avec_le_parent() -> None:
    """Linux kills this process itself, even one that lets no other thread run; elsewhere the pipe does it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Command(BaseCommand):
    help = "Exécute un travail dans ce processus (lancé par un travailleur)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("travail", type=int)
        parser.add_argument("--bail", required=True, help="le bail du travailleur qui a pris ce travail")
        parser.add_argument("--tube", type=int, required=True, help="descripteur sur lequel dire l’avancement")

    def handle(self, *args: Any, **options: Any) -> None:
        mourir_avec_le_parent()
        liaison = Liaison(options["tube"])
        threading.Thread(target=liaison.obeir, daemon=True).start()
        requete_courante.set(f"travail-{options['travail']}")
        travail = Travail.objects.filter(
            pk=options["travail"], bail_de=options["bail"], etat=EtatTravail.EN_COURS
        ).first()
        if travail is None:
            liaison.dire(fin="annule")
            return
        try:
            faire(travail, executeur_de(travail.genre), liaison.avancement)
        except TravailAnnule:
            liaison.dire(fin="annule")
        except ErreurMetier as erreur:
            liaison.dire(fin="metier", message=erreur.message)
        except Exception as erreur:
            liaison.dire(fin="erreur", message=decrire(erreur, travail))
        else:
            liaison.dire(fin="reussi")
