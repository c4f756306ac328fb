"""The shared case file and all that hangs on it."""

from .echanges import Echange, EntreeJournal, Participant, PieceFiche
from .fiche import Besoin, Demandeur, FicheNavette, Numerotation, Partage
from .issue import AideObtenue, Resultat, Suivi
from .orientation import Orientation

__all__ = [
    "AideObtenue",
    "Besoin",
    "Demandeur",
    "Echange",
    "EntreeJournal",
    "FicheNavette",
    "Numerotation",
    "Orientation",
    "Partage",
    "Participant",
    "PieceFiche",
    "Resultat",
    "Suivi",
]
