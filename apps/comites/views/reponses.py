"""Answers to a convocation: one's own in one click, anybody's by the coordination."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from apps.core.erreurs import ErreurMetier, exiger
from apps.core.requetes import Requete

from .. import mots, selecteurs_calendrier, services
from ..enums import Reponse
from ..forms.calendrier import ReponseForm
from ..models import Presence, Seance
from ..permissions import peut_organiser, peut_repondre_pour
from .seances import seance_de

DITES = {
    Reponse.PRESENT: "C’est noté : présent.",
    Reponse.EXCUSE: "C’est noté : excusé.",
    Reponse.REPRESENTE: "C’est noté : représenté.",
}


def _initial(presence: Presence) -> dict[str, str]:
    return {"represente_par": presence.represente_par}


def _traiter(request: Requete, seance: Seance, presence: Presence, *, pour_un_autre: bool) -> HttpResponse:
    """Show the three answers, note the one that is sent."""
    form = ReponseForm(request.POST or None, initial=_initial(presence))
    if form.is_valid():
        try:
            presence = services.repondre(acces=request.acces, presence=presence, **form.cleaned_data)
        except ErreurMetier as erreur:
            form.add_error(None, erreur.message)
        else:
            messages.success(request, DITES[Reponse(presence.reponse)])
            if request.POST.get("suite") == "accueil":
                return redirect("accueil:accueil", request.territoire.slug)
            return redirect(seance)
    contexte = {
        "form": form,
        "seance": seance,
        "presence": presence,
        "qui": presence.organisme_nom or presence.nom,
        "pour_un_autre": pour_un_autre,
        "quand": mots.quand(seance),
        "lieu": mots.lieu(seance),
        "titre_seance": mots.titre(seance),
        "ouverte": seance.statut in ("convoquee", "en_cours"),
        "ton": selecteurs_calendrier.TONS_REPONSE[Reponse(presence.reponse)],
    }
    return render(request, "comites/calendrier/repondre.html", contexte)


@require_http_methods(["GET", "POST"])
def repondre(request: Requete, territoire: str, numero: str) -> HttpResponse:
    """One's own answer, from the mail's link or from the home page: GET shows the buttons, POST acts."""
    seance = seance_de(request, numero)
    presence = selecteurs_calendrier.ma_presence(request.acces, seance)
    if presence is None:
        if peut_organiser(request.acces):
            return redirect(seance)
        raise Http404
    if request.method == "POST":
        exiger(peut_repondre_pour(request.acces, presence), "On ne répond plus à cette séance.")
    return _traiter(request, seance, presence, pour_un_autre=False)


@require_http_methods(["GET", "POST"])
def repondre_pour(request: Requete, territoire: str, numero: str, pk: int) -> HttpResponse:
    """The coordination notes an answer heard on the telephone."""
    seance = seance_de(request, numero)
    exiger(peut_organiser(request.acces), "La coordination note les réponses des autres.")
    presence = get_object_or_404(seance.presences.select_related("organisme", "utilisateur"), pk=pk)
    return _traiter(request, seance, presence, pour_un_autre=True)
