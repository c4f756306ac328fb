"""The tag tree of a part made lean: WeasyPrint writes a node for each run of text and each anonymous box.

They say nothing that their parents do not, and a thousand parts hold half a million of them: what is left takes a
quarter of the memory.
"""

from collections import defaultdict
from typing import Any

from pikepdf import Array, Dictionary

from .arbre import enfants, est_noeud

# Nodes without a meaning of their own, and those that may hold text themselves.
MUETS = {"/Span", "/NonStruct"}
TEXTES = {"/P", "/H1", "/H2", "/H3", "/H4", "/H5", "/H6", "/TD", "/TH", "/LBody", "/Lbl", "/Link", "/Span", "/Caption"}
PARLANTS = ("/A", "/Alt", "/ActualText", "/E", "/Lang", "/T", "/ID")

Retours = dict[tuple[int, int], list[tuple[Any, int]]]


def elaguer(racine: Any) -> None:
    """Merge silent nodes into their parents; the table that leads from contents back to nodes follows."""
    retours: Retours = defaultdict(list)
    nombres = racine.ParentTree.get("/Nums", Array())
    for valeur in list(nombres)[1::2]:
        if isinstance(valeur, Array):
            for rang, noeud in enumerate(valeur):
                retours[noeud.objgen].append((valeur, rang))
    for sommet in enfants(racine):
        _visiter(sommet, retours)


def _visiter(noeud: Any, retours: Retours) -> None:
    for enfant in enfants(noeud):
        if est_noeud(enfant):
            _visiter(enfant, retours)
    noeud.K = Array(_gardes(noeud, noeud, retours))


def _gardes(noeud: Any, parent: Any, retours: Retours) -> list[Any]:
    """What `parent` holds once the silent nodes under `noeud` have given it what they hold."""
    gardes: list[Any] = []
    for enfant in enfants(noeud):
        if est_noeud(enfant):
            enfant.P = parent
            if _est_muet(enfant, parent):
                for tableau, rang in retours.pop(enfant.objgen, []):
                    tableau[rang] = parent
                    retours[parent.objgen].append((tableau, rang))
                gardes += _gardes(enfant, parent, retours)
                continue
        gardes.append(enfant)
    return gardes


def alleger(racine: Any) -> None:
    """Leave out what readers do without: the type of a node, the page of one that marks no content itself."""
    pile = [enfant for enfant in enfants(racine) if est_noeud(enfant)]
    while pile:
        noeud = pile.pop()
        sous = enfants(noeud)
        pile += [enfant for enfant in sous if est_noeud(enfant)]
        if "/Type" in noeud:
            del noeud["/Type"]
        if "/Pg" in noeud and not any(isinstance(enfant, int) for enfant in sous):
            del noeud["/Pg"]


def _est_muet(enfant: Any, parent: Any) -> bool:
    """Nothing is lost without it, and what it holds may stand in its parent."""
    if str(enfant.S) not in MUETS or any(cle in enfant for cle in PARLANTS):
        return False
    sous = enfants(enfant)
    if str(parent.get("/S", "")) in TEXTES:
        return _page(enfant) == _page(parent) or all(isinstance(s, Dictionary) for s in sous)
    return enfant.S == "/NonStruct" and bool(sous) and all(est_noeud(s) for s in sous)


def _page(noeud: Any) -> Any:
    return noeud.Pg.objgen if "/Pg" in noeud else None
