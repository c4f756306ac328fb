"""Who may do what with entreprises."""

from apps.core.acces import Acces

RESERVE = "Seule la coordination tient le répertoire des entreprises."


def peut_consulter(acces: Acces) -> bool:
    """The coordination in full; a référent the public register's fields."""
    return acces.est_coordination or acces.est_referent


def peut_gerer(acces: Acces) -> bool:
    """Create, change, merge, import: the coordination."""
    return acces.est_coordination
