"""The outbox: the coordination alone."""

from typing import Any

from apps.core.portee import portee
from apps.courriels.models import Courriel

from .roles import ADMINISTRATEUR, ANONYME, AUTRE_TERRITOIRE, COORDINATION, SUIVI


def _un_courriel(monde: Any) -> dict[str, int]:
    """A mail that the world has written: there is a text to leak."""
    with portee(monde.territoire.pk):
        return {"pk": Courriel.objects.filter(territoire=monde.territoire).earliest("pk").pk}


_COORDINATION = {ANONYME: 302, SUIVI: 302, COORDINATION: 200, ADMINISTRATEUR: 404, AUTRE_TERRITOIRE: 404, "tous": 403}
_UN = {**_COORDINATION, "args": _un_courriel}

MATRICE = {
    "courriels:liste": _COORDINATION,
    "courriels:detail": _UN,
    "courriels:annuler": {**_UN, "methode": "post", COORDINATION: 302},
    "courriels:renvoyer": {**_UN, "methode": "post", COORDINATION: 302},
}
