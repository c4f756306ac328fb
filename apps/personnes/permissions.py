"""Who may do what with persons and their accords."""

from apps.core.acces import Acces

RESERVE = "Seule la coordination tient le répertoire des personnes."


def peut_gerer(acces: Acces) -> bool:
    """Read whole, change, merge, record an accord: the coordination. A partner meets a person through a fiche."""
    return acces.est_coordination
