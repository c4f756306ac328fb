"""Who reads the access log."""

from apps.core.acces import Acces, Role


def peut_lire(acces: Acces) -> bool:
    """The data protection officer of the territoire, and nobody else: not even the coordination, which is in it."""
    return acces.role == Role.DPO and acces.territoire_id is not None
