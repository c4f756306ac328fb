"""A form sent after the login had expired: kept an hour for the same person, never executed by itself."""

import re
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from apps.comptes.models import Utilisateur

from .. import appareil
from ..models import FormulaireGarde

DUREE_SAISIE = timedelta(hours=1)
TAILLE_MAX = 200_000
PAR_PERSONNE = 20
# Never kept: secrets, whatever the form calls them, and what only the first sending could use.
SECRETS = re.compile(r"pass|mot_?de_?passe|mdp|secret|token|csrf|otp|code_?(secours|totp)|^code$", re.IGNORECASE)
# Accounts are typed again: these pages hold little but secrets.
JAMAIS = ("/compte/",)


def _personne(request: HttpRequest) -> Utilisateur | None:
    """Who was working in this browser: the browser's own cookie, else the session that has just expired."""
    connu = appareil.lire(request)
    identifiant: Any = connu.utilisateur_id if connu else None
    if identifiant is None:
        cle = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        session = Session.objects.filter(session_key=cle).first() if cle else None
        identifiant = session.get_decoded().get("_auth_user_id") if session else None
    return Utilisateur.objects.filter(pk=identifiant, is_active=True).first() if identifiant else None


@transaction.atomic
def garder(request: HttpRequest) -> FormulaireGarde | None:
    """Keep what was sent, without secrets, for the person whose browser it is. None when nobody is known, or too large.

    A stranger's POST is never kept: it would be a way to fill the base.
    """
    if request.path.startswith(JAMAIS):
        return None
    champs = {nom: valeurs for nom, valeurs in request.POST.lists() if not SECRETS.search(nom)}
    taille = sum(len(nom) + sum(map(len, valeurs)) for nom, valeurs in champs.items())
    personne = _personne(request) if champs and taille <= TAILLE_MAX else None
    if personne is None:
        return None
    anciens = FormulaireGarde.objects.filter(utilisateur=personne).order_by("-cree_le", "-pk")
    FormulaireGarde.objects.filter(pk__in=[f.pk for f in anciens[PAR_PERSONNE - 1 :]]).delete()
    fichiers = [f.name for _nom, envoyes in request.FILES.lists() for f in envoyes]
    return FormulaireGarde.objects.create(
        utilisateur=personne,
        chemin=request.get_full_path()[:500],
        donnees={"champs": champs, "fichiers": fichiers},
        expire_le=timezone.now() + DUREE_SAISIE,
    )


def purger_saisies() -> int:
    """Sweep: what is older than its hour."""
    return FormulaireGarde.objects.filter(expire_le__lte=timezone.now()).delete()[0]
