"""The calendar of the committees, and the page of a séance: where everything about it starts from."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.core.erreurs import exiger
from apps.core.requetes import Requete

from .. import mots, selecteurs_calendrier
from ..enums import GesteSeance, StatutSeance
from ..models import Instance, Seance
from ..permissions import (
    peut_conduire,
    peut_gerer,
    peut_lire_ordre_du_jour,
    peut_organiser,
    peut_preparer,
    peut_projeter,
    peut_repondre,
    peut_tenir,
    peut_voir_comites,
)
from ..selecteurs_compte_rendu import contexte_compte_rendu
from ..selecteurs_documents import contexte_documents
from ..selecteurs_ordre import contexte_ordre
from ..services import ics
from ..services.attendus import manquants
from ..services.seances import MODIFIABLES
from .seances import seance_de

PAR_PAGE = 30


def _choisie(request: Requete, instances: list[Instance]) -> Instance | None:
    return next((i for i in instances if str(i.pk) == request.GET.get("comite", "")), None)


def _communs(request: Requete) -> dict[str, Any]:
    instances = selecteurs_calendrier.instances(request.acces)
    return {
        "instances": instances,
        "instance": _choisie(request, instances),
        "peut_organiser": peut_organiser(request.acces),
        "vues": selecteurs_calendrier.VUES,
    }


@require_safe
def accueil(request: Requete, territoire: str) -> HttpResponse:
    """The séances to come, held, or cancelled."""
    exiger(peut_voir_comites(request.acces))
    contexte = _communs(request)
    vue = request.GET.get("vue", "")
    vue = vue if vue in selecteurs_calendrier.VUES else ""
    seances = selecteurs_calendrier.seances_de(request.acces, vue=vue, instance=contexte["instance"])
    page = Paginator(seances, PAR_PAGE).get_page(request.GET.get("page"))
    contexte |= {"vue": vue, "page": page, "lignes": selecteurs_calendrier.lignes(request.acces, page)}
    return render(request, "comites/calendrier/liste.html", contexte)


@require_safe
def calendrier(request: Requete, territoire: str) -> HttpResponse:
    """One month, holidays named."""
    exiger(peut_voir_comites(request.acces))
    contexte = _communs(request)
    premier = selecteurs_calendrier.lire_mois(request.GET.get("mois", ""))
    contexte["mois"] = selecteurs_calendrier.mois(request.acces, premier, contexte["instance"])
    return render(request, "comites/calendrier/mois.html", contexte)


def _droits(request: Requete, seance: Seance) -> dict[str, bool]:
    """What the reader may do here now."""
    acces = request.acces
    organise, est_le_jour = peut_organiser(acces), seance.jour <= timezone.localdate()
    return {
        "peut_organiser": organise,
        "peut_preparer": peut_preparer(acces, seance),
        "peut_convoquer": peut_gerer(acces, seance, GesteSeance.CONVOQUER),
        "peut_ouvrir": peut_conduire(acces, seance, GesteSeance.OUVRIR) and (est_le_jour or seance.est_figee),
        "peut_reprendre": peut_conduire(acces, seance, GesteSeance.REPRENDRE),
        "peut_tenir": peut_tenir(acces, seance),
        "peut_projeter": seance.statut == StatutSeance.EN_COURS and peut_projeter(acces, seance),
        "est_le_jour": est_le_jour,
        "peut_deplacer": organise and seance.statut in MODIFIABLES,
        "peut_inviter": organise and seance.statut in (*MODIFIABLES, StatutSeance.EN_COURS),
        "lit_ordre_du_jour": peut_lire_ordre_du_jour(acces, seance),
    }


@require_safe
def seance(request: Requete, territoire: str, numero: str) -> HttpResponse:
    """The page of a séance: its state, its ordre du jour, who comes, its documents, its minutes."""
    objet = seance_de(request, numero)
    presences = selecteurs_calendrier.presences(request.acces, objet)
    droits = _droits(request, objet)
    mienne = next((ligne.presence for ligne in presences if ligne.est_mienne), None)
    contexte: dict[str, Any] = {
        "seance": objet,
        "titre_seance": mots.titre(objet),
        "horaires": mots.horaires(objet),
        "lieu": mots.lieu(objet),
        "portee_dite": mots.portee_dite(objet),
        "phrase": selecteurs_calendrier.phrase(objet, [ligne.presence for ligne in presences]),
        "presences": presences,
        "sans_reponse": sum(ligne.presence.reponse == "attendue" for ligne in presences),
        "a_convoquer": selecteurs_calendrier.a_convoquer(objet) if objet.statut == StatutSeance.PREPARATION else [],
        "nouveaux": len(manquants(objet)) if objet.statut == StatutSeance.CONVOQUEE and droits["peut_organiser"] else 0,
        "ma_presence": mienne,
        "peut_repondre": mienne is not None and peut_repondre(request.acces, objet),
        "ton": selecteurs_calendrier.TONS[StatutSeance(objet.statut)][0],
        "icone": selecteurs_calendrier.TONS[StatutSeance(objet.statut)][1],
        **droits,
        **contexte_ordre(request.acces, objet),
        **contexte_compte_rendu(request.acces, objet),
        **contexte_documents(request.acces, objet),
    }
    return render(request, "comites/calendrier/seance.html", contexte)


@require_safe
def fichier_ics(request: Requete, territoire: str, numero: str) -> HttpResponse:
    """The séance, for one's own calendar."""
    objet = seance_de(request, numero)
    reponse = HttpResponse(ics.a_telecharger(objet), content_type="text/calendar; charset=utf-8")
    reponse["Content-Disposition"] = f'attachment; filename="{objet.numero}.ics"'
    return reponse
