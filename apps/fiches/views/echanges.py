"""Échanges and pièces."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from apps.acces.middleware import RequeteAvecAcces
from apps.core.erreurs import ErreurMetier, VersionPerimee, exiger
from apps.documents.services import servir
from apps.tracabilite.models import GenreAcces
from apps.tracabilite.services import tracer

from .. import services
from ..forms import EchangeForm, EchangeModifierForm, EchangeRapideForm, PieceForm
from ..models import Echange, FicheNavette, PieceFiche
from ..permissions import peut_changer_echange, peut_noter, peut_retirer_piece
from .outils import INDISPONIBLE, conflit_de, envoye, page_formulaire, refuser, trouver, vers_fiche


@require_http_methods(["GET", "POST"])
def noter(request: RequeteAvecAcces, territoire: str, numero: str) -> HttpResponse:
    """Note an échange: from the line on the page (`rapide`), or with date, participants and files."""
    fiche = trouver(request, numero)
    exiger(peut_noter(request.acces, fiche), INDISPONIBLE)
    if request.POST.get("rapide"):
        return _noter_vite(request, fiche)
    initial = {"genre": request.GET.get("genre", "appel"), "texte": request.GET.get("texte", "")}
    form = EchangeForm(envoye(request), request.FILES or None, acces=request.acces, initial=initial)
    if form.is_valid():
        try:
            services.noter_echange(
                acces=request.acces, fiche=fiche, fichiers=form.cleaned_data["fichiers"], **form.donnees()
            )
        except ErreurMetier as erreur:
            refuser(request, erreur, form)
        else:
            messages.success(request, "C’est noté au journal.")
            return vers_fiche(fiche, "#journal")
    return page_formulaire(
        request, fiche=fiche, form=form, titre="Noter un échange", bouton="Noter", multipart=True,
        gabarit="fiches/echange.html",
    )  # fmt: skip


def _noter_vite(request: RequeteAvecAcces, fiche: FicheNavette) -> HttpResponse:
    rapide = EchangeRapideForm(request.POST)
    if rapide.is_valid():
        try:
            services.noter_echange(acces=request.acces, fiche=fiche, **rapide.cleaned_data)
        except ErreurMetier as erreur:
            refuser(request, erreur)
        else:
            messages.success(request, "C’est noté au journal.")
        return vers_fiche(fiche, "#journal")
    # What was typed is shown again on the whole form, with what is missing.
    form = EchangeForm(request.POST, acces=request.acces)
    form.is_valid()
    return page_formulaire(
        request, fiche=fiche, form=form, titre="Noter un échange", bouton="Noter", multipart=True,
        gabarit="fiches/echange.html",
    )  # fmt: skip


def _echange(request: RequeteAvecAcces, fiche: FicheNavette, pk: int) -> Echange:
    echanges = Echange.objects.visibles_par(request.acces).filter(fiche=fiche, supprime_le=None)
    return get_object_or_404(echanges.select_related("fiche__territoire"), pk=pk)


@require_http_methods(["GET", "POST"])
def modifier(request: RequeteAvecAcces, territoire: str, numero: str, pk: int) -> HttpResponse:
    """Correct one's own échange."""
    fiche = trouver(request, numero)
    echange = _echange(request, fiche, pk)
    exiger(peut_changer_echange(request.acces, echange) and peut_noter(request.acces, fiche), INDISPONIBLE)
    participants = list(echange.participants.select_related("organisme"))
    moment = timezone.localtime(echange.survenu_le)
    initial = {
        "genre": echange.genre,
        "texte": echange.texte,
        "visibilite": echange.visibilite,
        "jour": moment.date(),
        "heure": moment.time() if echange.a_une_heure else None,
        "avec_demandeur": echange.avec_demandeur,
        "organismes": [p.organisme_id for p in participants if p.organisme_id],
        "autres": ", ".join(p.nom for p in participants if not p.organisme_id),
        "version": echange.version,
    }
    form = EchangeModifierForm(envoye(request), acces=request.acces, initial=initial)
    champs: list[dict[str, Any]] | None = None
    if form.is_valid():
        try:
            services.modifier_echange(
                acces=request.acces, echange=echange, version=form.cleaned_data["version"], **form.donnees()
            )
        except VersionPerimee as erreur:
            champs = conflit_de(form, erreur, ["genre", "texte", "visibilite"])
        except ErreurMetier as erreur:
            refuser(request, erreur, form)
        else:
            messages.success(request, "L’échange est corrigé.")
            return vers_fiche(fiche, "#journal")
    return page_formulaire(
        request, fiche=fiche, form=form, titre="Corriger un échange", bouton="Enregistrer",
        gabarit="fiches/echange.html", conflit=champs, echange=echange,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def retirer(request: RequeteAvecAcces, territoire: str, numero: str, pk: int) -> HttpResponse:
    """Take back one's own échange."""
    fiche = trouver(request, numero)
    echange = _echange(request, fiche, pk)
    exiger(peut_changer_echange(request.acces, echange) and peut_noter(request.acces, fiche), INDISPONIBLE)
    if request.method == "POST":
        try:
            services.retirer_echange(acces=request.acces, echange=echange)
        except ErreurMetier as erreur:
            refuser(request, erreur)
        else:
            messages.success(request, "L’échange est retiré ; le journal garde qu’il a existé.")
        return vers_fiche(fiche, "#journal")
    contexte = {
        "fiche": fiche,
        "titre": f"Retirer l’échange « {echange} »",
        "consequence": "Son texte et ses pièces ne seront plus lus par personne. Le journal garde qu’il a existé.",
        "bouton": "Retirer l’échange",
        "url": reverse("fiches:retirer_echange", args=[request.territoire.slug, fiche.numero, echange.pk]),
    }
    return render(request, "fiches/confirmer.html", contexte)


@require_http_methods(["GET", "POST"])
def ajouter_piece(request: RequeteAvecAcces, territoire: str, numero: str) -> HttpResponse:
    """Add files, each with who reads it."""
    fiche = trouver(request, numero)
    exiger(peut_noter(request.acces, fiche), INDISPONIBLE)
    form = PieceForm(envoye(request), request.FILES or None)
    if form.is_valid():
        c = form.cleaned_data
        try:
            for fichier in c["fichiers"]:
                services.ajouter_piece(
                    acces=request.acces, fiche=fiche, fichier=fichier, visibilite=c["visibilite"],
                    titre=c["titre"] if len(c["fichiers"]) == 1 else "",
                )  # fmt: skip
        except ErreurMetier as erreur:
            refuser(request, erreur, form)
        else:
            messages.success(
                request, "La pièce est ajoutée." if len(c["fichiers"]) == 1 else "Les pièces sont ajoutées."
            )
            return vers_fiche(fiche, "#pieces")
    return page_formulaire(request, fiche=fiche, form=form, titre="Ajouter une pièce", bouton="Ajouter", multipart=True)


def _piece(request: RequeteAvecAcces, fiche: FicheNavette, cle: UUID) -> PieceFiche:
    pieces = PieceFiche.objects.visibles_par(request.acces).filter(fiche=fiche, retiree_le=None)
    return get_object_or_404(pieces.select_related("fichier"), fichier__cle=cle)


@require_GET
def piece(request: RequeteAvecAcces, territoire: str, numero: str, cle: UUID) -> HttpResponseBase:
    """Hand a file over to whoever may read it; traced."""
    fiche = trouver(request, numero)
    trouvee = _piece(request, fiche, cle)
    reponse = servir(trouvee.fichier)
    tracer(
        acces=request.acces, genre=GenreAcces.TELECHARGEMENT, objet="piece", objet_id=trouvee.pk, libelle=fiche.numero,
        auteur=str(request.user),
    )  # fmt: skip
    return reponse


@require_http_methods(["GET", "POST"])
def retirer_piece(request: RequeteAvecAcces, territoire: str, numero: str, cle: UUID) -> HttpResponse:
    """Withdraw a file."""
    fiche = trouver(request, numero)
    trouvee = _piece(request, fiche, cle)
    if not fiche.est_ouverte:
        raise Http404
    exiger(peut_retirer_piece(request.acces, trouvee), INDISPONIBLE)
    if request.method == "POST":
        try:
            services.retirer_piece(acces=request.acces, piece=trouvee)
        except ErreurMetier as erreur:
            refuser(request, erreur)
        else:
            messages.success(request, "La pièce est retirée.")
        return vers_fiche(fiche, "#pieces")
    contexte = {
        "fiche": fiche,
        "titre": f"Retirer la pièce « {trouvee} »",
        "consequence": "Plus personne ne pourra la télécharger.",
        "bouton": "Retirer la pièce",
        "url": reverse("fiches:retirer_piece", args=[request.territoire.slug, fiche.numero, cle]),
    }
    return render(request, "fiches/confirmer.html", contexte)
