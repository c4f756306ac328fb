"""What changes an action. Every function is keyword-only, atomic, and takes the `acces` of who acts."""

from .envois import annoncer, destinataires
from .gestes import (
    abandonner,
    attendre_encore,
    commencer,
    creer,
    dire_faite,
    faire,
    modifier,
    personnes_possibles,
    preciser,
    raconter,
    reporter,
    rouvrir,
)
from .lecture import LecturePorteur, lecture, lecture_du_porteur, orienter_porteur
from .listes import EtapeSaisie, creer_liste, modifier_liste, prendre_liste, supprimer_liste
from .rappels import rappeler, rappeler_territoire

__all__ = [
    "EtapeSaisie",
    "LecturePorteur",
    "abandonner",
    "annoncer",
    "attendre_encore",
    "commencer",
    "creer",
    "creer_liste",
    "destinataires",
    "dire_faite",
    "faire",
    "lecture",
    "lecture_du_porteur",
    "modifier",
    "modifier_liste",
    "orienter_porteur",
    "personnes_possibles",
    "preciser",
    "prendre_liste",
    "raconter",
    "rappeler",
    "rappeler_territoire",
    "reporter",
    "rouvrir",
    "supprimer_liste",
]  # fmt: skip
