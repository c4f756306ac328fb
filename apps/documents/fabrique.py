"""What an app inscribes (core.registres.fabriques) to have a kind of document made."""

from collections.abc import Callable
from dataclasses import dataclass

from apps.core.registres import fabriques
from apps.travaux.executeur import Avancement

from .models import Document


@dataclass(frozen=True)
class Fabrique:
    """How a kind of document is made, kept and found.

    produire: (document, avancement) -> the PDF. It reads `document.donnees` and nothing else: what was frozen when the
     document was asked for, already scoped for its audience. Raises ErreurMetier with a sentence for its asker.
    adresse: (document) -> the address of its own page, where its owner checks who may see it.
    libelle: « Dossier de séance ».
    jours_gardes: how long the file is kept.
    duree_max: seconds given to the child process.
    """

    produire: Callable[[Document, Avancement], bytes]
    adresse: Callable[[Document], str]
    libelle: str
    jours_gardes: int = 30
    duree_max: int = 300


def fabrique_de(genre: str) -> Fabrique:
    """The way a kind of document is made. Raises KeyError when nobody inscribed it."""
    fabrique: Fabrique = fabriques[genre]
    return fabrique
