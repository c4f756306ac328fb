"""The register of processing (RGPD, art. 30), made from the settings and from the models' own declarations."""

from dataclasses import dataclass, field

from django.apps import apps
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.affichage import sans_accents
from apps.core.models import champs_declares
from apps.partenaires.models import Organisme
from apps.territoires.models import Territoire

from .mots import COPIES, nom_du_champ

# Words for the people whose data each app holds.
TRAITEMENTS = {
    "demandes": ("Recevoir et trier les demandes", "Demandeurs"),
    "personnes": ("Joindre les personnes et garder leur accord de partage", "Demandeurs, dirigeants, contacts"),
    "entreprises": ("Tenir le répertoire des entreprises du territoire", "Dirigeants et contacts d’entreprises"),
    "porteurs": ("Suivre les projets et leurs porteurs", "Porteurs de projet"),
    "fiches": (
        "Accompagner les entreprises et les porteurs avec les partenaires",
        "Demandeurs, interlocuteurs des partenaires",
    ),
    "acces": ("Ouvrir les comptes et tenir les rôles", "Utilisateurs du service"),
    "courriels": ("Écrire aux demandeurs et aux utilisateurs", "Demandeurs et utilisateurs"),
    "documents": ("Garder les pièces reçues", "Demandeurs"),
    "tracabilite": ("Savoir qui a lu, exporté ou téléchargé", "Utilisateurs du service"),
    "confidentialite": ("Répondre aux demandes de droits", "Personnes qui exercent leurs droits"),
}


@dataclass(frozen=True)
class Traitement:
    """One line of the register."""

    finalite: str
    personnes: str
    donnees: list[str]
    conservation: str
    destinataires: list[str] = field(default_factory=list)


def _donnees(etiquette: str) -> list[str]:
    mots: set[str] = set()
    for modele in apps.get_app_config(etiquette).get_models():
        personnels, _ = champs_declares(modele)
        mots |= {nom_du_champ(modele._meta.get_field(n)) for n in personnels if n not in COPIES}
    return sorted(mots, key=sans_accents)


def traitements(acces: Acces) -> list[Traitement]:
    """The register of the territoire: purposes, people, data, recipients, how long."""
    jour = timezone.localdate()
    actifs = Organisme.objects.visibles_par(acces).filter(est_actif=True)
    partenaires = [str(o) for o in actifs.avec_convention(jour).filter(a_convention=True)]
    conservations = {
        "tracabilite": "douze mois",
        "confidentialite": "le temps de la réponse, puis la preuve de celle-ci",
    }
    return [
        Traitement(
            finalite=finalite,
            personnes=personnes,
            donnees=_donnees(etiquette),
            conservation=conservations.get(
                etiquette, "le temps de l’accompagnement et de son suivi, trois ans au plus après"
            ),
            destinataires=partenaires if etiquette == "fiches" else [],
        )
        for etiquette, (finalite, personnes) in TRAITEMENTS.items()
    ]


def responsable(territoire: Territoire) -> list[tuple[str, str]]:
    """Who answers for the processing."""
    return [
        ("Responsable du traitement", territoire.responsable_traitement or territoire.nom),
        ("Base légale", territoire.get_base_legale_display()),
        ("Contact", territoire.contact_confidentialite or territoire.courriel),
    ]
