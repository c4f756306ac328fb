"""What the proofs of faults share: workers of their own, a mail server, a broker that can be stopped."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from celery import current_app

from apps.travaux import reveil
from tests.courriels.serveur import ServeurCourriel
from tests.outillage.processus import port_libre
from tests.travaux.conftest import essais, lanceur

__all__ = ["essais", "lanceur"]


class Courtier:
    """A Redis that starts and stops, always on the same port, and forgets everything."""

    def __init__(self, dossier: Path) -> None:
        self.port = port_libre()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._dossier = dossier
        self._processus: subprocess.Popen | None = None

    def demarrer(self) -> None:
        commande = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._processus = subprocess.Popen(commande, cwd=self._dossier, stdout=subprocess.DEVNULL)
        fin = time.monotonic() + 30
        with redis.Redis.from_url(self.url) as client:
            while True:
                try:
                    client.ping()
                    return
                except redis.ConnectionError:
                    assert time.monotonic() < fin, "Redis ne démarre pas"
                    time.sleep(0.1)

    def arreter(self) -> None:
        if self._processus is not None:
            self._processus.kill()
            self._processus.wait()
            self._processus = None


@pytest.fixture
def courtier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Courtier]:
    """The broker of this process too, for the time of the test."""
    objet = Courtier(tmp_path)
    application = current_app._get_current_object()
    origine = application.connection_for_write
    monkeypatch.setattr(application, "connection_for_write", lambda: origine(objet.url))
    monkeypatch.setattr(reveil, "REPOS", 0.5)
    yield objet
    objet.arreter()


@pytest.fixture
def smtp() -> Iterator[ServeurCourriel]:
    """A mail server, for workers that are told its port."""
    serveur = ServeurCourriel()
    serveur.demarrer()
    yield serveur
    serveur.arreter()
