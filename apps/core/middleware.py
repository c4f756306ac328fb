"""The request id, written in every log line; forms that act once; a page for addresses that only take a form."""

import hashlib
import logging
import re
import secrets
import time
from collections.abc import Callable
from contextlib import suppress

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from .journalisation import requete_courante
from .views import page_erreur

logger = logging.getLogger(__name__)
CHAMP_JETON = "_jeton"
COMPTE = "/compte/"
_FORME = re.compile(r"^[A-Za-z0-9-]{8,64}$")


class IdentifiantRequeteMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        recu = request.headers.get("X-Request-ID", "")
        identifiant = recu if _FORME.match(recu) else secrets.token_hex(8)
        jeton = requete_courante.set(identifiant)
        request.identifiant = identifiant  # type: ignore[attr-defined]
        try:
            reponse = self.get_response(request)
        finally:
            requete_courante.reset(jeton)
        reponse["X-Request-ID"] = identifiant
        return reponse


class MethodeMiddleware:
    """An address that only takes a form, opened by hand or from an old tab: a page that helps, not a blank one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        reponse = self.get_response(request)
        if reponse.status_code != 405 or request.method != "GET":
            return reponse
        page = page_erreur(request, 405, "405.html")
        page["Allow"] = reponse.get("Allow", "POST")
        return page


class UneFoisMiddleware:
    """A form sent twice (double click, back button, slow network) acts once: the second gets the first one's answer.

    Forms carry a key of their own (tag `jeton_unique`). It is taken before the view, kept with the address where a
    success led, and given back when the view did not redirect (an error to correct). It stands outside the request's
    transaction, so that the answer is known after the commit. Without a cache it lets everything through.
    """

    DUREE = 3600
    EN_COURS = "en cours"
    ATTENTE = 40  # times a quarter of a second

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        cle = self._cle(request)
        if not cle or self._prendre(cle):
            return self._executer(request, cle)
        return self._deja(request, cle)

    def _cle(self, request: HttpRequest) -> str:
        jeton = request.POST.get(CHAMP_JETON, "") if request.method == "POST" else ""
        if not _FORME.match(jeton):
            return ""
        # With the content: a form changed after « back » is another one, and must not be taken for its first sending.
        champs = [(nom, request.POST.getlist(nom)) for nom in sorted(request.POST) if nom != "csrfmiddlewaretoken"]
        fichiers = [(nom, [(f.name, f.size) for f in request.FILES.getlist(nom)]) for nom in sorted(request.FILES)]
        return "unefois:" + hashlib.sha256(repr((request.path, champs, fichiers)).encode()).hexdigest()

    def _prendre(self, cle: str) -> bool:
        try:
            return bool(cache.add(cle, self.EN_COURS, self.DUREE))
        except Exception:
            logger.exception("The cache did not answer: a form is let through without its single use")
            return True

    def _executer(self, request: HttpRequest, cle: str) -> HttpResponse:
        reponse = None
        try:
            reponse = self.get_response(request)
            return reponse
        finally:
            if cle:
                self._noter(cle, reponse)

    def _noter(self, cle: str, reponse: HttpResponse | None) -> None:
        adresse = reponse.headers.get("Location", "") if reponse is not None and reponse.status_code == 302 else ""
        if adresse.startswith(COMPTE):
            adresse = ""  # sent to the login: nothing was done yet
        with suppress(Exception):
            if adresse:
                cache.set(cle, adresse, self.DUREE)
            else:
                cache.delete(cle)

    def _deja(self, request: HttpRequest, cle: str) -> HttpResponse:
        """Wait for the first one's answer; if it failed meanwhile, this one takes its place."""
        for _ in range(self.ATTENTE):
            valeur = cache.get(cle)
            if valeur is None:
                return self._executer(request, cle) if self._prendre(cle) else self._deja(request, cle)
            if valeur != self.EN_COURS:
                return HttpResponseRedirect(valeur)
            time.sleep(0.25)
        return HttpResponseRedirect(request.path)
