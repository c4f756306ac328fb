"""The sweepers: what was lost is found again, what is old is forgotten. They run without scope."""

import logging
from datetime import timedelta

from django.db import DatabaseError, close_old_connections
from django.db.models import Q
from django.utils import timezone

from apps.core.registres import balayages

from . import workflow
from .enums import ETATS_FINIS, EtatTravail
from .models import Balayage, Travail
from .processus import en_main
from .reveil import publier

journal = logging.getLogger(__name__)

TACHE = "apps.travaux.tasks.executer"
REVEIL_PERDU = timedelta(seconds=30)
GARDE = timedelta(days=30)
# Two ticks of the scheduler are never exactly as far apart as they should be.
TOLERANCE = timedelta(seconds=2)
INTERROMPU = "Le traitement a été interrompu (le travailleur s’est arrêté)."


def balayer() -> list[str]:
    """Run the regular sweeps that are due, each claimed by one process at a time: their names. A failure stops none."""
    Balayage.objects.bulk_create([Balayage(nom=nom) for nom in balayages.cles()], ignore_conflicts=True)
    faits = []
    for nom, (fonction, secondes) in balayages:
        maintenant = timezone.now()
        echus = Balayage.objects.filter(nom=nom, prochain_le__lte=maintenant + TOLERANCE)
        if not echus.update(prochain_le=maintenant + timedelta(seconds=secondes), dernier_le=maintenant):
            continue
        try:
            fonction()
        except Exception as erreur:
            journal.error("Balayage « %s » : %s", nom, type(erreur).__name__)
            if isinstance(erreur, DatabaseError):
                close_old_connections()
        faits.append(nom)
    return faits


def reprendre() -> None:
    """Free the jobs whose worker gave no sign of life; wake workers for those that wait and whose message was lost."""
    for travail in workflow.bails_perdus(sauf=en_main.baux()):
        if travail.annulation_demandee:
            workflow.arreter(travail, perdu=True)
        else:
            workflow.remettre(travail, INTERROMPU, perdu=True)
    reveiller_les_oublies()


def reveiller_les_oublies() -> int:
    """Send a message for each waiting job that is due and has had none lately; how many left."""
    maintenant = timezone.now()
    oublies = Travail.objects.filter(
        Q(reveille_le__isnull=True) | Q(reveille_le__lt=maintenant - REVEIL_PERDU),
        etat=EtatTravail.EN_ATTENTE,
        pas_avant__lte=maintenant,
    ).order_by("pas_avant")
    envoyes = 0
    for pk in oublies.values_list("pk", flat=True)[:200]:
        if not publier(TACHE, pk):
            break
        Travail.objects.filter(pk=pk).update(reveille_le=timezone.now())
        envoyes += 1
    return envoyes


def purger() -> int:
    """Forget the jobs that ended long ago; how many."""
    return Travail.objects.filter(etat__in=ETATS_FINIS, fini_le__lt=timezone.now() - GARDE).delete()[0]
