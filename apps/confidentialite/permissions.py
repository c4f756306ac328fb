"""Who may do what with a request for rights."""

from apps.core.acces import Acces, Role

from .models import DemandeDroit


def peut_consulter(acces: Acces) -> bool:
    """The officer and the coordination see the register and the requests."""
    return acces.est_coordination or acces.role == Role.DPO


def peut_instruire(acces: Acces) -> bool:
    """The officer alone answers."""
    return acces.role == Role.DPO


def peut_lire_le_contenu(acces: Acces, demande: DemandeDroit) -> bool:
    """A fiche's content, only within an open request of a person found and whose identity was checked."""
    return (
        peut_instruire(acces)
        and demande.est_ouverte
        and demande.personne_id is not None
        and demande.identite_verifiee_le is not None
    )
