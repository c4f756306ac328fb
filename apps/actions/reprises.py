"""The actions that a person leaves when they go, and how they move to a colleague of the same holder."""

from django.db.models import QuerySet

from apps.comptes.models import Utilisateur
from apps.core.acces import Acces
from apps.core.affichage import INSECABLE

from .enums import Porteur
from .models import Action
from .services import raconter


def _confiees(acces: Acces, utilisateur_id: int, organisme_id: int | None) -> QuerySet[Action]:
    """Open actions given to this person, for the organisme they leave (None: the coordination)."""
    actions = Action.objects.ouvertes().filter(territoire=acces.territoire_id, responsable=utilisateur_id)
    if organisme_id is None:
        return actions.filter(porteur=Porteur.COORDINATION)
    return actions.filter(porteur=Porteur.ORGANISME, organisme=organisme_id)


def compter(acces: Acces, utilisateur_id: int, organisme_id: int | None) -> int:
    return _confiees(acces, utilisateur_id, organisme_id).count()


def deplacer(acces: Acces, utilisateur_id: int, vers_id: int, organisme_id: int | None) -> int:
    """To a colleague; each fiche's journal says so. How many moved."""
    vers = Utilisateur.objects.get(pk=vers_id)
    actions = list(_confiees(acces, utilisateur_id, organisme_id))
    for action in actions:
        action.responsable, action.responsable_nom = vers, str(vers)
        action.version += 1
        action.save(update_fields=["responsable", "responsable_nom", "version", "modifie_le"])
        raconter(acces, action, f"{vers} reprend l’action{INSECABLE}: {action.libelle}")
    return len(actions)
