"""What changes the committees, subject by subject. Every function is keyword-only, atomic, and takes `acces`."""

from .abonnements import revoquer, s_abonner
from .assiduite import assiduite
from .attendus import attendus, inscrire_attendus, manquants
from .convocation import (
    ajouter_invite,
    convoquer,
    convoquer_les_nouveaux,
    relancer,
    repondre,
    retirer_invite,
)
from .instances import (
    ajouter_invite_permanent,
    ajouter_membre,
    creer_instance,
    modifier_instance,
    retirer_invite_permanent,
    retirer_membre,
)
from .seances import annuler, creer_seance, creer_serie, deplacer, nommer_secretaire

__all__ = [
    "ajouter_invite",
    "ajouter_invite_permanent",
    "ajouter_membre",
    "annuler",
    "assiduite",
    "attendus",
    "convoquer",
    "convoquer_les_nouveaux",
    "creer_instance",
    "creer_seance",
    "creer_serie",
    "deplacer",
    "inscrire_attendus",
    "manquants",
    "modifier_instance",
    "nommer_secretaire",
    "relancer",
    "repondre",
    "retirer_invite",
    "retirer_invite_permanent",
    "retirer_membre",
    "revoquer",
    "s_abonner",
]
