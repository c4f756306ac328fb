"""Register and requests for rights: the officer and the coordination; the content for the officer alone."""

from .roles import ADMINISTRATEUR, ANONYME, AUTRE_TERRITOIRE, COORDINATION, DPO, SUIVI

_FERME = {"tous": 403, ANONYME: 302, SUIVI: 302, ADMINISTRATEUR: 404, AUTRE_TERRITOIRE: 404}
_OBJET = {"tous": 404, ANONYME: 302, SUIVI: 302, "args": lambda monde: {"reference": monde.objets["droit"].reference}}

MATRICE = {
    "confidentialite:registre": _FERME | {COORDINATION: 200, DPO: 200},
    "confidentialite:demandes": _FERME | {COORDINATION: 200, DPO: 200},
    "confidentialite:demande": _OBJET | {COORDINATION: 200, DPO: 200},
    "confidentialite:repondre": _OBJET | {COORDINATION: 403, DPO: 200},
    "confidentialite:donnees": _OBJET | {COORDINATION: 403, DPO: 200},
}
