"""Actions: whoever reads the fiche reads them, whoever holds one does it, the coordination manages."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from apps.actions import services
from apps.actions.enums import Porteur
from apps.core.portee import portee

from .fiches import DEHORS, EN_COURS, GERER, LIRE, PARTENAIRES, _absent
from .roles import (
    ACCUEIL,
    ACCUEIL_AUTRE,
    COORDINATION,
    DPO,
    PILOTAGE,
    REFERENT_SAISI,
    REFERENT_TERMINE,
    SUPPLEANT,
    TECHNICIEN_CONFIE,
    TECHNICIEN_NON_CONFIE,
)

AUTRES_METIERS = (ACCUEIL, ACCUEIL_AUTRE, PILOTAGE, DPO)
# Within the territoire, without a list of actions.
VOIR = {**DEHORS, COORDINATION: 200, **dict.fromkeys(PARTENAIRES, 200), **dict.fromkeys(AUTRES_METIERS, 403)}
LISTES = {**VOIR, **dict.fromkeys(PARTENAIRES, 403)}
# The organisme that has ended its part reads the fiche, its actions too, and holds none.
TENIR = {**LIRE, REFERENT_TERMINE: 403}


def _action(monde: Any) -> dict[str, Any]:
    """Held by « saisi » on the fiche of the world; made again when a test has undone it."""
    if _absent(monde, "action"):
        with portee(monde.territoire.pk):
            monde.objets["action"] = services.creer(
                acces=monde.affectations[COORDINATION].acces(), libelle="Évaluer le fonds", fiche=monde.fiche,
                echeance=timezone.localdate() + timedelta(days=10), porteur=Porteur.ORGANISME,
                organisme=monde.objets["organismes"]["saisi"],
            )  # fmt: skip
    return {"jeton": monde.objets["action"].jeton, "geste": "commencer"}


def _liste(monde: Any) -> dict[str, Any]:
    if _absent(monde, "liste_type"):
        with portee(monde.territoire.pk):
            monde.objets["liste_type"] = services.creer_liste(
                acces=monde.affectations[COORDINATION].acces(), nom="Reprise",
                etapes=[services.EtapeSaisie("Évaluer le fonds", Porteur.COORDINATION, 10)],
            )  # fmt: skip
    return {"pk": monde.objets["liste_type"].pk}


MATRICE = {
    "actions:liste": VOIR,
    "actions:creer": {**VOIR, TECHNICIEN_CONFIE: 403, TECHNICIEN_NON_CONFIE: 403},
    "actions:creer_sur_fiche": {**LIRE, TECHNICIEN_CONFIE: 403, REFERENT_TERMINE: 403},
    "actions:prendre_liste": GERER,
    "actions:listes": LISTES,
    "actions:creer_liste": LISTES,
    "actions:modifier_liste": {**LISTES, "args": _liste},
    "actions:supprimer_liste": {**LISTES, COORDINATION: 302, "methode": "post", "args": _liste},
    "actions:detail": {**LIRE, "args": _action},
    "actions:faire": {**TENIR, "args": _action},
    "actions:geste": {
        **TENIR, **dict.fromkeys((COORDINATION, *EN_COURS), 302), "methode": "post", "args": _action,
    },
    "actions:modifier": {**GERER, "args": _action},
    "actions:confier": {**GERER, REFERENT_SAISI: 200, SUPPLEANT: 200, "args": _action},
    "actions:reporter": {**TENIR, "args": _action},
    "actions:abandonner": {**TENIR, "args": _action},
}  # fmt: skip
