"""A mail server, and settings that use it."""

from collections.abc import Iterator
from typing import Any

import pytest

from apps.courriels import envoi
from apps.travaux import reveil

from .serveur import ServeurCourriel


@pytest.fixture
def smtp(settings: Any) -> Iterator[ServeurCourriel]:
    """Mails go to a real server on loopback."""
    serveur = ServeurCourriel()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", serveur.port
    settings.EMAIL_TIMEOUT = 10
    serveur.demarrer()
    yield serveur
    serveur.arreter()


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> list[tuple]:
    """The messages that would have been sent to the workers."""
    partis: list[tuple] = []

    def noter(*message: object) -> bool:
        partis.append(message)
        return True

    monkeypatch.setattr(reveil, "publier", noter)
    monkeypatch.setattr(envoi, "publier", noter)
    return partis
