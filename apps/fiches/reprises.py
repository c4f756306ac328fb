"""What a person leaves without an owner when they go, and how it moves to a colleague in one step."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from apps.comptes.models import Utilisateur
from apps.core.acces import Acces

from . import services
from .enums import ActionJournal, StatutFiche
from .models import FicheNavette, Orientation
from .workflow import EN_COURS

OUVERTES = (StatutFiche.OUVERTE, StatutFiche.EN_ATTENTE)


def _suivies(acces: Acces, utilisateur_id: int, organisme_id: int | None) -> QuerySet[FicheNavette]:
    """Fiches in this person's charge: the coordination's only."""
    fiches = FicheNavette.objects.filter(
        territoire=acces.territoire_id, responsable=utilisateur_id, statut__in=OUVERTES
    )
    return fiches if organisme_id is None else fiches.none()


def _adressees(acces: Acces, utilisateur_id: int, organisme_id: int | None, champ: str) -> QuerySet[Orientation]:
    """Running orientations addressed or handed to this person, for the organisme they leave."""
    if organisme_id is None:
        return Orientation.objects.none()
    return Orientation.objects.filter(
        territoire=acces.territoire_id, organisme=organisme_id, etat__in=EN_COURS, fiche__statut__in=OUVERTES,
        **{champ: utilisateur_id},
    ).select_related("fiche", "organisme")  # fmt: skip


def compter_suivies(acces: Acces, utilisateur_id: int, organisme_id: int | None) -> int:
    return _suivies(acces, utilisateur_id, organisme_id).count()


def deplacer_suivies(acces: Acces, utilisateur_id: int, vers_id: int, organisme_id: int | None) -> int:
    """To another of the coordination; each fiche's journal says so."""
    return services.changer_responsable(
        acces=acces,
        fiches=list(_suivies(acces, utilisateur_id, organisme_id)),
        responsable=Utilisateur.objects.get(pk=vers_id),
    )


def compter_adressees(acces: Acces, utilisateur_id: int, organisme_id: int | None) -> int:
    return _adressees(acces, utilisateur_id, organisme_id, "referent").count()


def deplacer_adressees(acces: Acces, utilisateur_id: int, vers_id: int, organisme_id: int | None) -> int:
    """To another référent of the organisme."""
    vers = Utilisateur.objects.get(pk=vers_id)
    lignes = list(_adressees(acces, utilisateur_id, organisme_id, "referent"))
    for orientation in lignes:
        Orientation.objects.filter(pk=orientation.pk).update(referent=vers, referent_remplace=None)
        services.journaliser(
            fiche=orientation.fiche, acces=acces, action=ActionJournal.TRANSMISSION, orientation=orientation,
            texte=f"{orientation.organisme} : {vers} prend la suite",
        )  # fmt: skip
    return len(lignes)


def compter_confiees(acces: Acces, utilisateur_id: int, organisme_id: int | None) -> int:
    return _adressees(acces, utilisateur_id, organisme_id, "technicien").count()


def deplacer_confiees(acces: Acces, utilisateur_id: int, vers_id: int, organisme_id: int | None) -> int:
    """To another technicien of the organisme: the share moves with the case."""
    vers = Utilisateur.objects.get(pk=vers_id)
    lignes = list(_adressees(acces, utilisateur_id, organisme_id, "technicien"))
    for orientation in lignes:
        services.confier(acces=acces, orientation=orientation, technicien=vers)
    return len(lignes)


COMPTES: dict[str, tuple[str, str, Callable[..., int], Callable[..., Any]]] = {
    "fiches.responsable": ("fiche suivie", "fiches suivies", compter_suivies, deplacer_suivies),
    "fiches.referent": (
        "orientation à répondre ou suivie",
        "orientations à répondre ou suivies",
        compter_adressees,
        deplacer_adressees,
    ),
    "fiches.technicien": ("dossier confié", "dossiers confiés", compter_confiees, deplacer_confiees),
}
