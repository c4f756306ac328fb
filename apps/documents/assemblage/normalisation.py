"""A part as WeasyPrint wrote it, made ready to be joined: what depends on the file it stands in is taken off.

Table heads say their scope instead of numbered names, links inside the part lead to pages instead of names, the
outline and the letters of each font are put aside as JSON, so that assembling a thousand parts reads no text.
"""

import io
import json
import re
from dataclasses import dataclass
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

from .arbre import enfants, est_noeud, noeuds
from .elagage import alleger, elaguer

NOTES = "/GuichetNotes"
LIGNE_UNICODE = re.compile(rb"<([0-9a-f]{4})> <([0-9a-f]*)>")


@dataclass(frozen=True)
class Notes:
    """What is known of a part without reading its pages.

    polices: resource name -> {nom, identite, largeurs {glyph: width}, lettres {glyph: text}}.
    reperes: its outline, [level, title, page].
    """

    polices: dict[str, dict[str, Any]]
    reperes: list[tuple[int, str, int]]


def normaliser(contenu: bytes) -> bytes:
    """The same part, without names of its own."""
    with pikepdf.open(io.BytesIO(contenu)) as pdf:
        notes = {"polices": _polices(pdf), "reperes": _reperes(pdf)}
        _resoudre_les_liens(pdf)
        for tableau in (noeud for noeud in noeuds(pdf.Root.StructTreeRoot) if noeud.get("/S") == "/Table"):
            _dire_la_portee(tableau)
        elaguer(pdf.Root.StructTreeRoot)
        alleger(pdf.Root.StructTreeRoot)
        for cle in ("/Outlines", "/Names", "/Metadata", "/Dests"):
            if cle in pdf.Root:
                del pdf.Root[cle]
        pdf.Root[NOTES] = pdf.make_stream(json.dumps(notes, ensure_ascii=False).encode())
        sortie = io.BytesIO()
        pdf.save(sortie, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
        return sortie.getvalue()


def notes_de(pdf: pikepdf.Pdf) -> Notes:
    """What `normaliser` has put aside."""
    brut = json.loads(pdf.Root[NOTES].read_bytes())
    for police in brut["polices"].values():
        police["largeurs"] = {int(glyphe): largeur for glyphe, largeur in police["largeurs"].items()}
        police["lettres"] = {int(glyphe): lettres for glyphe, lettres in police["lettres"].items()}
    return Notes(brut["polices"], [tuple(repere) for repere in brut["reperes"]])


def _polices(pdf: pikepdf.Pdf) -> dict[str, dict[str, Any]]:
    trouvees: dict[str, dict[str, Any]] = {}
    for page in pdf.pages:
        for cle, police in sorted(page.Resources.get("/Font", Dictionary()).items()):
            if cle not in trouvees and police.get("/Subtype") == "/Type0":
                trouvees[cle] = {
                    "nom": str(police.BaseFont),
                    "identite": police.Encoding == "/Identity-H",
                    "largeurs": _largeurs(police.DescendantFonts[0].get("/W", Array())),
                    "lettres": _lettres(police.ToUnicode.read_bytes()),
                }
    return trouvees


def _largeurs(w: Any) -> dict[int, float]:
    """The array W of a CID font: « first [width width…] »."""
    valeurs, largeurs = list(w), {}
    for premier, suite in zip(valeurs[::2], valeurs[1::2], strict=True):
        for rang, largeur in enumerate(suite):
            largeurs[int(premier) + rang] = round(float(largeur), 2)
    return largeurs


def _lettres(cmap: bytes) -> dict[int, str]:
    """What each glyph stands for."""
    return {
        int(glyphe, 16): bytes.fromhex(lettres.decode()).decode("utf-16-be", "replace")
        for glyphe, lettres in LIGNE_UNICODE.findall(cmap.partition(b"endcodespacerange")[2])
    }


def _reperes(pdf: pikepdf.Pdf) -> list[tuple[int, str, int]]:
    """The outline that the headings of the part make."""
    rangs: dict[Any, int] = {page.objgen: rang for rang, page in enumerate(pdf.pages)}
    reperes: list[tuple[int, str, int]] = []

    def suivre(noeud: Any, niveau: int) -> None:
        while noeud is not None:
            reperes.append((niveau, str(noeud.Title), rangs.get(_page_de(pdf, noeud), 0)))
            suivre(noeud.get("/First"), niveau + 1)
            noeud = noeud.get("/Next")

    if "/Outlines" in pdf.Root:
        suivre(pdf.Root.Outlines.get("/First"), 1)
    return reperes


def _page_de(pdf: pikepdf.Pdf, noeud: Dictionary) -> tuple[int, int]:
    destination = noeud.get("/Dest") or noeud.get("/A", Dictionary()).get("/D")
    return destination[0].objgen if isinstance(destination, Array) else (0, 0)


def _resoudre_les_liens(pdf: pikepdf.Pdf) -> None:
    """Links to a name of the part become links to its page."""
    arbre = pdf.Root.get("/Names", Dictionary()).get("/Dests")
    noms = pikepdf.NameTree(arbre) if arbre is not None else {}
    for page in pdf.pages:
        for annotation in page.get("/Annots", Array()):
            action = annotation.get("/A")
            nom = annotation.get("/Dest")
            if nom is None and action is not None and action.get("/S") == "/GoTo":
                nom = action.D
            if isinstance(nom, pikepdf.String) and str(nom) in noms:
                if action is not None:
                    del annotation["/A"]
                annotation.Dest = noms[str(nom)]


def _dire_la_portee(tableau: Dictionary) -> None:
    """A head of a row or of a column says so; the numbered names by which cells called their heads go."""
    for rangee in (noeud for noeud in noeuds(tableau) if noeud.get("/S") == "/TR"):
        cellules = [cellule for cellule in enfants(rangee) if est_noeud(cellule)]
        portee = Name.Row if any(cellule.S == "/TD" for cellule in cellules) else Name.Column
        for cellule in cellules:
            attributs = cellule.get("/A")
            if "/ID" in cellule:
                del cellule["/ID"]
            if isinstance(attributs, Dictionary) and "/Headers" in attributs:
                del attributs["/Headers"]
            if cellule.S == "/TH" and isinstance(attributs, Dictionary):
                attributs.Scope = portee
            elif isinstance(attributs, Dictionary) and list(attributs.keys()) == ["/O"]:
                del cellule["/A"]
