"""Executors of the tests, and real processes on the test database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from apps.core.registres import executeurs
from apps.travaux import reveil
from apps.travaux.processus import en_main

from .essais.executeurs import ESSAIS
from .lanceur import Lanceur
from .processus import variables


@pytest.fixture(autouse=True)
def essais(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The executors of the tests, in the registry for the time of one test."""
    for genre, executeur in ESSAIS.items():
        monkeypatch.setitem(executeurs._entrees, genre, executeur)
    yield
    assert en_main.baux() == set(), "un travail est resté en main"


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> list[tuple]:
    """The messages that would have been sent to the workers."""
    partis: list[tuple] = []
    monkeypatch.setattr(reveil, "publier", lambda *message: partis.append(message) or True)
    return partis


@pytest.fixture
def lanceur(tmp_path: Path, transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lanceur]:
    """Workers, schedulers and sites in processes of their own."""
    monkeypatch.setattr(reveil, "_reprise", 0.0)
    objet = Lanceur(tmp_path)
    yield objet
    objet.achever()


@pytest.fixture
def fils(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, transactional_db: None) -> Path:
    """Children work on the test database; where they leave their marks."""
    for nom, valeur in variables(tmp_path).items():
        monkeypatch.setenv(nom, valeur)
    return tmp_path / "marques"
