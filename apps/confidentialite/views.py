"""The register, and the requests of persons: screens only."""

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from apps.acces.middleware import RequeteAvecAcces
from apps.core.erreurs import ErreurMetier, VersionPerimee, exiger
from apps.tracabilite.models import GenreAcces
from apps.tracabilite.services import tracer

from . import contenu, registre, services
from .forms import EnregistrerForm, InstruireForm, RepondreForm
from .models import DemandeDroit
from .permissions import peut_consulter, peut_instruire, peut_lire_le_contenu


def _demande(request: RequeteAvecAcces, reference: str) -> DemandeDroit:
    lisibles = DemandeDroit.objects.visibles_par(request.acces).select_related("personne")
    return get_object_or_404(lisibles, reference=reference)


@require_safe
def registre_des_traitements(request: RequeteAvecAcces, territoire: str) -> HttpResponse:
    """What is done with whose data, why, how long, for whom."""
    exiger(peut_consulter(request.acces))
    contexte = {
        "traitements": registre.traitements(request.acces),
        "responsable": registre.responsable(request.territoire),
    }
    return render(request, "confidentialite/registre.html", contexte)


def _a_jour(form: BaseForm, actuelle: DemandeDroit) -> None:
    """Somebody changed it meanwhile: what was typed stays, and goes over what is stored now if it is sent again."""
    form.add_error(None, "Quelqu’un a modifié cette demande entre-temps : relisez-la, puis enregistrez à nouveau.")
    form.data = form.data.copy()
    form.data["version"] = str(actuelle.version)  # type: ignore[index]


@require_http_methods(["GET", "POST"])
def demandes(request: RequeteAvecAcces, territoire: str) -> HttpResponse:
    """The requests of persons, those to answer first; record one."""
    exiger(peut_consulter(request.acces))
    form = EnregistrerForm(request.POST or None)
    if form.is_valid():
        demande = services.enregistrer(acces=request.acces, **form.cleaned_data)
        messages.success(
            request,
            f"La demande {demande.reference} est enregistrée : réponse due avant le {demande.echeance:%d/%m/%Y}.",
        )
        return redirect("confidentialite:demande", territoire, demande.reference)
    toutes = DemandeDroit.objects.visibles_par(request.acces)
    contexte = {
        "form": form,
        "ouvertes": list(toutes.ouvertes()),
        "closes": list(toutes.exclude(pk__in=toutes.ouvertes()).order_by("-repondue_le")[:200]),
        "aujourd_hui": timezone.localdate(),
    }
    return render(request, "confidentialite/demandes.html", contexte, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def demande(request: RequeteAvecAcces, territoire: str, reference: str) -> HttpResponse:
    """One request: who it is, and its term."""
    objet = _demande(request, reference)
    form = InstruireForm(request.POST or None, instance=objet, territoire=request.territoire)
    statut = 422 if form.is_bound else 200
    if request.method == "POST":
        exiger(peut_instruire(request.acces))
        objet = _demande(request, reference)
        if form.is_valid():
            try:
                services.instruire(acces=request.acces, demande=objet, **form.cleaned_data)
                messages.success(request, "La demande est à jour.")
                return redirect("confidentialite:demande", territoire, reference)
            except VersionPerimee:
                statut = 409
                _a_jour(form, _demande(request, reference))
            except ErreurMetier as erreur:
                form.add_error(None, erreur.message)
    contexte = {
        "demande": objet,
        "form": form if peut_instruire(request.acces) and objet.est_ouverte else None,
        "peut_lire": peut_lire_le_contenu(request.acces, objet),
        "en_retard": objet.est_en_retard(timezone.localdate()),
    }
    return render(request, "confidentialite/demande.html", contexte, status=statut)


@require_http_methods(["GET", "POST"])
def repondre(request: RequeteAvecAcces, territoire: str, reference: str) -> HttpResponse:
    """Close the request with its answer."""
    objet = _demande(request, reference)
    exiger(peut_instruire(request.acces) and objet.est_ouverte, "Cette demande a déjà reçu sa réponse.")
    form = RepondreForm(request.POST or None, initial={"version": objet.version})
    statut = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            services.repondre(acces=request.acces, demande=objet, **form.cleaned_data)
            messages.success(request, f"La demande {reference} est close.")
            return redirect("confidentialite:demande", territoire, reference)
        except VersionPerimee:
            statut = 409
            _a_jour(form, _demande(request, reference))
        except ErreurMetier as erreur:
            form.add_error(None, erreur.message)
    return render(request, "confidentialite/repondre.html", {"demande": objet, "form": form}, status=statut)


@never_cache
@require_safe
def donnees(request: RequeteAvecAcces, territoire: str, reference: str) -> HttpResponse:
    """All that is held about the person, within an open request only; read and logged."""
    objet = _demande(request, reference)
    exiger(peut_lire_le_contenu(request.acces, objet), "Trouvez d’abord la personne et vérifiez son identité.")
    tracer(
        acces=request.acces,
        genre=GenreAcces.LECTURE,
        objet="demande de droits",
        objet_id=objet.pk,
        libelle=objet.reference,
        auteur=str(request.user),
    )
    return render(
        request, "confidentialite/donnees.html", {"demande": objet, "sections": contenu.rassembler(objet.personne)}
    )
