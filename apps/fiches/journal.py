"""The frozen journal of a fiche: each change, its author and body under the names of that day."""

from datetime import datetime

from django.utils import timezone

from apps.comptes.models import Utilisateur
from apps.core.acces import Acces, Role
from apps.partenaires.models import Organisme

from .enums import ActionJournal, Visibilite
from .models import EntreeJournal, FicheNavette, Orientation

AUTEURS_SANS_COMPTE = {Role.DEMANDEUR: "Le demandeur", Role.SYSTEME: ""}


def signature(acces: Acces) -> dict[str, object]:
    """Author and organisme of a row, with their names of the day."""
    auteur = Utilisateur.objects.filter(pk=acces.utilisateur_id).first() if acces.utilisateur_id else None
    organisme = None
    if acces.organisme_id:
        organisme = Organisme.objects.filter(pk=acces.organisme_id, territoire=acces.territoire_id).first()
    return {
        "auteur": auteur,
        "auteur_nom": str(auteur) if auteur else AUTEURS_SANS_COMPTE.get(acces.role, ""),
        "organisme": organisme,
        "organisme_nom": str(organisme) if organisme else "",
    }


def journaliser(
    *,
    fiche: FicheNavette,
    acces: Acces,
    action: ActionJournal | str,
    texte: str,
    motif: str = "",
    visibilite: Visibilite | str = Visibilite.PARTENAIRES,
    orientation: Orientation | None = None,
    depuis: str = "",
    vers: str = "",
    quand: datetime | None = None,
) -> EntreeJournal:
    """Add one line, never changed afterwards. `motif` is shown to those who read the line."""
    return EntreeJournal.objects.create(
        territoire_id=fiche.territoire_id,
        fiche=fiche,
        quand=quand or timezone.now(),
        action=action,
        texte=texte,
        motif=motif,
        visibilite=visibilite,
        orientation=orientation,
        depuis=depuis,
        vers=vers,
        **signature(acces),
    )
