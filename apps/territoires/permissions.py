"""Who sets what a territoire is."""

from apps.core.acces import Acces


def peut_regler(acces: Acces) -> bool:
    """The coordination, on its own territoire."""
    return acces.est_coordination and acces.territoire_id is not None
