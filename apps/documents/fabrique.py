"""What an app inscribes (core.registres.fabriques) to have a kind of document made."""

from collections.abc import Callable
from dataclasses import dataclass

from apps.core.acces import Acces
from apps.core.registres import fabriques
from apps.travaux.executeur import Avancement

from .models import Document


def personne(acces: Acces, document: Document) -> bool:
    """Closed unless its owner opens it."""
    return False


def toujours_bon(document: Document) -> str:
    """Nothing in it may be withdrawn."""
    return ""


@dataclass(frozen=True)
class Fabrique:
    """How a kind of document is made, kept and found.

    produire: (document, avancement) -> the PDF. It reads `document.donnees` and nothing else: what was frozen when the
     document was asked for, already scoped for its audience. Raises ErreurMetier with a sentence for its asker.
    adresse: (document) -> the address of what it was made of (the séance, the fiche), and its words: where its page
     leads back.
    perime: (document) -> the sentence that says why its file is given no longer, whoever asks: what it tells may no
     longer be told to its audience. Empty while it may.
    libelle: « Dossier de séance ».
    visible: (acces, document) -> may this person, outside the coordination, see it now? Nobody by default.
    jours_gardes: how long the file is kept.
    """

    produire: Callable[[Document, Avancement], bytes]
    adresse: Callable[[Document], tuple[str, str]]
    libelle: str
    visible: Callable[[Acces, Document], bool] = personne
    perime: Callable[[Document], str] = toujours_bon
    jours_gardes: int = 30


def fabrique_de(genre: str) -> Fabrique:
    """The way a kind of document is made. Raises KeyError when nobody inscribed it."""
    fabrique: Fabrique = fabriques[genre]
    return fabrique
