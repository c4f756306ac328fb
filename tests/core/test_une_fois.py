"""A form sent twice acts once; a form corrected, or changed, acts again."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from django.http import HttpResponse, HttpResponseRedirect
from django.test import Client, RequestFactory

from apps.acces.models import Affectation
from apps.core.middleware import UneFoisMiddleware
from apps.fiches import services as fiches
from apps.fiches.models import Echange
from apps.personnes import services as personnes
from tests.outils import vider_cache

ADRESSE = "/figeac/espace/quelque-part/"


@pytest.fixture(autouse=True)
def cache_vide() -> None:
    vider_cache()


class Vue:
    """Counts its calls; redirects, unless told to show errors."""

    def __init__(self, *, erreurs: int = 0) -> None:
        self.appels, self.erreurs = 0, erreurs

    def __call__(self, request: object) -> HttpResponse:
        self.appels += 1
        return (
            HttpResponse(status=422) if self.appels <= self.erreurs else HttpResponseRedirect(f"/fait/{self.appels}/")
        )


def envoyer(vue: Vue, **champs: str) -> HttpResponse:
    return UneFoisMiddleware(vue)(RequestFactory().post(ADRESSE, champs))


def test_the_same_form_twice_acts_once_and_leads_to_the_same_place() -> None:
    vue, jeton = Vue(), uuid.uuid4().hex
    reponses = [envoyer(vue, _jeton=jeton, texte="Appel") for _ in range(3)]
    assert vue.appels == 1
    assert {r["Location"] for r in reponses} == {"/fait/1/"}


def test_another_form_with_the_same_words_acts() -> None:
    vue = Vue()
    for _ in range(2):
        envoyer(vue, _jeton=uuid.uuid4().hex, texte="Appel")
    assert vue.appels == 2


def test_a_form_changed_after_going_back_acts() -> None:
    vue, jeton = Vue(), uuid.uuid4().hex
    envoyer(vue, _jeton=jeton, texte="Appel")
    envoyer(vue, _jeton=jeton, texte="Appel, et rendez-vous pris")
    assert vue.appels == 2


def test_a_refused_form_may_be_sent_again() -> None:
    vue, jeton = Vue(erreurs=1), uuid.uuid4().hex
    assert envoyer(vue, _jeton=jeton).status_code == 422
    assert envoyer(vue, _jeton=jeton).status_code == 302
    assert vue.appels == 2


def test_being_sent_to_the_login_is_not_a_success() -> None:
    def connexion(request: object) -> HttpResponse:
        return HttpResponseRedirect("/compte/connexion/?next=/")

    jeton = uuid.uuid4().hex
    UneFoisMiddleware(connexion)(RequestFactory().post(ADRESSE, {"_jeton": jeton}))
    assert envoyer(Vue(), _jeton=jeton)["Location"] == "/fait/1/"


def test_a_dead_cache_lets_everything_through(monkeypatch: pytest.MonkeyPatch) -> None:
    def morte(*_: object, **__: object) -> None:
        raise ConnectionError

    monkeypatch.setattr("apps.core.middleware.cache", SimpleNamespace(add=morte, set=morte, delete=morte, get=morte))
    assert envoyer(Vue(), _jeton=uuid.uuid4().hex).status_code == 302


def test_ten_at_once_act_once() -> None:
    vue, jeton = Vue(), uuid.uuid4().hex
    with ThreadPoolExecutor(10) as groupe:
        reponses = list(groupe.map(lambda _: envoyer(vue, _jeton=jeton), range(10)))
    assert vue.appels == 1
    assert {r["Location"] for r in reponses} == {"/fait/1/"}


def test_an_echange_noted_by_a_double_click_is_one(
    coordination: Affectation, connecter: Callable[[Affectation], Client]
) -> None:
    acces = coordination.acces()
    julien = personnes.creer(acces=acces, nom="Lacoste", courriel="julien@example.org")
    fiche = fiches.ouvrir(acces=acces, titre="Reprise", personnes=[julien])
    client = connecter(coordination)
    page = client.get(f"/figeac/espace/fiches/{fiche.numero}/").content.decode()
    assert 'name="_jeton"' in page
    donnees = {
        "rapide": "1",
        "genre": "appel",
        "visibilite": "coordination",
        "texte": "Bilans reçus",
        "_jeton": "a" * 32,
    }
    for _ in range(2):
        assert client.post(f"/figeac/espace/fiches/{fiche.numero}/echanges/", donnees).status_code == 302
    assert Echange.objects.filter(fiche=fiche).count() == 1
