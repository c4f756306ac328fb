"""The personal calendar feed, and attendance over the year."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from apps.core.erreurs import exiger
from apps.core.requetes import Requete

from .. import selecteurs_calendrier, services
from ..permissions import peut_voir_comites
from ..services.abonnements import abonnement_de, flux
from ..services.assiduite import seances_tenues

# The secret is shown once, on the page that follows its making.
EN_SESSION = "agenda_secret"
LONGUEUR_MAX = 64


@require_safe
def agenda(request: Requete, territoire: str) -> HttpResponse:
    """Subscribe, see whether it is read, revoke."""
    exiger(peut_voir_comites(request.acces))
    secret = request.session.pop(EN_SESSION, "")
    adresse = ""
    if secret:
        adresse = settings.SITE_URL.rstrip("/") + reverse("agenda:flux", args=[territoire, secret])
    contexte = {
        "abonnement": abonnement_de(request.acces),
        "adresse": adresse,
        "webcal": "webcal://" + adresse.partition("://")[2] if adresse else "",
    }
    return render(request, "comites/calendrier/agenda.html", contexte)


@require_POST
def s_abonner(request: Requete, territoire: str) -> HttpResponse:
    """A new secret address; the former one stops."""
    exiger(peut_voir_comites(request.acces))
    request.session[EN_SESSION] = services.s_abonner(acces=request.acces)
    return redirect("comites:agenda", territoire)


@require_POST
def revoquer(request: Requete, territoire: str) -> HttpResponse:
    """The address opens nothing any more."""
    exiger(peut_voir_comites(request.acces))
    services.revoquer(acces=request.acces)
    messages.success(request, "L’adresse ne donne plus rien. Vous pouvez en créer une autre.")
    return redirect("comites:agenda", territoire)


@login_not_required
@require_safe
def flux_public(request: Requete, territoire: str, secret: str) -> HttpResponse:
    """What a calendar program fetches, without login, by the secret alone; anything else is not found."""
    texte = flux(secret, request.territoire) if len(secret) <= LONGUEUR_MAX else None
    if texte is None:
        raise Http404
    reponse = HttpResponse(texte, content_type="text/calendar; charset=utf-8")
    reponse["Cache-Control"] = "private, max-age=600"
    reponse["X-Robots-Tag"] = "noindex"
    return reponse


@require_safe
def assiduite(request: Requete, territoire: str) -> HttpResponse:
    """« Présence quasi permanente »: by organisme, over a year."""
    exiger(peut_voir_comites(request.acces))
    courante = timezone.localdate().year
    saisie = request.GET.get("annee", "")
    annee = int(saisie) if saisie.isdigit() and courante - 20 <= int(saisie) <= courante else courante
    instances = selecteurs_calendrier.instances(request.acces)
    instance = next((i for i in instances if str(i.pk) == request.GET.get("comite", "")), None)
    contexte = {
        "annee": annee,
        "annees": range(courante, courante - 4, -1),
        "instances": instances,
        "instance": instance,
        "lignes": services.assiduite(request.territoire.pk, annee, instance),
        "seances": seances_tenues(request.territoire.pk, annee, instance),
    }
    return render(request, "comites/calendrier/assiduite.html", contexte)
