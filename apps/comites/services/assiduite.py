"""Attendance by organisme over a year: « présence quasi permanente » is a result that the service publishes."""

from dataclasses import dataclass

from django.db.models import Count, Max, Q

from ..enums import EtatPresence, StatutSeance
from ..models import Instance, Presence, Seance

LA = (EtatPresence.PRESENT, EtatPresence.REPRESENTE)


@dataclass(frozen=True)
class Assiduite:
    """One organisme: how many séances it was expected at, and how it came."""

    organisme_id: int
    nom: str
    attendues: int
    presentes: int
    representees: int
    excusees: int

    @property
    def la(self) -> int:
        """Present or represented."""
        return self.presentes + self.representees

    @property
    def absentes(self) -> int:
        """Neither there nor excused."""
        return self.attendues - self.la - self.excusees

    @property
    def taux(self) -> int:
        """In percent."""
        return round(100 * self.la / self.attendues) if self.attendues else 0


def seances_tenues(territoire_id: int, annee: int, instance: Instance | None = None) -> int:
    """How many were held that year."""
    tenues = Seance.objects.filter(territoire=territoire_id, statut=StatutSeance.TENUE, jour__year=annee)
    return (tenues.filter(Q(instance=instance) | Q(conjointe=instance)) if instance else tenues).count()


def assiduite(territoire_id: int, annee: int, instance: Instance | None = None) -> list[Assiduite]:
    """Every organisme expected at a séance held that year, the most present first, under its last name. One query."""
    presences = Presence.objects.filter(
        territoire=territoire_id,
        organisme__isnull=False,
        seance__statut=StatutSeance.TENUE,
        seance__jour__year=annee,
    )
    if instance is not None:
        presences = presences.filter(Q(seance__instance=instance) | Q(seance__conjointe=instance))
    lignes = (
        presences.order_by()
        .values("organisme_id")
        .annotate(
            nom=Max("organisme__nom_court"),
            attendues=Count("pk"),
            presentes=Count("pk", filter=Q(etat=EtatPresence.PRESENT)),
            representees=Count("pk", filter=Q(etat=EtatPresence.REPRESENTE)),
            excusees=Count("pk", filter=Q(etat=EtatPresence.EXCUSE)),
        )
    )
    return sorted((Assiduite(**ligne) for ligne in lignes), key=lambda a: (-a.taux, -a.attendues, a.nom.lower()))


def taux_general(territoire_id: int, annee: int) -> int | None:
    """Present or represented among all expected at the nominative and other séances of the year; None without any."""
    lignes = assiduite(territoire_id, annee)
    attendues = sum(a.attendues for a in lignes)
    return round(100 * sum(a.la for a in lignes) / attendues) if attendues else None
