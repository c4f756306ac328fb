"""The list, the page of one action, and what is done to it in one click."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.acces.middleware import RequeteAvecAcces
from apps.core.affichage import INSECABLE
from apps.core.erreurs import ErreurMetier, exiger
from apps.listes.vues import reponse_liste

from .. import page, services
from ..enums import EtatAction, GesteAction
from ..forms import FaireForm
from ..listes import ListeActions
from ..models import Action
from ..permissions import (
    peut_creer,
    peut_faire,
    peut_finir,
    peut_gerer_listes,
    peut_orienter,
    peut_rappeler,
    peut_verifier,
)
from .outils import INDISPONIBLE, envoye, page_formulaire, refuser, retour, tracer_lecture, trouver


@require_http_methods(["GET", "POST"])
def liste(request: RequeteAvecAcces, territoire: str) -> HttpResponse:
    """The actions that one sees. Other roles have no such list."""
    exiger(request.acces.est_coordination or request.acces.est_partenaire)
    contexte = {"peut_creer": peut_creer(request.acces), "peut_gerer_listes": peut_gerer_listes(request.acces)}
    return reponse_liste(request, ListeActions(request.acces), "actions/liste.html", contexte)


@require_GET
def detail(request: RequeteAvecAcces, territoire: str, jeton: UUID) -> HttpResponse:
    """Where the mail's link leads: what, for when, and the one button that says it done."""
    action = trouver(request, jeton)
    action.territoire = request.territoire
    tracer_lecture(request, action)
    return render(request, "actions/detail.html", {"action": action, "page": page.composer(request.acces, action)})


@require_http_methods(["GET", "POST"])
def faire(request: RequeteAvecAcces, territoire: str, jeton: UUID) -> HttpResponse:
    """Done: one POST suffices. The page asks what came of it, now or afterwards."""
    action = trouver(request, jeton)
    exiger(peut_finir(request.acces, action), INDISPONIBLE)
    exiger(action.etat != EtatAction.ABANDONNEE, INDISPONIBLE)
    deja = action.etat == EtatAction.FAITE
    form = FaireForm(envoye(request), initial={"texte": action.resultat})
    if form.is_valid():
        try:
            _marquer(request, action, form.cleaned_data["texte"], deja)
        except ErreurMetier as erreur:
            refuser(request, erreur, form if "texte" in request.POST else None)
            if "texte" not in request.POST:
                return retour(request, action)
        else:
            return retour(request, action)
    if request.method == "GET":
        tracer_lecture(request, action)
    return page_formulaire(
        request, form=form, titre="Ce qui a été obtenu" if deja else "Marquer comme faite", action=action,
        bouton="Enregistrer" if deja else "C’est fait",
    )  # fmt: skip


def _marquer(request: RequeteAvecAcces, action: Action, texte: str, deja: bool) -> None:
    if deja:
        if "texte" in request.POST:
            services.preciser(acces=request.acces, action=action, texte=texte)
            messages.success(request, "C’est noté.")
        else:
            messages.info(request, "Cette action était déjà faite.")
        return
    services.faire(acces=request.acces, action=action, texte=texte)
    if texte:
        messages.success(request, f"C’est noté{INSECABLE}: action faite.")
        return
    lien = reverse("actions:faire", args=[request.territoire.slug, action.jeton])
    messages.success(
        request,
        format_html(
            "C’est noté\u00a0: « {} » est faite. <a href=\"{}\">Dire ce qui a été obtenu</a> ou "
            "<a href=\"{}\">revenir en arrière</a>.",
            action.libelle, lien, action.get_absolute_url(),
        ),
    )  # fmt: skip


def _orienter(request: RequeteAvecAcces, action: Action) -> str:
    orientation = services.orienter_porteur(acces=request.acces, action=action)
    return (
        f"La fiche est orientée vers {orientation.nom_du_jour}, qui lira l’action. Le courriel part dans "
        f"{request.territoire.secondes_annulation} secondes."
    )


def _rappeler(request: RequeteAvecAcces, action: Action) -> str:
    nombre = services.rappeler(acces=request.acces, action=action)
    return "Le rappel est parti." if nombre == 1 else f"{nombre} rappels sont partis."


def _commencer(request: RequeteAvecAcces, action: Action) -> str:
    services.commencer(acces=request.acces, action=action)
    return "L’action est en cours."


def _rouvrir(request: RequeteAvecAcces, action: Action) -> str:
    services.rouvrir(acces=request.acces, action=action)
    return "L’action est de nouveau à faire."


def _attendre(request: RequeteAvecAcces, action: Action) -> str:
    services.attendre_encore(acces=request.acces, action=action)
    return "C’est noté : la page de suivi du demandeur le lui demande de nouveau."


GESTES: dict[str, tuple[Any, Any]] = {
    "commencer": (lambda acces, a: peut_faire(acces, a, GesteAction.COMMENCER), _commencer),
    "rouvrir": (lambda acces, a: peut_faire(acces, a, GesteAction.ROUVRIR), _rouvrir),
    "orienter": (peut_orienter, _orienter),
    "rappeler": (peut_rappeler, _rappeler),
    "attendre": (peut_verifier, _attendre),
}


@require_POST
def geste(request: RequeteAvecAcces, territoire: str, jeton: UUID, geste: str) -> HttpResponse:
    """What asks for nothing more than a click."""
    action = trouver(request, jeton)
    if geste not in GESTES:
        raise Http404
    permis, agir = GESTES[geste]
    exiger(permis(request.acces, action), INDISPONIBLE)
    try:
        messages.success(request, agir(request, action))
    except ErreurMetier as erreur:
        refuser(request, erreur)
    return retour(request, action)
