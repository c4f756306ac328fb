"""Triage by the coordination; whoever typed a request sees that one alone."""

from .roles import (
    ACCUEIL,
    ACCUEIL_AUTRE,
    ADMINISTRATEUR,
    ANONYME,
    AUTRE_TERRITOIRE,
    COORDINATION,
    REFERENT_DECLINE,
    REFERENT_NON_SAISI,
    REFERENT_SAISI,
    REFERENT_TERMINE,
    SUIVI,
    SUPPLEANT,
)  # fmt: skip

_DEHORS = {ANONYME: 302, SUIVI: 302, ADMINISTRATEUR: 404, AUTRE_TERRITOIRE: 404}
_SAISISSEURS = dict.fromkeys(
    (
        COORDINATION, ACCUEIL, ACCUEIL_AUTRE, REFERENT_SAISI, REFERENT_NON_SAISI, REFERENT_DECLINE, REFERENT_TERMINE,
        SUPPLEANT,
    ),
    200,
)  # fmt: skip
# The world's request was typed by ACCUEIL: out of scope for all the others.
_TRI = {"tous": 404, ANONYME: 302, SUIVI: 302, ACCUEIL: 403}
_POST = _TRI | {"methode": "post"}

MATRICE = {
    "demandes:liste": {"tous": 403} | _DEHORS | _SAISISSEURS,
    "demandes:saisir": {"tous": 403} | _DEHORS | _SAISISSEURS,
    "demandes:detail": _TRI | {COORDINATION: 200, ACCUEIL: 200},
    "demandes:joindre": _TRI | {COORDINATION: 200},
    "demandes:renseigner": _TRI | {COORDINATION: 200},
    "demandes:transmettre": _TRI | {COORDINATION: 200},
    "demandes:refuser": _TRI | {COORDINATION: 200},
    "demandes:ouvrir": _POST | {COORDINATION: 422},
    "demandes:indesirable": _POST | {COORDINATION: 302},
    "demandes:annuler": _POST | {COORDINATION: 302},
    "demandes:inviter": _POST | {COORDINATION: 404, "args": lambda monde: {"personne": monde.objets["personne"].pk}},
    "demandes:ouvrir_le_suivi": _POST | {COORDINATION: 302},
    "demandes:piece": _TRI | {COORDINATION: 200, "args": lambda monde: {"cle": monde.objets["fichier_demande"].cle}},
}
