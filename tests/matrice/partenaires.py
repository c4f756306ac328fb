"""The partners: read by whoever works on the territoire but the pilotage, written by the coordination alone."""

from typing import Any

from .roles import (
    ACCUEIL,
    ACCUEIL_AUTRE,
    ADMINISTRATEUR,
    ANONYME,
    AUTRE_TERRITOIRE,
    COORDINATION,
    DPO,
    PILOTAGE,
    REFERENT_DECLINE,
    REFERENT_NON_SAISI,
    REFERENT_SAISI,
    REFERENT_TERMINE,
    SUIVI,
    SUPPLEANT,
    TECHNICIEN_CONFIE,
    TECHNICIEN_NON_CONFIE,
)

DEHORS = {ANONYME: 302, SUIVI: 302, ADMINISTRATEUR: 404, AUTRE_TERRITOIRE: 404}
PARTENAIRES = (
    REFERENT_SAISI, REFERENT_NON_SAISI, REFERENT_DECLINE, REFERENT_TERMINE, SUPPLEANT, TECHNICIEN_CONFIE,
    TECHNICIEN_NON_CONFIE,
)  # fmt: skip
LIRE = {**DEHORS, **dict.fromkeys((COORDINATION, *PARTENAIRES, ACCUEIL, ACCUEIL_AUTRE, DPO), 200), PILOTAGE: 403}
ECRIRE = {**DEHORS, **dict.fromkeys((*PARTENAIRES, ACCUEIL, ACCUEIL_AUTRE, DPO, PILOTAGE), 403), COORDINATION: 200}
RETIRER = {**ECRIRE, COORDINATION: 302, "methode": "post"}


def _convention(monde: Any) -> dict[str, Any]:
    """The convention of the organisme « saisi », with a file."""
    convention = monde.objets["organismes"]["saisi"].conventions.order_by("pk").last()
    convention.fichier = monde.objets["fichier"]
    convention.save(update_fields=["fichier"])
    return {"convention_pk": convention.pk}


def _nom(monde: Any) -> dict[str, Any]:
    organisme = monde.objets["organismes"]["saisi"]
    ancien = organisme.anciens_noms.first() or organisme.anciens_noms.create(
        territoire=monde.territoire, nom="Ancien nom", au="2020-01-01"
    )
    return {"nom_pk": ancien.pk}


MATRICE = {
    "partenaires:liste": LIRE,
    "partenaires:detail": LIRE,
    "partenaires:couverture": {**LIRE, ACCUEIL: 403, ACCUEIL_AUTRE: 403, DPO: 403},
    "partenaires:creer": ECRIRE,
    "partenaires:modifier": ECRIRE,
    "partenaires:renommer": ECRIRE,
    "partenaires:ancien_nom": ECRIRE,
    "partenaires:retirer_ancien_nom": {**RETIRER, "args": _nom},
    "partenaires:convention": ECRIRE,
    "partenaires:fichier_convention": {
        **DEHORS,
        **dict.fromkeys((*PARTENAIRES, ACCUEIL, ACCUEIL_AUTRE, DPO, PILOTAGE), 404),
        **dict.fromkeys((COORDINATION, REFERENT_SAISI, SUPPLEANT, TECHNICIEN_CONFIE, TECHNICIEN_NON_CONFIE), 200),
        "args": _convention,
    },
    "partenaires:retirer_convention": {**RETIRER, "args": _convention},
}
