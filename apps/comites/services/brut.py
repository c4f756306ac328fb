"""What is kept of a point once treated: words only, each fiche by its number."""

from typing import Any

from django.db.models import Prefetch

from apps.actions.models import Action

from ..models import ActionDePoint, Decision, PointOrdreDuJour, Seance
from ..noms import Masque
from .actions_de_point import est_reprise
from .decisions import dire

# A row of a point as it is kept: {"decision", "motif", "actions": [{"qui", "quoi", "pour_le"}]}.
Brut = dict[str, Any]


def points_traites(seance: Seance) -> list[PointOrdreDuJour]:
    """The agenda in its order, with the decision in force and the actions of each: a constant number of queries."""
    decisions = Decision.objects.filter(remplacee_le__isnull=True).prefetch_related("organismes")
    actions = ActionDePoint.objects.select_related("action__organisme")
    return list(
        PointOrdreDuJour.objects.filter(seance=seance)
        .inscrits()
        .select_related("fiche")
        .prefetch_related(
            Prefetch("decisions", decisions, to_attr="en_vigueur"), Prefetch("actions", actions, to_attr="liens")
        )
    )


def brut(point: PointOrdreDuJour, masque: Masque) -> Brut:
    """What is kept of a point loaded by `points_traites`: words only, each fiche by its number."""
    numero = point.fiche.numero if point.fiche else ""
    decision = point.en_vigueur[0] if point.en_vigueur else None  # type: ignore[attr-defined]
    dite = dire(decision, sorted(decision.organismes.all(), key=str)) if decision else ""
    return {
        "decision": masque(dite[:1].upper() + dite[1:], numero),
        "motif": masque(decision.motif, numero) if decision else "",
        "actions": [
            _action(lien.action, masque, numero)
            for lien in point.liens  # type: ignore[attr-defined]
            if not est_reprise(lien.action)
        ],
    }


def _action(action: Action, masque: Masque, numero: str) -> dict[str, str]:
    qui = f"{action.qui}, {action.responsable_nom}" if action.responsable_nom else action.qui
    return {"qui": qui, "quoi": masque(action.libelle, numero), "pour_le": action.echeance.isoformat()}
