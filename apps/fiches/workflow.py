"""The two tables of transitions, and one door for each: it locks, checks, writes and journals, in one transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.erreurs import TransitionInterdite, VersionPerimee

from . import etat as etats
from .enums import (
    ActionFiche,
    ActionJournal,
    ActionOrientation,
    EtatOrientation,
    GenreOrientation,
    MotifDeclin,
    ResultatOrientation,
    StatutFiche,
    Visibilite,
)
from .journal import journaliser, signature
from .models import FicheNavette, Orientation


@dataclass(frozen=True)
class Transition:
    """From which statuses, to which one, and whether a reason must be given."""

    depuis: frozenset[str]
    vers: str
    exige_motif: bool = False


OUVERTES = frozenset({StatutFiche.OUVERTE, StatutFiche.EN_ATTENTE})

TRANSITIONS_FICHE: dict[ActionFiche, Transition] = {
    ActionFiche.ATTENDRE: Transition(OUVERTES, StatutFiche.EN_ATTENTE, exige_motif=True),
    ActionFiche.REPRENDRE: Transition(frozenset({StatutFiche.EN_ATTENTE}), StatutFiche.OUVERTE),
    ActionFiche.CLOTURER: Transition(OUVERTES, StatutFiche.CLOTUREE, exige_motif=True),
    ActionFiche.ROUVRIR: Transition(frozenset({StatutFiche.CLOTUREE}), StatutFiche.OUVERTE, exige_motif=True),
    ActionFiche.ANNULER: Transition(OUVERTES, StatutFiche.ANNULEE),
}

_ACC, _AVIS, _INFO = GenreOrientation.ACCOMPAGNEMENT, GenreOrientation.AVIS, GenreOrientation.INFORMATION
_E = EtatOrientation
# (path, action) -> from which states, to which one. Undoing has its own table below.
TRANSITIONS_ORIENTATION: dict[tuple[GenreOrientation, ActionOrientation], Transition] = {
    (_ACC, ActionOrientation.PRENDRE_EN_CHARGE): Transition(frozenset({_E.ENVOYEE}), _E.PRISE_EN_CHARGE),
    (_ACC, ActionOrientation.DECLINER): Transition(frozenset({_E.ENVOYEE}), _E.DECLINEE, exige_motif=True),
    (_ACC, ActionOrientation.TERMINER): Transition(frozenset({_E.PRISE_EN_CHARGE}), _E.TERMINEE, exige_motif=True),
    (_ACC, ActionOrientation.ANNULER): Transition(frozenset({_E.ENVOYEE, _E.PRISE_EN_CHARGE}), _E.ANNULEE),
    (_AVIS, ActionOrientation.RENDRE_AVIS): Transition(frozenset({_E.ENVOYEE}), _E.AVIS_RENDU, exige_motif=True),
    (_AVIS, ActionOrientation.DECLINER): Transition(frozenset({_E.ENVOYEE}), _E.DECLINEE, exige_motif=True),
    (_AVIS, ActionOrientation.ANNULER): Transition(frozenset({_E.ENVOYEE}), _E.ANNULEE),
    (_INFO, ActionOrientation.LIRE): Transition(frozenset({_E.ENVOYEE}), _E.LUE),
    (_INFO, ActionOrientation.ANNULER): Transition(frozenset({_E.ENVOYEE}), _E.ANNULEE),
}
# Undoing: each answer goes back one step; an annulled orientation goes back where it was.
DEFAIRE: dict[str, str | None] = {
    _E.PRISE_EN_CHARGE: _E.ENVOYEE,
    _E.DECLINEE: _E.ENVOYEE,
    _E.AVIS_RENDU: _E.ENVOYEE,
    _E.LUE: _E.ENVOYEE,
    _E.TERMINEE: _E.PRISE_EN_CHARGE,
    _E.ANNULEE: None,
}
EN_COURS = frozenset({_E.ENVOYEE, _E.PRISE_EN_CHARGE})


def verrouiller(fiche: FicheNavette) -> FicheNavette:
    """The fiche, its row locked until the end of the transaction: every change of state goes through it."""
    return FicheNavette.objects.select_for_update(of=("self",)).select_related("territoire").get(pk=fiche.pk)


def recalculer(fiche: FicheNavette, *, quand: datetime | None = None, activite: bool = True) -> FicheNavette:
    """Write the computed columns of a locked fiche: etat, etat_depuis, reponse_attendue_le, derniere_activite_le."""
    orientations = list(Orientation.objects.filter(fiche=fiche))
    maintenant = quand or timezone.now()
    nouvel_etat = etats.calculer(fiche.statut, orientations, fiche.suivie_seule)
    if nouvel_etat != fiche.etat:
        fiche.etat, fiche.etat_depuis = nouvel_etat, maintenant
    fiche.reponse_attendue_le = prochaine_reponse(fiche.statut, orientations)
    if activite:
        fiche.derniere_activite_le = max(fiche.derniere_activite_le, maintenant)
    fiche.save(
        update_fields=["etat", "etat_depuis", "reponse_attendue_le", "derniere_activite_le", "modifie_le"],
    )
    return fiche


def prochaine_reponse(statut: str, orientations: Iterable[Orientation]) -> Any:
    """The nearest answer owed; none while the applicant is awaited, because reminders rest."""
    if statut != StatutFiche.OUVERTE:
        return None
    dates = [
        o.reponse_attendue_le
        for o in orientations
        if o.etat == _E.ENVOYEE and o.genre != _INFO and o.reponse_attendue_le is not None
    ]
    return min(dates) if dates else None


@transaction.atomic
def appliquer_fiche(
    action: ActionFiche,
    *,
    fiche: FicheNavette,
    acces: Acces,
    texte: str,
    journal: ActionJournal,
    motif: str = "",
    visibilite: Visibilite = Visibilite.PARTENAIRES,
    champs: dict[str, Any] | None = None,
    quand: datetime | None = None,
    version: int | None = None,
) -> FicheNavette:
    """The only door to a change of the fiche's status; `champs` are written with it. Raises TransitionInterdite.

    With `version`, the one that was shown must still be the stored one, else VersionPerimee.
    """
    fiche = verrouiller(fiche)
    if version is not None and fiche.version != version:
        raise VersionPerimee(actuel=fiche)
    regle = TRANSITIONS_FICHE[action]
    if fiche.statut not in regle.depuis:
        raise TransitionInterdite(
            f"La fiche {fiche.numero} est « {fiche.get_statut_display().lower()} » : "
            f"impossible de faire « {action.label.lower()} »."
        )
    if regle.exige_motif and not motif:
        raise TransitionInterdite("Dites pourquoi, ou ce qui est attendu.")
    depuis, fiche.statut = fiche.statut, regle.vers
    maintenant = quand or timezone.now()
    fiche.cloturee_le = maintenant if regle.vers == StatutFiche.CLOTUREE else None
    ecrits = {"statut", "cloturee_le", "version"}
    if regle.vers != StatutFiche.EN_ATTENTE:
        fiche.attente_quoi, fiche.attente_jusquau = "", None
        ecrits |= {"attente_quoi", "attente_jusquau"}
    for nom, valeur in (champs or {}).items():
        setattr(fiche, nom, valeur)
        ecrits.add(nom)
    fiche.version += 1
    fiche.save(update_fields=[*ecrits, "modifie_le"])
    recalculer(fiche, quand=quand)
    journaliser(
        fiche=fiche, acces=acces, action=journal, texte=texte, motif=motif, visibilite=visibilite,
        depuis=depuis, vers=fiche.statut, quand=quand,
    )  # fmt: skip
    return fiche


def destination(action: ActionOrientation, orientation: Orientation) -> str | None:
    """Where this action leads from the present state; None when it is not possible."""
    if action == ActionOrientation.DEFAIRE:
        if orientation.etat not in DEFAIRE:
            return None
        return DEFAIRE[orientation.etat] or orientation.etat_precedent or None
    regle = TRANSITIONS_ORIENTATION.get((GenreOrientation(orientation.genre), action))
    return regle.vers if regle and orientation.etat in regle.depuis else None


def actions_possibles(orientation: Orientation) -> list[ActionOrientation]:
    """What its state allows, whoever asks."""
    return [a for a in ActionOrientation if destination(a, orientation)]


TEXTES = {
    ActionOrientation.PRENDRE_EN_CHARGE: "Prise en charge par {qui}",
    ActionOrientation.DECLINER: "Déclinée par {qui}",
    ActionOrientation.TERMINER: "Accompagnement de {nom} terminé",
    ActionOrientation.RENDRE_AVIS: "Avis rendu par {qui}",
    ActionOrientation.LIRE: "Lue par {qui}",
    ActionOrientation.ANNULER: "Orientation vers {qui} annulée",
    ActionOrientation.DEFAIRE: "Réponse de {nom} reprise",
}


@transaction.atomic
def appliquer_orientation(
    action: ActionOrientation,
    *,
    orientation: Orientation,
    acces: Acces,
    champs: dict[str, Any] | None = None,
    motif: str = "",
    quand: datetime | None = None,
    version: int | None = None,
) -> Orientation:
    """The only door to a change of an orientation's state: locks both, checks, writes, journals.

    `champs` carry the answer (motif_declin, resultat, avis, aide_apportee…). Raises TransitionInterdite, and
    VersionPerimee when a `version` is given that is no longer the stored one.
    """
    fiche = verrouiller(orientation.fiche)
    orientation = Orientation.objects.select_for_update(of=("self",)).select_related("organisme").get(pk=orientation.pk)
    orientation.fiche = fiche
    if version is not None and orientation.version != version:
        raise VersionPerimee(actuel=orientation)
    if not fiche.est_ouverte:
        raise TransitionInterdite(f"La fiche {fiche.numero} n’est plus ouverte : rouvrez-la d’abord.")
    vers = destination(action, orientation)
    if vers is None:
        raise TransitionInterdite(
            f"L’orientation vers {orientation.organisme} est « {orientation.get_etat_display().lower()} » : "
            f"impossible de faire « {action.label.lower()} »."
        )
    _verifier_motif(action, orientation, champs or {})
    if action == ActionOrientation.DEFAIRE and vers in EN_COURS:
        _verifier_place_libre(orientation)
    depuis, maintenant = orientation.etat, quand or timezone.now()
    _ecrire(action, orientation, vers, maintenant, acces, champs or {})
    orientation.version += 1
    orientation.save()
    recalculer(fiche, quand=quand)
    libelle = TEXTES[action]
    if action == ActionOrientation.DEFAIRE and depuis == _E.ANNULEE:
        libelle = "Orientation vers {qui} rétablie"
    nom = str(orientation.organisme)
    journaliser(
        fiche=fiche, acces=acces, action=_genre_de_ligne(action),
        texte=libelle.format(nom=nom, qui=etats.avec_article(nom)),
        motif=motif or _motif(action, orientation), orientation=orientation, depuis=depuis, vers=vers, quand=quand,
    )  # fmt: skip
    return orientation


def _genre_de_ligne(action: ActionOrientation) -> ActionJournal:
    return ActionJournal.ANNULATION if action == ActionOrientation.ANNULER else ActionJournal.REPONSE


def _verifier_motif(action: ActionOrientation, orientation: Orientation, champs: dict[str, Any]) -> None:
    """What a kind of answer cannot go without."""
    if action == ActionOrientation.DECLINER and champs.get("motif_declin") not in MotifDeclin.values:
        raise TransitionInterdite("Dites pourquoi vous déclinez.")
    if action == ActionOrientation.TERMINER and champs.get("resultat") not in ResultatOrientation.values:
        raise TransitionInterdite("Dites comment l’accompagnement se termine.")
    if action == ActionOrientation.RENDRE_AVIS and not (champs.get("avis", orientation.avis) or "").strip():
        raise TransitionInterdite("Écrivez l’avis avant de le rendre.")


def _verifier_place_libre(orientation: Orientation) -> None:
    """Only one running orientation a partner: it may have been addressed again since."""
    autres = Orientation.objects.filter(
        fiche=orientation.fiche_id, organisme=orientation.organisme_id, etat__in=EN_COURS
    ).exclude(pk=orientation.pk)
    if autres.exists():
        raise TransitionInterdite(f"La fiche est déjà de nouveau chez {orientation.organisme}.")


def _ecrire(
    action: ActionOrientation, o: Orientation, vers: str, quand: datetime, acces: Acces, champs: dict[str, Any]
) -> None:
    """The columns that go with each step; undoing takes back what the step had written, never a text."""
    if action == ActionOrientation.DEFAIRE:
        _defaire(o, vers)
        return
    for nom, valeur in champs.items():
        setattr(o, nom, valeur)
    o.etat_precedent, o.etat = o.etat, vers
    if action == ActionOrientation.ANNULER:
        o.annulee_le = quand
        return
    if o.repondue_le is None:
        o.repondue_le, o.repondue_par_id = quand, acces.utilisateur_id
    if vers == _E.PRISE_EN_CHARGE:
        o.prise_en_charge_le = quand
    if vers in (_E.TERMINEE, _E.AVIS_RENDU):
        o.terminee_le = quand if vers == _E.TERMINEE else None
        o.signee_le, o.signee_par = quand, signature(acces)["auteur"]  # type: ignore[assignment]


def _defaire(o: Orientation, vers: str) -> None:
    if o.etat == _E.ANNULEE:
        o.annulee_le = None
    if o.etat in (_E.TERMINEE, _E.AVIS_RENDU):
        o.terminee_le, o.signee_le, o.signee_par, o.resultat = None, None, None, ""
    if o.etat == _E.DECLINEE:
        o.motif_declin = ""
    if vers == _E.ENVOYEE:
        o.repondue_le, o.repondue_par, o.prise_en_charge_le = None, None, None
    o.etat_precedent, o.etat = "", vers


def _motif(action: ActionOrientation, o: Orientation) -> str:
    if action == ActionOrientation.DECLINER:
        return MotifDeclin(o.motif_declin).label
    if action == ActionOrientation.TERMINER:
        return ResultatOrientation(o.resultat).label
    return ""
