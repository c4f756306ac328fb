"""Double submission under twenty threads, on PostgreSQL: one request, one number, one mail."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from apps.core.acces import Acces
from apps.core.portee import portee
from apps.courriels.models import Courriel
from apps.demandes import abus
from apps.demandes.models import Brouillon, Demande
from apps.demandes.services import deposer
from apps.fiches.models import Numerotation
from apps.territoires.models import Territoire
from tests.factories import TerritoireFactory
from tests.outils import entrer

from .publics import BESOIN, jeton_de, jusqu_a

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
FILS = 20


@pytest.fixture
def figeac() -> Iterator[Territoire]:
    territoire = TerritoireFactory()
    yield territoire
    entrer(None)


def _ensemble(geste: Callable[[], Any]) -> list[Any]:
    """The same thing in twenty threads, released at the same moment."""
    depart = Barrier(FILS)

    def fil(_: int) -> Any:
        try:
            depart.wait()
            return geste()
        finally:
            connection.close()

    with ThreadPoolExecutor(FILS) as bassin:
        return list(bassin.map(fil, range(FILS)))


def _verifier_une_seule(territoire: Territoire) -> None:
    entrer(territoire.pk)
    demande = Demande.objects.get()
    assert demande.rang == 1 and Numerotation.objects.get(serie="D").dernier == 1
    assert Courriel.objects.filter(gabarit="demande_recue").count() == 1


def test_twenty_deposits_with_one_key_make_one_request(figeac: Territoire) -> None:
    cle, champs = uuid4(), {"nom": "Delmas", "courriel": "lucie@example.org"}

    def geste() -> str:
        with portee(figeac.pk):
            return deposer(acces=Acces.demandeur(figeac.pk), cle_unicite=cle, champs=champs).reference

    assert len(set(_ensemble(geste))) == 1
    _verifier_une_seule(figeac)


def test_twenty_clicks_on_send_make_one_request(figeac: Territoire) -> None:
    client = Client()
    url = jusqu_a(client, figeac, 3)
    envoi = {**BESOIN, "action": "envoyer", abus.JETON: jeton_de(client.get(url))}
    reponses = _ensemble(lambda: Client().post(url, envoi))
    assert {r.status_code for r in reponses} == {302}
    assert all(r["Location"].endswith("/envoyee/") for r in reponses)
    _verifier_une_seule(figeac)


def test_twenty_first_steps_with_one_form_make_one_draft(figeac: Territoire) -> None:
    page = Client().get("/figeac/demande/")
    envoi = {"nom": "Delmas", "telephone": "0600000000", "action": "continuer", abus.JETON: jeton_de(page)}
    reponses = _ensemble(lambda: Client().post("/figeac/demande/", envoi))
    assert len({r["Location"] for r in reponses}) == 1
    entrer(figeac.pk)
    assert Brouillon.objects.count() == 1
