"""Read a table row by row, whatever wrote it: UTF-8 or Windows-1252, « ; », « , » or tab, plain or zipped."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from django.conf import settings
from django.core.files.base import File

from apps.core.erreurs import ErreurMetier

SEPARATEURS = ";,\t"
ECHANTILLON = 64 * 1024
# A CSV compresses well: SIRENE's stocks about eight times.
RATIO_MAX = 60
ILLISIBLE = "Ce fichier n’est pas un tableau lisible : enregistrez-le au format CSV (séparateur point-virgule) ou XLSX."


@dataclass(frozen=True)
class Forme:
    """What was recognised of a text table."""

    encodage: str
    separateur: str


def reconnaitre(debut: bytes) -> Forme:
    """Encoding and separator, from the first bytes. Raises ErreurMetier when it is no text."""
    if b"\x00" in debut:
        raise ErreurMetier(ILLISIBLE)
    encodage = "cp1252"
    try:
        # The sample may end inside a character.
        debut.decode("utf-8") if len(debut) < ECHANTILLON else debut[: debut.rfind(b"\n") + 1].decode("utf-8")
        encodage = "utf-8-sig"
    except UnicodeDecodeError:
        pass
    entete = debut.decode(encodage, errors="replace").splitlines()[:1] or [""]
    hors_guillemets = "".join(entete[0].split('"')[::2])
    separateur = max(SEPARATEURS, key=hors_guillemets.count)
    return Forme(encodage, separateur if hors_guillemets.count(separateur) else ";")


class _Compteur(io.RawIOBase):
    """Counts the bytes really read from the file, for the progress bar."""

    def __init__(self, flux: IO[bytes]) -> None:
        self.flux, self.lus = flux, 0

    def readable(self) -> bool:
        return True

    def readinto(self, tampon: bytearray) -> int:  # type: ignore[override]
        morceau = self.flux.read(len(tampon))
        tampon[: len(morceau)] = morceau
        self.lus += len(morceau)
        return len(morceau)


@dataclass
class Lecture:
    """An opened table: its header, its rows numbered as a spreadsheet shows them (the header is row 1)."""

    forme: Forme
    entete: list[str]
    lignes: Iterator[tuple[int, list[str]]]
    compteur: _Compteur
    taille: int

    @property
    def lus(self) -> int:
        return self.compteur.lus


def _contenu(flux: IO[bytes]) -> tuple[IO[bytes], int]:
    """The CSV itself: the file, or the one table of a zip. Raises ErreurMetier for a bomb or an unreadable zip."""
    tete = flux.read(4)
    flux.seek(0, io.SEEK_END)
    taille = flux.tell()
    flux.seek(0)
    if tete[:2] != b"PK":
        return flux, taille
    try:
        archive = zipfile.ZipFile(flux)
        tables = [e for e in archive.infolist() if e.filename.lower().endswith((".csv", ".txt"))]
        if len(tables) != 1:
            raise ErreurMetier("L’archive doit contenir un seul fichier CSV.")
        entree = tables[0]
        if entree.flag_bits & 1:
            raise ErreurMetier("L’archive est protégée par un mot de passe : ouvrez-la d’abord.")
        if (
            entree.file_size > max(entree.compress_size, 1) * RATIO_MAX
            or entree.file_size > settings.IMPORT_TAILLE_MAX * 12
        ):
            raise ErreurMetier("L’archive contient un fichier trop grand une fois ouvert.")
        return archive.open(entree), entree.file_size
    except zipfile.BadZipFile:
        raise ErreurMetier("L’archive est abîmée : envoyez-la à nouveau.") from None


def _numeroter(lecteur: Iterator[list[str]], compteur: _Compteur, maximum: int) -> Iterator[tuple[int, list[str]]]:
    for numero, ligne in enumerate(lecteur, start=2):
        if compteur.lus > maximum:
            # The directory of a zip may lie about its size.
            raise ErreurMetier("L’archive contient un fichier trop grand une fois ouvert.")
        if ligne:
            yield numero, ligne


@contextmanager
def ouvrir(fichier: File) -> Iterator[Lecture]:
    """Open a stored CSV, plain or zipped, in bounded memory. Raises ErreurMetier when it cannot be read."""
    csv.field_size_limit(1024 * 1024)
    with fichier.open("rb") as brut:
        contenu, taille = _contenu(brut)
        compteur = _Compteur(contenu)
        tampon = io.BufferedReader(compteur, buffer_size=ECHANTILLON)  # type: ignore[type-var]
        try:
            forme = reconnaitre(tampon.peek(ECHANTILLON)[:ECHANTILLON])
            texte = io.TextIOWrapper(tampon, encoding=forme.encodage, newline="")
            lecteur = csv.reader(texte, delimiter=forme.separateur)
            entete = next(lecteur, [])
            maximum = settings.IMPORT_TAILLE_MAX * 12 + ECHANTILLON
            yield Lecture(forme, entete, _numeroter(lecteur, compteur, maximum), compteur, taille)
        except UnicodeDecodeError:
            raise ErreurMetier("Le fichier mélange plusieurs encodages : enregistrez-le à nouveau en UTF-8.") from None
        except (csv.Error, zipfile.BadZipFile, EOFError, OSError) as erreur:
            raise ErreurMetier(ILLISIBLE) from erreur


def colonnes(entete: Iterable[str], exigees: Iterable[str], quoi: str) -> dict[str, int]:
    """Where each column is, by name. Raises ErreurMetier when a needed one is missing; unknown ones are ignored."""
    places = {nom.strip(): i for i, nom in enumerate(entete)}
    manquantes = [nom for nom in exigees if nom not in places]
    if manquantes:
        raise ErreurMetier(f"Ce n’est pas un fichier {quoi} : il y manque {', '.join(manquantes[:4])}.")
    return places
