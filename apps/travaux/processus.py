"""A job in a child process: started, listened to, stopped in time, and never left behind.

The child has a session of its own, so that killing its group kills whatever it started. It writes lines of JSON to a
pipe (how far it is, how it ended) and reads orders from its standard input, whose end means that its parent is dead.
"""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from typing import Any

from django.conf import settings

from .models import Travail

GRACE = 5.0


class Fils:
    """The child process of one job."""

    def __init__(self, travail: Travail) -> None:
        lecture, ecriture = os.pipe()
        commande = [
            sys.executable,
            str(settings.BASE_DIR / "manage.py"),
            "executer_travail",
            str(travail.pk),
            "--bail",
            travail.bail_de,
            "--tube",
            str(ecriture),
        ]
        try:
            self.processus = subprocess.Popen(
                commande, cwd=settings.BASE_DIR, stdin=subprocess.PIPE, pass_fds=(ecriture,), start_new_session=True
            )
        except OSError:
            os.close(lecture)
            raise
        finally:
            os.close(ecriture)
        self.lecture = lecture
        self.depuis = time.monotonic()
        self.derniere: dict[str, Any] = {}
        self.fin: dict[str, Any] = {}
        self.a_expire = False
        self.est_rendu = False
        self._reste = b""

    def __enter__(self) -> "Fils":
        return self

    def __exit__(self, *_: object) -> None:
        """Whatever happened, nothing of it is left running."""
        self.tuer()
        self.processus.wait()
        os.close(self.lecture)
        with contextlib.suppress(OSError):
            if self.processus.stdin:
                self.processus.stdin.close()

    def ecouter(self, patience: float) -> bool:
        """Read what it says for at most `patience` seconds. False once it says nothing more: it has ended."""
        with selectors.DefaultSelector() as guetteur:
            guetteur.register(self.lecture, selectors.EVENT_READ)
            if not guetteur.select(patience):
                return self.processus.poll() is None
        octets = os.read(self.lecture, 65536)
        if not octets:
            return False
        *lignes, self._reste = (self._reste + octets).split(b"\n")
        for ligne in lignes:
            message = json.loads(ligne)
            if "fin" in message:
                self.fin = message
            else:
                self.derniere = message
        return True

    def demander_arret(self) -> None:
        """Ask it to stop by itself, at the next row."""
        with contextlib.suppress(OSError):
            if self.processus.stdin:
                self.processus.stdin.write(b"annuler\n")
                self.processus.stdin.flush()

    def expirer(self) -> None:
        """Its time is over."""
        self.a_expire = True
        self.tuer()

    def rendre(self) -> None:
        """The worker stops: another will do it."""
        self.est_rendu = True
        self.tuer()

    def tuer(self) -> None:
        """Kill the whole group. Harmless when it has ended and was waited for."""
        if self.processus.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.processus.pid, signal.SIGKILL)


class EnMain:
    """The jobs that this very process holds: their leases are alive, and stopping the process gives them back."""

    def __init__(self) -> None:
        self._fils: dict[str, Fils | None] = {}
        self._verrou = threading.Lock()
        self.arret = threading.Event()

    def ajouter(self, bail_de: str, fils: Fils | None = None) -> None:
        with self._verrou:
            self._fils[bail_de] = fils
            if fils is not None and self.arret.is_set():
                fils.rendre()

    def retirer(self, bail_de: str) -> None:
        with self._verrou:
            self._fils.pop(bail_de, None)

    def baux(self) -> set[str]:
        with self._verrou:
            return set(self._fils)

    def tout_rendre(self) -> None:
        """Stop every child; those who watch them put the jobs back."""
        self.arret.set()
        with self._verrou:
            for fils in self._fils.values():
                if fils is not None:
                    fils.rendre()


en_main = EnMain()
