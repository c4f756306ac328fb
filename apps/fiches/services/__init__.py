"""What changes a fiche navette. Every function is keyword-only, atomic, and takes the `acces` of who acts."""

from ..journal import journaliser
from .accords import (
    appliquer_accords,
    attacher_accord,
    donner_accord,
    rattraper_accords,
    retirer_accord,
    suivre_accord,
)
from .cloture import cloturer, noter_suivi, planifier_suivis, proposer_cloture, rouvrir
from .echanges import ajouter_piece, modifier_echange, noter_echange, retirer_echange, retirer_piece
from .edition import (
    ajouter_besoin,
    changer_responsable,
    elargit,
    mettre_en_attente,
    modifier,
    modifier_besoin,
    reprendre,
    retirer_besoin,
)
from .numeros import numeroter
from .orientation import (
    annuler_orientation,
    commune_de,
    confier,
    defaire,
    lira,
    nommer_adressee,
    orienter,
    propositions,
    relancer,
)
from .ouverture import ajouter_demandeur, annuler_ouverture, calculer_recherche, ouvrir, proches
from .partages import accorder_partages, accords_de, couvre, couvre_comite, fermer_au_comite, ouvrir_au_comite
from .reponses import decliner, ecrire_section, marquer_lue, prendre_en_charge, rendre_avis, terminer

__all__ = [
    "accorder_partages",
    "accords_de",
    "ajouter_besoin",
    "ajouter_demandeur",
    "ajouter_piece",
    "annuler_orientation",
    "annuler_ouverture",
    "appliquer_accords",
    "attacher_accord",
    "calculer_recherche",
    "changer_responsable",
    "cloturer",
    "commune_de",
    "confier",
    "couvre",
    "couvre_comite",
    "decliner",
    "defaire",
    "donner_accord",
    "ecrire_section",
    "elargit",
    "fermer_au_comite",
    "journaliser",
    "lira",
    "marquer_lue",
    "mettre_en_attente",
    "modifier",
    "modifier_besoin",
    "modifier_echange",
    "nommer_adressee",
    "noter_echange",
    "noter_suivi",
    "numeroter",
    "orienter",
    "ouvrir",
    "ouvrir_au_comite",
    "planifier_suivis",
    "prendre_en_charge",
    "proches",
    "proposer_cloture",
    "propositions",
    "rattraper_accords",
    "relancer",
    "rendre_avis",
    "reprendre",
    "retirer_accord",
    "retirer_besoin",
    "retirer_echange",
    "retirer_piece",
    "rouvrir",
    "suivre_accord",
    "terminer",
]  # fmt: skip
