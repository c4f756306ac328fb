"""The browser that a person uses: a signed cookie set at login. It names the person, and opens nothing by itself.

Two uses: failed logins from elsewhere cannot lock a known browser out, and a form sent after the login expired is kept
for the person who was working in that browser.
"""

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

COOKIE = "guichet_appareil"
DUREE = 180 * 24 * 3600


@dataclass(frozen=True)
class Appareil:
    """Whose browser it is, and which one."""

    utilisateur_id: int
    jeton: str


def lire(request: HttpRequest) -> Appareil | None:
    """The browser of the request, when its cookie is ours and untouched."""
    try:
        valeur = request.get_signed_cookie(COOKIE, salt=COOKIE, max_age=DUREE)
        utilisateur_id, jeton = valeur.split(".", 1)
        return Appareil(int(utilisateur_id), jeton)
    except (KeyError, ValueError, signing.BadSignature):
        return None


def poser(response: HttpResponseBase, utilisateur_id: int) -> None:
    """Remember that this person logs in from here; the last one to log in counts."""
    response.set_signed_cookie(
        COOKIE,
        f"{utilisateur_id}.{secrets.token_hex(8)}",
        salt=COOKIE,
        max_age=DUREE,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
