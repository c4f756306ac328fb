"""Who is asking and where: the login, the database scope, then the frozen `Acces` of the request."""

import hashlib
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.cache import cache
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from apps.core.acces import Acces, Role
from apps.core.portee import portee_de
from apps.territoires.enums import SLUGS_RESERVES
from apps.territoires.models import Territoire

from . import services
from .identite import affectations_de
from .models import ROLES_AFFECTES, Affectation
from .permissions import second_facteur_exige

# Health checks open no transaction: a slow base must not look like a dead process.
SANS_PORTEE = {"vivant", "pret"}
# Names the kept form of this browser, an hour.
COOKIE_SAISIE = "guichet_saisie"
PAS_DE_SUIVI = 300

Reponse = Callable[[HttpRequest], HttpResponse]


class RequeteAvecAcces(HttpRequest):
    """What views receive once the middlewares have run (for type hints)."""

    acces: Acces
    territoire: Territoire
    affectations: list[Affectation]
    identifiant: str


def _est_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _aller(request: HttpRequest, url: str) -> HttpResponse:
    """A redirect; a fragment is told to leave the whole page instead."""
    if not _est_htmx(request):
        return HttpResponseRedirect(url)
    reponse = HttpResponse(status=401)
    reponse["HX-Redirect"] = url
    return reponse


def _page_d_origine(request: HttpRequest) -> str:
    """Where a form or a fragment was sent from, when it is one of ours."""
    url = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    morceaux = urlsplit(url)
    return (morceaux.path or "/") + (f"?{morceaux.query}" if morceaux.query else "")


class ConnexionRequiseMiddleware(LoginRequiredMiddleware):
    """Every view is closed unless it is marked open. What was typed before the login expired is kept an hour."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponse:  # type: ignore[override]
        garde = services.garder(request) if request.method == "POST" else None
        if garde:
            suite = reverse("compte_saisie", args=[garde.cle])
        elif request.method in ("GET", "HEAD") and not _est_htmx(request):
            suite = request.get_full_path()
        else:
            suite = _page_d_origine(request)
        reponse = _aller(request, f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': suite}, safe='/')}")
        if garde:
            reponse.set_signed_cookie(
                COOKIE_SAISIE,
                str(garde.cle),
                salt=COOKIE_SAISIE,
                max_age=int(services.DUREE_SAISIE.total_seconds()),
                httponly=True,
                secure=settings.SESSION_COOKIE_SECURE,
                samesite="Lax",
            )
        return reponse


class AppareilsMiddleware:
    """Notes from where each session was last used, every five minutes: reading a page must not cost a write."""

    def __init__(self, get_response: Reponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        cle = request.session.session_key
        if cle and request.user.is_authenticated:
            empreinte = hashlib.sha256(cle.encode()).hexdigest()
            if cache.add(f"appareil:{empreinte}", True, PAS_DE_SUIVI):
                UserSession.objects.create_from_request(request)
        return self.get_response(request)


class PorteeMiddleware:
    """Opens the transaction in which the database shows one territoire only, from the first segment of the path.

    It stands outside the view and rolls back on 5xx. On SQLite a GET runs without a transaction.
    """

    def __init__(self, get_response: Reponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        slug = request.path_info.lstrip("/").split("/", 1)[0]
        request.territoire = None  # type: ignore[attr-defined]
        if slug in SANS_PORTEE:
            return self.get_response(request)
        territoires = Territoire.objects.filter(slug=slug, est_actif=True)
        if not slug or slug in SLUGS_RESERVES:
            territoires = territoires.none()
        if connection.vendor != "postgresql" and request.method in ("GET", "HEAD", "OPTIONS"):
            request.territoire = territoires.first()  # type: ignore[attr-defined]
            return self.get_response(request)
        with portee_de(territoires) as request.territoire:  # type: ignore[attr-defined]
            reponse = self.get_response(request)
            if reponse.status_code >= 500:
                transaction.set_rollback(True)
        return reponse


def _preference(affectation: Affectation) -> tuple[bool, int, int]:
    """The role that the person chose, else the widest, else the oldest."""
    return not affectation.est_choisie, ROLES_AFFECTES.index(Role(affectation.role)), affectation.pk


class AccesMiddleware:
    """Makes `request.acces` once, from the territoire of the address and the person's active affectation there."""

    def __init__(self, get_response: Reponse) -> None:
        self.get_response = get_response

    def __call__(self, request: RequeteAvecAcces) -> HttpResponse:
        request.affectations = []
        if request.user.is_authenticated:
            # Loaded with the person, unless they have just been logged in by other means.
            request.affectations = (
                request.user.affectations_actives  # type: ignore[attr-defined]
                if hasattr(request.user, "affectations_actives")
                else affectations_de(request.user.pk)
            )
        request.acces = self._acces(request)
        reponse = self.get_response(request)
        if request.user.is_authenticated and not reponse.has_header("Cache-Control"):
            # After logging out, the browser's « back » shows nothing of what was read.
            reponse["Cache-Control"] = "private, no-store"
        return reponse

    def _acces(self, request: RequeteAvecAcces) -> Acces:
        territoire_id = request.territoire.pk if request.territoire else None
        if not request.user.is_authenticated:
            return Acces(territoire_id=territoire_id)
        ici = [a for a in request.affectations if a.territoire_id == territoire_id]
        if ici:
            return min(ici, key=_preference).acces()
        if territoire_id is None and request.user.est_administrateur:
            return Acces(request.user.pk, None, Role.ADMINISTRATEUR)
        return Acces(request.user.pk, territoire_id, Role.AUCUN)

    def process_view(
        self, request: RequeteAvecAcces, view_func: Callable[..., Any], args: tuple, kwargs: dict
    ) -> HttpResponse | None:
        """An unknown territoire, and the working space of one where the person has no role, are not found.

        Then the second factor: whoever must have one is taken to it, from every closed page.
        """
        if "territoire" in kwargs:
            if request.territoire is None or request.territoire.slug != kwargs["territoire"]:
                raise Http404
            if (
                request.path_info.startswith(f"/{request.territoire.slug}/espace/")
                and request.user.is_authenticated
                and request.acces.role == Role.AUCUN
            ):
                raise Http404
        if getattr(view_func, "login_required", True) and self._second_facteur_manque(request):
            return _aller(request, reverse("mfa_activate_totp"))
        return None

    def _second_facteur_manque(self, request: RequeteAvecAcces) -> bool:
        if settings.SECOND_FACTEUR_FACULTATIF or not request.user.is_authenticated:
            return False
        if request.path_info.startswith("/compte/") or request.session.get("second_facteur"):
            return False
        if not second_facteur_exige(request.user, request.affectations):
            return False
        if not Authenticator.objects.filter(user=request.user, type=Authenticator.Type.TOTP).exists():
            return True
        request.session["second_facteur"] = True
        return False
