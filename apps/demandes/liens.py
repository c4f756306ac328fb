"""Tracking links: long, unguessable, kept as a digest, expiring, renewable by e-mail."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.erreurs import ErreurMetier
from apps.personnes.models import Personne

from .enums import EtatDemande
from .models import Demande, LienSuivi

OCTETS = 32
LONGUEUR_MAX = 64


def empreinte(jeton: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(jeton.encode("utf-8", "surrogatepass")).hexdigest()


def adresse(demande: Demande, jeton: str, page: str = "suivi") -> str:
    """The absolute address of a tracking page, for mails and paper."""
    return settings.SITE_URL.rstrip("/") + reverse(f"public:{page}", args=[demande.territoire.slug, jeton])


def adresse_interne(demande: Demande) -> str:
    """The absolute address of the request for the coordination."""
    return settings.SITE_URL.rstrip("/") + reverse("demandes:detail", args=[demande.territoire.slug, demande.reference])


@transaction.atomic
def creer_lien(*, acces: Acces, demande: Demande, personne: Personne | None = None) -> tuple[LienSuivi, str]:
    """A new link for the person of the request, or for another porteur; gives back the row and the token, shown once.

    A request joined to a fiche opens nothing of it before the coordination has confirmed: a new link is no way round.
    Raises ErreurMetier when the request belongs to another territoire.
    """
    if demande.territoire_id != acces.territoire_id:
        raise ErreurMetier("Cette demande n’est pas de ce territoire.")
    jeton = secrets.token_urlsafe(OCTETS)
    ouvert = True
    if demande.etat == EtatDemande.JOINTE:
        ouvert = LienSuivi.objects.filter(demande=demande, personne=personne, fiche_ouverte=True).exists()
    lien = LienSuivi.objects.create(
        territoire_id=demande.territoire_id,
        demande=demande,
        personne=personne,
        empreinte=empreinte(jeton),
        expire_le=timezone.now() + timedelta(days=demande.territoire.jours_lien_suivi),
        fiche_ouverte=ouvert,
    )
    return lien, jeton


def lire_lien(*, territoire_id: int, jeton: str) -> LienSuivi | None:
    """The link of a token on a territoire, expired or revoked included (`est_valable` says it); None when unknown."""
    if not jeton or len(jeton) > LONGUEUR_MAX:
        return None
    return (
        LienSuivi.objects.filter(territoire=territoire_id, empreinte=empreinte(jeton))
        .select_related(
            "territoire", "personne", "demande__territoire", "demande__personne", "demande__fiche", "demande__commune"
        )
        .first()
    )
