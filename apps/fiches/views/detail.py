"""The fiche page, and its list."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils.html import escape
from django.views.decorators.http import require_GET, require_http_methods

from apps.acces.middleware import RequeteAvecAcces
from apps.core.acces import Role
from apps.core.erreurs import exiger
from apps.core.registres import Registre, a_faire_fiche, panneaux_fiche
from apps.listes.vues import reponse_liste
from apps.tracabilite.models import GenreAcces
from apps.tracabilite.services import tracer

from ..enums import GenreEchange, Visibilite
from ..forms import RAPPEL, EchangeRapideForm
from ..impression import audiences_proposees
from ..listes import ListeFiches
from ..models import FicheNavette
from ..page import composer, fiche_complete


@require_http_methods(["GET", "POST"])
def liste(request: RequeteAvecAcces, territoire: str) -> HttpResponse:
    """The fiches that one may read. Other roles have no such list."""
    exiger(request.acces.role in (Role.COORDINATION, Role.REFERENT, Role.TECHNICIEN))
    return reponse_liste(request, ListeFiches(request.acces, request.territoire), "fiches/liste.html")


@require_GET
def detail(request: RequeteAvecAcces, territoire: str, numero: str) -> HttpResponse:
    """One page for the coordination and for partners, each within their scope. Every reading is traced."""
    fiche = get_object_or_404(fiche_complete(request.acces), numero=numero)
    fiche.territoire = request.territoire
    page = composer(request.acces, fiche, tout=request.GET.get("journal") == "tout")
    tracer(
        acces=request.acces, genre=GenreAcces.LECTURE, objet="fiche", objet_id=fiche.pk, libelle=fiche.numero,
        auteur=str(request.user),
    )  # fmt: skip
    suite_a_faire = panneaux(request, fiche, a_faire_fiche)
    page.a_faire = [x for x in page.a_faire if not _deja_dit(x, suite_a_faire)]
    contexte = {
        "fiche": fiche,
        "page": page,
        "rapide": EchangeRapideForm(auto_id="rapide_%s") if page.droits.peut_noter else None,
        "panneaux": panneaux(request, fiche, panneaux_fiche),
        "suite_a_faire": suite_a_faire,
        "imprimer_pour": audiences_proposees(request.acces, [s.orientation for s in page.sections]),
        "rappel": RAPPEL,
        "genres": GenreEchange,
        "visibilites": Visibilite,
    }
    return render(request, "fiches/detail.html", contexte)


def _deja_dit(ligne: dict[str, Any], suites: list[str]) -> bool:
    """What is awaited from the applicant may also be an action of theirs, which says it with its own button."""
    return "attente" in ligne and any(escape(ligne["attente"]) in suite for suite in suites)


def panneaux(request: RequeteAvecAcces, fiche: FicheNavette, registre: Registre[Any]) -> list[str]:
    """What upper apps show beside the fiche, each already scoped by its owner."""
    rendus = []
    for _cle, panneau in registre:
        resultat = panneau(request.acces, fiche)
        if resultat is not None:
            gabarit, contexte = resultat
            rendus.append(render_to_string(gabarit, {"fiche": fiche, **contexte}, request=request))
    return rendus
