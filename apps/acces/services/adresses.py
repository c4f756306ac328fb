"""Who is addressed: absences change it, never the rights."""

from datetime import date

from django.utils import timezone

from apps.comptes.models import Utilisateur
from apps.core.acces import Role

from ..models import Absence, Affectation, Qualite


def _referents(organisme_id: int) -> list[Affectation]:
    """Active référents of an organisme, titulaires first, then by seniority."""
    affectations = (
        Affectation.objects.actives()
        .filter(organisme=organisme_id, role=Role.REFERENT)
        .select_related("utilisateur")
        .order_by("accordee_le", "pk")
    )
    return sorted(affectations, key=lambda a: a.qualite != Qualite.TITULAIRE)


def referents(organisme_id: int) -> list[Utilisateur]:
    """The active référents of an organisme, titulaires first."""
    return [a.utilisateur for a in _referents(organisme_id)]


def coordination_de(territoire_id: int) -> list[Utilisateur]:
    """The active coordinators of a territoire, each once, the longest-serving first."""
    affectations = (
        Affectation.objects.actives()
        .filter(territoire=territoire_id, role=Role.COORDINATION)
        .select_related("utilisateur")
        .order_by("accordee_le", "pk")
    )
    return [a.utilisateur for a in affectations]


def personne_adressee(*, organisme_id: int, jour: date | None = None) -> tuple[Utilisateur | None, Utilisateur | None]:
    """Who an organisme is addressed through that day, and the titulaire whom they replace, else None.

    The titulaire; when away, the named replacement if present, else the first présent suppléant or titulaire. When
    everybody is away it is the titulaire all the same: nothing is ever addressed to nobody.
    """
    candidats = _referents(organisme_id)
    if not candidats:
        return None, None
    titulaire = candidats[0]
    absences = Absence.objects.le(jour or timezone.localdate()).filter(territoire=titulaire.territoire_id)
    remplacants = {a.affectation_id: a.remplacant for a in absences.select_related("remplacant__utilisateur")}
    if titulaire.pk not in remplacants:
        return titulaire.utilisateur, None
    nomme = remplacants[titulaire.pk]
    if nomme is not None and nomme.est_active and nomme.pk not in remplacants:
        return nomme.utilisateur, titulaire.utilisateur
    for autre in candidats[1:]:
        if autre.pk not in remplacants:
            return autre.utilisateur, titulaire.utilisateur
    return titulaire.utilisateur, None
