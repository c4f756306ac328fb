"""Login, lock-out, reset, second factor, devices."""

import base64
import re
import time
from collections.abc import Callable, Iterator

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client, override_settings

from apps.acces import verrou
from apps.acces.models import Affectation
from apps.comptes.models import Utilisateur
from apps.core.acces import Role
from tests.factories import MOT_DE_PASSE, AffectationFactory, UtilisateurFactory
from tests.outils import vider_cache

from .factories import courriels_de_compte

FAUX = "ce n’est pas le bon"


@pytest.fixture(autouse=True)
def sans_memoire() -> Iterator[None]:
    vider_cache()
    yield
    vider_cache()


def _connexion(client: Client, courriel: str, mot: str = MOT_DE_PASSE, adresse: str = "192.0.2.1") -> bool:
    """Try to log in from an address; whether it worked."""
    client.post("/compte/connexion/", {"login": courriel, "password": mot}, REMOTE_ADDR=adresse)
    return "_auth_user_id" in client.session


def _code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def _activer(client: Client) -> str:
    """Activate the second factor as a person would; the secret."""
    page = client.get("/compte/second-facteur/activer/").content.decode()
    assert "data:image/svg+xml;base64," in page
    assert 'style="' not in page
    secret = re.search(r"<code>([A-Z2-7]+)</code>", page)[1]  # type: ignore[index]
    reponse = client.post("/compte/second-facteur/activer/", {"code": _code(secret)})
    assert reponse.status_code == 302, reponse.content.decode()
    return secret


def test_login_goes_where_one_was_going(coordination: Affectation) -> None:
    client = Client()
    redirige = client.get("/figeac/espace/equipe/")
    assert redirige.headers["Location"] == "/compte/connexion/?next=/figeac/espace/equipe/"
    donnees = {"login": coordination.utilisateur.courriel.upper(), "password": MOT_DE_PASSE}
    reponse = client.post("/compte/connexion/", {**donnees, "next": "/figeac/espace/equipe/"})
    assert reponse.headers["Location"] == "/figeac/espace/equipe/"
    ailleurs = Client().post("/compte/connexion/", {**donnees, "next": "https://example.com/"})
    assert ailleurs.headers["Location"] == "/"


def test_sign_up_is_closed(db: None) -> None:
    mot = "vingt carottes bien rouges"
    client = Client()
    assert "sur invitation" in client.get("/compte/inscription/").content.decode()
    client.post("/compte/inscription/", {"email": "x@example.org", "password1": mot, "password2": mot})
    assert not Utilisateur.objects.exists()


def test_five_failures_close_the_door_to_that_address_only(coordination: Affectation) -> None:
    courriel = coordination.utilisateur.courriel
    attaquant = Client()
    for _ in range(verrou.ESSAIS_LIBRES):
        assert not _connexion(attaquant, courriel, FAUX, "198.51.100.7")
    assert not _connexion(attaquant, courriel, MOT_DE_PASSE, "198.51.100.7")
    assert _connexion(Client(), courriel, MOT_DE_PASSE, "192.0.2.1")


def test_the_delay_grows_and_ends() -> None:
    essai = {"courriel": "a@example.org", "adresse": "198.51.100.7"}
    for _ in range(verrou.ESSAIS_LIBRES):
        assert verrou.reserver(**essai) == 0
    cle = f"{verrou.cle_essais(**essai)}:attente"
    attentes = []
    for _ in range(9):
        attentes.append(verrou.reserver(**essai))
        assert verrou.reserver(**essai) > 0  # insisting changes nothing
        cache.delete(cle)  # the delay has run out
        assert verrou.reserver(**essai) == 0
    assert attentes[:4] == [60, 120, 240, 480]
    assert attentes[-1] == verrou.ATTENTE_MAX
    verrou.lever(**essai)
    assert verrou.reserver(**essai) == 0


def test_a_flood_from_everywhere_does_not_shut_a_known_browser_out(coordination: Affectation) -> None:
    courriel = coordination.utilisateur.courriel
    connu = Client()
    assert _connexion(connu, courriel)
    connu.post("/compte/deconnexion/")
    for n in range(verrou.ESSAIS_LIBRES_COMPTE + 1):
        verrou.reserver(courriel=courriel, adresse=f"198.51.100.{n}")
    assert not _connexion(Client(), courriel, MOT_DE_PASSE, "203.0.113.9")
    assert _connexion(connu, courriel)
    verrou.lever_compte(courriel)
    assert _connexion(Client(), courriel, MOT_DE_PASSE, "203.0.113.9")


def test_a_forged_or_foreign_browser_cookie_is_no_help(coordination: Affectation, referent: Affectation) -> None:
    voisin = Client()
    assert _connexion(voisin, referent.utilisateur.courriel)
    voisin.post("/compte/deconnexion/")
    for _ in range(verrou.ESSAIS_LIBRES):
        _connexion(voisin, coordination.utilisateur.courriel, FAUX, "198.51.100.7")
    assert not _connexion(voisin, coordination.utilisateur.courriel, MOT_DE_PASSE, "198.51.100.7")


def test_an_ipv6_subscriber_is_one_address() -> None:
    assert verrou.reseau("2001:db8:1:2::1") == verrou.reseau("2001:db8:1:2:ffff::9")
    assert verrou.reseau("2001:db8:1:3::1") != verrou.reseau("2001:db8:1:2::1")


@pytest.mark.parametrize(("proxys", "bloque"), [(0, True), (1, False)])
def test_the_address_is_read_behind_trusted_proxies_only(coordination: Affectation, proxys: int, bloque: bool) -> None:
    """Without a proxy the header is the attacker's own words; with one, only its last entry counts."""
    courriel = coordination.utilisateur.courriel
    with override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=proxys):
        for n in range(verrou.ESSAIS_LIBRES):
            Client().post(
                "/compte/connexion/",
                {"login": courriel, "password": FAUX},
                headers={"x-forwarded-for": f"203.0.113.{n}, 198.51.100.{n}"},
            )
        client = Client()
        client.post(
            "/compte/connexion/",
            {"login": courriel, "password": MOT_DE_PASSE},
            headers={"x-forwarded-for": "203.0.113.99, 198.51.100.99"},
        )
    assert ("_auth_user_id" not in client.session) is bloque


def test_a_reset_goes_through_the_outbox_and_lifts_the_lock(coordination: Affectation) -> None:
    courriel = coordination.utilisateur.courriel
    Client().post("/compte/mot-de-passe/oublie/", {"email": courriel}, headers={"host": "localhost"})
    (courriel_recu,) = courriels_de_compte("compte_mot_de_passe")
    chemin = re.search(r"http://127\.0\.0\.1:8000(/compte/mot-de-passe/nouveau/\S+)", courriel_recu.corps)[1]  # type: ignore[index]
    client = Client()
    suite = client.get(chemin).headers["Location"]
    assert chemin != suite
    nouveau = "vingt carottes bien rouges"
    client.post(suite, {"password1": nouveau, "password2": nouveau})
    coordination.utilisateur.refresh_from_db()
    assert coordination.utilisateur.check_password(nouveau)
    assert "réinitialisé" in courriels_de_compte("compte_avis")[0].corps
    assert "ne peut plus servir" in Client().get(chemin).content.decode()


def test_a_reset_says_nothing_of_unknown_addresses(coordination: Affectation) -> None:
    reponses = [
        Client().post("/compte/mot-de-passe/oublie/", {"email": c})
        for c in (coordination.utilisateur.courriel, "inconnue@example.org")
    ]
    assert reponses[0].headers["Location"] == reponses[1].headers["Location"]
    assert len(courriels_de_compte("compte_mot_de_passe")) == 1


@override_settings(SECOND_FACTEUR_FACULTATIF=False)
def test_the_coordination_activates_a_second_factor_before_anything(coordination: Affectation) -> None:
    client = Client()
    assert _connexion(client, coordination.utilisateur.courriel)
    for chemin in ("/figeac/espace/equipe/", "/figeac/espace/partenaires/"):
        assert client.get(chemin).headers["Location"] == "/compte/second-facteur/activer/"
    fragment = client.get("/figeac/espace/equipe/", headers={"hx-request": "true"})
    assert (fragment.status_code, fragment.headers["HX-Redirect"]) == (401, "/compte/second-facteur/activer/")
    _activer(client)
    assert client.get("/figeac/espace/equipe/").status_code == 200
    page = client.get("/compte/second-facteur/secours/").content.decode()
    assert len(re.findall(r"<li><code>\d{8}</code>", page)) == 10
    retrait = client.post("/compte/second-facteur/retirer/")
    assert "exige un second facteur" in retrait.content.decode()
    assert Authenticator.objects.filter(user=coordination.utilisateur, type="totp").exists()


@override_settings(SECOND_FACTEUR_FACULTATIF=False)
def test_another_active_role_does_not_avoid_the_second_factor(coordination: Affectation) -> None:
    accueil = AffectationFactory(
        utilisateur=coordination.utilisateur, territoire=coordination.territoire, role=Role.ACCUEIL, est_choisie=True
    )
    client = Client()
    client.force_login(accueil.utilisateur)
    assert client.get("/figeac/espace/partenaires/").headers["Location"] == "/compte/second-facteur/activer/"


@override_settings(SECOND_FACTEUR_FACULTATIF=False)
def test_it_is_offered_to_a_referent_and_asked_of_administrators(
    referent: Affectation, connecter: Callable[[Affectation], Client]
) -> None:
    assert connecter(referent).get("/figeac/espace/equipe/").status_code == 200
    administrateur = Client()
    administrateur.force_login(UtilisateurFactory(est_administrateur=True))
    assert administrateur.get("/administration/").headers["Location"] == "/compte/second-facteur/activer/"


def test_the_code_is_asked_at_login_and_a_recovery_code_serves_once(coordination: Affectation) -> None:
    client = Client()
    assert _connexion(client, coordination.utilisateur.courriel)
    _activer(client)
    secours = re.findall(r"<code>(\d{8})</code>", client.get("/compte/second-facteur/secours/").content.decode())
    autre = Client()
    assert not _connexion(autre, coordination.utilisateur.courriel)
    autre.post("/compte/second-facteur/code/", {"code": "000000"})
    assert "_auth_user_id" not in autre.session
    autre.post("/compte/second-facteur/code/", {"code": secours[0]})
    assert "_auth_user_id" in autre.session
    troisieme = Client()
    _connexion(troisieme, coordination.utilisateur.courriel)
    troisieme.post("/compte/second-facteur/code/", {"code": secours[0]})
    assert "_auth_user_id" not in troisieme.session


def test_without_the_setting_a_banner_says_so(coordination: Affectation, connecter: Callable[..., Client]) -> None:
    assert "second facteur est facultatif" in connecter(coordination).get("/figeac/espace/equipe/").content.decode()


def test_a_session_is_closed_from_another_device(coordination: Affectation, referent: Affectation) -> None:
    bureau, telephone, voisin = Client(), Client(), Client()
    assert _connexion(bureau, coordination.utilisateur.courriel)
    assert _connexion(telephone, coordination.utilisateur.courriel)
    assert _connexion(voisin, referent.utilisateur.courriel)
    for client in (bureau, telephone, voisin):
        client.get("/compte/")
    cible = UserSession.objects.get(session_key=telephone.session.session_key)
    assert voisin.post(f"/compte/appareils/{cible.pk}/fermer/").status_code == 404
    page = bureau.get("/compte/appareils/").content.decode()
    assert page.count("<tr>") == 3
    assert bureau.post(f"/compte/appareils/{cible.pk}/fermer/").status_code == 302
    assert telephone.get("/compte/").status_code == 302
    assert bureau.get("/compte/").status_code == 200
    assert voisin.get("/compte/").status_code == 200


def test_a_deactivated_account_is_out_at_once(coordination: Affectation) -> None:
    client = Client()
    assert _connexion(client, coordination.utilisateur.courriel)
    Utilisateur.objects.filter(pk=coordination.utilisateur_id).update(is_active=False)
    assert client.get("/compte/").status_code == 302
    assert not _connexion(Client(), coordination.utilisateur.courriel)


def test_own_details_are_changed_and_the_address_is_not(coordination: Affectation) -> None:
    client = Client()
    client.force_login(coordination.utilisateur)
    donnees = {"civilite": "Mme", "prenom": "Anne", "nom": "Pons", "telephone": "", "fonction": "Coordinatrice"}
    client.post("/compte/", {**donnees, "courriel": "pirate@example.org", "est_administrateur": "on"})
    personne = Utilisateur.objects.get(pk=coordination.utilisateur_id)
    assert (personne.get_full_name(), personne.courriel) == ("Anne Pons", coordination.utilisateur.courriel)
    assert not personne.est_administrateur
    assert "obligatoire" in client.post("/compte/", {**donnees, "nom": ""}).content.decode()


def test_the_password_is_asked_again_long_after_the_login(coordination: Affectation) -> None:
    client = Client()
    assert _connexion(client, coordination.utilisateur.courriel)
    session = client.session
    for trace in session["account_authentication_methods"]:
        trace["at"] = time.time() - 3600
    session.save()
    assert "/compte/confirmer/" in client.get("/compte/second-facteur/activer/").headers["Location"]
    reponse = client.post("/compte/confirmer/?next=/compte/second-facteur/activer/", {"password": MOT_DE_PASSE})
    assert reponse.headers["Location"] == "/compte/second-facteur/activer/"


@pytest.mark.parametrize(
    "chemin",
    [
        "connexion/", "inscription/", "desactive/", "mot-de-passe/oublie/", "mot-de-passe/oublie/envoye/",
        "mot-de-passe/nouveau/fait/", "mot-de-passe/nouveau/1-faux/",
    ],
)  # fmt: skip
def test_pages_before_the_login_are_open_and_ours(db: None, chemin: str) -> None:
    page = Client().get(f"/compte/{chemin}")
    assert page.status_code == 200
    assert "corps-public" in page.content.decode()


@pytest.mark.parametrize(
    "chemin",
    ["", "mot-de-passe/", "second-facteur/", "second-facteur/activer/", "appareils/", "deconnexion/", "confirmer/"],
)
def test_pages_of_the_account_are_ours(coordination: Affectation, chemin: str) -> None:
    client = Client()
    assert _connexion(client, coordination.utilisateur.courriel)
    page = client.get(f"/compte/{chemin}")
    assert page.status_code == 200, page.headers.get("Location")
    assert 'class="cadre"' in page.content.decode()
    if chemin not in ("deconnexion/",):
        assert Client().get(f"/compte/{chemin}").status_code == 302


def test_a_qr_code_is_a_picture_that_the_policy_allows(coordination: Affectation) -> None:
    client = Client()
    assert _connexion(client, coordination.utilisateur.courriel)
    reponse = client.get("/compte/second-facteur/activer/")
    image = re.search(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)", reponse.content.decode())[1]  # type: ignore[index]
    assert b"<svg" in base64.b64decode(image)
    assert "data:" in reponse.headers["Content-Security-Policy"].split("img-src")[1].split(";")[0]
