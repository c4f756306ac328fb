"""Checklists: written by the coordination, taken by a fiche as so many actions."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.dates import ajouter_jours_ouvres
from apps.core.erreurs import ErreurMetier
from apps.fiches.models import FicheNavette
from apps.partenaires.models import Organisme

from ..enums import Porteur
from ..models import Action, EtapeType, ListeType
from .envois import annoncer
from .gestes import creer


@dataclass(frozen=True)
class EtapeSaisie:
    """One line of a checklist as it is typed."""

    libelle: str
    porteur: str
    delai: int
    organisme: Organisme | None = None


def _ecrire_etapes(liste: ListeType, etapes: Iterable[EtapeSaisie]) -> None:
    lignes = list(etapes)
    if not lignes:
        raise ErreurMetier("Écrivez au moins une étape.")
    liste.etapes.all().delete()
    EtapeType.objects.bulk_create(
        EtapeType(
            territoire_id=liste.territoire_id,
            liste=liste,
            ordre=rang,
            libelle=e.libelle,
            porteur=e.porteur,
            organisme=e.organisme if e.porteur == Porteur.ORGANISME else None,
            delai=e.delai,
        )
        for rang, e in enumerate(lignes, start=1)
    )


def _nom_libre(territoire_id: int | None, nom: str, sauf: int | None = None) -> None:
    if ListeType.objects.filter(territoire=territoire_id, nom=nom).exclude(pk=sauf).exists():
        raise ErreurMetier("Une liste porte déjà ce nom : choisissez-en un autre.")


@transaction.atomic
def creer_liste(
    *, acces: Acces, nom: str, theme: Any = None, est_active: bool = True, etapes: Iterable[EtapeSaisie]
) -> ListeType:
    """A new checklist. Raises ErreurMetier when the name is taken or there is no step."""
    _nom_libre(acces.territoire_id, nom)
    try:
        with transaction.atomic():
            liste = ListeType.objects.create(
                territoire_id=acces.territoire_id, nom=nom, theme=theme, est_active=est_active
            )
    except IntegrityError:
        raise ErreurMetier("Une liste porte déjà ce nom : choisissez-en un autre.") from None
    _ecrire_etapes(liste, etapes)
    return liste


@transaction.atomic
def modifier_liste(
    *,
    acces: Acces,
    liste: ListeType,
    version: int | None,
    nom: str,
    theme: Any = None,
    est_active: bool = True,
    etapes: Iterable[EtapeSaisie],
) -> ListeType:
    """Change a checklist; the actions already taken from it stay as they are. Raises VersionPerimee."""
    _nom_libre(acces.territoire_id, nom, sauf=liste.pk)
    nouvelle = liste.enregistrer_version(version, {"nom": nom, "theme": theme, "est_active": est_active})
    _ecrire_etapes(nouvelle, etapes)
    return nouvelle


@transaction.atomic
def supprimer_liste(*, acces: Acces, liste: ListeType) -> None:
    """Actions keep the name of the list that they come from."""
    ListeType.objects.visibles_par(acces).filter(pk=liste.pk).delete()


@transaction.atomic
def prendre_liste(*, acces: Acces, fiche: FicheNavette, liste: ListeType) -> list[Action]:
    """One action a step, each due after its own delay; a step still to do from the same list is not taken twice.

    All or none; each holder is told once. Raises ErreurMetier, naming the step, when its partner is no longer active.
    """
    jour = timezone.localdate()
    deja = set(
        Action.objects.ouvertes()
        .filter(territoire=acces.territoire_id, fiche=fiche, liste_dite=liste.nom)
        .values_list("libelle", flat=True)
    )
    prises = []
    for etape in liste.etapes.select_related("organisme"):
        if etape.libelle in deja:
            continue
        try:
            action = creer(
                acces=acces, libelle=etape.libelle, echeance=ajouter_jours_ouvres(jour, etape.delai),
                porteur=etape.porteur, organisme=etape.organisme, fiche=fiche, liste_dite=liste.nom, annoncer=False,
            )  # fmt: skip
        except ErreurMetier as erreur:
            raise ErreurMetier(f"Étape « {etape.libelle} » : {erreur.message}") from erreur
        prises.append(action)
    if not prises:
        raise ErreurMetier("Toutes les étapes de cette liste sont déjà à faire sur cette fiche.")
    annoncer(acces=acces, actions=prises)
    return prises
