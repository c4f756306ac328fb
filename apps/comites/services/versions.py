"""The anonymous versions of fiches, written for the élus, then read again before anybody sees them."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.erreurs import ErreurMetier, VersionPerimee
from apps.core.texte import nettoyer, normaliser
from apps.fiches.models import FicheNavette
from apps.fiches.services import commune_de

from ..lecture import nomme, noms_connus
from ..models import VersionAnonyme

NOMME = "Ce texte nomme la personne, l’entreprise ou la commune : enlevez ce nom, des élus le liront."
VIDE = "Écrivez le résumé que les élus liront."


def exiger_anonyme(fiche: FicheNavette, texte: str) -> None:
    """Neither the applicants, nor the enterprise, nor the commune (its intercommunalité is shown instead)."""
    commune = commune_de(fiche)
    noms = noms_connus(fiche) | ({normaliser(commune.nom)} if commune is not None else set())
    if nomme(texte, noms):
        raise ErreurMetier(NOMME)


@transaction.atomic
def ecrire_version(*, acces: Acces, fiche: FicheNavette, texte: str, version: int | None) -> VersionAnonyme:
    """Write or change the summary: it has to be reviewed again. `version` is None for the first one.

    Raises VersionPerimee with the stored one.
    """
    texte = nettoyer(texte)
    if not texte:
        raise ErreurMetier(VIDE)
    exiger_anonyme(fiche, texte)
    actuelle = VersionAnonyme.objects.filter(fiche=fiche).first()
    if actuelle is None:
        return _premiere(acces, fiche, texte)
    if actuelle.version == version and actuelle.texte == texte:
        return actuelle
    champs = {"texte": texte, "redigee_par_id": acces.utilisateur_id, "relue_le": None, "relue_par_id": None}
    return actuelle.enregistrer_version(version, champs)


def _premiere(acces: Acces, fiche: FicheNavette, texte: str) -> VersionAnonyme:
    try:
        with transaction.atomic():
            return VersionAnonyme.objects.create(
                territoire_id=fiche.territoire_id, fiche=fiche, texte=texte, redigee_par_id=acces.utilisateur_id
            )
    except IntegrityError as erreur:
        raise VersionPerimee(actuel=VersionAnonyme.objects.get(fiche=fiche)) from erreur


@transaction.atomic
def relire_version(*, acces: Acces, version_anonyme: VersionAnonyme, version: int | None) -> VersionAnonyme:
    """Say that this very text may be shown: checked once more, since a name may have come on the fiche.

    Raises VersionPerimee when it changed since it was read.
    """
    exiger_anonyme(version_anonyme.fiche, version_anonyme.texte)
    return version_anonyme.enregistrer_version(
        version, {"relue_le": timezone.now(), "relue_par_id": acces.utilisateur_id}
    )


@transaction.atomic
def retirer_version(*, acces: Acces, version_anonyme: VersionAnonyme, version: int | None) -> VersionAnonyme:
    """Take the review back: the élus no longer read it."""
    return version_anonyme.enregistrer_version(version, {"relue_le": None, "relue_par_id": None})
