"""The progress of one's jobs. The page may be closed: the job goes on."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from apps.core.erreurs import TransitionInterdite

from . import services
from .affichage import presenter
from .enums import EtatTravail
from .models import Travail

PAR_PAGE = 50


def _travail(request: Any, jeton: UUID) -> Travail:
    """The reader's own job, else 404."""
    return get_object_or_404(Travail.objects.visibles_par(request.acces), jeton=jeton)


@never_cache
@require_GET
def liste(request: Any, territoire: str) -> HttpResponse:
    """The reader's jobs, the latest first."""
    page = Paginator(Travail.objects.visibles_par(request.acces), PAR_PAGE).get_page(request.GET.get("page"))
    vues = [presenter(travail, avec_resultat=False) for travail in page]
    return render(request, "travaux/liste.html", {"page": page, "vues": vues})


@never_cache
@require_GET
def detail(request: Any, territoire: str, jeton: UUID) -> HttpResponse:
    """How far a job is; refreshed by itself, with or without a script."""
    return render(request, "travaux/detail.html", {"vue": presenter(_travail(request, jeton))})


@never_cache
@require_GET
def avancement(request: Any, territoire: str, jeton: UUID) -> HttpResponse:
    """The part of the page that changes; 204 when the reader has already seen it."""
    vue = presenter(_travail(request, jeton))
    if request.GET.get("vu") == vue.empreinte:
        return HttpResponse(status=204)
    return render(request, "travaux/_avancement.html", {"vue": vue})


@require_POST
def annuler(request: Any, territoire: str, jeton: UUID) -> HttpResponseRedirect:
    """Cancel it, or ask it to stop."""
    travail = _travail(request, jeton)
    try:
        etat = services.annuler(acces=request.acces, travail=travail)
    except TransitionInterdite as erreur:
        messages.warning(request, erreur.message)
    else:
        arrete = etat == EtatTravail.ANNULE
        messages.success(request, "Le travail est annulé." if arrete else "L’arrêt est demandé.")
    return redirect("travaux:detail", territoire, jeton)


@require_POST
def relancer(request: Any, territoire: str, jeton: UUID) -> HttpResponseRedirect:
    """Start it again."""
    travail = _travail(request, jeton)
    try:
        services.relancer(acces=request.acces, travail=travail)
    except TransitionInterdite as erreur:
        messages.warning(request, erreur.message)
    else:
        messages.success(request, "Le travail est relancé.")
    return redirect("travaux:detail", territoire, jeton)
