"""Who may do what with a saved view."""

from apps.core.acces import Acces, Role

from .models import VueEnregistree


def peut_partager(acces: Acces) -> bool:
    """Everyone but partners and accueils: a view may hold the name that was searched, and neither the organismes nor
    the town halls read each other's.
    """
    return not acces.est_anonyme and not acces.est_partenaire and acces.role != Role.ACCUEIL


def peut_modifier(acces: Acces, vue: VueEnregistree) -> bool:
    """Its owner, in its own territoire."""
    return vue.proprietaire_id == acces.utilisateur_id and vue.territoire_id == acces.territoire_id
