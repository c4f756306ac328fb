"""What is done to entreprises. Each module says its own."""

from .fusion import apercu_fusion, defaire_fusion, fusionner
from .saisie import Doublon, creer, delier, doublons, lier, modifier, recalculer_transmission

__all__ = [
    "Doublon",
    "apercu_fusion",
    "creer",
    "defaire_fusion",
    "delier",
    "doublons",
    "fusionner",
    "lier",
    "modifier",
    "recalculer_transmission",
]
