"""The served fonts, one file a weight: half of what a sheet costs otherwise.

They are variable and compressed; WeasyPrint would decompress each in every process, and make each weight anew for every
sheet. Here that is done once and kept beside the parts.
"""

import contextlib
import hashlib
import io
import re
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from django.core.files.storage import default_storage

from apps.documents.pdf import SCHEMA_STATIQUE, statique

from .disque import ecrire

# Those that paper knows: text, headings, bold. Another weight is shown by the nearest.
GRAISSES = (400, 600, 700)
RARE = "latin-ext"  # a few letters of a few names: decompressed only
VARIABLES = "font-weight: 200 900;"
BLOC = re.compile(r"@font-face\s*\{[^}]*\}")
ADRESSE = re.compile(rf'url\("{SCHEMA_STATIQUE}([^"]+\.woff2)"\) format\("woff2"\)')


def fixer(css: str) -> tuple[str, dict[str, tuple[bytes, str]]]:
    """The stylesheet with a block of its own for each weight, and the fonts by their addresses."""
    fichiers: dict[str, tuple[bytes, str]] = {}

    def detailler(trouve: re.Match[str]) -> str:
        bloc = trouve.group()
        source = ADRESSE.search(bloc)
        if source is None or VARIABLES not in bloc:
            return bloc
        blocs = []
        for graisse in () if RARE in source.group(1) else GRAISSES:
            adresse = f"{SCHEMA_STATIQUE}{source.group(1)}?graisse={graisse}"
            fichiers[adresse] = (_gardee(statique(source.group(1)).read_bytes(), graisse), "font/ttf")
            fixe = ADRESSE.sub(f'url("{adresse}") format("truetype")', bloc)
            blocs.append(fixe.replace(VARIABLES, f"font-weight: {graisse};"))
        if not blocs:
            fichiers[SCHEMA_STATIQUE + source.group(1)] = (_gardee(statique(source.group(1)).read_bytes()), "font/ttf")
        return "\n".join(blocs) or bloc

    return BLOC.sub(detailler, css), fichiers


def _gardee(source: bytes, graisse: int | None = None) -> bytes:
    """The font decompressed, at one weight if asked, kept under the digest of all that makes it."""
    somme = hashlib.sha256(f"{version('fonttools')}:{graisse}:".encode() + source).hexdigest()
    chemin = Path(default_storage.path(f"polices/{somme}.ttf"))
    if chemin.is_file():
        return chemin.read_bytes()
    # Loaded here, where a font is missing, and nowhere else.
    police = import_module("fontTools.ttLib").TTFont(io.BytesIO(source))
    police.flavor = None
    if graisse is not None:
        fixer_graisse = import_module("fontTools.varLib.instancer").instantiateVariableFont
        police = fixer_graisse(police, {"wght": graisse}, static=True)
    sortie = io.BytesIO()
    police.save(sortie)
    with contextlib.suppress(OSError):
        ecrire(chemin, sortie.getvalue())
    return sortie.getvalue()
