"""A form sent after the login expired: kept for the same person, without secrets, never executed by itself."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from apps.acces.models import Affectation, FormulaireGarde, Invitation
from apps.acces.services import purger_saisies
from apps.comptes.models import Utilisateur
from tests.factories import MOT_DE_PASSE
from tests.outils import vider_cache

CHEMIN = "/figeac/espace/equipe/inviter/"
CHAMPS = {
    "role": "accueil",
    "qualite": "titulaire",
    "prenom": "Nora",
    "nom": "Alby",
    "courriel": "nora@example.org",
    "fonction": "Agent d’accueil de la mairie, présente le mardi et le jeudi matin, et pendant les permanences",
}


@pytest.fixture(autouse=True)
def sans_memoire() -> Iterator[None]:
    vider_cache()
    yield


def _connecter(client: Client, personne: Utilisateur) -> Any:
    return client.post("/compte/connexion/", {"login": personne.courriel, "password": MOT_DE_PASSE})


@pytest.fixture
def expire(coordination: Affectation) -> Client:
    """A browser where the coordinatrice was working, whose login has expired."""
    client = Client()
    _connecter(client, coordination.utilisateur)
    assert client.get(CHEMIN).status_code == 200
    Session.objects.update(expire_date=timezone.now() - timedelta(minutes=1))
    return client


def test_what_was_typed_comes_back_after_login_and_nothing_runs(expire: Client, coordination: Affectation) -> None:
    reponse = expire.post(CHEMIN, {**CHAMPS, "password1": "secret des secrets", "csrfmiddlewaretoken": "x"})
    garde = FormulaireGarde.objects.get()
    assert reponse.headers["Location"] == f"/compte/connexion/?next=/compte/saisie/{garde.cle}/"
    assert set(garde.donnees["champs"]) == set(CHAMPS)
    assert "secret des secrets" not in str(garde.donnees)
    assert garde.utilisateur == coordination.utilisateur
    assert "n’est pas perdu" in expire.get(reponse.headers["Location"]).content.decode()
    _connecter(expire, coordination.utilisateur)
    page = expire.get(f"/compte/saisie/{garde.cle}/")
    texte = page.content.decode()
    assert page.status_code == 200
    assert f'action="{CHEMIN}"' in texte
    assert all(valeur in texte for valeur in CHAMPS.values())
    assert not Invitation.objects.exists()
    assert expire.post(CHEMIN, CHAMPS).status_code == 302
    assert Invitation.objects.get().courriel == "nora@example.org"


def test_nobody_else_sees_it(expire: Client, coordination: Affectation, referent: Affectation) -> None:
    expire.post(CHEMIN, CHAMPS)
    adresse = f"/compte/saisie/{FormulaireGarde.objects.get().cle}/"
    assert expire.get(adresse).status_code == 302
    _connecter(expire, referent.utilisateur)  # same browser, another person
    assert expire.get(adresse).status_code == 404
    ailleurs = Client()  # same person, another browser
    _connecter(ailleurs, coordination.utilisateur)
    assert ailleurs.get(adresse).status_code == 404


def test_it_lasts_an_hour(expire: Client, coordination: Affectation) -> None:
    expire.post(CHEMIN, CHAMPS)
    garde = FormulaireGarde.objects.get()
    assert timedelta(minutes=59) < garde.expire_le - timezone.now() <= timedelta(hours=1)
    FormulaireGarde.objects.update(expire_le=timezone.now() - timedelta(seconds=1))
    _connecter(expire, coordination.utilisateur)
    assert expire.get(f"/compte/saisie/{garde.cle}/").status_code == 404
    assert purger_saisies() == 1


def test_a_strangers_post_is_not_kept(coordination: Affectation) -> None:
    reponse = Client().post(CHEMIN, CHAMPS)
    assert reponse.headers["Location"].startswith("/compte/connexion/?next=")
    assert not FormulaireGarde.objects.exists()


def test_an_expired_session_alone_says_who_it_was(coordination: Affectation) -> None:
    client = Client()
    client.force_login(coordination.utilisateur)
    Session.objects.update(expire_date=timezone.now() - timedelta(minutes=1))
    assert settings.SESSION_COOKIE_NAME in client.cookies
    client.post(CHEMIN, CHAMPS)
    assert FormulaireGarde.objects.get().utilisateur == coordination.utilisateur


def test_account_pages_are_never_kept(expire: Client) -> None:
    expire.post("/compte/mot-de-passe/", {"oldpassword": "a", "password1": "b", "mot": "c"})
    assert not FormulaireGarde.objects.exists()


def test_files_are_named_not_kept(expire: Client, coordination: Affectation) -> None:
    expire.post(CHEMIN, {**CHAMPS, "piece": SimpleUploadedFile("devis.pdf", b"%PDF-1.4 secret du devis")})
    garde = FormulaireGarde.objects.get()
    assert garde.donnees["fichiers"] == ["devis.pdf"]
    assert "secret du devis" not in str(garde.donnees)
    _connecter(expire, coordination.utilisateur)
    texte = expire.get(f"/compte/saisie/{garde.cle}/").content.decode()
    assert "devis.pdf" in texte
    assert "ne peuvent pas être gardés" in texte


def test_a_fragment_leaves_the_whole_page(expire: Client) -> None:
    entetes = {"hx-request": "true", "hx-current-url": "http://testserver/figeac/espace/equipe/"}
    lu = expire.get("/figeac/espace/equipe/", headers=entetes)
    assert (lu.status_code, lu.content) == (401, b"")
    assert lu.headers["HX-Redirect"] == "/compte/connexion/?next=/figeac/espace/equipe/"
    ecrit = expire.post(CHEMIN, CHAMPS, headers=entetes)
    assert ecrit.status_code == 401
    assert "saisie" in ecrit.headers["HX-Redirect"]
    dehors = expire.get("/figeac/espace/equipe/", headers={**entetes, "hx-current-url": "https://example.com/x"})
    assert dehors.headers["HX-Redirect"].endswith("?next=/")


def test_it_can_be_thrown_away_and_too_much_is_not_kept(expire: Client, coordination: Affectation) -> None:
    expire.post(CHEMIN, {**CHAMPS, "note": "x" * 300_000})
    assert not FormulaireGarde.objects.exists()
    for n in range(25):
        expire.post(CHEMIN, {**CHAMPS, "nom": f"Alby {n}"})
    assert FormulaireGarde.objects.count() == 20
    derniere = FormulaireGarde.objects.latest("pk")
    _connecter(expire, coordination.utilisateur)
    assert expire.post(f"/compte/saisie/{derniere.cle}/").status_code == 302
    assert not FormulaireGarde.objects.filter(pk=derniere.pk).exists()


def test_what_was_typed_is_escaped(expire: Client, coordination: Affectation) -> None:
    expire.post(CHEMIN, {"nom": '"><script>alert(1)</script>', "<b>": "x"})
    _connecter(expire, coordination.utilisateur)
    texte = expire.get(f"/compte/saisie/{FormulaireGarde.objects.get().cle}/").content.decode()
    assert "<script>alert" not in texte
    assert "<b>" not in texte
