"""Nothing of a person in the logs, whoever writes them and whatever went wrong."""

import json
import logging
import sys
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path
from django.utils.log import log_response

from apps.core import journalisation
from apps.core.journalisation import FiltreRequete, FormatJson, FormatTexte, chemin_masque, masquer
from apps.core.middleware import IdentifiantRequeteMiddleware
from config.settings import base
from tests.factories import TerritoireFactory, UtilisateurFactory

JETON = "Zk3vQx_8R-aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456"
SUIVI = f"/figeac/suivi/{JETON}/"


@pytest.fixture
def lignes() -> Iterator[list[str]]:
    """What our handler writes of everything that is logged."""

    class Garder(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            ecrites.append(self.format(record))

    ecrites: list[str] = []
    poignee = Garder()
    poignee.setFormatter(FormatJson())
    poignee.addFilter(FiltreRequete())
    logging.getLogger().addHandler(poignee)
    yield ecrites
    logging.getLogger().removeHandler(poignee)


def _requete(adresse: str, **parties: object) -> HttpRequest:
    requete = RequestFactory().get(adresse)
    requete.resolver_match = SimpleNamespace(kwargs={"territoire": "figeac", **parties}, args=())  # type: ignore[assignment]
    return requete


def _lever(erreur: Exception) -> Any:
    try:
        raise erreur
    except Exception:
        return sys.exc_info()


@pytest.mark.parametrize("forme", [FormatJson, FormatTexte])
def test_a_refused_row_is_not_quoted(forme: Callable[[], logging.Formatter]) -> None:
    erreur = _lever(IntegrityError("DETAIL: Key (courriel)=(claire.vidal@example.org) already exists."))
    record = logging.getLogger("essai").makeRecord("essai", logging.ERROR, __file__, 1, "Refus", (), erreur)
    record.requete = "abcd"

    ligne = forme().format(record)

    assert "claire" not in ligne and "courriel" not in ligne
    assert "IntegrityError" in ligne
    assert "test_journalisation.py" in ligne and "_lever" in ligne
    assert "abcd" in ligne


def test_the_cause_of_an_error_is_named_without_its_words(lignes: list[str]) -> None:
    try:
        try:
            raise KeyError("Vidal")
        except KeyError as cause:
            raise ValueError("Mme Vidal") from cause
    except ValueError:
        logging.getLogger("essai").exception("Calcul impossible")

    ligne = json.loads(lignes[0])
    assert ligne["message"] == "Calcul impossible"
    assert ligne["exception"] == "builtins.ValueError < builtins.KeyError"
    assert "Vidal" not in lignes[0]


def test_a_request_is_logged_by_its_route_status_and_id(lignes: list[str]) -> None:
    requete = _requete(f"{SUIVI}?q=Vidal", jeton=JETON)

    def repondre(requete: HttpRequest) -> HttpResponse:
        reponse = HttpResponse(status=500)
        log_response("%s: %s", "Erreur", requete.path, response=reponse, request=requete, exception=None)
        return reponse

    IdentifiantRequeteMiddleware(repondre)(requete)

    ligne = json.loads(lignes[-1])
    assert ligne["chemin"] == "/figeac/suivi/…/"
    assert ligne["statut"] == 500 and ligne["methode"] == "GET"
    assert ligne["requete"] == requete.identifiant  # type: ignore[attr-defined]
    assert ligne["message"] == "Erreur: /figeac/suivi/…/"
    assert JETON not in lignes[-1] and "Vidal" not in lignes[-1] and "request" not in ligne


@login_not_required
def doubler(request: HttpRequest, territoire: str, jeton: str) -> HttpResponse:
    """A view that writes the same row twice: the database's refusal quotes it."""
    with connection.cursor() as curseur:
        curseur.execute("INSERT INTO comptes_utilisateur SELECT * FROM comptes_utilisateur")
    return HttpResponse()


urlpatterns = [path("<slug:territoire>/suivi/<str:jeton>/", doubler)]
handler500 = "apps.core.views.erreur_500"


@pytest.mark.urls(__name__)
def test_a_real_500_tells_neither_the_key_nor_the_row(db: None, lignes: list[str]) -> None:
    UtilisateurFactory(courriel="claire.vidal@example.org")
    territoire = TerritoireFactory()

    reponse = Client(raise_request_exception=False).get(f"/{territoire.slug}/suivi/{JETON}/", {"q": "Vidal"})

    assert reponse.status_code == 500
    ligne = next(json.loads(texte) for texte in lignes if "IntegrityError" in texte)
    assert ligne["chemin"] == f"/{territoire.slug}/suivi/…/"
    assert ligne["requete"] == reponse["X-Request-ID"]
    tout = "\n".join(lignes)
    assert JETON not in tout and "vidal" not in tout.lower()


def test_objects_exceptions_and_requests_given_as_arguments_are_named_by_class(lignes: list[str]) -> None:
    journal = logging.getLogger("essai")

    journal.error("Rien pour %s", UtilisateurFactory.build(prenom="Claire", nom="Vidal"))
    journal.error("Refus : %s", ValueError("Vidal"))
    journal.error("Page %s", _requete(SUIVI, jeton=JETON))
    journal.error(ValueError("Vidal"))
    journal.error("%d lignes pour %s", 12, {"nom": "Vidal"})

    messages = [json.loads(texte)["message"] for texte in lignes]
    assert messages == [
        "Rien pour Utilisateur",
        "Refus : ValueError",
        "Page /figeac/suivi/…/",
        "ValueError",
        "12 lignes pour dict",
    ]


def test_what_celery_says_of_a_failed_task_loses_its_words(lignes: list[str]) -> None:
    contexte = {"name": "travaux.executer", "exc": "ValueError('Vidal')", "traceback": "Vidal", "args": "('Vidal',)"}

    logging.getLogger("celery.app.trace").error(
        "Task %(name)s raised: %(exc)s\n%(traceback)s", contexte, extra={"data": contexte}
    )

    assert "travaux.executer" in lignes[0]
    assert "Vidal" not in lignes[0]


def test_only_numbers_are_taken_from_the_extra(lignes: list[str]) -> None:
    logging.getLogger("essai").error("Fichier absent", extra={"fichier": 12, "nom": "CV de Mme Vidal.pdf"})

    assert json.loads(lignes[0])["fichier"] == 12
    assert "Vidal" not in lignes[0]


def test_a_suspicious_request_is_not_quoted(lignes: list[str]) -> None:
    logging.getLogger("django.security.SuspiciousOperation").error(
        str(SuspiciousOperation("Vidal")), extra={"status_code": 400, "request": RequestFactory().get(SUIVI)}
    )

    ligne = json.loads(lignes[0])
    assert ligne["message"] == "SuspiciousOperation" and ligne["statut"] == 400
    assert "Vidal" not in lignes[0] and JETON not in lignes[0]


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        (f"Error handling request {SUIVI}?q=Vidal", "Error handling request /figeac/suivi/…/?…"),
        ("Invalid request from ip=192.0.2.7: no", "Invalid request from ip=…: no"),
        ("Mail to claire.vidal@example.org refused", "Mail to … refused"),
        ("Referer https://exemple.fr/figeac/suivi/abc does not match", "Referer https://… does not match"),
        ("Clé 0f8fad5b-d9cb-469f-a165-70867728950e inconnue", "Clé … inconnue"),
        ("Balayage « relances » : 12 lignes, FN-2026-0042", "Balayage « relances » : 12 lignes, FN-2026-0042"),
        ("apps.core.middleware et compte_utilisateurs_anciens", "apps.core.middleware et compte_utilisateurs_anciens"),
    ],
)
def test_addresses_and_keys_are_masked_in_messages(texte: str, attendu: str) -> None:
    assert masquer(texte) == attendu


@pytest.mark.parametrize(
    ("adresse", "parties", "attendu"),
    [
        ("/figeac/espace/fiches/FN-2026-0042/", {"numero": "FN-2026-0042"}, "/figeac/espace/fiches/FN-2026-0042/"),
        ("/compte/nouveau/1-abc/", {"uidb36": "1", "key": "abc"}, "/compte/nouveau/…-…/"),
        ("/figeac/demande/ab12/2/", {"cle": "ab12", "etape": 2}, "/figeac/demande/…/2/"),
    ],
)
def test_a_path_keeps_what_opens_nothing(adresse: str, parties: dict[str, object], attendu: str) -> None:
    assert chemin_masque(_requete(adresse, **parties)) == attendu


def test_an_unknown_path_is_masked_by_its_looks() -> None:
    requete = RequestFactory().get(f"/figeac/ancien/{JETON}/claire@vidal/")

    assert chemin_masque(requete) == "/figeac/ancien/…/…/"


def test_every_handler_of_ours_writes_by_these_formatters() -> None:
    """The settings of the site, not of the tests."""

    assert {f["()"] for f in base.LOGGING["formatters"].values()} == {
        f"{journalisation.__name__}.FormatJson",
        f"{journalisation.__name__}.FormatTexte",
    }
    assert all(p["formatter"] in base.LOGGING["formatters"] for p in base.LOGGING["handlers"].values())
    assert settings.BASE_DIR == base.BASE_DIR
