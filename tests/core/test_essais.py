"""What the tests themselves may not do: fail one day in fifty for a reason that is not the code's."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
COURT = re.compile(r"[0-9A-Za-z]{1,3}")
ABSENCES = {"assertNotContains", "ne_pas_voir"}


def _texte(noeud: ast.expr) -> str:
    """The literal text that an expression is, else nothing."""
    valeur = noeud.value if isinstance(noeud, ast.Constant) else ""
    return valeur.decode("latin-1") if isinstance(valeur, bytes) else valeur if isinstance(valeur, str) else ""


def absences(source: str) -> Iterator[tuple[int, str]]:
    """Line and literal of everything that a test file says is absent from a text."""
    for noeud in ast.walk(ast.parse(source)):
        if isinstance(noeud, ast.Compare) and isinstance(noeud.ops[0], ast.NotIn):
            # A literal collection on the right is no text.
            if not isinstance(noeud.comparators[0], ast.Set | ast.List | ast.Tuple | ast.Dict):
                yield noeud.lineno, _texte(noeud.left)
        elif isinstance(noeud, ast.Call) and isinstance(noeud.func, ast.Attribute | ast.Name):
            nom = noeud.func.attr if isinstance(noeud.func, ast.Attribute) else noeud.func.id
            if nom in ABSENCES:
                yield from ((noeud.lineno, _texte(a)) for a in noeud.args)


def test_no_short_string_is_expected_to_be_absent() -> None:
    """Pages hold random tokens: one to three letters or digits end up in one of them sooner or later."""
    fautes = [
        f"{chemin.relative_to(TESTS)}:{ligne} « {texte} »"
        for chemin in sorted(TESTS.rglob("*.py"))
        for ligne, texte in absences(chemin.read_text(encoding="utf-8"))
        if COURT.fullmatch(texte)
    ]

    assert fautes == []


@pytest.mark.parametrize(
    "source", ['assert "77" not in page', 'assert b"77" not in page', 'v.voir("x").ne_pas_voir("77")']
)
def test_a_short_string_is_noticed(source: str) -> None:
    assert any(COURT.fullmatch(texte) for _, texte in absences(source))


@pytest.mark.parametrize("source", ['assert "<b>" not in page', 'assert "fin" not in {"a"}', 'assert "77" in page'])
def test_what_no_token_can_hold_is_left_alone(source: str) -> None:
    assert not any(COURT.fullmatch(texte) for _, texte in absences(source))
