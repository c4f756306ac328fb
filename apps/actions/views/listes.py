"""Checklists: those of the territoire, and the one that a fiche takes."""

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.acces.middleware import RequeteAvecAcces
from apps.core.erreurs import ErreurMetier, VersionPerimee, exiger
from apps.tracabilite.services import tracer

from .. import services
from ..forms import ListeTypeForm, PrendreForm, lire_etapes
from ..models import EtapeType, ListeType
from ..permissions import peut_creer, peut_gerer_listes
from .outils import INDISPONIBLE, envoye, page_formulaire, refuser, trouver_fiche

RESERVE = "La coordination écrit les listes types."


@require_GET
def listes(request: RequeteAvecAcces, territoire: str) -> HttpResponse:
    """The checklists and their steps."""
    exiger(peut_gerer_listes(request.acces), RESERVE)
    etapes = Prefetch("etapes", EtapeType.objects.select_related("organisme"))
    toutes = ListeType.objects.visibles_par(request.acces).select_related("theme").prefetch_related(etapes)
    return render(request, "actions/listes.html", {"listes": toutes})


def _trouver(request: RequeteAvecAcces, pk: int) -> ListeType:
    exiger(peut_gerer_listes(request.acces), RESERVE)
    return get_object_or_404(ListeType.objects.visibles_par(request.acces), pk=pk)


@require_http_methods(["GET", "POST"])
def creer(request: RequeteAvecAcces, territoire: str) -> HttpResponse:
    """A new checklist."""
    exiger(peut_gerer_listes(request.acces), RESERVE)
    return _editer(request, None)


@require_http_methods(["GET", "POST"])
def modifier(request: RequeteAvecAcces, territoire: str, pk: int) -> HttpResponse:
    """Its name, its theme, its steps; what was already taken stays as it is."""
    return _editer(request, _trouver(request, pk))


def _editer(request: RequeteAvecAcces, liste: ListeType | None) -> HttpResponse:
    initial = {}
    if liste is not None:
        initial = {
            "nom": liste.nom, "theme": liste.theme_id, "est_active": liste.est_active, "version": liste.version,
        }  # fmt: skip
    form = ListeTypeForm(envoye(request), acces=request.acces, initial=initial)
    etapes = lire_etapes(request.acces, envoye(request), liste)
    bons = [form.is_valid(), etapes.is_valid()] if request.method == "POST" else [False]
    if all(bons):
        try:
            _enregistrer(request, liste, form, etapes)
        except VersionPerimee as erreur:
            form.add_error(None, f"{erreur.message} Rouvrez la liste dans un autre onglet et comparez.")
        except ErreurMetier as erreur:
            refuser(request, erreur, form)
        else:
            messages.success(request, "La liste est enregistrée.")
            return redirect("actions:listes", request.territoire.slug)
    return page_formulaire(
        request, form=form, etapes=etapes, liste=liste, gabarit="actions/liste_type.html", bouton="Enregistrer",
        titre="Modifier la liste" if liste else "Nouvelle liste",
        statut=422 if request.method == "POST" else 200,
    )  # fmt: skip


def _enregistrer(request: RequeteAvecAcces, liste: ListeType | None, form: ListeTypeForm, etapes: object) -> None:
    valeurs = form.valeurs() | {"etapes": etapes.valeurs()}  # type: ignore[attr-defined]
    if liste is None:
        services.creer_liste(acces=request.acces, **valeurs)
        return
    services.modifier_liste(acces=request.acces, liste=liste, version=form.cleaned_data["version"], **valeurs)


@require_POST
def supprimer(request: RequeteAvecAcces, territoire: str, pk: int) -> HttpResponse:
    """Actions already taken from it stay."""
    liste = _trouver(request, pk)
    services.supprimer_liste(acces=request.acces, liste=liste)
    messages.success(request, f"La liste « {liste.nom} » est supprimée. Les actions déjà prises restent.")
    return redirect("actions:listes", request.territoire.slug)


@require_http_methods(["GET", "POST"])
def prendre(request: RequeteAvecAcces, territoire: str, numero: str) -> HttpResponse:
    """Give a fiche all the steps of a checklist."""
    fiche = trouver_fiche(request, numero)
    exiger(peut_gerer_listes(request.acces) and peut_creer(request.acces, fiche), INDISPONIBLE)
    form = PrendreForm(envoye(request), acces=request.acces, fiche=fiche)
    if form.is_valid():
        try:
            prises = services.prendre_liste(acces=request.acces, fiche=fiche, liste=form.cleaned_data["liste"])
        except ErreurMetier as erreur:
            refuser(request, erreur, form)
        else:
            nombre = len(prises)
            messages.success(request, f"{nombre} actions ajoutées." if nombre > 1 else "Une action ajoutée.")
            aveugles = sorted({a.qui for a in prises if not services.lecture_du_porteur(a).lit})
            if aveugles:
                messages.warning(
                    request,
                    f"Ne lisent pas encore la fiche : {', '.join(aveugles)}. Orientez-la depuis la page de l’action.",
                )
            return redirect(f"{fiche.get_absolute_url()}#a-faire")
    if request.method == "GET":
        tracer(acces=request.acces, objet="fiche", objet_id=fiche.pk, libelle=fiche.numero, auteur=str(request.user))
    return page_formulaire(
        request, form=form, titre="Prendre une liste", bouton="Prendre cette liste", fiche=fiche,
        gabarit="actions/prendre.html", listes_url=reverse("actions:listes", args=[request.territoire.slug]),
    )  # fmt: skip
