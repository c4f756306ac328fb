"""What a partner answers, and its section of the fiche."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from apps.acces.services import coordination_de
from apps.core.acces import Acces
from apps.core.erreurs import TransitionInterdite, VersionPerimee
from apps.courriels.services import ecrire

from ..enums import ActionJournal, ActionOrientation, EtatOrientation
from ..journal import journaliser
from ..models import Orientation
from ..workflow import EN_COURS, appliquer_orientation, recalculer, verrouiller
from .avis import lien_fiche
from .partages import accorder_partages


def _prevenir_coordination(orientation: Orientation, acces: Acces) -> None:
    """An answer waits for a decision: the person in charge is told, else every coordinator; never its author."""
    fiche = orientation.fiche
    destinataires = [fiche.responsable] if fiche.responsable else coordination_de(fiche.territoire_id)
    for personne in destinataires:
        if personne is None or personne.pk == acces.utilisateur_id or not personne.is_active:
            continue
        ecrire(
            gabarit="reponse_partenaire",
            destinataire=personne.courriel,
            donnees={
                "numero": fiche.numero,
                "organisme": str(orientation.organisme),
                "reponse": orientation.get_etat_display().lower(),
                "lien": lien_fiche(fiche),
            },
            cle=f"orientation:{orientation.pk}:reponse:{orientation.version}:{personne.pk}",
            territoire_id=orientation.territoire_id,
            objet="fiche",
            objet_id=fiche.numero,
        )


@transaction.atomic
def prendre_en_charge(
    *,
    acces: Acces,
    orientation: Orientation,
    reference_partenaire: str | None = None,
    prochaine_etape: str | None = None,
    prochaine_etape_le: date | None = None,
    quand: datetime | None = None,
) -> Orientation:
    """The partner takes the accompagnement in charge."""
    champs: dict[str, Any] = {}
    if reference_partenaire is not None:
        champs["reference_partenaire"] = reference_partenaire
    if prochaine_etape is not None:
        champs |= {"prochaine_etape": prochaine_etape, "prochaine_etape_le": prochaine_etape_le}
    return appliquer_orientation(
        ActionOrientation.PRENDRE_EN_CHARGE, orientation=orientation, acces=acces, champs=champs, quand=quand
    )


@transaction.atomic
def decliner(
    *, acces: Acces, orientation: Orientation, motif: str, precision: str = "", quand: datetime | None = None
) -> Orientation:
    """The partner says no, and why; it keeps sight of its own answer only."""
    orientation = appliquer_orientation(
        ActionOrientation.DECLINER, orientation=orientation, acces=acces, quand=quand,
        champs={"motif_declin": motif, "precision_declin": precision},
    )  # fmt: skip
    accorder_partages(orientation.fiche, quand=quand)
    if quand is None:
        _prevenir_coordination(orientation, acces)
    return orientation


@transaction.atomic
def rendre_avis(
    *, acces: Acces, orientation: Orientation, avis: str, quand: datetime | None = None, version: int | None = None
) -> Orientation:
    """The avis asked for, signed by whoever gives it."""
    orientation = appliquer_orientation(
        ActionOrientation.RENDRE_AVIS, orientation=orientation, acces=acces, champs={"avis": avis}, quand=quand,
        version=version,
    )  # fmt: skip
    accorder_partages(orientation.fiche, quand=quand)
    if quand is None:
        _prevenir_coordination(orientation, acces)
    return orientation


@transaction.atomic
def marquer_lue(*, acces: Acces, orientation: Orientation, quand: datetime | None = None) -> Orientation:
    """An information was read."""
    return appliquer_orientation(ActionOrientation.LIRE, orientation=orientation, acces=acces, quand=quand)


@transaction.atomic
def terminer(
    *,
    acces: Acces,
    orientation: Orientation,
    resultat: str,
    aide_apportee: str = "",
    quand: datetime | None = None,
    version: int | None = None,
) -> Orientation:
    """End the accompagnement with its result; this signs the section. The partner reads until the fiche closes."""
    champs: dict[str, Any] = {"resultat": resultat}
    if aide_apportee:
        champs["aide_apportee"] = aide_apportee
    orientation = appliquer_orientation(
        ActionOrientation.TERMINER, orientation=orientation, acces=acces, champs=champs, quand=quand, version=version
    )
    accorder_partages(orientation.fiche, quand=quand)
    if quand is None:
        _prevenir_coordination(orientation, acces)
    return orientation


@transaction.atomic
def ecrire_section(
    *, acces: Acces, orientation: Orientation, version: int | None, champs: dict[str, Any]
) -> Orientation:
    """Write the partner's own words (avis, help given, its reference, what is planned) if `version` is the stored one.

    Raises VersionPerimee with the stored orientation, TransitionInterdite once signed.
    """
    fiche = verrouiller(orientation.fiche)
    actuelle = Orientation.objects.select_related("organisme").get(pk=orientation.pk)
    if actuelle.etat not in EN_COURS or not fiche.est_ouverte:
        raise TransitionInterdite("Cette section est signée : reprenez la réponse pour la changer.")
    if actuelle.version != version:
        raise VersionPerimee(actuel=actuelle)
    changes = {n: v for n, v in champs.items() if getattr(actuelle, n) != v}
    if not changes:
        return actuelle
    nouvelle = actuelle.enregistrer_version(version, changes)
    nouvelle.fiche = fiche
    recalculer(fiche)
    journaliser(
        fiche=fiche, acces=acces, action=ActionJournal.SECTION, texte=f"Section de {actuelle.organisme} complétée",
        orientation=nouvelle,
    )  # fmt: skip
    return nouvelle


def est_signee(orientation: Orientation) -> bool:
    """Ended, hence frozen under a name and a date."""
    return orientation.signee_le is not None and orientation.etat in (
        EtatOrientation.TERMINEE,
        EtatOrientation.AVIS_RENDU,
    )
