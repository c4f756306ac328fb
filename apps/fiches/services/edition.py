"""What the coordination changes on a fiche: what it is about, who follows it, what the applicant owes."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction

from apps.acces.models import Affectation
from apps.comptes.models import Utilisateur
from apps.core.acces import Acces, Role
from apps.core.affichage import INSECABLE, date_courte
from apps.core.erreurs import ErreurMetier, TransitionInterdite, VersionPerimee
from apps.territoires.models import Theme

from ..enums import ActionFiche, ActionJournal, Confidentialite, Priorite, Visibilite
from ..journal import journaliser
from ..models import Besoin, FicheNavette
from ..workflow import appliquer_fiche, recalculer, verrouiller
from .ouverture import calculer_recherche
from .partages import accorder_partages

NOMS_CHAMPS = {
    "titre": "titre",
    "priorite": "priorité",
    "responsable": "personne en charge",
    "confidentialite": "confidentialité",
    "suivie_seule": "suivi par la coordination seule",
    "resume_sans_nom": "résumé sans nom",
    "origine": "origine",
    "prescripteur": "adressée par",
}
ORDRE_CONFIDENTIALITE = (Confidentialite.COORDINATION, Confidentialite.PARTENAIRES, Confidentialite.COMITE)


def elargit(avant: str, apres: str) -> bool:
    """More people would read: asks for confirmation."""
    return ORDRE_CONFIDENTIALITE.index(Confidentialite(apres)) > ORDRE_CONFIDENTIALITE.index(Confidentialite(avant))


@transaction.atomic
def modifier(*, acces: Acces, fiche: FicheNavette, version: int | None, **champs: Any) -> FicheNavette:
    """Write title, priority, person in charge, confidentiality… if `version` is still the stored one.

    Raises VersionPerimee with the stored fiche; TransitionInterdite once closed.
    """
    actuelle = verrouiller(fiche)
    if actuelle.version != version:
        raise VersionPerimee(actuel=actuelle)
    if not actuelle.est_ouverte:
        raise TransitionInterdite(f"La fiche {actuelle.numero} n’est plus ouverte : rouvrez-la d’abord.")
    changes = {n: v for n, v in champs.items() if getattr(actuelle, n) != v}
    if not changes:
        return actuelle
    _exiger_coordination(changes.get("responsable"), actuelle.territoire_id)
    nouvelle = actuelle.enregistrer_version(version, changes)
    nouvelle = verrouiller(nouvelle)
    if "titre" in changes:
        nouvelle.recherche = calculer_recherche(nouvelle)
        nouvelle.save(update_fields=["recherche"])
    recalculer(nouvelle)
    accorder_partages(nouvelle)
    for nom in changes:
        _journaliser_champ(acces, nouvelle, nom)
    return nouvelle


def _exiger_coordination(personne: Utilisateur | None, territoire_id: int) -> None:
    if (
        personne is not None
        and not Affectation.objects.actives()
        .filter(utilisateur=personne, territoire=territoire_id, role=Role.COORDINATION)
        .exists()
    ):
        raise ErreurMetier(f"{personne} n’est pas de la coordination de ce territoire.")


def _journaliser_champ(acces: Acces, fiche: FicheNavette, nom: str) -> None:
    valeurs = {
        "responsable": str(fiche.responsable) if fiche.responsable else "personne",
        "priorite": Priorite(fiche.priorite).label.lower(),
        "confidentialite": Confidentialite(fiche.confidentialite).label.lower(),
        "suivie_seule": "oui" if fiche.suivie_seule else "non",
        "titre": fiche.titre,
    }
    suite = f"{INSECABLE}: {valeurs[nom]}" if nom in valeurs else " modifié"
    libelle = NOMS_CHAMPS.get(nom, nom)
    journaliser(
        fiche=fiche,
        acces=acces,
        action=ActionJournal.RESPONSABLE if nom == "responsable" else ActionJournal.MODIFICATION,
        texte=f"{libelle[0].upper()}{libelle[1:]}{suite}",
        visibilite=Visibilite.PARTENAIRES if nom in ("titre", "responsable") else Visibilite.COORDINATION,
    )


@transaction.atomic
def changer_responsable(*, acces: Acces, fiches: Iterable[FicheNavette], responsable: Utilisateur | None) -> int:
    """Hand several fiches to one person of the coordination; how many changed."""
    nombre = 0
    for fiche in fiches:
        actuelle = verrouiller(fiche)
        if not actuelle.est_ouverte or actuelle.responsable_id == (responsable.pk if responsable else None):
            continue
        modifier(acces=acces, fiche=actuelle, version=actuelle.version, responsable=responsable)
        nombre += 1
    return nombre


@transaction.atomic
def ajouter_besoin(*, acces: Acces, fiche: FicheNavette, theme: Theme, paroles: str = "", analyse: str = "") -> Besoin:
    """One more need."""
    fiche = verrouiller(fiche)
    if not fiche.est_ouverte:
        raise TransitionInterdite(f"La fiche {fiche.numero} n’est plus ouverte : rouvrez-la d’abord.")
    besoin = Besoin.objects.create(
        territoire_id=fiche.territoire_id, fiche=fiche, theme=theme, paroles=paroles, analyse=analyse,
        ordre=fiche.besoins.count(),
    )  # fmt: skip
    recalculer(fiche)
    journaliser(fiche=fiche, acces=acces, action=ActionJournal.BESOIN, texte=f"Besoin ajouté : {theme}")
    return besoin


@transaction.atomic
def modifier_besoin(*, acces: Acces, besoin: Besoin, version: int | None, **champs: Any) -> Besoin:
    """Change a need's theme, words or analysis. Raises VersionPerimee with the stored one."""
    fiche = verrouiller(besoin.fiche)
    if not fiche.est_ouverte:
        raise TransitionInterdite(f"La fiche {fiche.numero} n’est plus ouverte : rouvrez-la d’abord.")
    actuel = Besoin.objects.select_related("theme").get(pk=besoin.pk)
    if actuel.version != version:
        raise VersionPerimee(actuel=actuel)
    if all(getattr(actuel, n) == v for n, v in champs.items()):
        return actuel
    nouveau = actuel.enregistrer_version(version, champs)
    recalculer(fiche)
    journaliser(fiche=fiche, acces=acces, action=ActionJournal.BESOIN, texte=f"Besoin précisé : {nouveau.theme}")
    return nouveau


@transaction.atomic
def retirer_besoin(*, acces: Acces, besoin: Besoin) -> None:
    """A fiche keeps at least one need."""
    fiche = verrouiller(besoin.fiche)
    if fiche.besoins.count() < 2:
        raise ErreurMetier("Une fiche garde au moins un besoin.")
    theme = str(besoin.theme)
    besoin.delete()
    journaliser(fiche=fiche, acces=acces, action=ActionJournal.BESOIN, texte=f"Besoin retiré : {theme}")


@transaction.atomic
def mettre_en_attente(
    *, acces: Acces, fiche: FicheNavette, attente_quoi: str, attente_jusquau: date | None = None
) -> FicheNavette:
    """The applicant owes something: reminders to partners rest, and the tracking page says what is awaited."""
    jusquau = f", jusqu’au {date_courte(attente_jusquau)}" if attente_jusquau else ""
    return appliquer_fiche(
        ActionFiche.ATTENDRE, fiche=fiche, acces=acces, texte=f"En attente du demandeur{jusquau}",
        journal=ActionJournal.ATTENTE, motif=attente_quoi,
        champs={"attente_quoi": attente_quoi, "attente_jusquau": attente_jusquau},
    )  # fmt: skip


@transaction.atomic
def reprendre(*, acces: Acces, fiche: FicheNavette) -> FicheNavette:
    """What was awaited came, or is no longer awaited."""
    return appliquer_fiche(
        ActionFiche.REPRENDRE, fiche=fiche, acces=acces, texte="Fin de l’attente du demandeur",
        journal=ActionJournal.ATTENTE,
    )  # fmt: skip
