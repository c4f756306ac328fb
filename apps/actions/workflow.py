"""The only door to a change of state of an action: one table, one function that locks, checks and writes."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.erreurs import ErreurMetier, TransitionInterdite
from apps.core.texte import nettoyer

from .enums import EtatAction, GesteAction
from .models import Action

OUVERTS = frozenset({EtatAction.A_FAIRE, EtatAction.EN_COURS})


@dataclass(frozen=True)
class Transition:
    """From which states to which, and whether a reason is asked."""

    depuis: frozenset[EtatAction]
    vers: EtatAction
    exige_motif: bool = False


TRANSITIONS = {
    GesteAction.COMMENCER: Transition(frozenset({EtatAction.A_FAIRE}), EtatAction.EN_COURS),
    GesteAction.FAIRE: Transition(OUVERTS, EtatAction.FAITE),
    GesteAction.ABANDONNER: Transition(OUVERTS, EtatAction.ABANDONNEE, exige_motif=True),
    GesteAction.ROUVRIR: Transition(frozenset({EtatAction.FAITE, EtatAction.ABANDONNEE}), EtatAction.A_FAIRE),
}


def possible(geste: GesteAction, action: Action) -> bool:
    """May this action, as it stands, change so? (Who may is said by permissions.)"""
    return action.etat in TRANSITIONS[geste].depuis


@transaction.atomic
def appliquer(geste: GesteAction, *, action: Action, acces: Acces, texte: str = "") -> Action:
    """Change the state; `texte` is what came of it, or why it is given up. Gives back the fresh, locked action.

    Raises TransitionInterdite from another state, ErreurMetier when a reason is asked and none is given.
    """
    regle = TRANSITIONS[geste]
    action = Action.objects.select_for_update(of=("self",)).select_related("fiche", "organisme").get(pk=action.pk)
    if action.territoire_id != acces.territoire_id or action.etat not in regle.depuis:
        raise TransitionInterdite(f"Cette action est déjà « {action.get_etat_display().lower()} ».")
    texte = nettoyer(texte)
    if regle.exige_motif and not texte:
        raise ErreurMetier("Dites pourquoi cette action est abandonnée.")
    action.etat = regle.vers
    maintenant = timezone.now()
    finie = regle.vers in (EtatAction.FAITE, EtatAction.ABANDONNEE)
    action.terminee_le = maintenant if finie else None
    action.terminee_par_id = acces.utilisateur_id if finie else None
    if geste == GesteAction.COMMENCER:
        action.commencee_le = maintenant
    if geste == GesteAction.FAIRE:
        action.resultat = texte
    if geste == GesteAction.ABANDONNER:
        action.motif_abandon = texte
    if geste == GesteAction.ROUVRIR:
        action.resultat = action.motif_abandon = ""
        action.dite_faite_le = action.veille_rappelee_le = action.retard_rappele_le = None
    action.version += 1
    action.save()
    return action
