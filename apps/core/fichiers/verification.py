"""One door: `reconnaitre` reads a file's content and says its type, or refuses it. The extension proves nothing."""

import re
import zipfile
from typing import IO

import puremagic

from .archives import ABIME, ARCHIVE, reconnaitre_archive
from .noms import extension_annoncee
from .ole import SIGNATURE as OLE
from .ole import reconnaitre_ole
from .types import TYPES, FichierRefuse, TypeFichier

EXTENSIONS = tuple(TYPES)
ACCEPT = ",".join([*(f".{e}" for e in EXTENSIONS), ".jpeg", ".heif"])
EXTENSIONS_EN_CLAIR = (
    "PDF, photo ou image (JPEG, PNG, WebP, HEIC), document Word, Excel, PowerPoint ou LibreOffice, texte"
)
INCONNU = f"Ce type de fichier n’est pas reçu. Formats acceptés : {EXTENSIONS_EN_CLAIR}."
ACTIF = "Les pages web, les images SVG et les programmes ne sont pas reçus. Envoyez plutôt un PDF ou une photo."
DOUBLE = "Ce fichier en contient un autre, caché : il ne peut pas être reçu. Enregistrez-le à nouveau en PDF."
VIDE = "Ce fichier est vide."

_TETE = 4096
_MARQUES_HEIC = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"hevm", b"hevs", b"mif1", b"msf1"}
_ACTIFS = re.compile(
    rb"<\s*(!doctype\s+(?:html|svg)|html|script|svg|iframe|body|head|object|embed|\?php|\?xml\b(?!packet)|!entity)",
    re.IGNORECASE,
)
# Metadata of photos and of PDFs are XML of their own: only what a browser would run counts there.
_ACTIFS_BINAIRE = re.compile(
    rb"<\s*(!doctype\s+(?:html|svg)|html[\s>]|script[\s>]|svg[\s>]|iframe[\s>]|\?php)", re.IGNORECASE
)
_PROGRAMMES = (
    b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"%!PS",
    b"L\x00\x00\x00\x01\x14\x02",
)  # fmt: skip
_ARCHIVES = (
    b"Rar!",
    b"7z\xbc\xaf\x27\x1c",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd",
    b"PK\x05\x06",
    b"PK\x07\x08",
)
_CONTROLES = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_CONTROLES_TEXTE = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_EXTENSIONS_TEXTE = {"": "txt", "txt": "txt", "text": "txt", "log": "txt", "md": "txt", "csv": "csv", "tsv": "csv"}


def reconnaitre(flux: IO[bytes], nom: str = "") -> TypeFichier:
    """The real type of a seekable binary stream; `nom` only tells a CSV from a text. The stream is left at its start.

    Raises FichierRefuse with a French sentence when it is empty, broken, hidden in another or of a type not received.
    """
    try:
        flux.seek(0, 2)
        taille = flux.tell()
        flux.seek(0)
        tete = flux.read(_TETE)
        if not taille:
            raise FichierRefuse(VIDE)
        return _reconnaitre(flux, tete, taille, nom)
    finally:
        flux.seek(0)


def _reconnaitre(flux: IO[bytes], tete: bytes, taille: int, nom: str) -> TypeFichier:
    if tete.startswith(b"PK\x03\x04"):
        if b"%PDF-" in tete[:1024]:
            raise FichierRefuse(DOUBLE)
        return reconnaitre_archive(flux, taille)
    if tete.startswith(_PROGRAMMES):
        raise FichierRefuse(ACTIF)
    if tete.startswith(_ARCHIVES):
        raise FichierRefuse(ARCHIVE)
    if tete.startswith(OLE):
        return reconnaitre_ole(flux)
    if tete.startswith(b"%PDF-"):
        return _pdf(flux, tete, taille)
    image = _image(flux, tete, taille)
    if image is not None:
        if _ACTIFS_BINAIRE.search(tete) or b"%PDF-" in tete[:1024]:
            raise FichierRefuse(DOUBLE)
        flux.seek(0)
        if zipfile.is_zipfile(flux):
            raise FichierRefuse(DOUBLE)
        return image
    return _texte(flux, tete, taille, nom)


def _fin(flux: IO[bytes], taille: int, octets: int = 65536) -> bytes:
    flux.seek(max(0, taille - octets))
    return flux.read(octets)


def _pdf(flux: IO[bytes], tete: bytes, taille: int) -> TypeFichier:
    """A PDF from its first byte to its last mark; nothing after it but some blank."""
    fin = _fin(flux, taille)
    place = fin.rfind(b"%%EOF")
    if place < 0 or not re.match(rb"%PDF-[12]\.\d", tete):
        raise FichierRefuse(ABIME)
    suite = fin[place + 5 :]
    if b"PK\x05\x06" in suite or _ACTIFS_BINAIRE.search(suite) or _ACTIFS_BINAIRE.search(tete[:1024]):
        raise FichierRefuse(DOUBLE)
    if len(suite.strip(b"\x00\r\n\t ")) > 1024:
        raise FichierRefuse(DOUBLE)
    return TYPES["pdf"]


def _image(flux: IO[bytes], tete: bytes, taille: int) -> TypeFichier | None:
    """The type of an image that holds together, None when it is not one. Raises FichierRefuse when it is broken."""
    if tete.startswith(b"\xff\xd8\xff"):
        if taille < 100 or b"\xff\xd9" not in _fin(flux, taille, taille if taille < 1_000_000 else 262_144):
            raise FichierRefuse(ABIME)
        return TYPES["jpg"]
    if tete.startswith(b"\x89PNG\r\n\x1a\n"):
        _png(flux, taille)
        return TYPES["png"]
    if tete[:4] == b"RIFF" and tete[8:12] == b"WEBP":
        annoncee = int.from_bytes(tete[4:8], "little") + 8
        if tete[12:16] not in (b"VP8 ", b"VP8L", b"VP8X") or not annoncee <= taille <= annoncee + 1:
            raise FichierRefuse(ABIME)
        return TYPES["webp"]
    if tete[4:8] == b"ftyp" and tete[8:12] in _MARQUES_HEIC:
        return TYPES["heic"]
    return None


def _png(flux: IO[bytes], taille: int) -> None:
    """Chunk by chunk to the end, undecoded: nothing may follow, and the surface stays below 100 million points."""
    place, premier = 8, True
    while place + 12 <= taille:
        flux.seek(place)
        entete = flux.read(8)
        longueur, genre = int.from_bytes(entete[:4], "big"), entete[4:8]
        if premier:
            dimensions = flux.read(8)
            largeur, hauteur = int.from_bytes(dimensions[:4], "big"), int.from_bytes(dimensions[4:], "big")
            if genre != b"IHDR" or longueur != 13 or not 0 < largeur * hauteur <= 100_000_000:
                raise FichierRefuse(ABIME)
            premier = False
        place += 12 + longueur
        if genre == b"IEND":
            if place != taille:
                raise FichierRefuse(DOUBLE if place < taille else ABIME)
            return
    raise FichierRefuse(ABIME)


def _texte(flux: IO[bytes], tete: bytes, taille: int, nom: str) -> TypeFichier:
    """Plain text or CSV: decoded whole, without control characters, and not a page or a program in disguise."""
    extension = _EXTENSIONS_TEXTE.get(extension_annoncee(nom))
    unicode = tete.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not unicode and _CONTROLES.search(tete):
        raise FichierRefuse(_dire(tete))
    flux.seek(0)
    brut = flux.read()
    for codage in ("utf-16",) if unicode else ("utf-8-sig", "cp1252"):
        try:
            texte = brut.decode(codage)
        except UnicodeDecodeError:
            continue
        break
    else:
        raise FichierRefuse(INCONNU)
    if _CONTROLES_TEXTE.search(texte):
        raise FichierRefuse(_dire(tete))
    if _ACTIFS.search(texte.encode("utf-8", "replace")) or texte.lstrip().startswith(("#!", "%!PS", "{\\rtf")):
        raise FichierRefuse(ACTIF)
    if extension is None:
        # Text has no signature: a script is text, and only its name says so.
        raise FichierRefuse(INCONNU)
    if not texte.strip():
        raise FichierRefuse(VIDE)
    return TYPES[extension]


def _dire(tete: bytes) -> str:
    """Why something that is neither an image, an office file nor text is refused; names what it looks like."""
    try:
        genre = puremagic.from_string(tete).lstrip(".").upper()
    except (puremagic.PureError, ValueError):
        return INCONNU
    return f"Ce fichier est en réalité de type {genre}, qui n’est pas reçu. Formats acceptés : {EXTENSIONS_EN_CLAIR}."
