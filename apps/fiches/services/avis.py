"""Mails of a fiche. No personal data in a subject; links go to the page, which checks rights again."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from apps.comptes.models import Utilisateur
from apps.courriels.services import annuler, ecrire

from ..models import FicheNavette, Orientation


def _lien(nom: str, *args: object) -> str:
    return settings.SITE_URL.rstrip("/") + reverse(nom, args=args)


def lien_fiche(fiche: FicheNavette) -> str:
    return _lien("fiches:detail", fiche.territoire.slug, fiche.numero)


def lien_orientation(orientation: Orientation) -> str:
    """The fiche; or, on a summary without names, the orientation's own page."""
    if orientation.sur_resume:
        return _lien("fiches:reponse", orientation.fiche.territoire.slug, orientation.pk)
    return lien_fiche(orientation.fiche)


def _donnees(orientation: Orientation, **autres: Any) -> dict[str, Any]:
    fiche = orientation.fiche
    return {
        "numero": fiche.numero,
        "organisme": str(orientation.organisme),
        "genre": orientation.get_genre_display().lower(),
        "echeance": orientation.reponse_attendue_le,
        "lien": lien_orientation(orientation),
        "telephone": fiche.territoire.telephone,
        **autres,
    }


def ecrire_a_l_adressee(
    orientation: Orientation, gabarit: str, *, suffixe: str, pas_avant: datetime | None = None, **donnees: Any
) -> None:
    """To the person addressed, else to the organisme's own address; to nobody when neither is known."""
    personne = orientation.referent
    adresse = personne.courriel if personne is not None and personne.is_active else orientation.organisme.courriel
    if not adresse:
        return
    ecrire(
        gabarit=gabarit,
        destinataire=adresse,
        donnees=_donnees(orientation, personne=personne.nom_formel if personne else "", **donnees),
        cle=f"orientation:{orientation.pk}:{suffixe}",
        territoire_id=orientation.territoire_id,
        pas_avant=pas_avant,
        objet="fiche",
        objet_id=orientation.fiche.numero,
    )


def ecrire_a(utilisateur: Utilisateur, gabarit: str, *, orientation: Orientation, suffixe: str, **donnees: Any) -> None:
    """To one person, about an orientation."""
    ecrire(
        gabarit=gabarit,
        destinataire=utilisateur.courriel,
        donnees=_donnees(orientation, personne=utilisateur.nom_formel, **donnees),
        cle=f"orientation:{orientation.pk}:{suffixe}",
        territoire_id=orientation.territoire_id,
        objet="fiche",
        objet_id=orientation.fiche.numero,
    )


def retenir(orientation: Orientation, suffixe: str = "") -> int:
    """Cancel what has not left yet about this orientation."""
    return annuler(cle_prefixe=f"orientation:{orientation.pk}:{suffixe}", territoire_id=orientation.territoire_id)


def delai_annulation(fiche: FicheNavette) -> datetime:
    """When a mail that can still be undone may leave."""
    return timezone.now() + timedelta(seconds=fiche.territoire.secondes_annulation)
