"""The public functions of access: who is addressed, invitations, the team, absences, accounts."""

from .absences import noter_absence, retirer_absence
from .administration import (
    changer_courriel,
    communes_de,
    desactiver_compte,
    enregistrer_territoire,
    fermer_sessions,
    nommer_administrateur,
    reactiver_compte,
    retirer_second_facteur,
)
from .adresses import coordination_de, personne_adressee, referents
from .equipe import Reprise, accorder, changer_qualite, choisir, reprises, terminer
from .invitations import (
    INVALIDE,
    accepter,
    accepter_en_creant,
    annuler,
    compte_de,
    inviter,
    inviter_coordination,
    renvoyer,
    trouver,
)
from .saisies import DUREE_SAISIE, garder, purger_saisies

__all__ = [
    "DUREE_SAISIE", "INVALIDE", "Reprise", "accepter", "accepter_en_creant", "accorder", "annuler",
    "changer_courriel", "changer_qualite", "choisir", "communes_de", "compte_de", "coordination_de",
    "desactiver_compte", "enregistrer_territoire", "fermer_sessions", "garder", "inviter", "inviter_coordination",
    "nommer_administrateur", "noter_absence", "personne_adressee", "purger_saisies", "reactiver_compte",
    "referents", "renvoyer", "reprises", "retirer_absence", "retirer_second_facteur", "terminer", "trouver",
]  # fmt: skip
