"""Home, search, figures, help, and the health of the site."""

from .roles import (
    ACCUEIL,
    ACCUEIL_AUTRE,
    ADMINISTRATEUR,
    ANONYME,
    AUTRE_TERRITOIRE,
    COORDINATION,
    DPO,
    PILOTAGE,
    SUIVI,
    TECHNICIEN_CONFIE,
    TECHNICIEN_NON_CONFIE,
)  # fmt: skip

_DEHORS = {ANONYME: 302, SUIVI: 302, ADMINISTRATEUR: 404, AUTRE_TERRITOIRE: 404}

MATRICE = {
    "racine:racine": {"tous": 302, ANONYME: 200, SUIVI: 200},
    # A counter, the pilotage and the officer are led to where their work is.
    "accueil:accueil": {"tous": 200} | _DEHORS | {ACCUEIL: 302, ACCUEIL_AUTRE: 302, PILOTAGE: 302, DPO: 302},
    "accueil:a_traiter": {"tous": 403} | _DEHORS | {COORDINATION: 200},
    "accueil:recherche": {"tous": 200} | _DEHORS | {ACCUEIL: 403, ACCUEIL_AUTRE: 403, PILOTAGE: 403, DPO: 403},
    "accueil:chiffres": {"tous": 200}
    | _DEHORS
    | {ACCUEIL: 403, ACCUEIL_AUTRE: 403, DPO: 403, TECHNICIEN_CONFIE: 403, TECHNICIEN_NON_CONFIE: 403},
    "accueil:aide": {"tous": 200} | _DEHORS,
    "vivant": {"tous": 200},
    "pret": {"tous": 200},
}
