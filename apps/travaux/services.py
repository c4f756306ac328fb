"""Ask for slow work."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.core.acces import Acces

from . import workflow
from .enums import EtatTravail
from .executeur import executeur_de
from .models import Travail
from .reveil import reveiller

TACHE = "apps.travaux.tasks.executer"


@transaction.atomic
def demander(
    genre: str,
    *,
    cle: str,
    parametres: dict[str, Any],
    acces: Acces,
    total: int = 0,
    pas_avant: datetime | None = None,
) -> Travail:
    """Write the job, in the transaction of its cause; a worker is woken after the commit.

    The same `cle` in the same territoire gives the same job back, whatever its state. `parametres` holds identifiers
    only, never personal data. Raises KeyError when nobody inscribed an executor for `genre`.
    """
    executeur_de(genre)
    maintenant = timezone.now()
    travail, cree = Travail.objects.get_or_create(
        territoire_id=acces.territoire_id,
        cle=cle,
        defaults={
            "genre": genre,
            "parametres": parametres,
            "demande_par_id": acces.utilisateur_id,
            "role": acces.role,
            "organisme_id": acces.organisme_id,
            "total": total,
            "pas_avant": pas_avant or maintenant,
            "reveille_le": None if pas_avant and pas_avant > maintenant else maintenant,
        },
    )
    if cree and travail.reveille_le:
        reveiller(TACHE, travail.pk)
    return travail


@transaction.atomic
def annuler(*, acces: Acces, travail: Travail) -> EtatTravail:
    """Cancel a job that waits, ask one under way to stop; the state it is in. Raises TransitionInterdite."""
    return workflow.annuler(Travail.objects.visibles_par(acces).get(pk=travail.pk))


@transaction.atomic
def relancer(*, acces: Acces, travail: Travail) -> None:
    """Start again a job that failed or was cancelled. Raises TransitionInterdite otherwise."""
    workflow.relancer(Travail.objects.visibles_par(acces).get(pk=travail.pk))
    reveiller(TACHE, travail.pk)
