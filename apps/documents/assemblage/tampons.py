"""What is stamped on each page of the assembled file: heads, foot and folio, as artifacts that no reader speaks."""

from dataclasses import dataclass

from .plan import Exemplaire, Plan

GABARIT = "documents/planche.html"
MM = 72 / 25.4
LARGEUR_A4, HAUTEUR_A4 = 210 * MM, 297 * MM
# The margins of static/css/papier.css; the wider one is for the binding.
INTERIEURE, EXTERIEURE, TETE, PIED = 24 * MM, 18 * MM, 18 * MM, 10 * MM
CORPS = 8
GRIS, ROUGE = "0.29 0.353 0.388", "0.494 0.106 0.125"
PREFIXE = "/Gu"
ESPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2010": "-", "\u2011": "-", "\n": " "})
# Rendered once for all documents; a stamp that holds others has a sheet of its own.
COURANTES = "".join(map(chr, range(0x21, 0x7F))) + "".join(map(chr, range(0xA1, 0x100))) + "ŒœŸ–—‘’“”…€·•"
COURANTES = COURANTES.replace("\u00ad", "")

Lettres = dict[str, tuple[str, int, float]]


def textes(plan: Plan) -> list[str]:
    """Every stamp of a document but the folios."""
    mentions = [exemplaire.mention for exemplaire in plan.exemplaires]
    return [plan.tete_gauche, plan.tete_droite, pied(plan), *mentions]


def pied(plan: Plan) -> str:
    return plan.pied_gauche or f"{plan.territoire.nom} · guichet TPE"


def lettres_utiles(plan: Plan) -> list[str]:
    """The letters that the stamps need, the usual ones always."""
    autres = set("".join(textes(plan)).translate(ESPACES)) - set(COURANTES) - {" "}
    return [*COURANTES, *sorted(autres)]


@dataclass(frozen=True)
class Tampons:
    """Writes the stamps of a copy with the letters of the common fonts."""

    plan: Plan
    lettres: Lettres

    def decalage(self, numero: int) -> float:
        """How far the content of a page moves, so that the wider margin is at the binding."""
        return EXTERIEURE - INTERIEURE if self.est_verso(numero) else 0.0

    def est_verso(self, numero: int) -> bool:
        return self.plan.recto_verso and numero % 2 == 0

    def page(self, numero: int, total: int, exemplaire: Exemplaire | None, *, couverture: bool) -> bytes:
        """The operators that stamp one page; `numero` counts from 1 in its copy."""
        if couverture and not self.plan.tampons_couverture:
            return b""
        gauche = INTERIEURE + self.decalage(numero)
        droite = LARGEUR_A4 - INTERIEURE - EXTERIEURE + gauche
        mention = (exemplaire.mention if exemplaire else "") or self.plan.tete_droite
        large = droite - gauche
        mention = self._couper(mention, large * 0.6)
        tete = self._couper(self.plan.tete_gauche, large - self._longueur(mention) - 4 * MM)
        haut = HAUTEUR_A4 - TETE + 3.5
        folio, bas = f"{numero} / {total}", self._couper(pied(self.plan), large * 0.7)
        # The folio stands outside, where a thumb turns the page.
        dehors, dedans = (bas, folio) if not self.est_verso(numero) else (folio, bas)
        return b"".join(
            (
                self._artefact("Header", tete, gauche, haut, GRIS),
                self._artefact("Header", mention, droite - self._longueur(mention), haut, ROUGE),
                self._artefact("Footer", dehors, gauche, PIED - 2.5, GRIS),
                self._artefact("Footer", dedans, droite - self._longueur(dedans), PIED - 2.5, GRIS),
            )
        )

    def _artefact(self, genre: str, texte: str, x: float, y: float, couleur: str) -> bytes:
        if not texte:
            return b""
        morceaux = [f"/Artifact <</Type /Pagination /Subtype /{genre}>> BDC q BT {couleur} rg"]
        for cle, hexa, avance in self._lignes(texte):
            if hexa:
                morceaux.append(f"{PREFIXE}{cle[1:]} {CORPS} Tf 1 0 0 1 {x:.2f} {y:.2f} Tm <{hexa}> Tj")
            x += avance
        return (" ".join(morceaux) + " ET Q EMC\n").encode("ascii")

    def _lignes(self, texte: str) -> list[tuple[str, str, float]]:
        """Runs of letters of the same font: (resource, glyphs, advance). A letter that no font has is left out."""
        suites: list[tuple[str, str, float]] = []
        for lettre in texte.translate(ESPACES):
            if lettre not in self.lettres:
                continue
            cle, glyphe, largeur = self.lettres[lettre]
            avance = largeur * CORPS / 1000
            if suites and suites[-1][0] == cle:
                suites[-1] = (cle, f"{suites[-1][1]}{glyphe:04x}", suites[-1][2] + avance)
            else:
                suites.append((cle, f"{glyphe:04x}", avance))
        return suites

    def _longueur(self, texte: str) -> float:
        return sum(avance for _, _, avance in self._lignes(texte))

    def _couper(self, texte: str, large: float) -> str:
        """The text as far as it fits."""
        if self._longueur(texte) <= large:
            return texte
        while texte and self._longueur(texte + "…") > large:
            texte = texte[:-1]
        return texte.rstrip() + "…"
