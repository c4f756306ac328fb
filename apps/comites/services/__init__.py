"""What changes the committees, subject by subject. Every function is keyword-only, atomic, and takes `acces`."""

from .abonnements import revoquer, s_abonner
from .assiduite import assiduite
from .attendus import attendus, inscrire_attendus, manquants
from .compte_rendu import (
    ajouter_section,
    approuver,
    envoyer_projet,
    modifier_section,
    rectifier,
    rediger,
    retirer_section,
)
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
from .membres import lecteurs
from .releve import envoyer_releve
from .remarques import remarquer, traiter_remarque
from .seances import annuler, creer_seance, creer_serie, deplacer, nommer_secretaire

__all__ = [
    "ajouter_invite",
    "ajouter_invite_permanent",
    "ajouter_membre",
    "ajouter_section",
    "annuler",
    "approuver",
    "assiduite",
    "attendus",
    "convoquer",
    "convoquer_les_nouveaux",
    "creer_instance",
    "creer_seance",
    "creer_serie",
    "deplacer",
    "envoyer_projet",
    "envoyer_releve",
    "inscrire_attendus",
    "lecteurs",
    "manquants",
    "modifier_instance",
    "modifier_section",
    "nommer_secretaire",
    "rectifier",
    "rediger",
    "relancer",
    "remarquer",
    "repondre",
    "retirer_invite",
    "retirer_invite_permanent",
    "retirer_membre",
    "retirer_section",
    "revoquer",
    "s_abonner",
    "traiter_remarque",
]
