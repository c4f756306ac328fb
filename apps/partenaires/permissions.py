"""Who may read and who may change the partners."""

from apps.core.acces import Acces, Role


def peut_voir(acces: Acces) -> bool:
    """The directory: whoever works on cases or counters, and the DPO; the pilotage reads figures only."""
    return acces.est_coordination or acces.est_partenaire or acces.role in (Role.ACCUEIL, Role.DPO)


def peut_modifier(acces: Acces) -> bool:
    """The coordination alone keeps the partners up to date."""
    return acces.est_coordination


def peut_voir_couverture(acces: Acces) -> bool:
    """What is covered where: the coordination and the partners."""
    return acces.est_coordination or acces.est_partenaire
