"""Who may do what with the outbox."""

from apps.core.acces import Acces

from .models import Courriel, EtatCourriel


def peut_voir(acces: Acces) -> bool:
    """The coordination alone."""
    return acces.est_coordination


def peut_annuler(acces: Acces, courriel: Courriel) -> bool:
    """What has not left."""
    return peut_voir(acces) and courriel.etat == EtatCourriel.A_ENVOYER


def peut_renvoyer(acces: Acces, courriel: Courriel) -> bool:
    """What did not arrive, or may not have."""
    return peut_voir(acces) and courriel.etat in (EtatCourriel.ECHEC, EtatCourriel.INCERTAIN, EtatCourriel.ANNULE)
