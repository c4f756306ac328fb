"""Who may do what with a demande: role and scope together."""

from apps.core.acces import Acces, Role

from .models import Demande
from .tri import A_TRIER, est_annulable

SAISISSEURS = (Role.COORDINATION, Role.ACCUEIL, Role.REFERENT)


def peut_saisir(acces: Acces) -> bool:
    """The coordination, an accueil and a référent type requests for somebody else."""
    return acces.role in SAISISSEURS


def peut_trier(acces: Acces, demande: Demande) -> bool:
    """Only the coordination, and only what still waits."""
    return acces.est_coordination and demande.etat in A_TRIER


def peut_annuler_tri(acces: Acces, demande: Demande) -> bool:
    """Only the coordination, within the time to undo."""
    return acces.est_coordination and est_annulable(demande)
