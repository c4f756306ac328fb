"""The scope of a transaction: entered by one query, gone at its end, given back when nested."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.portee import portee, portee_de
from apps.territoires.models import Territoire
from tests.factories import TerritoireFactory, ThemeFactory
from tests.outils import entrer

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def _visibles() -> set[str]:
    with connection.cursor() as curseur:
        curseur.execute("SELECT nom FROM territoires_theme")
        return {nom for (nom,) in curseur.fetchall()}


@pytest.fixture
def deux() -> tuple[Territoire, Territoire]:
    """Two territoires, each with a theme of its name."""
    ici, ailleurs = TerritoireFactory(), TerritoireFactory(slug="rodez", nom="Rodez")
    for territoire in (ici, ailleurs):
        entrer(territoire.pk)
        ThemeFactory(territoire=territoire, nom=territoire.slug)
    entrer(None)
    return ici, ailleurs


def test_the_scope_ends_with_its_transaction(deux: tuple[Territoire, Territoire]) -> None:
    with portee(deux[0].pk):
        assert _visibles() == {"figeac"}

    assert _visibles() == set()


def test_a_territoire_is_found_and_entered_by_one_query(deux: tuple[Territoire, Territoire]) -> None:
    with CaptureQueriesContext(connection) as requetes, portee_de(Territoire.objects.filter(slug="rodez")) as trouve:
        assert trouve == deux[1]
        posees = [r for r in requetes if "set_config" in r["sql"]]
        assert len(posees) == 1
        assert _visibles() == {"rodez"}

    assert _visibles() == set()


def test_without_a_territoire_nothing_is_seen(deux: tuple[Territoire, Territoire]) -> None:
    for territoires in (Territoire.objects.filter(slug="inconnu"), Territoire.objects.none()):
        with portee_de(territoires) as trouve:
            assert trouve is None
            assert _visibles() == set()


def test_a_nested_scope_gives_the_outer_one_back(deux: tuple[Territoire, Territoire]) -> None:
    with portee(deux[0].pk):
        with portee_de(Territoire.objects.filter(slug="rodez")):
            assert _visibles() == {"rodez"}
        assert _visibles() == {"figeac"}
        with portee_de(Territoire.objects.none()):
            assert _visibles() == set()
        assert _visibles() == {"figeac"}
        with portee(None):
            assert _visibles() == set()
        assert _visibles() == {"figeac"}
