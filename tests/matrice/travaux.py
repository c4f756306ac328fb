"""Jobs: the reader's own alone. The world's job is the coordination's."""

from .roles import ADMINISTRATEUR, ANONYME, AUTRE_TERRITOIRE, COORDINATION, SUIVI

_DU_DEMANDEUR = {ANONYME: 302, SUIVI: 302, COORDINATION: 200, ADMINISTRATEUR: 404, AUTRE_TERRITOIRE: 404, "tous": 404}

MATRICE = {
    "travaux:liste": {ANONYME: 302, SUIVI: 302, ADMINISTRATEUR: 404, AUTRE_TERRITOIRE: 404, "tous": 200},
    "travaux:detail": _DU_DEMANDEUR,
    "travaux:avancement": _DU_DEMANDEUR,
    "travaux:annuler": {**_DU_DEMANDEUR, "methode": "post", COORDINATION: 302},
    "travaux:relancer": {**_DU_DEMANDEUR, "methode": "post", COORDINATION: 302},
}
