"""What the views of a séance under way share: find within the scope, whoever keeps it, how to answer."""

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from apps.acces.middleware import RequeteAvecAcces
from apps.core.erreurs import ErreurMetier

from ..enums import EtatPoint, ModePoint
from ..models import PointOrdreDuJour, Seance
from ..permissions import est_secretaire

RESERVE = "Cette séance est tenue par la coordination et par la personne qu’elle a nommée secrétaire."


def trouver_seance(request: RequeteAvecAcces, numero: str) -> Seance:
    """Within the scope, else 404. The secretary keeps the séance even when their organisme does not sit."""
    vues = Q(pk__in=Seance.objects.visibles_par(request.acces).values("pk"))
    if request.acces.est_referent:
        vues |= Q(secretaire=request.acces.utilisateur_id)
    seances = Seance.objects.filter(vues, territoire=request.territoire).select_related(
        "instance", "conjointe", "territoire", "secretaire"
    )
    return get_object_or_404(seances, numero=numero)


def trouver_point(request: RequeteAvecAcces, seance: Seance, pk: int) -> PointOrdreDuJour:
    """A point of the agenda; a reserved one is found by the coordination alone."""
    points = PointOrdreDuJour.objects.filter(seance=seance, etat=EtatPoint.INSCRIT)
    if not request.acces.est_coordination:
        points = points.exclude(mode=ModePoint.RESERVE)
    point = get_object_or_404(points.select_related("fiche", "rapporteur"), pk=pk)
    point.seance = seance
    return point


def la_tient(request: RequeteAvecAcces, seance: Seance) -> bool:
    return request.acces.est_coordination or est_secretaire(request.acces, seance)


def vers(seance: Seance, nom: str, *args: object) -> HttpResponseRedirect:
    return redirect(reverse(f"comites:{nom}", args=[seance.territoire.slug, seance.numero, *args]))


def dire_erreur(request: RequeteAvecAcces, erreur: ErreurMetier) -> None:
    messages.error(request, erreur.message)


def veut_json(request: RequeteAvecAcces) -> bool:
    """Sent by the page's script as it is typed, not by one of its buttons."""
    return request.headers.get("Accept", "").startswith("application/json")
