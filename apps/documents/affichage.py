"""A document as its page and the lists show it: a state in words, a sentence, how far it is."""

import hashlib
from dataclasses import dataclass

from apps.core.acces import Acces
from apps.core.affichage import date_longue, nombre
from apps.travaux.affichage import presenter

from .enums import EtatDocument
from .fabrique import fabrique_de
from .models import Document
from .permissions import peut_piloter

TONS = {
    EtatDocument.ATTENTE: "neutre",
    EtatDocument.EN_COURS: "info",
    EtatDocument.PRET: "succes",
    EtatDocument.ECHEC: "danger",
    EtatDocument.ANNULE: "neutre",
    EtatDocument.EXPIRE: "neutre",
}
EXPIRE = "Ce document a dépassé son délai de garde : il a été effacé. Demandez-le de nouveau s’il vous le faut."
PERDU = "Ce document n’a pas pu être préparé. Demandez-le de nouveau."


@dataclass(frozen=True)
class VueDocument:
    document: Document
    libelle: str
    etat: EtatDocument
    ton: str
    phrase: str
    compte: str
    annulable: bool
    relancable: bool
    garde: str

    @property
    def en_route(self) -> bool:
        return self.etat in (EtatDocument.ATTENTE, EtatDocument.EN_COURS)

    @property
    def est_pret(self) -> bool:
        return self.etat == EtatDocument.PRET

    @property
    def empreinte(self) -> str:
        """Changes when what is shown does: an unchanged fragment is not sent again."""
        vu = f"{self.etat}|{self.phrase}|{self.compte}|{self.annulable}"
        return hashlib.sha256(vu.encode()).hexdigest()[:16]


def _libelle(document: Document) -> str:
    try:
        return fabrique_de(document.genre).libelle
    except KeyError:
        return "Document"


def _pages(document: Document) -> str:
    return f"{nombre(document.pages)} page{'s' if document.pages > 1 else ''}" if document.pages else ""


def _phrase(document: Document, etat: EtatDocument) -> tuple[str, str]:
    """(sentence, count) of where it is."""
    if etat == EtatDocument.EXPIRE:
        return EXPIRE, ""
    if etat == EtatDocument.PRET:
        return f"C’est prêt : {_pages(document)}.".replace(" :", "\u00a0:") if document.pages else "C’est prêt.", ""
    if document.travail is None:
        return PERDU, ""
    if etat == EtatDocument.ANNULE:
        return "La préparation a été annulée.", ""
    vue = presenter(document.travail, avec_resultat=False)
    return vue.phrase.replace("Ce travail", "Ce document"), vue.compte if document.travail.total > 1 else ""


def montrer(acces: Acces, document: Document, *, perime: str = "") -> VueDocument:
    """What is shown of a document to this reader; `perime`: why its file is given no longer.

    Read `travail` with it (select_related).
    """
    etat = EtatDocument.EXPIRE if perime else document.etat
    pilote = peut_piloter(acces, document)
    travail = document.travail
    phrase, compte = _phrase(document, etat)
    return VueDocument(
        document=document,
        libelle=_libelle(document),
        etat=etat,
        ton=TONS[etat],
        phrase=perime or phrase,
        compte=compte,
        annulable=pilote and travail is not None and not travail.est_fini and not travail.annulation_demandee,
        relancable=pilote and travail is not None and etat in (EtatDocument.ECHEC, EtatDocument.ANNULE),
        garde=date_longue(document.expire_le.date(), avec_jour=False),
    )
