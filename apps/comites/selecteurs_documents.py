"""The documents of a séance as its page shows them: what may be asked for, what is there already."""

from dataclasses import dataclass
from typing import Any

from apps.core.acces import Acces
from apps.documents.affichage import VueDocument, montrer
from apps.documents.models import Document
from apps.documents.permissions import peut_voir

from .models import Seance
from .papier import entetes
from .papier.rendu import FABRIQUES
from .permissions import documents_de

RECENTS = 4
LISTE_MAX = 200
ICONES = {
    "dossier": "folder",
    "convocation": "envelope",
    "emargement": "pencil",
    "actions": "list-check",
    "releve": "check-circle",
    "compte_rendu": "file-earmark-text",
}


@dataclass(frozen=True)
class Genre:
    """One kind that may be asked for."""

    cle: str
    libelle: str
    icone: str


def genres(acces: Acces, seance: Seance) -> list[Genre]:
    """Those that this person may ask for now, « dossier » first."""
    return [Genre(g, FABRIQUES[f"comites.{g}"].libelle, ICONES[g]) for g in documents_de(acces, seance)]


def copies(acces: Acces, seance: Seance) -> list[tuple[str, str]]:
    """(value, words): whose dossier the coordination may print; a member has its own alone."""
    if not acces.est_coordination:
        return []
    membres = entetes.dire_audience(entetes.audience_des_membres(seance))
    choix = [("travail", f"Exemplaire de travail, pour {membres}")]
    presences = entetes.destinataires(seance)
    if presences:
        choix.append(("tous", f"Tous les exemplaires numérotés ({len(presences)})"))
    choix += [(str(p.exemplaire), f"Exemplaire {p.exemplaire} · {p.organisme_nom or p.nom}") for p in presences]
    if not seance.est_anonyme:
        choix.append(("coordination", "La coordination seule, points réservés compris"))
    return choix


def documents(acces: Acces, seance: Seance, maximum: int = LISTE_MAX) -> list[VueDocument]:
    """Those of the séance that this person may see, the latest first."""
    lignes = (
        Document.objects.filter(territoire=seance.territoire_id, objet=seance.cle, purge_le=None)
        .vivants()
        .select_related("travail", "territoire", "fichier")[:LISTE_MAX]
    )
    return [montrer(acces, d) for d in lignes if peut_voir(acces, d)][:maximum]


def contexte_documents(acces: Acces, seance: Seance) -> dict[str, Any]:
    """For the panel « Documents » of the page of a séance."""
    possibles = genres(acces, seance)
    return {
        "documents_possibles": [g for g in possibles if g.cle != "dossier"],
        "dossier_possible": any(g.cle == "dossier" for g in possibles),
        "documents_recents": documents(acces, seance, RECENTS) if possibles else [],
    }
