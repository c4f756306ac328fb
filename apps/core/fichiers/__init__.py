"""What a received file really is, by its content, and a name for it that no system can be hurt by."""

from .noms import nom_sur
from .types import FichierRefuse, TypeFichier
from .verification import ACCEPT, EXTENSIONS, EXTENSIONS_EN_CLAIR, reconnaitre

__all__ = [
    "ACCEPT",
    "EXTENSIONS",
    "EXTENSIONS_EN_CLAIR",
    "FichierRefuse",
    "TypeFichier",
    "nom_sur",
    "reconnaitre",
]
