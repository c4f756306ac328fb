"""Who may do what with projets."""

from apps.core.acces import Acces

RESERVE = "Seule la coordination tient le répertoire des porteurs de projet."


def peut_gerer(acces: Acces) -> bool:
    """Read, create, change: the coordination. A partner reads a projet through its fiche."""
    return acces.est_coordination
