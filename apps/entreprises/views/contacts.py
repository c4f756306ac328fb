"""The people of an entreprise."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from apps.acces.middleware import RequeteAvecAcces
from apps.core.erreurs import exiger
from apps.entreprises import services
from apps.entreprises.forms import InterlocuteurForm, LienForm, PersonneConnueForm
from apps.entreprises.models import Entreprise, Interlocuteur
from apps.entreprises.permissions import RESERVE, peut_gerer
from apps.personnes import services as personnes


@require_http_methods(["GET", "POST"])
def ajouter_contact(request: RequeteAvecAcces, territoire: str, pk: int) -> HttpResponse:
    """A new person, unless they are recognised: then the page offers the known one first."""
    entreprise = get_object_or_404(Entreprise.objects.visibles_par(request.acces).actives(), pk=pk)
    exiger(peut_gerer(request.acces), RESERVE)
    form = InterlocuteurForm(request.POST or None)
    contexte: dict[str, Any] = {"form": form, "entreprise": entreprise}
    if form.is_valid():
        donnees = form.personne()
        connue = PersonneConnueForm(request.POST, acces=request.acces)
        if request.POST.get("personne") and connue.is_valid():
            personne = connue.cleaned_data["personne"]
        else:
            cles = {n: donnees[n] for n in ("nom", "prenom", "courriel", "telephone")}
            trouves = personnes.doublons(acces=request.acces, **cles)
            if trouves and not request.POST.get("malgre_doublons"):
                return render(request, "entreprises/contact.html", contexte | {"doublons": trouves})
            personne = personnes.creer(acces=request.acces, **donnees)
        services.lier(acces=request.acces, entreprise=entreprise, personne=personne, **form.lien())
        messages.success(request, f"{personne} est noté dans les contacts de l’entreprise.")
        return redirect("entreprises:detail", territoire, entreprise.pk)
    return render(request, "entreprises/contact.html", contexte)


def _lien(request: RequeteAvecAcces, pk: int, lien: int) -> tuple[Entreprise, Interlocuteur]:
    entreprise = get_object_or_404(Entreprise.objects.visibles_par(request.acces).actives(), pk=pk)
    exiger(peut_gerer(request.acces), RESERVE)
    liens = Interlocuteur.objects.filter(entreprise=entreprise).select_related("personne")
    return entreprise, get_object_or_404(liens, pk=lien)


@require_http_methods(["GET", "POST"])
def modifier_contact(request: RequeteAvecAcces, territoire: str, pk: int, lien: int) -> HttpResponse:
    entreprise, trouve = _lien(request, pk, lien)
    initial = {n: getattr(trouve, n) for n in ("fonction", "est_dirigeant", "est_principal")}
    form = LienForm(request.POST or None, initial=initial)
    if form.is_valid():
        services.lier(acces=request.acces, entreprise=entreprise, personne=trouve.personne, **form.cleaned_data)
        messages.success(request, "Vos modifications sont enregistrées.")
        return redirect("entreprises:detail", territoire, entreprise.pk)
    return render(request, "entreprises/lien.html", {"form": form, "entreprise": entreprise, "lien": trouve})


@require_http_methods(["GET", "POST"])
def retirer_contact(request: RequeteAvecAcces, territoire: str, pk: int, lien: int) -> HttpResponse:
    entreprise, trouve = _lien(request, pk, lien)
    if request.method == "POST":
        services.delier(acces=request.acces, lien=trouve)
        messages.success(request, f"{trouve.personne} n’est plus un contact de l’entreprise.")
        return redirect("entreprises:detail", territoire, entreprise.pk)
    return render(request, "entreprises/retirer_contact.html", {"entreprise": entreprise, "lien": trouve})
