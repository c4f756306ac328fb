"""Pages for what goes wrong: each says what happened, what to do, and the request's id. They never fail themselves."""

import logging

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.views.decorators.csrf import requires_csrf_token

journal = logging.getLogger(__name__)

SECOURS = (
    '<!doctype html><html lang="fr"><meta charset="utf-8"><title>Erreur · Guichet TPE</title>'
    "<h1>Cette page n’a pas pu s’afficher</h1>"
    '<p>Réessayez dans un instant, ou <a href="/">revenez à l’accueil</a>.</p><p>Référence : {}</p></html>'
)


def page_erreur(
    request: HttpRequest, statut: int, gabarit: str, contexte: dict[str, object] | None = None, *, nu: bool = False
) -> HttpResponse:
    """Render an error page; without context processors if they fail (or `nu`), plain HTML if all fails."""
    identifiant = getattr(request, "identifiant", "")
    donnees = {
        "identifiant_requete": identifiant,
        "statut": statut,
        "request_path": "/" + request.path.lstrip("/"),
        **(contexte or {}),
    }
    for requete in (None,) if nu else (request, None):
        try:
            return HttpResponse(render_to_string(gabarit, donnees, request=requete), status=statut)
        except Exception:
            journal.exception("Error page %s could not be rendered", gabarit)
    return HttpResponse(format_html(SECOURS, identifiant), status=statut)


@requires_csrf_token
def erreur_400(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler400: a request that cannot be understood."""
    return page_erreur(request, 400, "400.html", nu=True)


@requires_csrf_token
def erreur_403(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler403: in scope without the right; the reason given by `exiger` is shown."""
    return page_erreur(request, 403, "403.html", {"motif": str(exception or "")})


@requires_csrf_token
def erreur_404(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler404: unknown, or out of scope, which must look the same."""
    return page_erreur(request, 404, "404.html")


@requires_csrf_token
def erreur_500(request: HttpRequest) -> HttpResponse:
    """handler500: the database may be what failed, so no context processor runs."""
    return page_erreur(request, 500, "500.html", nu=True)


@requires_csrf_token
def erreur_csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW: most often a form left open across a new login, or cookies refused."""
    return page_erreur(request, 403, "403_csrf.html")


def conflit(request: HttpRequest, contexte: dict[str, object] | None = None, gabarit: str = "") -> HttpResponse:
    """409, what was sent is stale: a page, or the two texts alone for htmx, which swaps a 409 in place.

    The context may carry par, le, champs (composants/deux_textes.html), message and retour_url.
    """
    if not gabarit:
        gabarit = "composants/deux_textes.html" if request.headers.get("HX-Request") else "409.html"
    return page_erreur(request, 409, gabarit, contexte)
