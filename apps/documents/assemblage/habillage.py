"""The branding of a territoire on paper: its name, its colour, its logo when it can be read."""

import hashlib
import io
import logging
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageFile

from apps.territoires.models import Territoire

journal = logging.getLogger(__name__)

POINTS_MAX = 25_000_000
COTE_MAX = 1200


@dataclass(frozen=True)
class Habillage:
    nom: str
    couleur: str
    logo: bytes

    @property
    def contexte(self) -> dict[str, Any]:
        """What a sheet knows of it; the logo itself is read by « logo: »."""
        return {"nom": self.nom, "couleur": self.couleur, "logo": bool(self.logo)}

    @property
    def empreinte(self) -> str:
        return hashlib.sha256(repr((self.nom, self.couleur)).encode() + self.logo).hexdigest()


def habillage_de(territoire: Territoire) -> Habillage:
    """The branding as it is now. A missing or broken logo is left out, and noted in the log."""
    return Habillage(nom=territoire.nom, couleur=territoire.couleur, logo=_logo(territoire))


def _logo(territoire: Territoire) -> bytes:
    """The logo as a PNG that any reader takes, or nothing."""
    if not territoire.logo:
        return b""
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint sets it: half a logo is a broken one
    try:
        with territoire.logo.open("rb") as fichier, Image.open(fichier) as image:
            if image.width * image.height > POINTS_MAX:
                raise ValueError("trop grande")
            propre = image.convert("RGBA")
            propre.thumbnail((COTE_MAX, COTE_MAX))
            sortie = io.BytesIO()
            propre.save(sortie, "PNG")
            return sortie.getvalue()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as erreur:
        journal.warning("Logo illisible, laissé de côté (territoire %s, %s)", territoire.pk, type(erreur).__name__)
        return b""
