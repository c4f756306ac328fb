"""The administration of the platform: administrators alone, and they alone have nothing else."""

from .roles import ADMINISTRATEUR, ANONYME, COORDINATION, SUIVI

ADMIN = {"tous": 403, ANONYME: 302, SUIVI: 302, ADMINISTRATEUR: 200}
AGIR = {**ADMIN, ADMINISTRATEUR: 302, "methode": "post"}
TERRITOIRE = {"args": lambda monde: {"pk": monde.territoire.pk}}
COMPTE = {"args": lambda monde: {"pk": monde.affectations[COORDINATION].utilisateur_id}}

MATRICE = {
    "administration:territoires": ADMIN,
    "administration:territoire_creer": ADMIN,
    "administration:territoire": {**ADMIN, **TERRITOIRE},
    "administration:coordinateur": {**AGIR, **TERRITOIRE},
    "administration:comptes": ADMIN,
    "administration:compte": {**ADMIN, **COMPTE},
    "administration:compte_action": {**AGIR, **COMPTE},
    "administration:nomenclatures": ADMIN,
}
