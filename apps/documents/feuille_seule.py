"""A document of one sheet, through the engine: laid out once, stamped, its margins ready for the binding."""

from collections.abc import Mapping
from typing import Any

from apps.travaux.executeur import Avancement

from .assemblage import Entree, Feuille, Plan, assembler, rendre_parties
from .models import Document


def rendre_seule(
    document: Document, avancement: Avancement, *, gabarit: str, contexte: Mapping[str, Any], titre: str,
    tete_gauche: str, tete_droite: str,
) -> bytes:  # fmt: skip
    """The PDF of `document`, from one template and plain data. Raises ErreurMetier."""
    feuille = Feuille(gabarit, contexte, document.audience, nom=document.titre)
    (partie,) = rendre_parties([feuille], territoire=document.territoire, avancement=avancement)
    plan = Plan(
        territoire=document.territoire,
        audience=document.audience,
        titre=titre,
        entrees=(Entree(titre, partie, au_sommaire=False),),
        tete_gauche=tete_gauche,
        tete_droite=tete_droite,
        variante=document.variante,
    )
    return assembler(plan).contenu
