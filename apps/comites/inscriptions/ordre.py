"""What ordre inscribes in the registries of core."""

from typing import Any

from django.db.models import Count, Min, Q
from django.urls import reverse

from apps.core.acces import Acces
from apps.core.registres import Ligne, a_traiter, balayages

from .. import mots
from ..enums import EtatPoint
from ..models import Seance
from ..tasks_ordre import accorder_les_partages


def _propositions_a_lire(acces: Acces) -> list[Ligne]:
    """What référents put forward for a séance to come, a line a séance."""
    if not acces.est_coordination:
        return []
    proposes = Q(points__etat=EtatPoint.PROPOSE)
    seances = Seance.objects.visibles_par(acces).a_venir().select_related("instance", "conjointe", "territoire")
    attendues: Any = seances.annotate(
        proposes=Count("points", filter=proposes), depuis=Min("points__cree_le", filter=proposes)
    ).filter(proposes__gt=0)
    return [
        Ligne(
            mots.titre_court(s),
            f"{s.proposes} fiche{'s' if s.proposes > 1 else ''} proposée{'s' if s.proposes > 1 else ''} "
            "par des partenaires",
            s.depuis,
            "Choisir",
            reverse("comites:ordre", args=[s.territoire.slug, s.numero]) + "#propositions",
            35,
        )
        for s in attendues
    ]


a_traiter.inscrire("comites.ordre", _propositions_a_lire)
balayages.inscrire("comites.partages", (accorder_les_partages, 3600))
