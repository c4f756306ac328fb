"""Projets and those who carry them, from the idea to the entreprise."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from apps.core.acces import Acces
from apps.core.erreurs import ErreurMetier, VersionPerimee
from apps.core.texte import chiffres, normaliser
from apps.entreprises.enums import SourceEntreprise
from apps.entreprises.models import Entreprise
from apps.entreprises.services import creer as creer_entreprise
from apps.entreprises.services import lier
from apps.personnes.models import Personne

from .enums import GenreProjet, StadeProjet
from .models import Etape, Porteur, Projet
from .workflow import verifier


def _recherche(projet: Projet, personnes: Iterable[Personne]) -> str:
    commune = projet.commune.nom if projet.commune else ""
    morceaux: list[object] = [projet.titre, commune]
    for personne in personnes:
        morceaux += [personne.prenom, personne.nom, personne.courriel, chiffres(personne.telephone)]
    return normaliser(*morceaux)[:600]


def _verrouiller(acces: Acces, projet: Projet) -> Projet:
    return Projet.objects.select_for_update(of=("self",)).get(pk=projet.pk, territoire=acces.territoire_id)


def _noter_etape(acces: Acces, projet: Projet) -> None:
    Etape.objects.create(
        territoire_id=projet.territoire_id, projet=projet, stade=projet.stade, auteur_id=acces.utilisateur_id
    )


def rafraichir_recherche(acces: Acces, personne_id: int) -> None:
    """A porteur changed name or contact: what the search compares follows. Inscribed in `personnes_modifiees`."""
    portages = Porteur.objects.filter(territoire=acces.territoire_id)
    for projet in Projet.objects.filter(pk__in=portages.filter(personne=personne_id).values("projet")):
        personnes = [p.personne for p in portages.filter(projet=projet).select_related("personne")]
        Projet.objects.filter(pk=projet.pk).update(recherche=_recherche(projet, personnes))


@transaction.atomic
def creer_projet(
    *, acces: Acces, personnes: Iterable[Personne], principal: Personne | None = None, **champs: Any
) -> Projet:
    """A projet carried by one or several persons, the first one principal unless told; its first stage is noted.

    Raises ErreurMetier without anybody, or when `principal` is not one of them.
    """
    porteurs = list(dict.fromkeys(personnes))
    if not porteurs:
        raise ErreurMetier("Un projet a au moins un porteur.")
    principal = principal or porteurs[0]
    if principal not in porteurs:
        raise ErreurMetier("Le porteur principal est l’un des porteurs du projet.")
    if any(p.territoire_id != acces.territoire_id for p in porteurs):
        raise ErreurMetier("Un des porteurs n’est pas de ce territoire.")
    projet = Projet(territoire_id=acces.territoire_id, **champs)
    projet.recherche = _recherche(projet, porteurs)
    projet.save()
    Porteur.objects.bulk_create(
        Porteur(territoire_id=acces.territoire_id, projet=projet, personne=p, est_principal=p == principal)
        for p in porteurs
    )
    _noter_etape(acces, projet)
    return projet


@transaction.atomic
def modifier_projet(*, acces: Acces, projet: Projet, version: int | None, **champs: Any) -> Projet:
    """Write `champs` (never the stage) if `version` is still the stored one. Raises VersionPerimee."""
    actuel = Projet.objects.filter(territoire=acces.territoire_id).select_related("commune").get(pk=projet.pk)
    if actuel.version != version:
        raise VersionPerimee(actuel=actuel)
    champs.pop("stade", None)
    for nom, valeur in champs.items():
        setattr(actuel, nom, valeur)
    personnes = [p.personne for p in actuel.porteurs.select_related("personne")]
    return actuel.enregistrer_version(version, {**champs, "recherche": _recherche(actuel, personnes)})


@transaction.atomic
def ajouter_porteur(*, acces: Acces, projet: Projet, personne: Personne, est_principal: bool = False) -> Porteur:
    """One more person carries the projet. Raises ErreurMetier when they already do."""
    projet = _verrouiller(acces, projet)
    if personne.territoire_id != acces.territoire_id:
        raise ErreurMetier("Cette personne n’est pas de ce territoire.")
    porteurs = Porteur.objects.filter(projet=projet)
    if porteurs.filter(personne=personne).exists():
        raise ErreurMetier("Cette personne porte déjà ce projet.")
    est_principal = est_principal or not porteurs.exists()
    if est_principal:
        porteurs.filter(est_principal=True).update(est_principal=False)
    porteur = Porteur.objects.create(
        territoire_id=acces.territoire_id, projet=projet, personne=personne, est_principal=est_principal
    )
    rafraichir_recherche(acces, personne.pk)
    return porteur


@transaction.atomic
def designer_principal(*, acces: Acces, porteur: Porteur) -> Porteur:
    """This porteur becomes the one whom people call first."""
    _verrouiller(acces, porteur.projet)
    Porteur.objects.filter(projet=porteur.projet_id, est_principal=True).update(est_principal=False)
    Porteur.objects.filter(pk=porteur.pk).update(est_principal=True)
    porteur.refresh_from_db()
    return porteur


@transaction.atomic
def retirer_porteur(*, acces: Acces, porteur: Porteur) -> None:
    """The person no longer carries the projet. Raises ErreurMetier for the last one, or for the principal."""
    _verrouiller(acces, porteur.projet)
    if not Porteur.objects.filter(projet=porteur.projet_id).exclude(pk=porteur.pk).exists():
        raise ErreurMetier("Un projet garde au moins un porteur.")
    if Porteur.objects.filter(pk=porteur.pk, est_principal=True).exists():
        raise ErreurMetier("Désignez d’abord un autre porteur principal.")
    projet, restants = porteur.projet, Porteur.objects.filter(projet=porteur.projet_id).exclude(pk=porteur.pk)
    projet.recherche = _recherche(projet, [p.personne for p in restants.select_related("personne")])
    Projet.objects.filter(pk=projet.pk).update(recherche=projet.recherche)
    Porteur.objects.filter(pk=porteur.pk).delete()


@transaction.atomic
def changer_stade(*, acces: Acces, projet: Projet, stade: str, version: int | None = None) -> Projet:
    """Move the projet to another stage and note it. `version` given is compared. Raises TransitionInterdite."""
    projet = _verrouiller(acces, projet)
    if version is not None and projet.version != version:
        raise VersionPerimee(actuel=projet)
    verifier(projet.stade, stade, a_entreprise=projet.entreprise_id is not None)
    projet.stade = stade
    projet.version += 1
    projet.save(update_fields=["stade", "version", "modifie_le"])
    _noter_etape(acces, projet)
    return projet


@transaction.atomic
def devenir_entreprise(
    *, acces: Acces, projet: Projet, entreprise: Entreprise | None = None, **champs: Any
) -> Entreprise:
    """The projet succeeds: its entreprise is created from `champs` (or is `entreprise`), its porteurs head it.

    The projet keeps its stages and its fiches, and points to the entreprise. Raises ErreurMetier when it already has
    become one, or for a wrong SIRET.
    """
    projet = _verrouiller(acces, projet)
    if projet.stade == StadeProjet.LANCE:
        raise ErreurMetier("Ce projet est déjà devenu une entreprise.")
    if projet.stade == StadeProjet.ABANDONNE:
        raise ErreurMetier("Ce projet est abandonné : reprenez-le d’abord à l’un de ses stades.")
    if entreprise is None:
        defauts = {
            "nom": projet.titre,
            "commune": projet.commune,
            "natures": list(projet.natures),
            "naf_rev2": projet.naf_prevue,
            "source": SourceEntreprise.PROJET,
        }
        entreprise = creer_entreprise(acces=acces, **{**defauts, **champs})
    elif entreprise.territoire_id != acces.territoire_id:
        raise ErreurMetier("Cette entreprise n’est pas de ce territoire.")
    fonction = "Repreneur" if projet.genre == GenreProjet.REPRISE else "Créateur"
    liens = Porteur.objects.filter(projet=projet).select_related("personne")
    for porteur in sorted(liens, key=lambda p: p.est_principal):
        lier(
            acces=acces,
            entreprise=entreprise,
            personne=porteur.personne,
            fonction=fonction,
            est_principal=porteur.est_principal,
        )
    projet.entreprise, projet.stade = entreprise, StadeProjet.LANCE
    projet.version += 1
    projet.save(update_fields=["entreprise", "stade", "version", "modifie_le"])
    _noter_etape(acces, projet)
    return entreprise
