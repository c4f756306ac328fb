"""What an agenda opens to the organismes that sit, always what the agendas say now: opened, narrowed, closed again."""

from django.db import transaction

from apps.core.acces import Acces
from apps.fiches import services as fiches
from apps.fiches.enums import MotifPartage
from apps.fiches.models import FicheNavette, Partage
from apps.fiches.workflow import verrouiller as verrouiller_fiche

from ..lecture import agendas_figes, organismes_lecteurs
from ..models import Seance


@transaction.atomic
def accorder(fiche: FicheNavette, *, avec: Seance | None = None, sans: Seance | None = None) -> list[int]:
    """Make the committee's shares of a fiche say what the frozen agendas say; the organismes that read from now on.

    `avec`: a séance being frozen in this transaction; `sans`: one that lets go of its fiches. The fiche is locked: an
    accord withdrawn at the same moment waits, then closes.
    """
    fiche = verrouiller_fiche(fiche)
    agendas = {p.seance_id: p.seance for p in agendas_figes().filter(fiche=fiche).select_related("seance")}
    if avec is not None:
        agendas[avec.pk] = avec
    if sans is not None:
        agendas.pop(sans.pk, None)
    voulus: set[int] = set()
    for seance in agendas.values():
        voulus |= organismes_lecteurs(seance)
    lisent = fiches.ouvrir_au_comite(fiche, voulus) if voulus else []
    fiches.fermer_au_comite(fiche, sauf=lisent)
    return lisent


@transaction.atomic
def liberer(*, acces: Acces, seance: Seance) -> int:
    """Close what this agenda opened, unless another one that holds still names the fiche; of how many fiches.

    Called at cancellation and at the approval of the minutes.
    """
    points = seance.points.filter(fiche__isnull=False).values("fiche")
    concernees = FicheNavette.objects.filter(territoire=acces.territoire_id, pk__in=points).order_by("pk")
    for fiche in concernees:
        accorder(fiche, sans=seance)
    return len(concernees)


def accorder_territoire(territoire_id: int) -> int:
    """Every fiche that a committee reads or should: a member that left, a convention that ended. How many fiches."""
    ouvertes = Partage.objects.en_cours().filter(territoire=territoire_id, motif=MotifPartage.COMITE)
    nommees = agendas_figes().filter(territoire=territoire_id)
    fiches_ = FicheNavette.objects.filter(territoire=territoire_id)
    concernees = fiches_.filter(pk__in=ouvertes.values("fiche")) | fiches_.filter(pk__in=nommees.values("fiche"))
    total = 0
    for fiche in concernees.order_by("pk"):
        accorder(fiche)
        total += 1
    return total
