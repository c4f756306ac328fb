"""Suggestions: open to all, bounded, silent on nonsense."""

import pytest
from django.test import Client

from tests.factories import CommuneFactory

from .factories import NafFactory

pytestmark = pytest.mark.django_db


def test_communes_are_suggested_by_name_or_post_code() -> None:
    CommuneFactory(), CommuneFactory(code_insee="46100", nom="Faycelles", population=740)
    for saisie in ("fig", "FIG", "46100", "461"):
        reponse = Client().get("/communes/", {"q": saisie})
        assert "Figeac (46100)" in reponse.json()["suggestions"]
    assert Client().get("/communes/", {"q": "461"}).json()["suggestions"] == ["Figeac (46100)", "Faycelles (46100)"]
    assert "max-age" in reponse["Cache-Control"]


@pytest.mark.parametrize("saisie", ["", "f", "%", "x" * 5000, "\x00", "'; --"])
def test_nonsense_suggests_nothing(saisie: str) -> None:
    CommuneFactory()
    assert Client().get("/communes/", {"q": saisie}).json() == {"suggestions": []}


def test_twelve_at_most() -> None:
    for i in range(15):
        CommuneFactory(code_insee=f"460{i:02}", nom=f"Saint-Essai-{i}")
    assert len(Client().get("/communes/", {"q": "st essai"}).json()["suggestions"]) == 12


def test_activities_are_suggested_by_nomenclature() -> None:
    NafFactory(), NafFactory(nomenclature="NAF2025", code="56.11J", libelle="Restauration avec service")
    assert Client().get("/naf/", {"q": "restau"}).json()["suggestions"] == ["56.10A Restauration traditionnelle"]
    assert Client().get("/naf/2025/", {"q": "restau"}).json()["suggestions"] == ["56.11J Restauration avec service"]


def test_only_reading() -> None:
    assert Client().post("/communes/").status_code == 405
