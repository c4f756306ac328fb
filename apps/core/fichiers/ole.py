"""The old office formats (.doc, .xls, .ppt): the directory of an OLE2 compound file, read with bounds."""

import struct
from typing import IO

from .archives import ABIME, MACROS, PROTEGE
from .types import TYPES, FichierRefuse, TypeFichier

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SECTEURS_MAX = 2000
_FIN = 0xFFFFFFFA
_FLUX = {"WordDocument": "doc", "Workbook": "xls", "Book": "xls", "PowerPoint Document": "ppt"}


def reconnaitre_ole(flux: IO[bytes]) -> TypeFichier:
    """The office type of a compound file, by the names of its streams. Raises FichierRefuse."""
    noms = _noms(flux)
    if {"EncryptedPackage", "EncryptionInfo"} & noms:
        raise FichierRefuse(PROTEGE)
    if {"Macros", "VBA", "_VBA_PROJECT", "_VBA_PROJECT_CUR"} & noms:
        raise FichierRefuse(MACROS)
    for nom, extension in _FLUX.items():
        if nom in noms:
            return TYPES[extension]
    raise FichierRefuse(ABIME)


def _noms(flux: IO[bytes]) -> set[str]:
    flux.seek(0)
    entete = flux.read(512)
    if len(entete) < 512:
        raise FichierRefuse(ABIME)
    puissance = struct.unpack_from("<H", entete, 30)[0]
    if puissance not in (9, 12):
        raise FichierRefuse(ABIME)
    taille = 1 << puissance
    premier = struct.unpack_from("<I", entete, 48)[0]
    tables = [s for s in struct.unpack_from("<109I", entete, 76) if s < _FIN]

    def secteur(numero: int) -> bytes:
        flux.seek((numero + 1) * taille)
        return flux.read(taille)

    def suivant(numero: int) -> int:
        rang, place = divmod(numero, taille // 4)
        if rang >= len(tables):
            return _FIN
        table = secteur(tables[rang])
        return struct.unpack_from("<I", table, place * 4)[0] if len(table) >= (place + 1) * 4 else _FIN

    noms: set[str] = set()
    vus: set[int] = set()
    while premier < _FIN and premier not in vus and len(vus) < _SECTEURS_MAX:
        vus.add(premier)
        repertoire = secteur(premier)
        for debut in range(0, len(repertoire) - 127, 128):
            longueur = struct.unpack_from("<H", repertoire, debut + 64)[0]
            if 2 <= longueur <= 64 and repertoire[debut + 66]:
                noms.add(repertoire[debut : debut + longueur - 2].decode("utf-16-le", "replace"))
        premier = suivant(premier)
    return noms
