"""What the page of an action shows: its history, whether its holder reads the fiche, what this person may do."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.core.acces import Acces
from apps.core.affichage import date_courte
from apps.fiches.models import FicheNavette

from . import permissions as droits
from . import services
from .enums import EtatAction, GesteAction
from .models import Action
from .presentation import badge_etat
from .services import LecturePorteur


@dataclass(frozen=True)
class LigneHistoire:
    """One entry of the timeline (see composants/chronologie.html)."""

    date: datetime
    titre: str
    auteur: str = ""
    texte: str = ""
    systeme: bool = False


@dataclass(frozen=True)
class Page:
    badge: str
    peut: dict[str, bool]
    lecture: LecturePorteur
    fiche_lisible: bool
    histoire: list[LigneHistoire]


def composer(acces: Acces, action: Action) -> Page:
    """Everything of the page, for this reader."""
    lecture = LecturePorteur(True)
    if droits.peut_orienter(acces, action):
        lecture = services.lecture_du_porteur(action)
    lisible = action.fiche_id is not None and (
        acces.est_coordination or FicheNavette.objects.visibles_par(acces).filter(pk=action.fiche_id).exists()
    )
    return Page(badge_etat(action), _peut(acces, action), lecture, lisible, histoire(action))


def _peut(acces: Acces, action: Action) -> dict[str, bool]:
    return {
        "finir": droits.peut_finir(acces, action),
        "faire": droits.peut_faire(acces, action, GesteAction.FAIRE),
        "commencer": droits.peut_faire(acces, action, GesteAction.COMMENCER),
        "abandonner": droits.peut_faire(acces, action, GesteAction.ABANDONNER),
        "rouvrir": droits.peut_faire(acces, action, GesteAction.ROUVRIR),
        "reporter": droits.peut_reporter(acces, action),
        "modifier": droits.peut_modifier(acces, action),
        "confier": droits.peut_confier(acces, action),
        "rappeler": droits.peut_rappeler(acces, action),
        "verifier": droits.peut_verifier(acces, action),
    }


def _nom(personne: Any) -> str:
    return str(personne) if personne is not None else ""


def histoire(action: Action) -> list[LigneHistoire]:
    """From its creation to its end, the latest first."""
    lignes = [
        LigneHistoire(
            action.cree_le, f"Créée, pour le {date_courte(action.echeance_initiale)}", _nom(action.cree_par),
            action.origine_dite,
        )
    ]  # fmt: skip
    for report in action.historique_reports.select_related("par"):
        titre = f"Reportée du {date_courte(report.de)} au {date_courte(report.vers)}"
        lignes.append(LigneHistoire(report.quand, titre, _nom(report.par), report.motif))
    if action.commencee_le:
        lignes.append(LigneHistoire(action.commencee_le, "Commencée"))
    for quand, titre in (
        (action.veille_rappelee_le, "Rappelée avant sa date"),
        (action.retard_rappele_le, "Rappelée après sa date"),
    ):
        if quand:
            lignes.append(LigneHistoire(quand, titre, systeme=True))
    if action.dite_faite_le:
        lignes.append(LigneHistoire(action.dite_faite_le, "Dite faite par le demandeur"))
    if action.terminee_le:
        titre = "Abandonnée" if action.etat == EtatAction.ABANDONNEE else "Faite"
        texte = action.motif_abandon or action.resultat
        lignes.append(LigneHistoire(action.terminee_le, titre, _nom(action.terminee_par), texte))
    return sorted(lignes, key=lambda ligne: ligne.date, reverse=True)
