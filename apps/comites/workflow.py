"""The only door to a change of status of a séance: one table, one function that locks, checks and writes."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.erreurs import TransitionInterdite

from .enums import GesteSeance, StatutSeance
from .models import Seance


@dataclass(frozen=True)
class Transition:
    """From which statuses to which, the date that it writes, and what to say when it is not possible."""

    depuis: frozenset[StatutSeance]
    vers: StatutSeance
    date: str
    refus: str


TRANSITIONS = {
    GesteSeance.CONVOQUER: Transition(
        frozenset({StatutSeance.PREPARATION}),
        StatutSeance.CONVOQUEE,
        "convoquee_le",
        "Cette séance est déjà convoquée, ou n’a plus lieu.",
    ),
    GesteSeance.OUVRIR: Transition(
        frozenset({StatutSeance.PREPARATION, StatutSeance.CONVOQUEE}),
        StatutSeance.EN_COURS,
        "ouverte_le",
        "Cette séance est déjà ouverte, ou n’a plus lieu.",
    ),
    GesteSeance.TERMINER: Transition(
        frozenset({StatutSeance.EN_COURS}),
        StatutSeance.TENUE,
        "terminee_le",
        "Cette séance n’est pas en cours.",
    ),
    GesteSeance.REPRENDRE: Transition(
        frozenset({StatutSeance.TENUE}), StatutSeance.EN_COURS, "", "Seule une séance tenue se reprend."
    ),
    GesteSeance.ANNULER: Transition(
        frozenset({StatutSeance.PREPARATION, StatutSeance.CONVOQUEE}),
        StatutSeance.ANNULEE,
        "annulee_le",
        "Une séance commencée ou tenue ne s’annule plus.",
    ),
}


def possible(geste: GesteSeance, seance: Seance) -> bool:
    """May this séance, as it stands, change so? (Who may is said by permissions.)"""
    return seance.statut in TRANSITIONS[geste].depuis


def verrouiller(seance: Seance) -> Seance:
    """The séance, its row locked until the caller's transaction ends."""
    return Seance.objects.select_for_update(of=("self",)).select_related("instance", "territoire").get(pk=seance.pk)


@transaction.atomic
def appliquer(geste: GesteSeance, *, seance: Seance, acces: Acces) -> Seance:
    """Change the status; give back the fresh, locked séance. Raises TransitionInterdite.

    `acces` is asked for so that no status changes without somebody; the journal of the act is its service's.
    """
    regle = TRANSITIONS[geste]
    seance = verrouiller(seance)
    if seance.territoire_id != acces.territoire_id or seance.statut not in regle.depuis:
        raise TransitionInterdite(regle.refus)
    seance.statut = regle.vers
    champs = ["statut", "modifie_le", "version"]
    if regle.date and not getattr(seance, regle.date):
        setattr(seance, regle.date, timezone.now())
        champs.append(regle.date)
    if geste == GesteSeance.REPRENDRE:
        seance.terminee_le = None
        champs.append("terminee_le")
    seance.version += 1
    seance.save(update_fields=champs)
    return seance
