"""The settings: the coordination alone, on its own territoire. Logo, colours and national nomenclatures: everybody."""

from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from apps.territoires.models import Territoire, Theme

from .roles import ADMINISTRATEUR, ANONYME, AUTRE_TERRITOIRE, COORDINATION, SUIVI

_REGLAGES = {"tous": 403, ANONYME: 302, SUIVI: 302, ADMINISTRATEUR: 404, AUTRE_TERRITOIRE: 404, COORDINATION: 200}


def _theme(monde: Any) -> dict[str, int]:
    return {"pk": Theme.objects.filter(territoire=monde.territoire).first().pk}


def _couleur(monde: Any) -> dict[str, str]:
    Territoire.objects.filter(pk=monde.territoire.pk).update(couleur="#153F35")
    return {"couleur": "153F35"}


def _logo(monde: Any) -> dict[str, str]:
    nom = f"logos/{monde.territoire.pk}-0123456789abcdef.png"
    if not default_storage.exists(nom):
        default_storage.save(nom, ContentFile(b"\x89PNG\r\n\x1a\n"))
    Territoire.objects.filter(pk=monde.territoire.pk).update(logo=nom)
    return {"empreinte": "0123456789abcdef"}


MATRICE = {
    "territoires:reglages": _REGLAGES,
    "territoires:section": _REGLAGES | {"args": lambda monde: {"section": "identite"}},
    "territoires:themes": _REGLAGES,
    "territoires:theme": _REGLAGES | {"args": _theme},
    "territoires:theme_action": _REGLAGES
    | {"args": _theme, "methode": "post", "requete": {"data": {"action": "retirer"}}, COORDINATION: 302},
    "territoires:communes": _REGLAGES,
    "habillage:logo": {"tous": 200, "args": _logo},
    "habillage:couleurs": {"tous": 200, "args": _couleur},
    "referentiels:communes": {"tous": 200},
    "referentiels:naf": {"tous": 200},
    "referentiels:naf2025": {"tous": 200},
}
