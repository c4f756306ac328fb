"""Sheets of the tests, and a storage of their own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from apps.documents.assemblage import atelier, empreintes

GABARITS = Path(__file__).parent / "gabarits"


@contextmanager
def _papeterie(dossier: Path) -> Iterator[Path]:
    """The templates of the tests beside those of the site, and where files go. No renderer is left at its end."""
    gabarits = [{**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], GABARITS]}]
    oublier = empreintes.gabarits.cache_clear  # a test may replace the function meanwhile
    oublier()
    with override_settings(TEMPLATES=gabarits, MEDIA_ROOT=dossier, DOCUMENTS_PROCESSUS=2):
        yield dossier
    oublier()
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.fixture
def papeterie(tmp_path: Path) -> Iterator[Path]:
    """Nothing is laid out yet."""
    with _papeterie(tmp_path) as dossier:
        yield dossier


@pytest.fixture(scope="session")
def reserve(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("parties")


@pytest.fixture
def papeterie_garnie(reserve: Path) -> Iterator[Path]:
    """What other tests have laid out is found again: for tests of the assembled file alone."""
    with _papeterie(reserve) as dossier:
        yield dossier


@pytest.fixture
def sans_rendu(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Whatever is laid out from here on is noted."""
    demandes: list[Any] = []
    rendre = atelier.rendre

    def noter(commandes: list[Any], *suite: Any) -> Any:
        demandes.extend(commandes)
        return rendre(commandes, *suite)

    monkeypatch.setattr(atelier, "rendre", noter)
    return demandes
