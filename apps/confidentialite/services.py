"""Record, instruct and answer requests for rights."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.dates import ajouter_mois
from apps.core.erreurs import TransitionInterdite, exiger
from apps.fiches.services import numeroter

from .enums import EtatDemandeDroit
from .models import DemandeDroit
from .permissions import peut_consulter, peut_instruire

SERIE = "DR"
DELAI_MOIS = 1
PROLONGATION_MOIS = 2


@transaction.atomic
def enregistrer(
    *, acces: Acces, droit: str, nom: str, contact: str, recue_le: date, precision: str = ""
) -> DemandeDroit:
    """A request with its number and its term, one month after it came (RGPD, art. 12.3)."""
    exiger(peut_consulter(acces))
    assert acces.territoire_id is not None
    _, _, reference = numeroter(territoire_id=acces.territoire_id, serie=SERIE, annee=recue_le.year)
    return DemandeDroit.objects.create(
        territoire_id=acces.territoire_id,
        reference=reference,
        droit=droit,
        nom=nom,
        contact=contact,
        precision=precision,
        recue_le=recue_le,
        echeance=ajouter_mois(recue_le, DELAI_MOIS),
        saisie_par_id=acces.utilisateur_id,
    )


@transaction.atomic
def instruire(*, acces: Acces, demande: DemandeDroit, version: int | None, **champs: Any) -> DemandeDroit:
    """Say who the person is, when their identity was checked, and whether two more months are needed.

    Raises Refus for anybody but the officer, TransitionInterdite once answered, VersionPerimee when it has changed.
    """
    exiger(peut_instruire(acces))
    if not demande.est_ouverte:
        raise TransitionInterdite("Cette demande a déjà reçu sa réponse.")
    mois = DELAI_MOIS + (PROLONGATION_MOIS if champs.get("prolongee", demande.prolongee) else 0)
    champs |= {"etat": EtatDemandeDroit.EN_COURS, "echeance": ajouter_mois(demande.recue_le, mois)}
    return demande.enregistrer_version(version, champs)


@transaction.atomic
def repondre(
    *, acces: Acces, demande: DemandeDroit, version: int | None, reponse: str, refusee: bool = False
) -> DemandeDroit:
    """Close the request with its answer, kept for the register; the content closes with it."""
    exiger(peut_instruire(acces))
    if not demande.est_ouverte:
        raise TransitionInterdite("Cette demande a déjà reçu sa réponse.")
    return demande.enregistrer_version(
        version,
        {
            "etat": EtatDemandeDroit.REFUSEE if refusee else EtatDemandeDroit.REPONDUE,
            "reponse": reponse,
            "repondue_le": timezone.localdate(),
            "repondue_par_id": acces.utilisateur_id,
        },
    )
