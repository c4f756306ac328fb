"""What is asked of the engine, and what it gives back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from apps.documents.enums import Variante
from apps.territoires.models import Territoire


@dataclass(frozen=True)
class Feuille:
    """One sheet to lay out: a template that extends « documents/papier.html », JSON values, and for whom it is.

    `nom` is what a message calls it when it cannot be laid out (« FN-2026-0042 »); it is not part of its content.
    """

    gabarit: str
    contexte: Mapping[str, Any]
    audience: str
    nom: str = ""


@dataclass(frozen=True)
class Partie:
    """One sheet laid out: a tagged PDF without heads and folios, kept under its digest."""

    empreinte: str
    chemin: Path
    pages: int


@dataclass(frozen=True)
class Entree:
    """One part in a document. Links to « partie:<cle> », from any sheet, lead to its first page."""

    titre: str
    partie: Partie
    cle: str = ""
    niveau: int = 1
    au_sommaire: bool = True
    donnees: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Liminaire:
    """Cover and table of contents, laid out again until the page numbers it is given are right.

    Added to its context: entrees ({titre, niveau, cle, lien, page, donnees}), pages ({cle: page}), total_pages,
    exemplaire ({numero, destinataire} or None), exemplaires (how many). Its own headings open the outline.
    """

    gabarit: str
    contexte: Mapping[str, Any]
    par_exemplaire: bool = False


@dataclass(frozen=True)
class Exemplaire:
    """A numbered copy; `mention` is stamped at the top right of its pages."""

    numero: int
    destinataire: str = ""
    mention: str = ""


@dataclass(frozen=True)
class Plan:
    """A document: its parts in order, its copies, what is stamped on each page."""

    territoire: Territoire
    audience: str
    titre: str
    entrees: tuple[Entree, ...]
    liminaire: Liminaire | None = None
    exemplaires: tuple[Exemplaire, ...] = ()
    tete_gauche: str = ""
    tete_droite: str = ""
    pied_gauche: str = ""
    tampons_couverture: bool = True
    recto_verso: bool = True
    au_recto: bool = False
    langue: str = "fr"
    auteur: str = ""
    sujet: str = ""
    variante: str = Variante.LECTURE

    @property
    def cles(self) -> list[str]:
        """The name of each entry for links: its own, else its rank."""
        return [entree.cle or str(rang) for rang, entree in enumerate(self.entrees, start=1)]


@dataclass(frozen=True)
class Assemblage:
    """A finished file."""

    contenu: bytes
    pages: int
