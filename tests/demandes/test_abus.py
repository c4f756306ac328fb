"""Robots and abuse: what is stopped, and that nobody who is stopped loses anything."""

import time
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory

from apps.core.adresse import adresse_client, empreinte_client
from apps.demandes import abus
from apps.demandes.models import Brouillon, Demande, PieceBrouillon
from apps.territoires.models import Territoire
from tests.factories import TerritoireFactory

from .publics import BESOIN, VOUS, envoyer, jeton_de, jusqu_a, pdf, remplir

pytestmark = pytest.mark.django_db
URL = "/figeac/demande/"


def _envoi(client: Client, **surcharge: str) -> dict[str, str]:
    return {**VOUS, "action": "continuer", abus.JETON: jeton_de(client.get(URL)), **surcharge}


def test_the_trap_stops_a_robot_and_keeps_what_was_typed(client: Client, territoire: Territoire) -> None:
    reponse = client.post(URL, _envoi(client, **{abus.PIEGE: "http://exemple.test"}))
    page = reponse.content.decode()
    assert reponse.status_code == 400
    assert "05\u00a065\u00a000\u00a000\u00a000" in page and 'value="Delmas"' in page
    assert "exemple.test" not in page  # the trap comes back empty: the person can send again
    assert not Brouillon.objects.exists()
    assert client.post(URL, _envoi(client)).status_code == 302


@pytest.mark.parametrize("jeton", ["", "n’importe quoi", "a:b:c", "\x00", "x" * 5000])
def test_a_form_that_is_not_ours_is_stopped(client: Client, territoire: Territoire, jeton: str) -> None:
    reponse = client.post(URL, _envoi(client, **{abus.JETON: jeton}))
    assert reponse.status_code == 400
    assert 'value="Delmas"' in reponse.content.decode()
    assert not Brouillon.objects.exists()


def test_a_form_of_another_territoire_step_or_request_is_stopped(client: Client, territoire: Territoire) -> None:
    autre = TerritoireFactory(slug="langres", nom="Pays de Langres")
    ailleurs = abus.nouveau_jeton(territoire_id=autre.pk, etape="demande-1")
    assert client.post(URL, _envoi(client, **{abus.JETON: ailleurs})).status_code == 400
    autre_etape = abus.nouveau_jeton(territoire_id=territoire.pk, etape="demande-2")
    assert client.post(URL, _envoi(client, **{abus.JETON: autre_etape})).status_code == 400
    etape2 = jusqu_a(client, territoire, 2)
    jeton = abus.nouveau_jeton(territoire_id=territoire.pk, etape="demande-2")
    assert client.post(etape2, {"genre": "projet", "action": "continuer", abus.JETON: jeton}).status_code == 400


def test_a_form_sent_at_once_is_stopped_and_passes_a_little_later(
    client: Client, territoire: Territoire, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FORMULAIRE_SECONDES_MIN = 3
    envoi = _envoi(client)
    assert client.post(URL, envoi).status_code == 400
    assert not Brouillon.objects.exists()
    avant = time.time()
    monkeypatch.setattr("apps.demandes.abus.time.time", lambda: avant + 4)
    assert client.post(URL, envoi).status_code == 302


def test_too_many_from_one_address_get_a_page_that_helps(
    client: Client, territoire: Territoire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(abus.LIMITES, "envoi", (2, 3600))
    for _ in range(2):
        assert envoyer(Client(), territoire).status_code == 302
    url = jusqu_a(client, territoire, 3)
    reponse = remplir(client, url, {**BESOIN, "fichiers": pdf()}, action="envoyer")
    page = reponse.content.decode()
    assert reponse.status_code == 429
    assert "Trouver un financement." in page and "05\u00a065\u00a000\u00a000\u00a000" in page
    assert PieceBrouillon.objects.count() == 1  # the file is kept too
    assert Demande.objects.count() == 2
    voisin = Client(REMOTE_ADDR="203.0.113.9")
    assert envoyer(voisin, territoire).status_code == 302


def test_a_cache_that_is_down_lets_everybody_pass(
    client: Client, territoire: Territoire, monkeypatch: pytest.MonkeyPatch
) -> None:
    def panne(*_: object, **__: object) -> None:
        raise ConnectionError("Redis is down")

    monkeypatch.setattr(cache, "add", panne)
    assert envoyer(client, territoire).status_code == 302


def test_a_counter_that_expires_between_two_calls_lets_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "add", lambda *a, **k: False)
    assert abus.compter(RequestFactory().get("/"), "envoi")


def test_csrf_is_enforced_on_the_form(territoire: Territoire) -> None:
    client = Client(enforce_csrf_checks=True)
    reponse = client.post(URL, _envoi(client))
    assert reponse.status_code == 403
    assert not Brouillon.objects.exists()


@pytest.mark.parametrize(
    ("proxys", "transmis", "attendue"),
    [
        (0, "198.51.100.7", "192.0.2.1"),  # without a proxy of ours the header is the client's own word
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "10.9.9.9, 198.51.100.7", "198.51.100.7"),  # what stands left was written by the client
        (2, "10.9.9.9, 198.51.100.7, 192.0.2.50", "198.51.100.7"),
        (2, "198.51.100.7", "192.0.2.1"),
        (1, "pas une adresse", ""),
        (1, "", "192.0.2.1"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        (1, "::ffff:198.51.100.7", "198.51.100.7"),
    ],
)
def test_the_address_of_the_client_behind_proxies(settings: Any, proxys: int, transmis: str, attendue: str) -> None:
    settings.PROXYS_DE_CONFIANCE = proxys
    requete = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=transmis)
    assert adresse_client(requete) == attendue
    assert "198.51" not in empreinte_client(requete)
