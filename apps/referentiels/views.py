"""Suggestions while typing: open data, open to all, without any trace of what the service knows."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from .enums import Nomenclature
from .services import chercher_communes, chercher_naf

SAISIE_MAX = 100


@login_not_required
@require_safe
@cache_control(public=True, max_age=3600)
def communes(request: HttpRequest) -> JsonResponse:
    """`?q=fig` -> {"suggestions": ["Figeac (46100)", …]}."""
    saisie = request.GET.get("q", "")[:SAISIE_MAX]
    return JsonResponse({"suggestions": [str(c) for c in chercher_communes(saisie)]})


@login_not_required
@require_safe
@cache_control(public=True, max_age=3600)
def naf(request: HttpRequest, nomenclature: str = Nomenclature.NAF_REV2) -> JsonResponse:
    """`?q=restauration` -> {"suggestions": ["56.10A Restauration traditionnelle", …]}."""
    saisie = request.GET.get("q", "")[:SAISIE_MAX]
    return JsonResponse({"suggestions": [str(n) for n in chercher_naf(saisie, nomenclature=nomenclature)[:12]]})
