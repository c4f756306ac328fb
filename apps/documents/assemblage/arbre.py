"""Walk a tag tree."""

from collections.abc import Iterator
from typing import Any

from pikepdf import Array, Dictionary


def enfants(noeud: Any) -> list[Any]:
    """What stands under a node of the tag tree, whatever the way it is written."""
    sous = noeud.get("/K")
    if sous is None:
        return []
    return list(sous) if isinstance(sous, Array) else [sous]


def est_noeud(objet: Any) -> bool:
    return isinstance(objet, Dictionary) and "/S" in objet


def noeuds(racine: Any) -> Iterator[Any]:
    """Every node under `racine`, in reading order."""
    pile = [enfant for enfant in reversed(enfants(racine)) if est_noeud(enfant)]
    while pile:
        noeud = pile.pop()
        yield noeud
        pile.extend(enfant for enfant in reversed(enfants(noeud)) if est_noeud(enfant))
