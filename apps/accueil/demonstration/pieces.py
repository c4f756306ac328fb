"""Small files that pass for real ones: a one-page PDF, a plain PNG."""

import struct
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile


def pdf(nom: str, texte: str) -> SimpleUploadedFile:
    """One A4 page with one line (accents left out: the built-in font has no encoding for them here)."""
    ligne = texte.encode("ascii", "ignore").replace(b"(", b"").replace(b")", b"").replace(b"\\", b"")
    flux = b"BT /F1 16 Tf 72 760 Td (" + ligne + b") Tj ET"
    objets = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(flux), flux),
    ]
    contenu, places = b"%PDF-1.4\n", []
    for rang, objet in enumerate(objets, 1):
        places.append(len(contenu))
        contenu += b"%d 0 obj\n%s\nendobj\n" % (rang, objet)
    table = len(contenu)
    contenu += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objets) + 1)
    contenu += b"".join(b"%010d 00000 n \n" % place for place in places)
    contenu += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objets) + 1, table)
    return SimpleUploadedFile(nom, contenu, "application/pdf")


def png(nom: str, couleur: tuple[int, int, int] = (31, 90, 76), cote: int = 64) -> SimpleUploadedFile:
    """A square of one colour."""
    lignes = b"".join(b"\x00" + bytes(couleur) * cote for _ in range(cote))
    entete = struct.pack(">IIBBBBB", cote, cote, 8, 2, 0, 0, 0)
    contenu = (
        b"\x89PNG\r\n\x1a\n" + _bloc(b"IHDR", entete) + _bloc(b"IDAT", zlib.compress(lignes)) + _bloc(b"IEND", b"")
    )
    return SimpleUploadedFile(nom, contenu, "image/png")


def _bloc(genre: bytes, corps: bytes) -> bytes:
    return struct.pack(">I", len(corps)) + genre + corps + struct.pack(">I", zlib.crc32(genre + corps))
