"""Who may see a document, and who may stop or start it again."""

from apps.core.acces import Acces

from .fabrique import fabrique_de
from .models import Document


def peut_voir(acces: Acces, document: Document) -> bool:
    """The coordination; anybody else when what it was made of is open to them, as its owner says, at this moment."""
    if document.territoire_id != acces.territoire_id:
        return False
    if acces.est_coordination:
        return True
    try:
        return document.purge_le is None and fabrique_de(document.genre).visible(acces, document)
    except KeyError:
        return False


def perime(document: Document) -> str:
    """Why its file is given to nobody any more; empty while it may be."""
    try:
        return fabrique_de(document.genre).perime(document) if document.est_pret else ""
    except KeyError:
        return ""


def peut_piloter(acces: Acces, document: Document) -> bool:
    """Cancel it, start it again: whoever asked for it, and the coordination."""
    return acces.est_coordination or (
        document.demande_par_id is not None and document.demande_par_id == acces.utilisateur_id
    )
