"""The tag trees of the parts, joined into one under one Document."""

from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from .arbre import enfants, est_noeud, noeuds


class Balises:
    """The tag tree of a file under assembly."""

    def __init__(self, pdf: pikepdf.Pdf, langue: str) -> None:
        self.pdf = pdf
        self.base = 0
        self.feuilles = Array()
        self.racine = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        self.document = self._noeud("/Document", self.racine)
        self.document.Lang = String(langue)
        self.racine.K = Array([self.document])
        pdf.Root.StructTreeRoot = self.racine

    def _noeud(self, genre: str, parent: Dictionary, titre: str = "") -> Dictionary:
        noeud = self.pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name(genre), P=parent, K=Array()))
        if titre:
            noeud.T = String(titre)
        return noeud

    def exemplaire(self, titre: str) -> Dictionary:
        """The branch of one copy among several."""
        noeud = self._noeud("/Part", self.document, titre)
        self.document.K.append(noeud)
        return noeud

    def greffer(self, arbre: Any, pages: list[Any], *, sous: Any, titre: str) -> Dictionary:
        """Hang the tag tree of a part, copied with its pages, under `sous`; its numbers move past those in use."""
        section = self._noeud("/Sect", sous, titre)
        sous.K.append(section)
        for sommet in enfants(arbre):
            # WeasyPrint's own Document: the file has one already.
            for enfant in enfants(sommet) if sommet.S == "/Document" else [sommet]:
                enfant.P = section
                section.K.append(enfant)
        self._reprendre_les_roles(arbre)
        self._decaler(arbre.ParentTree, pages)
        return section

    def _decaler(self, parents: Any, pages: list[Any]) -> None:
        nombres = list(parents.get("/Nums", Array()))
        cles = [int(cle) for cle in nombres[::2]]
        if not cles:
            return
        decales = Array()
        for cle, valeur in zip(cles, nombres[1::2], strict=True):
            decales.append(cle + self.base)
            decales.append(valeur)
        limites = Array([min(cles) + self.base, max(cles) + self.base])
        self.feuilles.append(self.pdf.make_indirect(Dictionary(Nums=decales, Limits=limites)))
        for page in pages:
            if "/StructParents" in page:
                page.StructParents = int(page.StructParents) + self.base
            for annotation in page.get("/Annots", Array()):
                if "/StructParent" in annotation:
                    annotation.StructParent = int(annotation.StructParent) + self.base
        self.base += max(cles) + 1

    def _reprendre_les_roles(self, arbre: Dictionary) -> None:
        """Names of roles and classes that a part defines."""
        for cle in ("/RoleMap", "/ClassMap"):
            for nom, valeur in arbre.get(cle, Dictionary()).items():
                communs: Any = self.racine.get(cle)
                if communs is None:
                    communs = self.racine[cle] = Dictionary()
                communs[nom] = valeur

    def achever(self) -> None:
        self.racine.ParentTree = self.pdf.make_indirect(Dictionary(Kids=self.feuilles))
        self.racine.ParentTreeNextKey = self.base


def baliser_sommaire(section: Any) -> None:
    """Lists whose every line is a link are a table of contents, and say so."""
    for liste in [noeud for noeud in noeuds(section) if noeud.S == "/L"]:
        lignes = [ligne for ligne in enfants(liste) if est_noeud(ligne)]
        if not lignes or not all(any(n.S == "/Link" for n in noeuds(ligne)) for ligne in lignes):
            continue
        liste.S = Name.TOC
        for ligne in lignes:
            if ligne.S == "/LI":
                ligne.S = Name.TOCI
            for corps in enfants(ligne):
                if est_noeud(corps) and corps.S == "/LBody":
                    corps.S = Name.NonStruct
