"""Office files made of a zip: opened without being trusted. Bombs, paths, macros and prefixes are refused."""

import zipfile
import zlib
from typing import IO

from .types import TYPES, FichierRefuse, TypeFichier

ENTREES_MAX = 5000
TOTAL_MAX = 200 * 1024 * 1024
RAPPORT_MAX = 200
# Below this size a high ratio proves nothing: an empty sheet compresses very well.
RAPPORT_DES = 8 * 1024 * 1024

BOMBE = "Ce fichier est anormalement compressé : il ne peut pas être reçu. Enregistrez-le en PDF, puis réessayez."
ABIME = "Ce fichier est abîmé ou n’est pas un vrai document : ouvrez-le, enregistrez-le en PDF, puis réessayez."
MACROS = "Ce document contient des macros, que le service ne reçoit pas. Enregistrez-le sans macros, ou en PDF."
PROTEGE = "Ce document est protégé par un mot de passe. Retirez la protection, ou enregistrez-le en PDF."
ARCHIVE = "Les archives (zip…) ne sont pas reçues : envoyez les fichiers un par un."

_OOXML = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "xl/workbook.bin": "", "ppt/presentation.xml": "pptx"}
_ODF = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
}
_MACROS = ("vbaproject.bin", "vbadata.xml")
_PROGRAMMES = (
    ".exe",
    ".dll",
    ".bat",
    ".cmd",
    ".js",
    ".vbs",
    ".ps1",
    ".scr",
    ".msi",
    ".jar",
    ".class",
    ".sh",
    ".lnk",
    ".hta",
)


def reconnaitre_archive(flux: IO[bytes], taille: int) -> TypeFichier:
    """The office type of a file that starts like a zip. Raises FichierRefuse."""
    try:
        with zipfile.ZipFile(flux) as archive:
            entrees = archive.infolist()
            _verifier_entrees(entrees, taille)
            trouve = _type(archive, {e.filename for e in entrees})
            _verifier_contenus(archive, entrees)
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
        OverflowError,
    ):
        raise FichierRefuse(ABIME) from None
    return trouve


def _verifier_entrees(entrees: list[zipfile.ZipInfo], taille: int) -> None:
    """What the directory of the zip says of itself, before anything is decompressed."""
    if not entrees:
        raise FichierRefuse(ABIME)
    if len(entrees) > ENTREES_MAX:
        raise FichierRefuse(BOMBE)
    if min(e.header_offset for e in entrees) != 0:
        # Something stands before the archive: another file that hides in this one.
        raise FichierRefuse(ABIME)
    noms = [e.filename for e in entrees]
    if len(set(noms)) != len(noms):
        raise FichierRefuse(ABIME)
    for nom in noms:
        if _chemin_dangereux(nom):
            raise FichierRefuse(ABIME)
        bas = nom.lower()
        if bas.endswith(_MACROS) or bas.startswith(("basic/", "scripts/")):
            raise FichierRefuse(MACROS)
        if bas.endswith(_PROGRAMMES):
            raise FichierRefuse("Ce document contient un programme : il ne peut pas être reçu.")
    if any(e.flag_bits & 0x1 for e in entrees):
        raise FichierRefuse(PROTEGE)
    total = sum(e.file_size for e in entrees)
    if total > TOTAL_MAX or (total > RAPPORT_DES and total > RAPPORT_MAX * max(taille, 1)):
        raise FichierRefuse(BOMBE)


def _chemin_dangereux(nom: str) -> bool:
    return (
        not nom
        or len(nom) > 300
        or nom.startswith(("/", "\\"))
        or "\\" in nom
        or "\x00" in nom
        or ":" in nom.split("/")[0]
        or ".." in nom.split("/")
    )


def _verifier_contenus(archive: zipfile.ZipFile, entrees: list[zipfile.ZipInfo]) -> None:
    """Decompress without keeping anything: a directory that lies about its sizes is caught by the check sums."""
    lus = 0
    for entree in entrees:
        with archive.open(entree) as contenu:
            while morceau := contenu.read(1024 * 1024):
                lus += len(morceau)
                if lus > TOTAL_MAX:
                    raise FichierRefuse(BOMBE)


def _type(archive: zipfile.ZipFile, noms: set[str]) -> TypeFichier:
    if "mimetype" in noms and "META-INF/manifest.xml" in noms and "content.xml" in noms:
        entree = archive.getinfo("mimetype")
        genre = archive.read(entree).strip() if entree.file_size < 200 else b""
        if genre in _ODF:
            if b"encryption-data" in _debut(archive, "META-INF/manifest.xml"):
                raise FichierRefuse(PROTEGE)
            return TYPES[_ODF[genre]]
    if "[Content_Types].xml" in noms and "_rels/.rels" in noms:
        types = _debut(archive, "[Content_Types].xml")
        if b"macroEnabled" in types or b"vbaProject" in types:
            raise FichierRefuse(MACROS)
        for nom, extension in _OOXML.items():
            if nom in noms and extension:
                return TYPES[extension]
        raise FichierRefuse(ABIME)
    raise FichierRefuse(ARCHIVE)


def _debut(archive: zipfile.ZipFile, nom: str) -> bytes:
    with archive.open(nom) as contenu:
        return contenu.read(1024 * 1024)
