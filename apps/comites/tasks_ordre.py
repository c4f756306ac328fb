"""The regular sweep of what agendas open: a member that left, a convention that ended since the freezing."""

from apps.core.portee import portee
from apps.territoires.models import Territoire

from .services import partages


def accorder_les_partages() -> int:
    """For each territoire, make the committee's shares say what the frozen agendas say today; how many fiches."""
    total = 0
    for territoire_id in Territoire.objects.filter(est_actif=True).values_list("pk", flat=True):
        with portee(territoire_id):
            total += partages.accorder_territoire(territoire_id)
    return total
