"""TrueType programs: the glyphs of several subsets of one font put together.

WeasyPrint keeps the numbers that glyphs have in the whole font, so the letters of its subsets share them: their union
is one font that serves every part. Only what letters are built of (the accent of « é »), when it comes after the last
letter, has numbers of its own in each subset: it is known by what it draws. Only what a PDF reader needs is written:
outlines and widths.
"""

import struct
from dataclasses import dataclass, field
from itertools import pairwise

TABLES = ("glyf", "head", "hhea", "hmtx", "loca", "maxp")
CORPS = ("cvt ", "fpgm", "prep")  # hinting, when there is any
MAGIQUE = 0xB1B0AFBA
# Flags of a component: its arguments are words, another follows, how its scale is written.
MOTS, ENCORE = 0x0001, 0x0020
ECHELLES = ((0x0008, 2), (0x0040, 4), (0x0080, 8))


class Illisible(Exception):
    """Not a TrueType program that can be put together with another."""


def tables(programme: bytes) -> dict[str, bytes]:
    """The tables of a font file. Raises Illisible when it is of another kind."""
    if programme[:4] not in (b"\0\1\0\0", b"true"):
        raise Illisible
    nombre = struct.unpack(">H", programme[4:6])[0]
    lues = {}
    for rang in range(nombre):
        nom, _, debut, longueur = struct.unpack(">4sIII", programme[12 + 16 * rang : 28 + 16 * rang])
        lues[nom.decode("latin-1")] = programme[debut : debut + longueur]
    if any(nom not in lues for nom in TABLES):
        raise Illisible
    return lues


@dataclass(frozen=True)
class Glyphe:
    """What a glyph draws: its own outline, or others put together (place of the reference -> the other)."""

    contour: bytes
    metrique: bytes
    composants: tuple[tuple[int, "Glyphe"], ...] = ()


@dataclass
class Programme:
    """The glyphs gathered so far, by number."""

    modele: dict[str, bytes] = field(default_factory=dict)
    glyphes: dict[int, Glyphe] = field(default_factory=dict)
    maxp: list[int] = field(default_factory=list)

    def ajouter(self, programme: bytes, numeros: set[int]) -> bool:
        """Take the glyphs `numeros` of one more subset. False, and nothing taken, when its font is another."""
        lues = tables(programme)
        nouveaux = _glyphes(lues, numeros)
        if any(self.glyphes.get(numero, glyphe) != glyphe for numero, glyphe in nouveaux.items()):
            return False
        if self.modele and lues["head"][16:20] != self.modele["head"][16:20]:
            return False
        self.modele = self.modele or lues
        self.glyphes.update(nouveaux)
        valeurs = list(struct.unpack(">13H", lues["maxp"][6:32]))
        self.maxp = [max(paire) for paire in zip(self.maxp or valeurs, valeurs, strict=True)]
        return True

    def ecrire(self) -> bytes:
        """The font file with all of them; what they are built of comes last, each thing once."""
        numeros: dict[Glyphe, int] = {}
        for numero, glyphe in sorted(self.glyphes.items()):
            numeros.setdefault(glyphe, numero)
        places = dict(self.glyphes)
        for _, glyphe in sorted(self.glyphes.items()):
            _placer(glyphe, numeros, places)
        nombre = max(places) + 1
        glyf, positions, hmtx = bytearray(), [0], bytearray()
        for numero in range(nombre):
            place = places.get(numero, VIDE)
            glyf += _ecrit(place, numeros)
            glyf += b"\0" * (-len(glyf) % 4)
            positions.append(len(glyf))
            hmtx += place.metrique
        head, hhea, maxp = (bytearray(self.modele[nom]) for nom in ("head", "hhea", "maxp"))
        head[8:12] = b"\0\0\0\0"
        head[50:52] = struct.pack(">H", 1)  # long offsets
        hhea[34:36] = struct.pack(">H", nombre)
        maxp[4:32] = struct.pack(">14H", nombre, *self.maxp)
        ecrites = {
            "glyf": bytes(glyf),
            "head": bytes(head),
            "hhea": bytes(hhea),
            "hmtx": bytes(hmtx),
            "loca": struct.pack(f">{nombre + 1}I", *positions),
            "maxp": bytes(maxp),
            **{nom: self.modele[nom] for nom in CORPS if nom in self.modele},
        }
        return _fichier(ecrites)


VIDE = Glyphe(b"", b"\0\0\0\0")


def _placer(glyphe: Glyphe, numeros: dict[Glyphe, int], places: dict[int, Glyphe]) -> None:
    """A number for everything that a glyph is built of."""
    for _, composant in glyphe.composants:
        if composant not in numeros:
            numeros[composant] = max(places) + 1
            places[numeros[composant]] = composant
        _placer(composant, numeros, places)


def _ecrit(glyphe: Glyphe, numeros: dict[Glyphe, int]) -> bytes:
    octets = bytearray(glyphe.contour)
    for place, composant in glyphe.composants:
        octets[place : place + 2] = struct.pack(">H", numeros[composant])
    return bytes(octets)


def _glyphes(lues: dict[str, bytes], numeros: set[int]) -> dict[int, Glyphe]:
    """The glyphs asked for, .notdef included, with what they are built of."""
    contours, metriques = _contours(lues), _metriques(lues)
    connus: dict[int, Glyphe] = {}

    def lire(numero: int) -> Glyphe:
        if numero not in connus:
            contour = bytearray(contours.get(numero, b""))
            composants = []
            for place in _references(bytes(contour)):
                composants.append((place, lire(struct.unpack(">H", contour[place : place + 2])[0])))
                contour[place : place + 2] = b"\0\0"
            metrique = metriques.get(numero, VIDE.metrique)
            connus[numero] = Glyphe(bytes(contour), metrique, tuple(composants))
        return connus[numero]

    return {numero: lire(numero) for numero in numeros}


def _references(contour: bytes) -> list[int]:
    """Where a composite glyph names the others."""
    if len(contour) < 10 or struct.unpack(">h", contour[:2])[0] >= 0:
        return []
    places, place, suite = [], 10, True
    while suite:
        drapeaux = struct.unpack(">H", contour[place : place + 2])[0]
        places.append(place + 2)
        place += 8 if drapeaux & MOTS else 6
        place += next((taille for bit, taille in ECHELLES if drapeaux & bit), 0)
        suite = bool(drapeaux & ENCORE)
    return places


def _contours(lues: dict[str, bytes]) -> dict[int, bytes]:
    """The outlines that are not empty."""
    nombre = struct.unpack(">H", lues["maxp"][4:6])[0]
    if struct.unpack(">h", lues["head"][50:52])[0]:
        positions = struct.unpack(f">{nombre + 1}I", lues["loca"][: 4 * (nombre + 1)])
    else:
        positions = tuple(2 * p for p in struct.unpack(f">{nombre + 1}H", lues["loca"][: 2 * (nombre + 1)]))
    # Filled up to four bytes, as they are written: the same outline is then the same bytes, whatever followed it.
    return {
        glyphe: lues["glyf"][debut:fin] + b"\0" * (-(fin - debut) % 4)
        for glyphe, (debut, fin) in enumerate(pairwise(positions))
        if fin > debut
    }


def _metriques(lues: dict[str, bytes]) -> dict[int, bytes]:
    """Width and left bearing of each glyph, as they are written."""
    nombre = struct.unpack(">H", lues["maxp"][4:6])[0]
    longues = struct.unpack(">H", lues["hhea"][34:36])[0]
    hmtx = lues["hmtx"]
    trouvees = {glyphe: hmtx[4 * glyphe : 4 * glyphe + 4] for glyphe in range(min(longues, nombre))}
    for glyphe in range(longues, nombre):
        debut = 4 * longues + 2 * (glyphe - longues)
        trouvees[glyphe] = hmtx[4 * longues - 4 : 4 * longues - 2] + hmtx[debut : debut + 2]
    return trouvees


def _somme(octets: bytes) -> int:
    octets += b"\0" * (-len(octets) % 4)
    return sum(struct.unpack(f">{len(octets) // 4}I", octets)) & 0xFFFFFFFF


def _fichier(ecrites: dict[str, bytes]) -> bytes:
    nombre = len(ecrites)
    puissance = nombre.bit_length() - 1
    entete = struct.pack(">IHHHH", 0x00010000, nombre, 16 << puissance, puissance, 16 * nombre - (16 << puissance))
    debut = len(entete) + 16 * nombre
    repertoire, corps, place_head = b"", b"", 0
    for nom in sorted(ecrites):
        octets = ecrites[nom]
        if nom == "head":
            place_head = debut + len(corps)
        repertoire += struct.pack(">4sIII", nom.encode(), _somme(octets), debut + len(corps), len(octets))
        corps += octets + b"\0" * (-len(octets) % 4)
    fichier = bytearray(entete + repertoire + corps)
    fichier[place_head + 8 : place_head + 12] = struct.pack(">I", (MAGIQUE - _somme(bytes(fichier))) & 0xFFFFFFFF)
    return bytes(fichier)
