"""Two entreprises that are one: choose, look, merge, undo."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from apps.acces.middleware import RequeteAvecAcces
from apps.core.erreurs import ErreurMetier, exiger
from apps.core.recherche import filtrer
from apps.entreprises import services
from apps.entreprises.models import Entreprise
from apps.entreprises.permissions import RESERVE, peut_gerer
from apps.personnes.enums import GenreFusion
from apps.personnes.forms import FusionForm
from apps.personnes.fusion import empechements
from apps.personnes.models import Fusion

from .repertoire import doublons_de, tracer_lecture


def _entreprise(request: RequeteAvecAcces, pk: int) -> Entreprise:
    visibles = Entreprise.objects.visibles_par(request.acces).actives().select_related("commune", "categorie_juridique")
    return get_object_or_404(visibles, pk=pk)


@require_safe
def fusionner(request: RequeteAvecAcces, territoire: str, pk: int) -> HttpResponse:
    """With which one? Likely duplicates first, then a search."""
    entreprise = _entreprise(request, pk)
    exiger(peut_gerer(request.acces), RESERVE)
    saisie = request.GET.get("q", "").strip()[:100]
    autres = Entreprise.objects.visibles_par(request.acces).actives().exclude(pk=pk).select_related("commune")
    contexte = {
        "entreprise": entreprise,
        "saisie": saisie,
        "doublons": doublons_de(request, entreprise),
        "trouvees": filtrer(autres, saisie)[:20] if saisie else [],
    }
    return render(request, "entreprises/fusionner.html", contexte)


@require_http_methods(["GET", "POST"])
def fusionner_avec(request: RequeteAvecAcces, territoire: str, pk: int, autre: int) -> HttpResponse:
    """Field by field, and what would move."""
    conservee, absorbee = _entreprise(request, pk), _entreprise(request, autre)
    exiger(peut_gerer(request.acces), RESERVE)
    tracer_lecture(request, conservee, absorbee)
    apercu = services.apercu_fusion(conservee=conservee, absorbee=absorbee)
    form = FusionForm(request.POST if request.method == "POST" else None, choix=apercu.choix)
    if request.method == "POST" and form.is_valid():
        try:
            fusion = services.fusionner(
                acces=request.acces, conservee=conservee, absorbee=absorbee, choix=form.cleaned_data
            )
        except ErreurMetier as erreur:
            messages.error(request, erreur.message)
        else:
            messages.success(request, f"« {fusion.libelle} » est fusionnée. Vous pouvez défaire cette fusion plus bas.")
            return redirect("entreprises:detail", territoire, conservee.pk)
    contexte = {"conservee": conservee, "absorbee": absorbee, "form": form, "apercu": apercu}
    return render(request, "entreprises/fusionner_avec.html", contexte)


@require_http_methods(["GET", "POST"])
def defaire_fusion(request: RequeteAvecAcces, territoire: str, fusion: int) -> HttpResponse:
    fusions = Fusion.objects.visibles_par(request.acces).filter(genre=GenreFusion.ENTREPRISE)
    trouvee = get_object_or_404(fusions, pk=fusion)
    exiger(peut_gerer(request.acces), RESERVE)
    if request.method == "POST":
        try:
            retablie = services.defaire_fusion(acces=request.acces, fusion=trouvee)
        except ErreurMetier as erreur:
            messages.error(request, erreur.message)
            return redirect("entreprises:detail", territoire, trouvee.conservee_id)
        messages.success(request, f"La fusion est défaite : « {retablie} » est rétablie telle qu’elle était.")
        return redirect("entreprises:detail", territoire, retablie.pk)
    contexte = {
        "fusion": trouvee,
        "empechements": empechements(acces=request.acces, fusion=trouvee, modele=Entreprise),
    }
    return render(request, "entreprises/defaire_fusion.html", contexte)
