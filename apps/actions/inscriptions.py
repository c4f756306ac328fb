"""What this app inscribes in the registries of core: navigation, home, the fiche's « À faire », the tracking page."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.affichage import INSECABLE
from apps.core.erreurs import ErreurMetier
from apps.core.registres import (
    Entree,
    TravailEnCours,
    a_faire_fiche,
    a_traiter,
    balayages,
    compteurs,
    gestes_suivi,
    navigation,
    panneaux_coordination,
    panneaux_partenaire,
    panneaux_suivi,
    recherches,
    travaux_en_cours,
)
from apps.fiches.models import FicheNavette
from apps.fiches.page import droits_de

from . import reprises, selecteurs, services
from .enums import Porteur
from .models import Action
from .permissions import peut_finir, peut_gerer_listes
from .tasks import rappeler_actions

# Beside all that the coordination's home already says.
COORDINATION_MAX = 3


def _panneau_accueil(acces: Acces) -> tuple[str, dict[str, Any]] | None:
    """« Nos actions » on the home page of a partner: done on the spot."""
    if not acces.est_partenaire:
        return None
    return "actions/_accueil.html", {"actions": selecteurs.a_venir(acces), "titre": "Nos actions"}


def _panneau_coordination(acces: Acces) -> tuple[str, dict[str, Any]] | None:
    """What the coordination itself has to do."""
    if not acces.est_coordination:
        return None
    return "actions/_accueil.html", {
        "actions": selecteurs.a_venir(acces, maximum=COORDINATION_MAX),
        "titre": "À faire par la coordination",
    }


def _a_faire(acces: Acces, fiche: Any) -> tuple[str, dict[str, Any]] | None:
    """The actions of a fiche, in its card « À faire », and what adds some."""
    droits = droits_de(acces, fiche)
    ouverte = droits.gere or droits.peut_proposer  # as permissions.peut_creer, from what the page already knows
    actions = selecteurs.de_la_fiche(acces, fiche)
    if not actions and not ouverte:
        return None
    lignes = [{"action": a, "finir": peut_finir(acces, a)} for a in actions]
    return "actions/_a_faire.html", {
        "lignes": lignes, "peut_ajouter": ouverte, "peut_prendre": ouverte and peut_gerer_listes(acces),
    }  # fmt: skip


def _panneau_suivi(acces: Acces, fiche: Any) -> tuple[str, dict[str, Any]] | None:
    """What the applicant has to do, and may say done."""
    actions = selecteurs.du_demandeur(acces.territoire_id, fiche)
    return ("actions/_suivi.html", {"actions": actions, "jour": timezone.localdate()}) if actions else None


def _dire_faite(acces: Acces, fiche: FicheNavette, objet: str) -> str:
    """The applicant says one of theirs done."""
    try:
        cle = UUID(objet)
    except ValueError:
        raise ErreurMetier("Cet élément n’est plus attendu.") from None
    action = Action.objects.filter(
        territoire=acces.territoire_id, fiche=fiche, porteur=Porteur.DEMANDEUR, jeton=cle
    ).first()
    if action is None or not action.est_ouverte:
        raise ErreurMetier("Cet élément n’est plus attendu.")
    services.dire_faite(acces=acces, action=action)
    return f"Merci{INSECABLE}! La coordination est prévenue et vérifie."


navigation.inscrire(
    "actions",
    Entree(
        "", "Actions", "list-check", 50, lambda slug: reverse("actions:liste", args=[slug]),
        lambda acces: acces.est_coordination or acces.est_partenaire, selecteurs.en_retard_a_compter,
    ),
)  # fmt: skip
recherches.inscrire("actions", selecteurs.chercher)
a_traiter.inscrire("actions", selecteurs.lignes_a_traiter)
compteurs.inscrire("actions", selecteurs.compteurs)
panneaux_partenaire.inscrire("actions", _panneau_accueil)
panneaux_coordination.inscrire("actions", _panneau_coordination)
a_faire_fiche.inscrire("actions", _a_faire)
panneaux_suivi.inscrire("actions", _panneau_suivi)
gestes_suivi.inscrire("actions", _dire_faite)
balayages.inscrire("actions.rappels", (rappeler_actions, 3600))
travaux_en_cours.inscrire(
    "actions.responsable",
    TravailEnCours("action confiée", "actions confiées", reprises.compter, reprises.deplacer),
)
