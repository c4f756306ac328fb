"""Run as a process of its own: fill the migrated base named by the environment, and open a session for each login.

The browser tests then start each from a copy of it. Prints {address: session key} as JSON on its last line.
"""

import json
import tempfile
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connections, transaction  # noqa: E402

from apps.comptes.models import Utilisateur  # noqa: E402
from tests.e2e.referentiels import charger_reduits  # noqa: E402


def ouvrir_session(utilisateur: Utilisateur) -> str:
    """As a login would leave it."""
    session = SessionStore()
    session[SESSION_KEY] = str(utilisateur.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = utilisateur.get_session_auth_hash()
    session.create()
    return session.session_key or ""


with tempfile.TemporaryDirectory() as dossier:
    charger_reduits(Path(dossier))
with transaction.atomic():
    call_command("charger_demonstration", leger=True, verbosity=0)
sessions = {u.courriel: ouvrir_session(u) for u in Utilisateur.objects.all()}
connections.close_all()
print(json.dumps(sessions))
