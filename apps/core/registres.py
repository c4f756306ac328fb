"""Registries: how the high apps serve the low ones without being known. Filled at start, checked by a test."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet

from .acces import Acces

T = TypeVar("T")


class Registre(Generic[T]):
    """Named entries, in the order in which they came; a name is taken once."""

    def __init__(self, nom: str) -> None:
        self.nom = nom
        self._entrees: dict[str, T] = {}

    def inscrire(self, cle: str, entree: T) -> T:
        """Add an entry. Raises ValueError when another one holds the name."""
        if self._entrees.get(cle, entree) is not entree and self._entrees.get(cle) != entree:
            raise ValueError(f"{self.nom} : « {cle} » est déjà inscrit.")
        self._entrees[cle] = entree
        return entree

    def __getitem__(self, cle: str) -> T:
        return self._entrees[cle]

    def __contains__(self, cle: str) -> bool:
        return cle in self._entrees

    def __iter__(self) -> Iterator[tuple[str, T]]:
        return iter(self._entrees.items())

    def cles(self) -> list[str]:
        return list(self._entrees)


@dataclass(frozen=True)
class Trouvaille:
    """One result of the global search."""

    titre: str
    detail: str
    url: str
    genre: str
    icone: str = "search"


@dataclass(frozen=True)
class Entree:
    """One entry of the working navigation; `compteur` gives the rows to count: those of all entries cost one query."""

    groupe: str
    libelle: str
    icone: str
    ordre: int
    url: Callable[[str], str]
    visible: Callable[[Acces], bool]
    compteur: Callable[[Acces], QuerySet[Any] | None] | None = None


@dataclass(frozen=True)
class TravailEnCours:
    """Open work that a person holds in one role: counted before they leave, moved to a colleague in the same step.

    `acces` is whoever removes the person. The organisme is the one that the person works for (None: the coordination);
    the colleague works for the same one, so moving never widens who may read.
    """

    singulier: str  # « fiche suivie »
    pluriel: str
    compter: Callable[[Acces, int, int | None], int]  # (acces, utilisateur_id, organisme_id)
    deplacer: Callable[[Acces, int, int, int | None], int]  # (acces, utilisateur_id, to utilisateur_id, organisme_id)


@dataclass(frozen=True)
class Ligne:
    """One line of « À traiter aujourd’hui »: what, since when, and the one verb that deals with it."""

    titre: str
    detail: str
    depuis: date | datetime
    verbe: str
    url: str
    rang: int = 50  # lower comes first: 10 requests, 20 no answer, 30 to reorient, 40 to close, 60 follow-ups
    badge: str = ""
    badge_ton: str = "attention"
    prefixe: str = ""  # bold words before the title: « Nouvelle demande »


@dataclass(frozen=True)
class Compteur:
    """One counter of the home page; `ton` colours it above zero only."""

    nombre: int
    libelle: str
    detail: str
    url: str
    ton: str = ""
    ordre: int = 50


@dataclass(frozen=True)
class Avis:
    """One sentence of « À savoir »: a convention that ends, an absence."""

    texte: str
    url: str = ""


@dataclass(frozen=True)
class Representant:
    """Somebody who answers for an organisme: what its partners may know to reach them."""

    utilisateur_id: int
    nom: str
    qualite: str
    fonction: str = ""
    telephone: str = ""
    courriel: str = ""
    absent_jusquau: date | None = None


@dataclass(frozen=True)
class AdresseDemandeur:
    """Where an applicant of a fiche is written to, and their personal tracking link (no link when they have none)."""

    personne_id: int
    nom: str
    courriel: str
    lien: str = ""


# The navigation of the working layout: key -> Entree.
navigation: Registre[Entree] = Registre("navigation")
# Providers of the global search: (acces, typed text, at most n) -> findings, already scoped.
recherches: Registre[Callable[[Acces, str, int], list[Trouvaille]]] = Registre("recherches")
# Panels of the fiche page, at its side: (acces, fiche) -> (template, context), or None when there is nothing to show.
panneaux_fiche: Registre[Callable[[Acces, Any], tuple[str, dict[str, Any]] | None]] = Registre("panneaux_fiche")
# Lines of « À traiter aujourd'hui » and counters of the home page: (acces) -> list.
a_traiter: Registre[Callable[[Acces], list[Ligne]]] = Registre("a_traiter")
compteurs: Registre[Callable[[Acces], list[Compteur]]] = Registre("compteurs")
# Sentences of « À savoir » on the home page.
a_savoir: Registre[Callable[[Acces], list[Avis]]] = Registre("a_savoir")
# Figures of the year, without a name: (acces, year) -> [(words, value)]. For the home page and for the pilotage.
chiffres: Registre[Callable[[Acces, int], list[tuple[str, str]]]] = Registre("chiffres")
# Panels of a référent's home: (acces) -> (template, context), or None for nothing.
panneaux_partenaire: Registre[Callable[[Acces], tuple[str, dict[str, Any]] | None]] = Registre("panneaux_partenaire")
# Executors of jobs: kind -> function(travail, avancement), or apps.travaux.executeur.Executeur.
executeurs: Registre[Any] = Registre("executeurs")
# Regular sweeps: name -> (function(), seconds between two).
balayages: Registre[tuple[Callable[[], Any], int]] = Registre("balayages")
# What the departure of a person leaves without an owner.
travaux_en_cours: Registre[TravailEnCours] = Registre("travaux_en_cours")
# What a merge moves: « fiches.entreprise » -> (label of the model, name of its foreign key). The key's target
# (Entreprise or Personne) says which merges it concerns; a row that the kept one already has is put aside.
rattachements: Registre[tuple[str, str]] = Registre("rattachements")
# Panels of the pages of an entreprise, a person and a projet: (acces, object) -> (template, context), or None.
panneaux_entreprise: Registre[Callable[[Acces, Any], tuple[str, dict[str, Any]] | None]] = Registre(
    "panneaux_entreprise"
)
panneaux_personne: Registre[Callable[[Acces, Any], tuple[str, dict[str, Any]] | None]] = Registre("panneaux_personne")
panneaux_projet: Registre[Callable[[Acces, Any], tuple[str, dict[str, Any]] | None]] = Registre("panneaux_projet")
# What an upper app brings up to date when a person changes: (acces, personne_id).
personnes_modifiees: Registre[Callable[[Acces, int], None]] = Registre("personnes_modifiees")
# Who answers for the organismes of a territoire (access knows it): territoire_id -> organisme_id -> active référents.
representants: Registre[Callable[[int], dict[int, list[Representant]]]] = Registre("representants")
# Panels at the side of the coordination's home: (acces) -> (template, context), or None for nothing.
panneaux_coordination: Registre[Callable[[Acces], tuple[str, dict[str, Any]] | None]] = Registre(
    "panneaux_coordination"
)
# Blocks of the applicant's tracking page: (acces of the applicant, fiche) -> (template, context), or None.
panneaux_suivi: Registre[Callable[[Acces, Any], tuple[str, dict[str, Any]] | None]] = Registre("panneaux_suivi")
# What an applicant does from such a block: name -> (acces of the applicant, fiche, what it bears on) -> what to say.
gestes_suivi: Registre[Callable[[Acces, Any, str], str]] = Registre("gestes_suivi")
# More of « À faire » on the fiche page, inside its card: (acces, fiche) -> (template, context), or None.
a_faire_fiche: Registre[Callable[[Acces, Any], tuple[str, dict[str, Any]] | None]] = Registre("a_faire_fiche")
# How to write to the applicants of a fiche (the public door knows their links): fiche -> addresses, maybe none.
adresses_demandeurs: Registre[Callable[[Any], list[AdresseDemandeur]]] = Registre("adresses_demandeurs")
# How each kind of document is made: kind -> apps.documents.fabrique.Fabrique.
fabriques: Registre[Any] = Registre("fabriques")
