"""Start the project's own processes for a test, on loopback, and leave none behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

RACINE = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
PATIENCE = 60


def port_libre() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        return prise.getsockname()[1]


def environnement(**valeurs: str) -> dict[str, str]:
    """A process's environment: these values, and nothing of ours that the tests were started with."""
    transmis = {nom: os.environ[nom] for nom in ("PATH", "HOME", "LANG", "TMPDIR") if nom in os.environ}
    chemin = f"{BIN}{os.pathsep}{transmis.get('PATH', '')}"
    return {**transmis, "PATH": chemin, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1", **valeurs}


class Processus:
    """One process in a group of its own, its output in a file."""

    def __init__(self, commande: list[str], *, env: dict[str, str], journal: Path) -> None:
        self.journal = journal
        with journal.open("wb") as sortie:
            self.popen = subprocess.Popen(
                commande, env=env, cwd=RACINE, stdout=sortie, stderr=subprocess.STDOUT, start_new_session=True
            )

    @property
    def sortie(self) -> str:
        """The last lines of what it wrote."""
        return self.journal.read_text(encoding="utf-8", errors="replace")[-3000:]

    def attendre(self, condition: Callable[[], bool], quoi: str) -> None:
        """Wait until the condition holds; fail at once if the process ends before."""
        fin = time.monotonic() + PATIENCE
        while not condition():
            assert self.popen.poll() is None, f"{quoi} : terminé trop tôt\n{self.sortie}"
            assert time.monotonic() < fin, f"{quoi} : rien après {PATIENCE} s\n{self.sortie}"
            time.sleep(0.1)

    def arreter(self, signal_: int = signal.SIGTERM) -> int:
        """Send the signal to the first process alone and wait for its end."""
        self.popen.send_signal(signal_)
        return self.popen.wait(timeout=PATIENCE)

    def survivants(self) -> bool:
        """Whether a process of the group is still there."""
        try:
            os.killpg(self.popen.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def achever(self) -> None:
        """Leave nothing behind, whatever happened in the test."""
        if self.survivants():
            os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.wait(timeout=10)
