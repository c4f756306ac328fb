"""The territoire's own pages: the service, and what the law asks for."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from apps.acces.middleware import RequeteAvecAcces
from apps.partenaires.models import Organisme
from apps.personnes.services import texte_accord_courant

from ... import textes
from ..contexte import afficher


@login_not_required
@require_safe
def accueil(request: RequeteAvecAcces, territoire: str) -> HttpResponse:
    """What the service is, for whom, with whom, how it goes, and whom to call."""
    ici = request.territoire
    contexte = {
        "presentation": textes.presentation(ici),
        "pour_qui": textes.pour_qui(ici),
        "axes": [ligne.strip(" -•") for ligne in ici.axes.splitlines() if ligne.strip()],
        "etapes": [ligne.strip(" -•") for ligne in textes.comment(ici).splitlines() if ligne.strip()],
        "organismes": Organisme.objects.filter(territoire=ici, est_actif=True).order_by("nom"),
        "communes": ici.communes.count(),
    }
    return afficher(request, "public/accueil.html", contexte)


@login_not_required
@require_safe
def mentions(request: RequeteAvecAcces, territoire: str) -> HttpResponse:
    """Mentions légales."""
    return afficher(request, "public/mentions.html", {"responsable": textes.responsable(request.territoire)})


@login_not_required
@require_safe
def confidentialite(request: RequeteAvecAcces, territoire: str) -> HttpResponse:
    """The information notice, the rights, and whom to write to."""
    return afficher(request, "public/confidentialite.html", contexte_notice(request))


@login_not_required
@require_safe
def accessibilite(request: RequeteAvecAcces, territoire: str) -> HttpResponse:
    """The accessibility statement."""
    return afficher(request, "public/accessibilite.html")


@login_not_required
@require_safe
def plan(request: RequeteAvecAcces, territoire: str) -> HttpResponse:
    """Every public page, as a list."""
    return afficher(request, "public/plan.html")


@login_not_required
@require_safe
def formulaire_papier(request: RequeteAvecAcces, territoire: str) -> HttpResponse:
    """The notice and the accord on paper, empty: signed, its scan is attached by the coordination."""
    contexte = contexte_notice(request) | {
        "texte_accord": texte_accord_courant(request.territoire.pk),
        "organismes": Organisme.objects.filter(territoire=request.territoire, est_actif=True).order_by("nom"),
    }
    return afficher(request, "public/formulaire_papier.html", contexte)


def contexte_notice(request: RequeteAvecAcces) -> dict[str, object]:
    """What the information notice says, wherever it is shown."""
    ici = request.territoire
    return {
        "notice": textes.notice(ici),
        "base_legale": textes.base_legale(ici),
        "responsable": textes.responsable(ici),
        "contact_donnees": textes.contact(ici),
    }
