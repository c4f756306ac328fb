"""A territoire's colour keeps texts readable."""

import pytest

from apps.core import couleurs


def test_contrast_is_that_of_wcag() -> None:
    assert couleurs.contraste("#000000", "#ffffff") == pytest.approx(21)
    assert couleurs.contraste("#ffffff", "#767676") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("couleur", ["#1F5A4C", "#153F35", "#1E4468", "#7E1B20"])
def test_dark_colours_are_accepted(couleur: str) -> None:
    assert couleurs.est_lisible(couleur)


@pytest.mark.parametrize("couleur", ["#FFD500", "#7FB2A5", "#808080", "#ffffff"])
def test_pale_colours_are_refused(couleur: str) -> None:
    assert not couleurs.est_lisible(couleur)


def test_the_stylesheet_only_sets_the_three_greens() -> None:
    css = couleurs.feuille("#1E4468")

    assert css.startswith(":root{--vert:#1e4468;--vert-fonce:#153049;--vert-teinte:#")
    assert css.count(";") == 3
