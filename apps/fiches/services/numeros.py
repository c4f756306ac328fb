"""Numbers without gap or double, per territoire, series and year."""

from django.db import transaction
from django.utils import timezone

from ..models import Numerotation

# The counter of fiches has a name of its own: a territoire that changes its prefix in the year goes on counting.
SERIE_FICHES = "FN"


@transaction.atomic
def numeroter(*, territoire_id: int, serie: str, annee: int | None = None, prefixe: str = "") -> tuple[int, int, str]:
    """The next number: (2026, 42, "FN-2026-0042"). Holds the counter's row until the caller's transaction ends.

    `prefixe` is printed instead of the series. A rolled back transaction gives its number back: no gap.
    """
    annee = annee or timezone.localdate().year
    # ON CONFLICT DO NOTHING: of two first numbers, one creates the row, the other waits for it, then locks it.
    Numerotation.objects.bulk_create(
        [Numerotation(territoire_id=territoire_id, serie=serie, annee=annee)], ignore_conflicts=True
    )
    compteur = Numerotation.objects.select_for_update().get(territoire=territoire_id, serie=serie, annee=annee)
    compteur.dernier += 1
    compteur.save(update_fields=["dernier"])
    return annee, compteur.dernier, f"{prefixe or serie}-{annee}-{compteur.dernier:04d}"
