"""Read a PDF back as its readers do: text, labels, outline, links, and the tag tree that a screen reader follows.

Written against the standards, without the engine's own code. `LecturePDF.fautes()` lists what PDF/UA-1 refuses among what
a program can see.
"""

import io
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pikepdf
import pypdf
from pikepdf import Array, Dictionary

TITRES = {"H1", "H2", "H3", "H4", "H5", "H6"}
CODES = re.compile(rb"<([0-9a-fA-F]{4})> <([0-9a-fA-F]*)>")
ECRIT = {"Tj", "TJ", "'", '"'}


@dataclass
class Noeud:
    """One node of the tag tree: its kind, the text marked right under it, its children, its page from 1."""

    genre: str
    page: int
    texte_propre: str = ""
    enfants: list["Noeud"] = field(default_factory=list)
    portee: str = ""
    alternative: str = ""

    @property
    def texte(self) -> str:
        """All that is read under it, spaces made single."""
        return " ".join("".join([self.texte_propre, *(e.texte + " " for e in self.enfants)]).split())

    def tous(self, *genres: str) -> list["Noeud"]:
        """The nodes of these kinds under it, itself included, in reading order."""
        soi = [self] if self.genre in genres else []
        return soi + [noeud for enfant in self.enfants for noeud in enfant.tous(*genres)]


@dataclass(frozen=True)
class Lien:
    """A link: from which page, to which page or address, and the words that a screen reader says."""

    page: int
    vers: int | str
    dit: str
    rectangle: tuple[float, ...] = ()


def lire(contenu: bytes) -> "LecturePDF":
    return LecturePDF(contenu)


class LecturePDF:
    """A file read back; pages count from 1."""

    def __init__(self, contenu: bytes) -> None:
        self.contenu = contenu
        self.pdf = pikepdf.open(io.BytesIO(contenu))
        self.autre = pypdf.PdfReader(io.BytesIO(contenu))
        self._rangs = {page.objgen: rang for rang, page in enumerate(self.pdf.pages, start=1)}
        self._fautes: list[str] = []

    @property
    def pages(self) -> int:
        return len(self.pdf.pages)

    def texte(self, page: int) -> str:
        """The text of a page as another library extracts it, spaces made single."""
        return " ".join(self.autre.pages[page - 1].extract_text().split())

    @property
    def etiquettes(self) -> list[str]:
        return list(self.autre.page_labels)

    @property
    def titre(self) -> str:
        return str(self.pdf.docinfo.get("/Title", ""))

    @property
    def langue(self) -> str:
        return str(self.pdf.Root.get("/Lang", ""))

    @property
    def xmp(self) -> str:
        return self.pdf.Root.Metadata.read_bytes().decode("utf-8")

    @property
    def signets(self) -> list[tuple[int, str, int]]:
        """The outline: depth from 1, words, page."""
        trouves: list[tuple[int, str, int]] = []

        def suivre(noeuds: list[Any], niveau: int) -> None:
            for noeud in noeuds:
                if isinstance(noeud, list):
                    suivre(noeud, niveau + 1)
                else:
                    trouves.append((niveau, noeud.title, self.autre.get_destination_page_number(noeud) + 1))

        suivre(self.autre.outline, 1)
        return trouves

    @property
    def liens(self) -> list[Lien]:
        return [
            Lien(rang, self._cible(a), str(a.get("/Contents", "")), tuple(float(c) for c in a.Rect))
            for rang, page in enumerate(self.pdf.pages, start=1)
            for a in page.obj.get("/Annots", Array())
            if a.get("/Subtype") == "/Link"
        ]

    def _cible(self, annotation: Any) -> int | str:
        destination = annotation.get("/Dest")
        action = annotation.get("/A")
        if destination is None and action is not None:
            if action.S == "/URI":
                return str(action.URI)
            destination = action.D
        return self._rangs.get(destination[0].objgen, 0) if isinstance(destination, Array) else str(destination)

    @property
    def polices(self) -> dict[str, int]:
        """The fonts that pages use: name (without its six letters) -> number of programs embedded under it."""
        programmes: dict[str, set[Any]] = {}
        for police in self._polices_des_pages():
            descripteur = police.DescendantFonts[0].FontDescriptor
            cle = next((c for c in ("/FontFile2", "/FontFile3", "/FontFile") if c in descripteur), "")
            nom = str(police.BaseFont)[1:].partition("+")[2] or str(police.BaseFont)[1:]
            programmes.setdefault(nom, set()).add(descripteur[cle].objgen if cle else None)
        return {nom: len(flux) for nom, flux in programmes.items()}

    def _polices_des_pages(self) -> list[Any]:
        vues = {}
        for page in self.pdf.pages:
            for police in (page.obj.get("/Resources") or Dictionary()).get("/Font", Dictionary()).values():
                vues[police.objgen] = police
        return list(vues.values())

    # --- the tag tree ---

    def arbre(self) -> Noeud:
        """The tag tree, with the text that each node marks."""
        return self._arbre

    @cached_property
    def _arbre(self) -> Noeud:
        racine = self.pdf.Root.StructTreeRoot
        sommets = racine.K if isinstance(racine.K, Array) else [racine.K]
        if len(sommets) != 1:
            self._fautes.append(f"{len(sommets)} éléments au sommet")
        return self._noeud(sommets[0], racine)

    def _noeud(self, element: Any, parent: Any) -> Noeud:
        genre = str(element.S)[1:]
        if element.P.objgen != parent.objgen:
            self._fautes.append(f"{genre} : parent inexact")
        page = self._page(element, genre)
        attributs = element.get("/A", Dictionary())
        noeud = Noeud(
            genre, page, portee=str(attributs.get("/Scope", ""))[1:], alternative=str(element.get("/Alt", ""))
        )
        sous = element.get("/K", Array())
        for enfant in sous if isinstance(sous, Array) else [sous]:
            if isinstance(enfant, int):
                self._marques.append((page, enfant, element.objgen))
                noeud.texte_propre += self._textes[page - 1].get(enfant, "") + " "
            elif enfant.get("/Type") == "/OBJR":
                self._objets.append((self._page(enfant, "OBJR"), enfant.Obj, element.objgen))
            elif enfant.get("/Type") == "/MCR":
                rang = self._page(enfant, "MCR")
                self._marques.append((rang, int(enfant.MCID), element.objgen))
                noeud.texte_propre += self._textes[rang - 1].get(int(enfant.MCID), "") + " "
            else:
                noeud.enfants.append(self._noeud(enfant, element))
        noeud.page = page or next((enfant.page for enfant in noeud.enfants if enfant.page), 0)
        return noeud

    @cached_property
    def _marques(self) -> list[tuple[int, int, Any]]:
        """(page, number, element) of the marked contents that the tree names."""
        return []

    @cached_property
    def _objets(self) -> list[tuple[int, Any, Any]]:
        return []

    def _page(self, element: Any, genre: str) -> int:
        if "/Pg" not in element:
            return 0
        rang = self._rangs.get(element.Pg.objgen, 0)
        if not rang:
            self._fautes.append(f"{genre} : page qui n’est pas dans le fichier")
        return rang

    @cached_property
    def _textes(self) -> list[dict[int, str]]:
        """By page: the text of each marked content. What is drawn as text outside any mark is a fault."""
        lettres: dict[Any, dict[str, str]] = {}
        return [self._lire_page(rang, page, lettres) for rang, page in enumerate(self.pdf.pages, start=1)]

    def _lire_page(self, rang: int, page: pikepdf.Page, lettres: dict[Any, dict[str, str]]) -> dict[int, str]:
        textes: dict[int, str] = {}
        pile: list[int | None] = []
        police = None
        for operandes, operateur in pikepdf.parse_content_stream(page):
            ordre = str(operateur)
            if ordre in ("BDC", "BMC"):
                suite = operandes[1] if ordre == "BDC" else Dictionary()
                pile.append(int(suite.MCID) if isinstance(suite, Dictionary) and "/MCID" in suite else None)
                if pile[-1] is not None:
                    textes.setdefault(pile[-1], "")
                elif str(operandes[0]) != "/Artifact":
                    self._fautes.append(f"page {rang} : contenu marqué sans numéro")
            elif ordre == "EMC":
                pile.pop()
            elif ordre == "Tf":
                objet = page.obj.Resources.Font[str(operandes[0])]
                if objet.objgen not in lettres:
                    table = CODES.findall(objet.ToUnicode.read_bytes().partition(b"endcodespacerange")[2])
                    lettres[objet.objgen] = {
                        c.decode().lower(): bytes.fromhex(t.decode()).decode("utf-16-be") for c, t in table
                    }
                police = lettres[objet.objgen]
            elif ordre in ECRIT:
                if not pile:
                    self._fautes.append(f"page {rang} : texte hors de toute balise")
                elif pile[-1] is not None:
                    textes[pile[-1]] += _ecrit(operandes[-1], police or {})
        return textes

    def titres(self) -> list[tuple[str, str]]:
        """The headings, in reading order: (« H1 », words)."""
        return [(noeud.genre, noeud.texte) for noeud in self.arbre().tous(*TITRES)]

    def tables(self) -> list[list[str]]:
        """The heads of each table that has some."""
        return [tetes for t in self.arbre().tous("Table") if (tetes := [th.texte for th in t.tous("TH")])]

    def fautes(self) -> list[str]:
        """What PDF/UA-1 refuses, as far as a program sees it; empty for a sound file."""
        arbre = self.arbre()
        fautes = [*self._fautes, *self._fautes_de_numeros(), *self._fautes_du_fichier(), *self._fautes_de_liens()]
        fautes += [f"{t.texte} : tête de tableau sans portée" for t in arbre.tous("TH") if not t.portee]
        fautes += [f"page {f.page} : image sans texte" for f in arbre.tous("Figure") if not f.alternative]
        niveau = 0
        for genre, mots in self.titres():
            if int(genre[1]) > niveau + 1:
                fautes.append(f"{mots} : {genre} après un titre de niveau {niveau}")
            niveau = int(genre[1])
        return fautes

    def _fautes_de_numeros(self) -> list[str]:
        """Every marked content is in the tree once, and the table that leads back to the tree agrees."""
        fautes = []
        racine = self.pdf.Root.StructTreeRoot
        retours = dict(pikepdf.NumberTree(racine.ParentTree).items())
        if any(cle >= int(racine.get("/ParentTreeNextKey", 0)) for cle in retours):
            fautes.append("ParentTreeNextKey trop petit")
        nommees = {(page, numero): element for page, numero, element in self._marques}
        if len(nommees) != len(self._marques):
            fautes.append("un contenu est deux fois dans l’arbre")
        dessinees = {(rang, numero) for rang, textes in enumerate(self._textes, start=1) for numero in textes}
        fautes += [f"contenu {m} absent de l’arbre" for m in sorted(dessinees - set(nommees))]
        fautes += [f"contenu {m} qui n’est pas dessiné" for m in sorted(set(nommees) - dessinees)]
        for (rang, numero), element in nommees.items():
            page = self.pdf.pages[rang - 1].obj
            retour = retours.get(int(page.get("/StructParents", -1)), Array())
            if numero >= len(retour) or retour[numero].objgen != element:
                fautes.append(f"contenu {(rang, numero)} : retour inexact")
        for rang, objet, element in self._objets:
            annotations = {a.objgen for a in self.pdf.pages[rang - 1].obj.get("/Annots", Array())} if rang else set()
            if objet.objgen not in annotations:
                fautes.append(f"page {rang} : lien balisé qui n’est pas sur la page")
            elif retours.get(int(objet.StructParent), Dictionary()).objgen != element:
                fautes.append(f"page {rang} : lien, retour inexact")
        return fautes

    def _fautes_du_fichier(self) -> list[str]:
        racine = self.pdf.Root
        attendus = {
            "titre": bool(self.titre),
            "langue": bool(self.langue),
            "titre affiché": bool(racine.get("/ViewerPreferences", Dictionary()).get("/DisplayDocTitle")),
            "balisé": bool(racine.get("/MarkInfo", Dictionary()).get("/Marked")),
            "PDF/UA-1": re.search(r"pdfuaid:part(>1<|=\"1\")", self.xmp) is not None,
            "ordre de tabulation": all(
                page.obj.get("/Tabs") == "/S" for page in self.pdf.pages if "/Annots" in page.obj
            ),
            "polices incorporées": all(
                any(c in p.DescendantFonts[0].FontDescriptor for c in ("/FontFile2", "/FontFile3"))
                for p in self._polices_des_pages()
            ),
            "lettres des polices": all("/ToUnicode" in police for police in self._polices_des_pages()),
        }
        fautes = [f"{nom} : manque" for nom, tenu in attendus.items() if not tenu]
        return fautes + [f"syntaxe : {faute}" for faute in self.pdf.check_pdf_syntax()]

    def _fautes_de_liens(self) -> list[str]:
        balises = {objet.objgen for _, objet, _ in self._objets}
        fautes = [
            f"page {rang} : lien hors de l’arbre"
            for rang, page in enumerate(self.pdf.pages, start=1)
            for a in page.obj.get("/Annots", Array())
            if a.get("/Subtype") == "/Link" and a.objgen not in balises
        ]
        fautes += [f"page {lien.page} : lien sans description" for lien in self.liens if not lien.dit]
        fautes += [f"page {lien.page} : lien vers nulle part" for lien in self.liens if lien.vers in (0, "None")]
        return fautes


def _ecrit(operande: Any, lettres: dict[str, str]) -> str:
    morceaux = operande if isinstance(operande, Array) else [operande]
    codes = "".join(bytes(m).hex() for m in morceaux if isinstance(m, pikepdf.String))
    return "".join(lettres.get(codes[i : i + 4], "\ufffd") for i in range(0, len(codes), 4))
