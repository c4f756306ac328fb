"""What follows the meeting: the state that the page's script asks for, and the view on the wall."""

from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from apps.acces.middleware import RequeteAvecAcces
from apps.core.affichage import heure
from apps.core.audience import Audience, GenreAudience
from apps.core.erreurs import exiger
from apps.tracabilite.services import tracer

from ..enums import StatutSeance
from ..models import PointOrdreDuJour, Seance
from ..permissions import peut_projeter, peut_tenir
from ..selecteurs_ordre import LignePoint, ordre_du_jour_pour
from ..selecteurs_tenue import actions_du_point, decision_dite, permanent, presences_dites, quorum
from ..services import saisie
from ..services.decisions import comite_du
from ..services.tenue import points_lus
from .tenue_commun import RESERVE, la_tient, trouver_point, trouver_seance
from .tenue_saisie import json_decision, rendre_actions


@require_GET
def etat(request: RequeteAvecAcces, territoire: str, numero: str) -> HttpResponse:
    """What is stored now: another note-taker's work, the point under way, a form key valid after a new login."""
    seance = trouver_seance(request, numero)
    exiger(la_tient(request, seance), RESERVE)
    presences = list(seance.presences.all())
    corps = {
        "jeton": get_token(request),
        "utilisateur": request.acces.utilisateur_id,
        "en_cours": seance.statut == StatutSeance.EN_COURS,
        "point_en_cours": seance.point_en_cours_id,
        "heure": heure(timezone.now()),
        "traites": [p.pk for p in points_lus(request.acces, seance) if p.traite_le],
        "presences_dites": presences_dites(presences),
        "quorum": str(quorum(seance, presences) or ""),
    }
    voulu = request.GET.get("point", "")
    if voulu.isdecimal() and peut_tenir(request.acces, seance):
        corps["point"] = _etat_du_point(request, trouver_point(request, seance, int(voulu)))
    return JsonResponse(corps)


def _etat_du_point(request: RequeteAvecAcces, point: PointOrdreDuJour) -> dict[str, object]:
    return {
        "synthese": point.synthese,
        "version": point.version,
        "decision": json_decision(saisie.en_vigueur(point)),
        "actions": rendre_actions(request, point),
    }


@require_GET
def reconnexion(request: RequeteAvecAcces, territoire: str, numero: str) -> HttpResponse:
    """Where a new login opened beside the meeting ends: what was kept there leaves by itself."""
    seance = trouver_seance(request, numero)
    exiger(la_tient(request, seance), RESERVE)
    return render(request, "comites/tenue/reconnexion.html", {"seance": seance, "titre": comite_du(seance)})


@require_GET
def projection(request: RequeteAvecAcces, territoire: str, numero: str) -> HttpResponse:
    """What the wall shows: rendered for the committee, whoever clicked. A fragment when its script asks."""
    seance = trouver_seance(request, numero)
    exiger(peut_projeter(request.acces, seance), RESERVE)
    contexte = contexte_projection(seance)
    fiche = contexte["ligne"].point.fiche if contexte["ligne"] else None
    if fiche is not None and request.GET.get("vu") != str(fiche.pk):
        tracer(acces=request.acces, objet="fiche", objet_id=fiche.pk, libelle=fiche.numero, auteur=str(request.user))
    gabarit = "_ecran" if request.headers.get("HX-Request") else "projection"
    return render(request, f"comites/tenue/{gabarit}.html", contexte)


def contexte_projection(seance: Seance) -> dict[str, object]:
    """The agenda and the point under way as the committee's audience reads them: nobody's own rights come in."""
    genre = GenreAudience.ANONYME if seance.est_anonyme else GenreAudience.COMITE
    ordre = ordre_du_jour_pour(Audience(genre, seance.territoire_id), seance)
    ligne = next((x for x in ordre.lignes if x.point.pk == seance.point_en_cours_id), None)
    return {
        "seance": seance,
        "titre": comite_du(seance),
        "ordre": ordre,
        "ligne": ligne,
        "est_reserve": ligne is None and seance.point_en_cours_id is not None,
        **permanent(seance, ligne.point if ligne is not None else None),
        **(_notes(ligne) if ligne is not None and _montre_les_notes(ligne) else {}),
    }


def _montre_les_notes(ligne: LignePoint) -> bool:
    """Notes may name the person: they are shown only where the fiche itself may be."""
    if ligne.point.seance.est_anonyme:
        return ligne.point.fiche is None and ligne.point.action is None
    return ligne.point.fiche is None or ligne.est_nomme


def _notes(ligne: LignePoint) -> dict[str, object]:
    point = ligne.point
    return {
        "synthese": point.synthese,
        "decision": decision_dite(saisie.en_vigueur(point)),
        "actions": actions_du_point(point),
    }
