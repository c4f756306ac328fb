"""The served fonts, unfolded: WeasyPrint would decompress each WOFF2 anew in every process, a fifth of a second."""

import contextlib
import hashlib
import io
from importlib import import_module
from pathlib import Path

from django.core.files.storage import default_storage

from apps.documents.pdf import SCHEMA_STATIQUE, statique

from .disque import ecrire
from .empreintes import POLICES


def polices_depliees() -> dict[str, tuple[bytes, str]]:
    """By address: the font as TrueType, kept under the digest of its source."""
    return {SCHEMA_STATIQUE + nom: (_depliee(statique(nom).read_bytes()), "font/ttf") for nom in POLICES}


def _depliee(source: bytes) -> bytes:
    gardee = Path(default_storage.path(f"polices/{hashlib.sha256(source).hexdigest()}.ttf"))
    if gardee.is_file():
        return gardee.read_bytes()
    sortie = io.BytesIO()
    # Here, like WeasyPrint, only when a sheet is laid out.
    import_module("fontTools.ttLib.woff2").decompress(io.BytesIO(source), sortie)
    with contextlib.suppress(OSError):
        ecrire(gardee, sortie.getvalue())
    return sortie.getvalue()
