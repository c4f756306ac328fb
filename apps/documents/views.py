"""The page of a document: how far it is, then the file. It may be closed: the job goes on, and it is found again."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from apps.core.erreurs import ErreurMetier

from . import services_documents as services
from .affichage import VueDocument, montrer
from .fabrique import fabrique_de
from .models import Document
from .permissions import perime, peut_voir


def _document(request: Any, jeton: UUID) -> Document:
    """The document, if its owner opens it to the reader at this moment, else 404."""
    documents = Document.objects.select_related("travail", "fichier", "territoire")
    document = get_object_or_404(documents, territoire=request.acces.territoire_id, jeton=jeton)
    if not peut_voir(request.acces, document):
        raise Http404("Ce document ne vous est pas ouvert.")
    return document


def _vue(request: Any, document: Document) -> VueDocument:
    return montrer(request.acces, document, perime=perime(document))


def _retour(document: Document) -> tuple[str, str]:
    try:
        return fabrique_de(document.genre).adresse(document)
    except KeyError:
        return "", ""


@never_cache
@require_GET
def detail(request: Any, territoire: str, jeton: UUID) -> HttpResponse:
    """How far it is, then what can be done with it; refreshed by itself, with or without a script."""
    document = _document(request, jeton)
    url, mots = _retour(document)
    contexte = {"vue": _vue(request, document), "retour_url": url, "retour": mots}
    return render(request, "documents/detail.html", contexte)


@never_cache
@require_GET
def avancement(request: Any, territoire: str, jeton: UUID) -> HttpResponse:
    """The part of the page that changes; 204 when the reader has already seen it."""
    vue = _vue(request, _document(request, jeton))
    if request.GET.get("vu") == vue.empreinte:
        return HttpResponse(status=204)
    return render(request, "documents/_avancement.html", {"vue": vue})


@require_POST
def annuler(request: Any, territoire: str, jeton: UUID) -> HttpResponseRedirect:
    """Cancel it, or ask it to stop."""
    document = _document(request, jeton)
    try:
        services.annuler(acces=request.acces, document=document)
    except ErreurMetier as erreur:
        messages.warning(request, erreur.message)
    return redirect("documents:detail", territoire, jeton)


@require_POST
def relancer(request: Any, territoire: str, jeton: UUID) -> HttpResponseRedirect:
    """Start it again."""
    document = _document(request, jeton)
    try:
        services.relancer(acces=request.acces, document=document)
    except ErreurMetier as erreur:
        messages.warning(request, erreur.message)
    return redirect("documents:detail", territoire, jeton)


@require_safe
def voir(request: Any, territoire: str, jeton: UUID) -> HttpResponse:
    """The PDF in the browser's own reader."""
    return _servir(request, jeton, en_place=True)


@require_safe
def telecharger(request: Any, territoire: str, jeton: UUID) -> HttpResponse:
    """The PDF as a file."""
    return _servir(request, jeton, en_place=False)


def _servir(request: Any, jeton: UUID, *, en_place: bool) -> HttpResponse:
    """The file; its page instead, which says why, when it is given no longer."""
    document = _document(request, jeton)
    if perime(document):
        return redirect("documents:detail", request.territoire.slug, jeton)
    return services.servir(acces=request.acces, document=document, auteur=str(request.user), en_place=en_place)
