"""The actions written down in a séance: made by the app of actions, linked to their point by this one."""

from datetime import date
from uuid import UUID, uuid4

from django.db import transaction

from apps.actions import services as actions
from apps.actions.enums import EtatAction, Porteur
from apps.actions.models import Action
from apps.core.acces import Acces
from apps.core.affichage import date_longue
from apps.partenaires.models import Organisme

from ..enums import ModePoint
from ..models import ActionDePoint, PointOrdreDuJour, Seance
from ..mots import nom_des_instances

RETIREE = "Retirée pendant la séance"


def est_reprise(action: Action) -> bool:
    """Written by mistake and taken back in the meeting: it was never decided."""
    return action.etat == EtatAction.ABANDONNEE and action.motif_abandon == RETIREE


def origine_dite(seance: Seance) -> str:
    """« Comité technique du 5 mars 2026 »."""
    return f"{nom_des_instances(seance)} du {date_longue(seance.jour, avec_jour=False)}"[:160]


@transaction.atomic
def creer_action(
    *,
    acces: Acces,
    point: PointOrdreDuJour,
    libelle: str,
    echeance: date,
    porteur: str = Porteur.ORGANISME,
    organisme: Organisme | None = None,
    cle: UUID | None = None,
) -> Action:
    """An action that comes from this point: told to its holder when the point is treated, at once if it already is.

    That of a reserved point is told to nobody else than its holder and the coordination.
    """
    action = actions.creer(
        acces=acces, libelle=libelle, echeance=echeance, porteur=porteur, organisme=organisme, fiche=point.fiche,
        origine=point.seance.cle, origine_dite=origine_dite(point.seance),
        reservee=point.mode == ModePoint.RESERVE, annoncer=point.traite_le is not None,
    )  # fmt: skip
    ActionDePoint.objects.create(territoire_id=point.territoire_id, point=point, action=action, cle=cle or uuid4())
    return action


def annoncer_actions(*, acces: Acces, point: PointOrdreDuJour) -> None:
    """Tell the holders of what is still to do on this point, one mail a person."""
    ouvertes = [lien.action for lien in point.actions.select_related("action") if lien.action.est_ouverte]
    if ouvertes:
        actions.annoncer(acces=acces, actions=ouvertes)
