"""Saved views: each one's own. The world holds an unshared one of the coordination, and a list's tab that is shared."""

from typing import Any

from apps.listes.models import VueEnregistree

from .roles import ADMINISTRATEUR, ANONYME, AUTRE_TERRITOIRE, COORDINATION, SUIVI

_DEHORS = {ANONYME: 302, SUIVI: 302, ADMINISTRATEUR: 404, AUTRE_TERRITOIRE: 404}


def _vue(monde: Any) -> dict[str, int]:
    vue, _ = VueEnregistree.objects.get_or_create(
        territoire=monde.territoire,
        proprietaire=monde.affectations[COORDINATION].utilisateur,
        liste="fiches",
        nom="Lacoste",
        defaults={"role": "coordination", "requete": "q=Lacoste"},
    )
    return {"pk": vue.pk}


_NEUVE = {"liste": "fiches", "nom": "Ouvertes", "requete": "etat=ouverte", "retour": "/figeac/espace/fiches/"}
_MIENNE = _DEHORS | {"tous": 404, "args": _vue, COORDINATION: 302}

MATRICE = {
    "listes:enregistrer": _DEHORS | {"methode": "post", "requete": {"data": _NEUVE}, "tous": 302},
    "listes:renommer": _MIENNE | {"methode": "post", "requete": {"data": {"nom": "Autre"}}},
    "listes:partager": _MIENNE | {"methode": "post", "requete": {"data": {"partagee": "1"}}},
    "listes:supprimer": _MIENNE | {COORDINATION: 200},
}
