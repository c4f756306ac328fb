"""A dossier of invented sheets, made as the real ones are: from what was frozen when it was asked for."""

import os
import resource
from typing import Any

from apps.documents.assemblage import assembler, rendre_parties
from apps.documents.fabrique import Fabrique
from apps.documents.models import Document
from apps.travaux.executeur import Avancement
from tests.documents.papeterie import feuille, plan

GENRE = "essai.dossier"


def donnees(nombre: int, *, mots: int = 0, paragraphes: int = 30) -> dict[str, Any]:
    """`nombre` sheets; the first one holds a note of `mots` words."""
    return {"nombre": nombre, "mots": mots, "paragraphes": paragraphes}


def _limiter(nom: str) -> None:
    """No file of more than so many bytes can be written from here on: what a full disk does in the middle of one."""
    if limite := os.environ.get(nom):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limite), int(limite)))


def produire(document: Document, avancement: Avancement) -> bytes:
    donnees = document.donnees
    _limiter("ESSAI_PARTIES_MAX")
    feuilles = [feuille(rang, paragraphes=donnees["paragraphes"]) for rang in range(1, donnees["nombre"] + 1)]
    if donnees["mots"]:
        note = " ".join(f"mot{rang % 97}" for rang in range(donnees["mots"]))
        feuilles[0] = feuille(1, recit=[note])
    total = len(feuilles) + 1
    parties = rendre_parties(feuilles, territoire=document.territoire, avancement=avancement, total=total)
    _limiter("ESSAI_DOCUMENT_MAX")
    return assembler(plan(document.territoire, parties), avancement=avancement, de=len(feuilles), total=total).contenu


FABRIQUE = Fabrique(produire, lambda document: ("/", "Accueil"), "Dossier d’essai")
