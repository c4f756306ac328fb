"""A personal calendar to subscribe to: its secret address is shown once, kept as a digest, and may be revoked."""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.acces.models import Affectation
from apps.core.acces import Acces
from apps.core.erreurs import exiger
from apps.territoires.models import Territoire

from ..models import AbonnementAgenda, Seance
from ..permissions import peut_voir_comites
from . import ics

OCTETS = 32
# The past that a calendar keeps, and how often a reading is noted.
PASSE = timedelta(days=400)
PAS_DE_LECTURE = timedelta(hours=1)


def empreinte(secret: str) -> str:
    """What is kept of the address."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def abonnement_de(acces: Acces) -> AbonnementAgenda | None:
    """The one in force of this person here."""
    return AbonnementAgenda.objects.filter(
        territoire=acces.territoire_id, utilisateur=acces.utilisateur_id, revoque_le__isnull=True
    ).first()


@transaction.atomic
def s_abonner(*, acces: Acces) -> str:
    """A new secret, for this person in this role; the former address stops at once. Raises Refus."""
    exiger(peut_voir_comites(acces) and acces.affectation_id is not None)
    revoquer(acces=acces)
    secret = secrets.token_urlsafe(OCTETS)
    AbonnementAgenda.objects.create(
        territoire_id=acces.territoire_id,
        utilisateur_id=acces.utilisateur_id,
        affectation_id=acces.affectation_id,
        empreinte=empreinte(secret),
    )
    return secret


@transaction.atomic
def revoquer(*, acces: Acces) -> bool:
    """The address of this person opens nothing any more; whether there was one."""
    en_vigueur = AbonnementAgenda.objects.filter(
        territoire=acces.territoire_id, utilisateur=acces.utilisateur_id, revoque_le__isnull=True
    )
    return bool(en_vigueur.update(revoque_le=timezone.now(), modifie_le=timezone.now()))


def flux(secret: str, territoire: Territoire) -> str | None:
    """The calendar behind a secret, as its holder sees the séances now; None when it opens nothing.

    Nothing once the role has ended: the right is that of the affectation, at each reading.
    """
    abonnement = AbonnementAgenda.objects.filter(
        territoire=territoire, empreinte=empreinte(secret), revoque_le__isnull=True
    ).first()
    if abonnement is None:
        return None
    affectation = (
        Affectation.objects.actives()
        .filter(pk=abonnement.affectation_id, utilisateur=abonnement.utilisateur_id, territoire=territoire)
        .first()
    )
    if affectation is None or not peut_voir_comites(affectation.acces()):
        return None
    _noter_lecture(abonnement)
    seances = (
        Seance.objects.visibles_par(affectation.acces())
        .filter(jour__gte=timezone.localdate() - PASSE)
        .select_related("instance", "conjointe")
        .order_by("jour", "heure_debut", "pk")
    )
    return ics.flux(seances, territoire)


def _noter_lecture(abonnement: AbonnementAgenda) -> None:
    """So that its holder sees that it is read; calendars come often, one write an hour is enough."""
    maintenant = timezone.now()
    AbonnementAgenda.objects.filter(pk=abonnement.pk).filter(
        Q(lu_le__isnull=True) | Q(lu_le__lt=maintenant - PAS_DE_LECTURE)
    ).update(lu_le=maintenant)
