"""Who may do what in a committee: role, status and scope together. The scope itself is `visibles_par`."""

from apps.core.acces import Acces, Role

from .enums import GesteSeance, ModePoint, StatutSeance
from .models import CompteRendu, PointOrdreDuJour, Seance
from .workflow import possible


def peut_organiser(acces: Acces) -> bool:
    """Instances, series, séances, agendas, minutes, anonymous versions: the coordination."""
    return acces.est_coordination


def peut_preparer(acces: Acces, seance: Seance) -> bool:
    """Change the ordre du jour or the séance itself: until it is held or cancelled."""
    return acces.est_coordination and seance.statut in (
        StatutSeance.PREPARATION,
        StatutSeance.CONVOQUEE,
        StatutSeance.EN_COURS,
    )


def peut_gerer(acces: Acces, seance: Seance, geste: GesteSeance) -> bool:
    return acces.est_coordination and possible(geste, seance)


def est_secretaire(acces: Acces, seance: Seance) -> bool:
    """Named by the coordination for this séance, still a référent of the territoire."""
    return acces.est_referent and seance.secretaire_id is not None and seance.secretaire_id == acces.utilisateur_id


def peut_tenir(acces: Acces, seance: Seance) -> bool:
    """Write notes, presences, decisions and actions: the coordination and the secretary, while the séance runs."""
    return seance.statut == StatutSeance.EN_COURS and (acces.est_coordination or est_secretaire(acces, seance))


def peut_lire_ordre_du_jour(acces: Acces, seance: Seance) -> bool:
    """The coordination always; a member once the séance is convened."""
    return acces.est_coordination or (seance.convoquee_le is not None and (acces.est_referent or voit_anonyme(acces)))


def voit_anonyme(acces: Acces) -> bool:
    """The pilotage: figures and reviewed versions, whatever the séance."""
    return acces.role == Role.PILOTAGE


def lit_les_fiches(acces: Acces, seance: Seance) -> bool:
    """May names be shown to this person in this séance? Never in an anonymous one, never to the pilotage."""
    return acces.est_coordination or (acces.est_referent and not seance.est_anonyme)


def lit_le_point(acces: Acces, point: PointOrdreDuJour) -> bool:
    """A reserved point is the coordination's."""
    return acces.est_coordination or point.mode != ModePoint.RESERVE


def peut_proposer_point(acces: Acces, seance: Seance) -> bool:
    """A référent puts one of its fiches forward, with its question, until the séance begins."""
    return (
        acces.est_referent
        and not seance.est_anonyme
        and seance.statut
        in (
            StatutSeance.PREPARATION,
            StatutSeance.CONVOQUEE,
        )
    )


def peut_repondre(acces: Acces, seance: Seance) -> bool:
    """Say whether one will come: a member, once convened, until it is held."""
    return seance.statut in (StatutSeance.CONVOQUEE, StatutSeance.EN_COURS) and (
        acces.est_referent or voit_anonyme(acces)
    )


def peut_rediger(acces: Acces, compte_rendu: CompteRendu) -> bool:
    """Edit the minutes until they are approved."""
    return acces.est_coordination and not compte_rendu.est_fige
