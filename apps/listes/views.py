"""Saved views: keep, rename, share, remove. They come back to the list they were asked from."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.erreurs import ErreurMetier, exiger
from apps.core.requetes import Requete

from . import services
from .forms import NomVueForm, VueForm
from .models import VueEnregistree
from .permissions import peut_modifier


def _chemin(request: Requete) -> str:
    """The list that was left, within this territoire only; else its home."""
    retour = request.POST.get("retour", "") or request.GET.get("retour", "")
    permis = url_has_allowed_host_and_scheme(retour, allowed_hosts=None) and retour.startswith(
        f"/{request.territoire.slug}/"
    )
    return retour if permis else f"/{request.territoire.slug}/espace/"


def _retour(request: Requete, requete: str = "") -> HttpResponse:
    """Back to the list; with other filters when given."""
    chemin = _chemin(request)
    return redirect(f"{chemin.split('?')[0]}?{requete}" if requete else chemin)


@require_POST
def enregistrer(request: Requete, territoire: str) -> HttpResponse:
    form = VueForm(request.POST)
    if not form.is_valid():
        messages.error(request, "La vue n’est pas enregistrée : donnez-lui un nom de 60 caractères au plus.")
        return _retour(request)
    try:
        vue = services.enregistrer(acces=request.acces, **form.cleaned_data)
    except ErreurMetier as erreur:
        messages.error(request, erreur.message)
        return _retour(request)
    messages.success(request, f"La vue « {vue.nom} » est enregistrée.")
    return _retour(request, vue.requete)


@require_POST
def renommer(request: Requete, territoire: str, pk: int) -> HttpResponse:
    vue = get_object_or_404(VueEnregistree.objects.visibles_par(request.acces), pk=pk)
    form = NomVueForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Donnez un nom de 60 caractères au plus.")
        return _retour(request)
    try:
        services.renommer(acces=request.acces, vue=vue, nom=form.cleaned_data["nom"])
    except ErreurMetier as erreur:
        messages.error(request, erreur.message)
    return _retour(request)


@require_POST
def partager(request: Requete, territoire: str, pk: int) -> HttpResponse:
    vue = get_object_or_404(VueEnregistree.objects.visibles_par(request.acces), pk=pk)
    partagee = request.POST.get("partagee") == "1"
    services.partager(acces=request.acces, vue=vue, partagee=partagee)
    messages.success(
        request, f"La vue « {vue.nom} » est partagée." if partagee else f"La vue « {vue.nom} » n’est plus partagée."
    )
    return _retour(request)


@require_http_methods(["GET", "POST"])
def supprimer(request: Requete, territoire: str, pk: int) -> HttpResponse:
    vue = get_object_or_404(VueEnregistree.objects.visibles_par(request.acces), pk=pk)
    exiger(peut_modifier(request.acces, vue), "Seule la personne qui a créé cette vue peut la supprimer.")
    if request.method == "POST":
        nom = vue.nom
        services.supprimer(acces=request.acces, vue=vue)
        messages.success(request, f"La vue « {nom} » est supprimée.")
        return _retour(request)
    return render(request, "listes/supprimer_vue.html", {"vue": vue, "retour": _chemin(request)})
