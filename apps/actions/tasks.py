"""The regular sweep that reminds of what is due, on working days."""

import logging

from django.utils import timezone

from apps.core.dates import est_ouvre
from apps.core.portee import portee
from apps.territoires.models import Territoire

from .services import rappeler_territoire

journal = logging.getLogger(__name__)


def rappeler_actions() -> int:
    """For each territoire, the day before and a week after, once each. Gives how many mails left."""
    if not est_ouvre(timezone.localdate()):
        return 0
    total = 0
    for territoire_id in Territoire.objects.filter(est_actif=True).values_list("pk", flat=True):
        with portee(territoire_id):
            total += rappeler_territoire(territoire_id)
    if total:
        journal.info("Reminders of actions queued: %s", total)
    return total
