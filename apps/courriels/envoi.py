"""Send what waits. Nothing here runs in the transaction of a request."""

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.core.portee import portee
from apps.territoires.models import Territoire
from apps.travaux.reveil import publier

from . import transport, workflow
from .models import Courriel, EtatCourriel

journal = logging.getLogger(__name__)

TACHE = "apps.courriels.tasks.envoyer"
REVEIL_PERDU = timedelta(seconds=30)
GARDE_COMPTES = timedelta(days=30)
IMPREVU = "Le message n’a pas pu être préparé : une erreur est notée dans le journal du site."


def envoyer(courriel_id: int, territoire_id: int | None) -> None:
    """Send one mail if it still waits: taken and committed, handed over, then its fate committed."""
    with transaction.atomic(durable=True), portee(territoire_id):
        courriel = workflow.prendre(courriel_id)
    if courriel is None:
        return
    try:
        transport.remettre(courriel)
    except transport.RefusTemporaire as refus:
        suite, raison = workflow.retarde, str(refus)
    except transport.RefusDefinitif as refus:
        suite, raison = workflow.refuse, str(refus)
    except transport.SortInconnu:
        suite, raison = None, ""
    except Exception as erreur:  # a message that cannot be built, a backend of another kind
        journal.error("courriel-%s : %s", courriel_id, type(erreur).__name__)
        suite, raison = workflow.refuse, IMPREVU
    else:
        with transaction.atomic(durable=True), portee(territoire_id):
            workflow.envoye(courriel)
        return
    with transaction.atomic(durable=True), portee(territoire_id):
        if suite is None:
            workflow.doute(courriel)
        else:
            suite(courriel, raison)


def balayer() -> None:
    """In each territoire, then for accounts: give up what was left half-way, wake workers for what waits."""
    for territoire_id in [None, *Territoire.objects.values_list("pk", flat=True)]:
        for courriel_id in _oublies(territoire_id):
            if not publier(TACHE, courriel_id, territoire_id):
                return


def purger() -> int:
    """Forget the account mails that left or were cancelled a month ago; how many."""
    with transaction.atomic(), portee(None):
        finis = Courriel.objects.filter(
            territoire__isnull=True,
            etat__in=(EtatCourriel.ENVOYE, EtatCourriel.ANNULE),
            modifie_le__lt=timezone.now() - GARDE_COMPTES,
        )
        return finis.delete()[0]


def _oublies(territoire_id: int | None) -> list[int]:
    """Mails that are due and had no message lately; they are about to have one."""
    maintenant = timezone.now()
    with transaction.atomic(), portee(territoire_id):
        du_territoire = Courriel.objects.filter(territoire_id=territoire_id)
        attente = Q(etat=EtatCourriel.A_ENVOYER, pas_avant__lte=maintenant) & (
            Q(reveille_le__isnull=True) | Q(reveille_le__lt=maintenant - REVEIL_PERDU)
        )
        perdus = Q(etat=EtatCourriel.EN_COURS) & (Q(bail_jusqua__isnull=True) | Q(bail_jusqua__lt=maintenant))
        lignes = list(du_territoire.filter(attente | perdus).order_by("pas_avant").values_list("pk", "etat")[:200])
        if any(etat == EtatCourriel.EN_COURS for _, etat in lignes):
            workflow.douter_des_perdus(du_territoire)
        oublies = [pk for pk, etat in lignes if etat == EtatCourriel.A_ENVOYER]
        if oublies:
            du_territoire.filter(pk__in=oublies).update(reveille_le=maintenant)
    return oublies
