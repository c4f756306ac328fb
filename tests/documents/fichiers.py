"""Real and hostile files, made on the spot."""

import io
import struct
import zipfile
import zlib

import openpyxl

CONTENU_TYPES = (
    b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"></Types>'
)


def pdf(corps: bytes = b"") -> bytes:
    return b"%PDF-1.4\n1 0 obj<<>>endobj\n" + corps + b"trailer<<>>\n%%EOF\n"


def _morceau(genre: bytes, donnees: bytes) -> bytes:
    return struct.pack(">I", len(donnees)) + genre + donnees + struct.pack(">I", zlib.crc32(genre + donnees))


def png(largeur: int = 2, hauteur: int = 2, suite: bytes = b"") -> bytes:
    entete = struct.pack(">IIBBBBB", largeur, hauteur, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\x00" + b"\x10\x20\x30" * 2 + b"\x00" + b"\x10\x20\x30" * 2)
    morceaux = _morceau(b"IHDR", entete) + _morceau(b"IDAT", pixels) + _morceau(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + morceaux + suite


def jpeg(suite: bytes = b"") -> bytes:
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + b"\x11" * 200 + b"\xff\xd9" + suite


def webp() -> bytes:
    corps = b"WEBPVP8L" + struct.pack("<I", 4) + b"\x2f\x00\x00\x00"
    return b"RIFF" + struct.pack("<I", len(corps)) + corps


def heic() -> bytes:
    return b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 64


def zip_de(entrees: dict[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    sortie = io.BytesIO()
    with zipfile.ZipFile(sortie, "w", compression) as archive:
        for nom, contenu in entrees.items():
            archive.writestr(nom, contenu)
    return sortie.getvalue()


def docx(**autres: bytes) -> bytes:
    entrees = {
        "[Content_Types].xml": CONTENU_TYPES,
        "_rels/.rels": b"<Relationships/>",
        "word/document.xml": b"<document/>",
    }
    return zip_de(entrees | {nom.replace("__", "/"): contenu for nom, contenu in autres.items()})


def docx_avec(entrees: dict[str, bytes]) -> bytes:
    base = {
        "[Content_Types].xml": CONTENU_TYPES,
        "_rels/.rels": b"<Relationships/>",
        "word/document.xml": b"<document/>",
    }
    return zip_de(base | entrees)


def xlsx() -> bytes:
    sortie = io.BytesIO()
    openpyxl.Workbook().save(sortie)
    return sortie.getvalue()


def odt(genre: str = "text") -> bytes:
    return zip_de({
        "mimetype": f"application/vnd.oasis.opendocument.{genre}".encode(),
        "META-INF/manifest.xml": b"<manifest/>",
        "content.xml": b"<office/>",
    })  # fmt: skip


def ole(*flux: str) -> bytes:
    """A compound file whose directory names these streams."""
    entete = bytearray(512)
    entete[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", entete, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<I", entete, 48, 1)
    struct.pack_into("<109I", entete, 76, 0, *([0xFFFFFFFF] * 108))
    table = struct.pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, *([0xFFFFFFFF] * 126))
    repertoire = b""
    for nom in ("Root Entry", *flux):
        brut = nom.encode("utf-16-le") + b"\x00\x00"
        entree = brut.ljust(64, b"\x00") + struct.pack("<H", len(brut)) + (b"\x05" if nom == "Root Entry" else b"\x02")
        repertoire += entree.ljust(128, b"\x00")
    return bytes(entete) + table + repertoire.ljust(512, b"\x00")


def zip_menteur() -> bytes:
    """A document whose directory says ten octets where a hundred million hide."""
    brut = bytearray(docx_avec({"word/media/image.bin": b"\x00" * 100_000_000}))
    vrai = struct.pack("<I", 100_000_000)
    debut = 0
    while (place := brut.find(vrai, debut)) >= 0:
        brut[place : place + 4] = struct.pack("<I", 10)
        debut = place + 4
    return bytes(brut)
