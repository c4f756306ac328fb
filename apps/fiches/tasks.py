"""Regular sweeps: chase late answers, never an information, never while the applicant is awaited."""

import logging
from datetime import timedelta

from django.db.models import F, Q
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.dates import ajouter_jours_ouvres, est_ouvre
from apps.core.erreurs import ErreurMetier
from apps.core.portee import portee
from apps.territoires.models import Territoire

from . import services
from .enums import StatutFiche
from .models import Orientation

journal = logging.getLogger(__name__)
JOURS_ENTRE_RELANCES = 7


def relancer_en_retard() -> int:
    """For each territoire, one reminder a working day after the date, then one a week at most. Gives how many left."""
    jour = timezone.localdate()
    if not est_ouvre(jour):
        return 0
    total = 0
    for territoire_id in Territoire.objects.filter(est_actif=True).values_list("pk", flat=True):
        with portee(territoire_id):
            total += relancer_territoire(territoire_id)
    if total:
        journal.info("Reminders queued: %s", total)
    return total


def relancer_territoire(territoire_id: int) -> int:
    """The late answers of one territoire, within its scope."""
    jour = timezone.localdate()
    semaine = timezone.now() - timedelta(days=JOURS_ENTRE_RELANCES)
    tardives = (
        Orientation.objects.en_attente()
        .filter(territoire=territoire_id, fiche__statut=StatutFiche.OUVERTE, reponse_attendue_le__lt=jour)
        .filter(Q(relancee_le=None) | Q(relancee_le__lt=semaine))
        .select_related("fiche", "organisme")
        .order_by(F("reponse_attendue_le"))
    )
    relancees = 0
    for orientation in tardives:
        if orientation.reponse_attendue_le is None or jour < ajouter_jours_ouvres(orientation.reponse_attendue_le, 1):
            continue
        try:
            services.relancer(acces=Acces.systeme(territoire_id), orientation=orientation)
            relancees += 1
        except ErreurMetier as refus:
            journal.info("Reminder of orientation %s refused: %s", orientation.pk, type(refus).__name__)
    return relancees
