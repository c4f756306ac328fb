"""The fiche as a PDF: ask for it; the page of the document follows."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from apps.acces.middleware import RequeteAvecAcces
from apps.core.erreurs import ErreurMetier

from ..impression import audience_choisie, demander_fiche
from ..models import FicheNavette


@require_POST
def imprimer(request: RequeteAvecAcces, territoire: str, numero: str) -> HttpResponse:
    """Ask for the PDF for an audience; what was wrong is said on the fiche."""
    fiche = get_object_or_404(FicheNavette.objects.visibles_par(request.acces), numero=numero)
    try:
        audience = audience_choisie(request.acces, request.POST.get("pour", ""))
        document = demander_fiche(acces=request.acces, fiche=fiche, audience=audience)
    except ErreurMetier as erreur:
        messages.warning(request, erreur.message)
        return redirect("fiches:detail", territoire, numero)
    return redirect("documents:detail", territoire, document.jeton)
