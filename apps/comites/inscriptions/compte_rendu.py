"""What compte_rendu inscribes in the registries of core."""

from typing import Any

from apps.core.acces import Acces
from apps.core.registres import a_traiter, panneaux_fiche, panneaux_partenaire

from ..lignes_compte_rendu import lignes_a_traiter
from ..selecteurs_compte_rendu import a_commenter, passages
from ..selecteurs_ordre import contexte_proposer


def _panneau_fiche(acces: Acces, fiche: Any) -> tuple[str, dict[str, Any]] | None:
    """« Comité »: the séances that it goes to, the way to put it on one, and what was decided."""
    contexte = contexte_proposer(acces, fiche)
    decisions = passages(acces, contexte["passes"])
    if not (decisions or contexte["prevus"] or contexte["peut_proposer"]):
        return None
    return "comites/compte_rendu/_panneau_fiche.html", {**contexte, "decisions": decisions}


def _panneau_partenaire(acces: Acces) -> tuple[str, dict[str, Any]] | None:
    """« Comptes rendus à relire » of a member; nothing for a technicien, who does not sit."""
    projets = a_commenter(acces) if acces.est_referent else []
    return ("comites/compte_rendu/_a_commenter.html", {"projets": projets}) if projets else None


panneaux_fiche.inscrire("comites", _panneau_fiche)
panneaux_partenaire.inscrire("comites.compte_rendu", _panneau_partenaire)
a_traiter.inscrire("comites.compte_rendu", lignes_a_traiter)
