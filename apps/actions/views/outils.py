"""What the views of an action share: find within the scope, go back where one came from, a form on its page."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from apps.acces.middleware import RequeteAvecAcces
from apps.core.erreurs import ErreurMetier
from apps.fiches.models import FicheNavette
from apps.tracabilite.services import tracer

from ..models import Action

INDISPONIBLE = "Cela n’est pas possible dans l’état où est l’action, ou votre rôle ne le permet pas."


def envoye(request: RequeteAvecAcces) -> Any:
    """What was posted, even empty: an empty form is answered with its errors."""
    return request.POST if request.method == "POST" else None


def trouver(request: RequeteAvecAcces, jeton: UUID) -> Action:
    """The action within the scope, else 404."""
    actions = Action.objects.visibles_par(request.acces).select_related(
        "territoire", "fiche", "organisme", "responsable", "cree_par", "terminee_par"
    )
    return get_object_or_404(actions, jeton=jeton)


def trouver_fiche(request: RequeteAvecAcces, numero: str) -> FicheNavette:
    """The fiche within the scope, else 404."""
    fiches = FicheNavette.objects.visibles_par(request.acces).select_related("territoire")
    return get_object_or_404(fiches, numero=numero)


def suite(request: RequeteAvecAcces) -> str:
    """Where the person came from, if it is one of our pages."""
    voulue = request.POST.get("suite") or request.GET.get("suite") or ""
    if voulue.startswith("/") and url_has_allowed_host_and_scheme(voulue, allowed_hosts=None):
        return voulue
    return ""


def retour(request: RequeteAvecAcces, action: Action) -> HttpResponse:
    """Back to the list, the home or the fiche that it was done from; else to the action."""
    return redirect(suite(request) or action.get_absolute_url())


def refuser(request: RequeteAvecAcces, erreur: ErreurMetier, form: forms.Form | None = None) -> None:
    """A rule of the field said no: on top of the form when there is one, else as a message."""
    if form is not None:
        form.add_error(None, erreur.message)
    else:
        messages.error(request, erreur.message)


def tracer_lecture(request: RequeteAvecAcces, action: Action) -> None:
    """Reading an action of a fiche is reading of that fiche."""
    if action.fiche is not None:
        tracer(
            acces=request.acces, objet="fiche", objet_id=action.fiche.pk, libelle=action.fiche.numero,
            auteur=str(request.user),
        )  # fmt: skip


def page_formulaire(
    request: RequeteAvecAcces, *, form: forms.Form, titre: str, bouton: str, statut: int = 200, **contexte: Any
) -> HttpResponse:
    """A form on its own page; 422 with errors, 409 with both texts of a conflict."""
    if contexte.get("conflit") is not None:
        statut = 409
    elif form.is_bound and form.errors:
        statut = 422
    donnees = {"form": form, "titre": titre, "bouton": bouton, "suite": suite(request), **contexte}
    return render(request, contexte.get("gabarit", "actions/formulaire.html"), donnees, status=statut)
