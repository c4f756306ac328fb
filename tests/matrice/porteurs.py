"""Projets: the coordination alone; a partner reads a projet through its fiche."""

from typing import Any

from apps.porteurs.models import Porteur

from .entreprises import ligne


def _porteur(monde: Any) -> dict[str, Any]:
    return {"porteur": Porteur.objects.filter(projet=monde.objets["projet"]).first().pk}


MATRICE = {
    "porteurs:liste": ligne(200, 403, 403),
    "porteurs:creer": ligne(200, 403, 403),
    "porteurs:detail": ligne(200, 404, 404),
    "porteurs:modifier": ligne(200, 404, 404),
    "porteurs:changer_stade": ligne(302, 404, 404, methode="post"),
    "porteurs:devenir_entreprise": ligne(200, 404, 404),
    "porteurs:ajouter_porteur": ligne(200, 404, 404),
    "porteurs:designer_principal": ligne(302, 404, 404, args=_porteur, methode="post"),
    "porteurs:retirer_porteur": ligne(200, 404, 404, args=_porteur),
}
