"""Who is away, until when, and who answers."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.erreurs import ErreurMetier, exiger

from .. import presentation, services
from ..forms import AbsenceForm
from ..middleware import RequeteAvecAcces
from ..models import Absence, Affectation
from ..permissions import peut_voir_absences

PASSEES = timedelta(days=60)


@require_http_methods(["GET", "POST"])
def absences(request: RequeteAvecAcces, territoire: str) -> HttpResponse:
    """The absences that the reader may see, and a form for another."""
    exiger(peut_voir_absences(request.acces))
    mienne = Affectation.objects.actives().filter(pk=request.acces.affectation_id).first()
    form = AbsenceForm(request.POST or None, acces=request.acces, initial={"affectation": mienne})
    if form.is_valid():
        try:
            absence = services.noter_absence(acces=request.acces, **form.cleaned_data)
        except ErreurMetier as erreur:
            form.add_error(None, erreur.message)
        else:
            messages.success(request, f"L’absence de {absence.affectation.utilisateur} est notée.")
            return redirect("acces:absences", territoire)
    lignes = presentation.absences(request.acces, depuis=timezone.localdate() - PASSEES)
    return render(request, "acces/absences.html", {"form": form, "absences": lignes})


@require_POST
def retirer_absence(request: RequeteAvecAcces, territoire: str, pk: int) -> HttpResponse:
    """Take an absence back."""
    absence = get_object_or_404(Absence.objects.visibles_par(request.acces).select_related("affectation"), pk=pk)
    services.retirer_absence(acces=request.acces, absence=absence)
    messages.success(request, "L’absence est retirée.")
    return redirect("acces:absences", territoire)
