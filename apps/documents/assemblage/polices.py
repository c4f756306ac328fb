"""The fonts of a document: each embedded once, whatever the number of parts that use it."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

from .truetype import Illisible, Programme

ENTETE_CMAP = (
    "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo\n<< /Registry (Adobe)\n"
    "/Ordering (UCS)\n/Supplement 0\n>> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
    "1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n"
)
PIED_CMAP = "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"


@dataclass
class Police:
    """One font program, and the one font object of the letters that it has."""

    nom: str
    objet: Dictionary
    descripteur: Dictionary
    flux: pikepdf.Stream
    largeurs: dict[int, float] = field(default_factory=dict)
    lettres: dict[int, str] = field(default_factory=dict)
    programme: Programme = field(default_factory=Programme)
    boite: list[float] = field(default_factory=list)

    def convient(self, connue: dict[str, Any]) -> bool:
        """The same glyph has the same width: else it is another font under the same name."""
        return all(abs(self.largeurs.get(g, largeur) - largeur) < 0.5 for g, largeur in connue["largeurs"].items())

    def manque(self, connue: dict[str, Any]) -> bool:
        return not self.programme.modele or not connue["largeurs"].keys() <= self.largeurs.keys()


class Polices:
    """Gathers the fonts of parts; `achever` writes them."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self.pdf = pdf
        self._par_nom: dict[str, list[Police]] = {}
        self._rang = 0

    def detacher(self, part: pikepdf.Pdf, connues: dict[str, dict[str, Any]]) -> dict[str, Dictionary]:
        """Take the fonts off a part about to be copied: resource name -> the object to put back on the copy."""
        trouvees: dict[str, Dictionary] = {}
        for dictionnaire in _dictionnaires(part):
            for cle in sorted(dictionnaire.keys()):  # a set: its order changes from one process to the next
                if cle in connues and cle not in trouvees:
                    partagee = self._partager(dictionnaire[cle], connues[cle])
                    if partagee is not None:
                        trouvees[cle] = partagee
                if cle in trouvees:
                    del dictionnaire[cle]
        return trouvees

    def _partager(self, police: Any, connue: dict[str, Any]) -> Dictionary | None:
        """The common font object, None for a font that must stay as it is."""
        if not connue["identite"]:
            return None
        descripteur = police.DescendantFonts[0].FontDescriptor
        if "/FontFile2" not in descripteur:
            return None
        for commune in self._par_nom.setdefault(connue["nom"], []):
            if commune.convient(connue) and self._completer(commune, descripteur, connue):
                return commune.objet
        nouvelle = self._nouvelle(police, connue["nom"])
        if not self._completer(nouvelle, descripteur, connue):
            return None
        self._par_nom[connue["nom"]].append(nouvelle)
        return nouvelle.objet

    def _completer(self, commune: Police, descripteur: Any, connue: dict[str, Any]) -> bool:
        if not commune.manque(connue):
            return True
        try:
            if not commune.programme.ajouter(descripteur.FontFile2.read_bytes(), {0, *connue["largeurs"]}):
                return False
        except Illisible:
            return False
        for glyphe, largeur in connue["largeurs"].items():
            commune.largeurs.setdefault(glyphe, largeur)
        for glyphe, lettre in connue["lettres"].items():
            commune.lettres.setdefault(glyphe, lettre)
        boite = [float(cote) for cote in descripteur.FontBBox]
        commune.boite = [
            (min if rang < 2 else max)(paire)
            for rang, paire in enumerate(zip(commune.boite or boite, boite, strict=True))
        ]
        return True

    def _nouvelle(self, police: Any, nom: str) -> Police:
        """An object to refer to, completed at the end."""
        descendante = police.DescendantFonts[0]
        flux = self.pdf.make_stream(b"")
        descripteur = self.pdf.make_indirect(
            Dictionary(
                {cle: v for cle, v in descendante.FontDescriptor.items() if cle not in ("/FontFile2", "/CIDSet")}
            )
        )
        descripteur.FontFile2 = flux
        return Police(nom, self.pdf.make_indirect(Dictionary(Type=Name.Font)), descripteur, flux)

    def achever(self) -> None:
        """Write the fonts: programs, widths, letters."""
        for police in (police for communes in self._par_nom.values() for police in communes):
            programme = police.programme.ecrire()
            police.flux.write(programme)
            police.flux.Length1 = len(programme)
            police.descripteur.FontBBox = Array([round(cote, 2) for cote in police.boite])
            largeurs = self.pdf.make_indirect(Array(_w(police.largeurs)))
            descendante = self.pdf.make_indirect(
                Dictionary(
                    Type=Name.Font,
                    Subtype=Name.CIDFontType2,
                    BaseFont=Name(police.nom),
                    CIDSystemInfo=Dictionary(
                        Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("Identity"), Supplement=0
                    ),
                    CIDToGIDMap=Name.Identity,
                    W=largeurs,
                    FontDescriptor=police.descripteur,
                )
            )
            police.objet.Subtype = Name.Type0
            police.objet.BaseFont = Name(police.nom)
            police.objet.Encoding = Name("/Identity-H")
            police.objet.DescendantFonts = Array([descendante])
            police.objet.ToUnicode = self.pdf.make_stream(_cmap(police.lettres))


def lettres_de(connues: dict[str, dict[str, Any]], objets: dict[str, Dictionary]) -> dict[str, tuple[str, int, float]]:
    """For each letter of a part: resource name, glyph, width."""
    trouvees: dict[str, tuple[str, int, float]] = {}
    for cle in objets:
        for glyphe, lettre in connues[cle]["lettres"].items():
            trouvees.setdefault(lettre, (cle, glyphe, connues[cle]["largeurs"].get(glyphe, 0.0)))
    return trouvees


def _dictionnaires(part: pikepdf.Pdf) -> Iterator[Dictionary]:
    """The Font dictionaries of a part's pages, each once (WeasyPrint shares one among its pages)."""
    vus = set()
    for page in part.pages:
        polices = page.Resources.get("/Font")
        if polices is not None and polices.objgen not in vus:
            vus.add(polices.objgen)
            yield polices


def _w(largeurs: dict[int, float]) -> list[Any]:
    suites: list[Any] = []
    precedent = -2
    for glyphe in sorted(largeurs):
        largeur = largeurs[glyphe]
        valeur = int(largeur) if largeur == int(largeur) else largeur
        if glyphe == precedent + 1:
            suites[-1].append(valeur)
        else:
            suites += [glyphe, [valeur]]
        precedent = glyphe
    return [Array(s) if isinstance(s, list) else s for s in suites]


def _cmap(lettres: dict[int, str]) -> bytes:
    sortie = io.StringIO()
    sortie.write(ENTETE_CMAP)
    couples = sorted(lettres.items())
    for debut in range(0, len(couples), 100):
        lot = couples[debut : debut + 100]
        sortie.write(f"{len(lot)} beginbfchar\n")
        for glyphe, texte in lot:
            sortie.write(f"<{glyphe:04x}> <{texte.encode('utf-16-be').hex()}>\n")
        sortie.write("endbfchar\n")
    sortie.write(PIED_CMAP)
    return sortie.getvalue().encode("ascii")
