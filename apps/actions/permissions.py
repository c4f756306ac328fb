"""Who may do what with an action that they see: role, state and holder together. The scope itself is `visibles_par`."""

from apps.core.acces import Acces
from apps.fiches.models import FicheNavette
from apps.fiches.permissions import droits

from .enums import GesteAction, Porteur
from .models import Action
from .workflow import possible


def peut_creer(acces: Acces, fiche: FicheNavette | None = None) -> bool:
    """The coordination; a référent for its own organisme, on a fiche that it works on or in general."""
    if fiche is not None and not fiche.est_ouverte:
        return False
    if acces.est_coordination:
        return True
    return acces.est_referent and (fiche is None or droits(acces, fiche).peut_noter)


def _tient(acces: Acces, action: Action) -> bool:
    """The action is theirs: their organisme's référent, who it was given to, or the technicien who has the fiche."""
    if not acces.est_partenaire or action.porteur != Porteur.ORGANISME or action.organisme_id != acces.organisme_id:
        return False
    if acces.est_referent or action.fiche_id is not None:
        return True
    return action.responsable_id is not None and action.responsable_id == acces.utilisateur_id


def peut_finir(acces: Acces, action: Action) -> bool:
    """Say done, begun or given up, postpone, and take that back: the coordination, and whoever holds the action."""
    return acces.est_coordination or _tient(acces, action)


def peut_faire(acces: Acces, action: Action, geste: GesteAction) -> bool:
    """This gesture, now."""
    return peut_finir(acces, action) and possible(geste, action)


def peut_reporter(acces: Acces, action: Action) -> bool:
    return peut_finir(acces, action) and action.est_ouverte


def peut_modifier(acces: Acces, action: Action) -> bool:
    """Its words and its holder: the coordination, or the référent who wrote it for its own organisme."""
    if not action.est_ouverte:
        return False
    ecrite = action.cree_par_id is not None and action.cree_par_id == acces.utilisateur_id
    return acces.est_coordination or (acces.est_referent and ecrite and _tient(acces, action))


def peut_confier(acces: Acces, action: Action) -> bool:
    """Say who does it: the coordination for its own and its partners', a référent within its organisme."""
    if not action.est_ouverte or action.porteur == Porteur.DEMANDEUR:
        return False
    return acces.est_coordination or (acces.est_referent and _tient(acces, action))


def peut_orienter(acces: Acces, action: Action) -> bool:
    """Send the fiche to the organisme that must act on it: the coordination, while both are open."""
    return (
        acces.est_coordination
        and action.est_ouverte
        and action.porteur == Porteur.ORGANISME
        and action.fiche is not None
        and action.fiche.est_ouverte
    )


def peut_rappeler(acces: Acces, action: Action) -> bool:
    """Write again to whoever holds it."""
    return acces.est_coordination and action.est_ouverte


def peut_verifier(acces: Acces, action: Action) -> bool:
    """Say that what the applicant says done is not."""
    return acces.est_coordination and action.est_dite_faite


def peut_gerer_listes(acces: Acces) -> bool:
    """Write checklists, and take one for a fiche: the coordination."""
    return acces.est_coordination
