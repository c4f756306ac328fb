"""The life of a job: one table of transitions, each a conditional UPDATE, so that two workers never hold one job.

Whoever holds a job is named by `bail_de`, new at each taking. Every later write of the holder requires it: one who lost
the lease (stopped too long, cut from the database) can no longer change anything.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from apps.core.erreurs import TransitionInterdite

from .enums import EtatTravail
from .models import Travail, TravailQuerySet

# Seconds before the second attempt, the third…
RECULS = (15, 60, 300)

ATTENTE, COURS = EtatTravail.EN_ATTENTE, EtatTravail.EN_COURS


@dataclass(frozen=True)
class Transition:
    depuis: frozenset[EtatTravail]
    vers: EtatTravail


TRANSITIONS: dict[str, Transition] = {
    "prendre": Transition(frozenset({ATTENTE}), COURS),
    "reussir": Transition(frozenset({COURS}), EtatTravail.REUSSI),
    "echouer": Transition(frozenset({COURS}), EtatTravail.ECHOUE),
    "remettre": Transition(frozenset({COURS}), ATTENTE),
    "arreter": Transition(frozenset({COURS}), EtatTravail.ANNULE),
    "annuler": Transition(frozenset({ATTENTE}), EtatTravail.ANNULE),
    "relancer": Transition(frozenset({EtatTravail.ECHOUE, EtatTravail.ANNULE}), ATTENTE),
}

LIBRE: dict[str, Any] = {"bail_jusqua": None, "bail_de": ""}


def _changer(action: str, travaux: TravailQuerySet, **champs: Any) -> int:
    """Write the transition on those of `travaux` that may make it; how many did."""
    regle = TRANSITIONS[action]
    return travaux.filter(etat__in=regle.depuis).update(etat=regle.vers, modifie_le=timezone.now(), **champs)


def _tenu(travail: Travail, *, perdu: bool = False) -> TravailQuerySet:
    """The row, if `travail` is still the one that holds it; with `perdu`, if its lease has run out too."""
    ligne = Travail.objects.filter(pk=travail.pk, bail_de=travail.bail_de)
    return ligne.exclude(bail_jusqua__gte=timezone.now()) if perdu else ligne


def fin_du_bail() -> datetime:
    return timezone.now() + timedelta(seconds=settings.TRAVAUX_BAIL)


def recul(tentatives: int) -> timedelta:
    """How long to wait after that many attempts."""
    return timedelta(seconds=RECULS[min(max(tentatives, 1), len(RECULS)) - 1])


def prendre(travail_id: int, *, par: str) -> Travail | None:
    """Take a waiting job whose time has come; None when somebody else did, or nothing is left to do."""
    bail_de = f"{par[:40]}:{uuid.uuid4().hex}"
    pris = _changer(
        "prendre",
        Travail.objects.filter(pk=travail_id, pas_avant__lte=timezone.now()),
        bail_de=bail_de,
        bail_jusqua=fin_du_bail(),
        tentatives=F("tentatives") + 1,
        commence_le=Coalesce("commence_le", Now()),
        fait=0,
        message="",
        erreur="",
    )
    return Travail.objects.get(pk=travail_id) if pris else None


def prolonger(travail: Travail) -> bool:
    """Renew the lease. False when it was lost."""
    return bool(_tenu(travail).filter(etat=COURS).update(bail_jusqua=fin_du_bail()))


def avancer(travail: Travail, *, fait: int, total: int | None, message: str) -> bool:
    """Show how far it is, and renew the lease. False when it was lost."""
    champs: dict[str, Any] = {"fait": max(fait, 0), "message": message[:300], "bail_jusqua": fin_du_bail()}
    if total is not None:
        champs["total"] = max(total, 0)
    return bool(_tenu(travail).filter(etat=COURS).update(**champs))


def annulation_demandee(travail: Travail) -> bool:
    """Whether somebody wants it stopped."""
    return Travail.objects.filter(pk=travail.pk, annulation_demandee=True).exists()


def reussir(travail: Travail, resultat: dict[str, Any], *, total: int) -> bool:
    """Done, with its result. False when the lease was lost: the caller undoes what it did."""
    champs = {"resultat": resultat, "fait": total, "total": total, "message": "", "fini_le": timezone.now()}
    return bool(_changer("reussir", _tenu(travail), **champs, **LIBRE))


def echouer(travail: Travail, raison: str, *, perdu: bool = False) -> bool:
    """Over, with a reason that a person understands."""
    tenu = _tenu(travail, perdu=perdu)
    return bool(_changer("echouer", tenu, erreur=raison[:500], fini_le=timezone.now(), **LIBRE))


def arreter(travail: Travail, *, perdu: bool = False) -> bool:
    """Stopped because it was asked."""
    return bool(_changer("arreter", _tenu(travail, perdu=perdu), fini_le=timezone.now(), **LIBRE))


def remettre(travail: Travail, raison: str, *, perdu: bool = False) -> bool:
    """Try again later, or give up when it was tried enough; `raison` is what is shown meanwhile, or in the end."""
    if travail.tentatives >= travail.tentatives_max:
        return echouer(travail, raison, perdu=perdu)
    return bool(
        _changer(
            "remettre",
            _tenu(travail, perdu=perdu),
            erreur=raison[:500],
            pas_avant=timezone.now() + recul(travail.tentatives),
            reveille_le=None,
            **LIBRE,
        )
    )


def rendre(travail: Travail) -> bool:
    """Put it back at once: the worker stops, the job is not at fault and the attempt does not count."""
    tentatives = max(travail.tentatives - 1, 0)
    return bool(_changer("remettre", _tenu(travail), tentatives=tentatives, reveille_le=None, **LIBRE))


def annuler(travail: Travail) -> EtatTravail:
    """Cancel a waiting job at once, ask a running one to stop; the state it is in now. Raises TransitionInterdite."""
    ligne = Travail.objects.filter(pk=travail.pk)
    if _changer("annuler", ligne, annulation_demandee=True, fini_le=timezone.now()):
        return EtatTravail.ANNULE
    if ligne.filter(etat=COURS).update(annulation_demandee=True):
        return EtatTravail.EN_COURS
    raise TransitionInterdite("Ce travail est déjà terminé.")


def relancer(travail: Travail) -> None:
    """Start again a job that failed or was cancelled. Raises TransitionInterdite."""
    relance = _changer(
        "relancer",
        Travail.objects.filter(pk=travail.pk),
        annulation_demandee=False,
        tentatives=0,
        fait=0,
        message="",
        erreur="",
        commence_le=None,
        fini_le=None,
        pas_avant=timezone.now(),
        reveille_le=timezone.now(),
    )
    if not relance:
        raise TransitionInterdite("Ce travail n’est ni échoué ni annulé : il n’y a rien à relancer.")


def bails_perdus(*, sauf: set[str]) -> list[Travail]:
    """Running jobs without a sign of life; `sauf` are the leases that this very process knows to be alive."""
    perdus = Travail.objects.filter(Q(bail_jusqua__lt=timezone.now()) | Q(bail_jusqua__isnull=True), etat=COURS)
    return list(perdus.exclude(bail_de__in=sauf).order_by("pk")[:200])
