"""The outbox, shown to the coordination."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from apps.core.erreurs import TransitionInterdite, exiger
from apps.core.texte import nettoyer
from apps.tracabilite.models import GenreAcces
from apps.tracabilite.services import tracer

from . import permissions, services
from .forms import NON_REMIS, FiltreCourrielsForm
from .models import Courriel, CourrielQuerySet, EtatCourriel

PAR_PAGE = 50
RESERVE = "Les courriels sont réservés à la coordination."
TONS = {
    EtatCourriel.A_ENVOYER: "neutre",
    EtatCourriel.EN_COURS: "info",
    EtatCourriel.ENVOYE: "succes",
    EtatCourriel.ECHEC: "danger",
    EtatCourriel.INCERTAIN: "attention",
    EtatCourriel.ANNULE: "neutre",
}
NON_REMIS_ETATS = (EtatCourriel.ECHEC, EtatCourriel.INCERTAIN)


def _filtrer(courriels: CourrielQuerySet, filtres: dict[str, str]) -> CourrielQuerySet:
    """The rows that the filters leave."""
    q, etat = nettoyer(filtres.get("q", "")), filtres.get("etat", "")
    if q:
        courriels = courriels.filter(Q(destinataire__icontains=q) | Q(sujet__icontains=q) | Q(objet_id__iexact=q))
    if etat == NON_REMIS:
        return courriels.filter(etat__in=NON_REMIS_ETATS)
    return courriels.filter(etat=etat) if etat else courriels


def _courriel(request: Any, pk: int) -> Courriel:
    """A mail of the territoire, for the coordination: 403 for the others, who have no mail at all."""
    exiger(permissions.peut_voir(request.acces), RESERVE)
    return get_object_or_404(Courriel.objects.visibles_par(request.acces), pk=pk)


@require_GET
def liste(request: Any, territoire: str) -> HttpResponse:
    """What leaves, what has left, what could not."""
    exiger(permissions.peut_voir(request.acces), RESERVE)
    tous = Courriel.objects.visibles_par(request.acces)
    comptes = tous.aggregate(
        attente=Count("pk", filter=Q(etat__in=(EtatCourriel.A_ENVOYER, EtatCourriel.EN_COURS))),
        echecs=Count("pk", filter=Q(etat=EtatCourriel.ECHEC)),
        incertains=Count("pk", filter=Q(etat=EtatCourriel.INCERTAIN)),
        envoyes=Count("pk", filter=Q(etat=EtatCourriel.ENVOYE)),
    )
    form = FiltreCourrielsForm(request.GET)
    courriels = _filtrer(tous, form.cleaned_data if form.is_valid() else {})
    page = Paginator(courriels.defer("corps", "corps_html", "calendrier"), PAR_PAGE).get_page(request.GET.get("page"))
    lignes = [(courriel, TONS[EtatCourriel(courriel.etat)]) for courriel in page]
    contexte = {"page": page, "lignes": lignes, "form": form, "comptes": comptes, "filtree": bool(request.GET)}
    return render(request, "courriels_ecrans/liste.html", contexte)


@require_GET
def detail(request: Any, territoire: str, pk: int) -> HttpResponse:
    """One mail with its text; reading it is noted."""
    courriel = _courriel(request, pk)
    tracer(
        acces=request.acces,
        genre=GenreAcces.LECTURE,
        objet="courriel",
        objet_id=courriel.pk,
        libelle=courriel.gabarit,
        auteur=str(request.user),
    )
    contexte = {
        "courriel": courriel,
        "ton": TONS[EtatCourriel(courriel.etat)],
        "peut_annuler": permissions.peut_annuler(request.acces, courriel),
        "peut_renvoyer": permissions.peut_renvoyer(request.acces, courriel),
    }
    return render(request, "courriels_ecrans/detail.html", contexte)


@require_POST
def annuler(request: Any, territoire: str, pk: int) -> HttpResponseRedirect:
    """Stop a mail that waits."""
    courriel = _courriel(request, pk)
    try:
        services.annuler_un(acces=request.acces, courriel=courriel)
    except TransitionInterdite as erreur:
        messages.warning(request, erreur.message)
    else:
        messages.success(request, "Le courriel est annulé : il ne partira pas.")
    return redirect("courriels:detail", territoire, pk)


@require_POST
def renvoyer(request: Any, territoire: str, pk: int) -> HttpResponseRedirect:
    """Send again a mail that did not arrive."""
    courriel = _courriel(request, pk)
    try:
        services.renvoyer(acces=request.acces, courriel=courriel)
    except TransitionInterdite as erreur:
        messages.warning(request, erreur.message)
    else:
        messages.success(request, "Le courriel va partir de nouveau.")
    return redirect("courriels:detail", territoire, pk)
