"""The fiche as a PDF: ask for it, then take it."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from apps.acces.middleware import RequeteAvecAcces
from apps.documents.services import servir
from apps.tracabilite.models import GenreAcces
from apps.tracabilite.services import tracer
from apps.travaux.models import Travail
from apps.travaux.services import demander

from ..impression import GENRE, cle_de, fichier_de
from ..models import FicheNavette


@require_POST
def imprimer(request: RequeteAvecAcces, territoire: str, numero: str) -> HttpResponse:
    """Ask for the PDF; its progress page follows."""
    fiche = get_object_or_404(FicheNavette.objects.visibles_par(request.acces), numero=numero)
    travail = demander(GENRE, cle=cle_de(fiche, request.acces), parametres={"fiche": fiche.pk}, acces=request.acces)
    return redirect("travaux:detail", territoire, travail.jeton)


@require_safe
def pdf(request: RequeteAvecAcces, territoire: str, numero: str, jeton: UUID) -> HttpResponse:
    """The PDF, to whoever asked for it, in the role that they asked in, and may still read the fiche."""
    fiche = get_object_or_404(FicheNavette.objects.visibles_par(request.acces), numero=numero)
    mes_travaux = Travail.objects.visibles_par(request.acces).filter(
        genre=GENRE, parametres__fiche=fiche.pk, role=request.acces.role, organisme_id=request.acces.organisme_id
    )
    fichier = fichier_de(get_object_or_404(mes_travaux, jeton=jeton))
    if fichier is None:
        raise Http404
    tracer(
        acces=request.acces, genre=GenreAcces.IMPRESSION, objet="fiche", objet_id=fiche.pk, libelle=fiche.numero,
        auteur=str(request.user),
    )  # fmt: skip
    return servir(fichier, impression=True)
