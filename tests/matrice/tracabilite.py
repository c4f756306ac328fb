"""The access log: the data protection officer alone. The coordination is in it, and does not read it."""

from .roles import ADMINISTRATEUR, ANONYME, AUTRE_TERRITOIRE, DPO, SUIVI

MATRICE = {
    "tracabilite:liste": {"tous": 403, ANONYME: 302, SUIVI: 302, ADMINISTRATEUR: 404, AUTRE_TERRITOIRE: 404, DPO: 200},
}
