"""What changes an ordre du jour: points added, accepted, changed, taken off, put in order, frozen."""

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction

from apps.actions.models import Action
from apps.core.acces import Acces
from apps.core.affichage import INSECABLE
from apps.core.erreurs import ErreurMetier, TransitionInterdite, VersionPerimee
from apps.fiches.enums import ActionJournal, Visibilite
from apps.fiches.journal import journaliser
from apps.fiches.models import FicheNavette
from apps.partenaires.models import Organisme

from ..enums import (
    ChoixRestreint,
    EtatPoint,
    ModePoint,
    NaturePoint,
    StatutSeance,
    TraitementPoint,
)
from ..models import PointOrdreDuJour, Seance
from . import partages
from .agenda import ajouter_points_permanents, changeante, dire_seance, figer, nouveau, numeroter, ordonner, placer
from .modes import choisir_mode, exiger_ouverte, mode_possible
from .partages import liberer
from .propositions import Proposition, propositions

DEJA = "Cette fiche est déjà à l’ordre du jour de cette séance, ou déjà proposée."

__all__ = [
    "accepter",
    "ajouter_fiche",
    "ajouter_points_permanents",
    "ajouter_sujet",
    "ecarter",
    "figer",
    "liberer",
    "modifier_point",
    "ordonner",
    "proposer_fiche",
    "propositions",
    "remettre",
    "retirer",
]


@transaction.atomic
def ajouter_fiche(
    *,
    acces: Acces,
    seance: Seance,
    fiche: FicheNavette,
    question: str = "",
    traitement: str = TraitementPoint.A_TRAITER,
    mode: str | None = None,
    minutes: int = 10,
    rapporteur: Organisme | None = None,
    elargir: bool = False,
    resume: str | None = None,
    action: Action | None = None,
    raison: str = "",
    origine: str = "",
) -> PointOrdreDuJour:
    """Put a fiche on the agenda. Raises FicheRestreinte when the committee may not read it and nothing was chosen.

    `elargir` opens it to the committee, within the accords; `resume` is the text without names, written on the spot.
    """
    seance = changeante(seance)
    exiger_ouverte(fiche)
    choisi = choisir_mode(
        acces=acces, seance=seance, fiche=fiche, mode=mode, elargir=elargir, resume=resume, question=question
    )
    point = nouveau(
        acces, seance, fiche=fiche, question=question, traitement=traitement, mode=choisi, minutes=minutes,
        rapporteur=rapporteur, action=action, raison=raison, origine=origine or f"fiche:{fiche.pk}",
    )  # fmt: skip
    _enregistrer(point)
    placer(seance, [point])
    _inscrire(acces, seance, point)
    return point


def _enregistrer(point: PointOrdreDuJour) -> None:
    try:
        with transaction.atomic():
            point.save()
    except IntegrityError as erreur:
        raise ErreurMetier(DEJA) from erreur


def _inscrire(acces: Acces, seance: Seance, point: PointOrdreDuJour) -> None:
    """A fiche has come on the agenda: its journal says so, and a frozen agenda opens it at once."""
    if point.fiche is None:
        return
    nommee = point.mode == ModePoint.NOMINATIF and not seance.est_anonyme
    journaliser(
        fiche=point.fiche, acces=acces, action=ActionJournal.COMITE,
        texte=f"À l’ordre du jour{'' if nommee else ', sans nom ou réservée'}{INSECABLE}: {dire_seance(seance)}",
        visibilite=Visibilite.PARTENAIRES if nommee else Visibilite.COORDINATION,
    )  # fmt: skip
    if seance.est_figee:
        partages.accorder(point.fiche)


@transaction.atomic
def ajouter_sujet(
    *,
    acces: Acces,
    seance: Seance,
    titre: str,
    question: str = "",
    traitement: str = TraitementPoint.A_TRAITER,
    mode: str = ModePoint.NOMINATIF,
    minutes: int = 10,
    rapporteur: Organisme | None = None,
    action: Action | None = None,
    raison: str = "",
    origine: str = "",
) -> PointOrdreDuJour:
    """A free topic. `action`: the overdue one that it is about, when it is on no fiche."""
    seance = changeante(seance)
    if not titre.strip():
        raise ErreurMetier("Donnez un titre à ce sujet.")
    point = nouveau(
        acces, seance, nature=NaturePoint.SUJET, titre=titre.strip()[:200], question=question, traitement=traitement,
        mode=ModePoint.RESERVE if mode == ModePoint.RESERVE else ModePoint.NOMINATIF, minutes=minutes,
        rapporteur=rapporteur, action=action, raison=raison, origine=origine,
    )  # fmt: skip
    point.save()
    placer(seance, [point])
    return point


@transaction.atomic
def accepter(
    *, acces: Acces, seance: Seance, cles: Iterable[str], restreintes: str = ChoixRestreint.RESERVER
) -> list[PointOrdreDuJour]:
    """Put several proposals on the agenda at once; one that is no longer proposed is left out, so twice is once.

    `restreintes` says what becomes of the fiches that the committee does not read: opened where the accord covers it,
    or treated without names where a summary says nothing of who it is; else the point is reserved, until decided.
    """
    seance = changeante(seance)
    voulues = set(cles)
    retenues = [p for p in propositions(acces=acces, seance=seance) if p.cle in voulues]
    return [_accepter(acces, seance, p, restreintes) for p in retenues]


def _accepter(acces: Acces, seance: Seance, p: Proposition, restreintes: str) -> PointOrdreDuJour:
    if p.fiche is None and p.point is None:
        # The words of an action are read from it, not copied.
        return ajouter_sujet(
            acces=acces, seance=seance, titre="Action en retard" if p.action else p.titre, traitement=p.traitement,
            minutes=p.minutes, action=p.action, raison=p.raison, origine=p.cle,
        )  # fmt: skip
    if p.point is not None:
        return _accepter_propose(acces, seance, p.point, restreintes)
    assert p.fiche is not None  # a proposal without point is a topic or a fiche
    mode, elargir = mode_possible(seance, p.fiche, restreintes, p.question)
    return ajouter_fiche(
        acces=acces, seance=seance, fiche=p.fiche, question=p.question, traitement=p.traitement, mode=mode,
        minutes=p.minutes, elargir=elargir, action=p.action, raison=p.raison, origine=p.cle,
    )  # fmt: skip


def _accepter_propose(acces: Acces, seance: Seance, point: PointOrdreDuJour, restreintes: str) -> PointOrdreDuJour:
    if point.fiche is not None:
        exiger_ouverte(point.fiche)
        mode, elargir = mode_possible(seance, point.fiche, restreintes, point.question)
        point.mode = choisir_mode(
            acces=acces, seance=seance, fiche=point.fiche, mode=mode, elargir=elargir, resume=None,
            question=point.question,
        )  # fmt: skip
    point.etat = EtatPoint.INSCRIT
    point.ajoute_apres_gel = seance.est_figee
    point.save(update_fields=["etat", "mode", "ajoute_apres_gel", "modifie_le"])
    placer(seance, [point])
    _inscrire(acces, seance, point)
    return point


@transaction.atomic
def ecarter(*, acces: Acces, seance: Seance, cles: Iterable[str]) -> int:
    """Put proposals aside: they do not come back for this séance. How many."""
    seance = changeante(seance)
    voulues = set(cles)
    retenues = [p for p in propositions(acces=acces, seance=seance) if p.cle in voulues]
    for p in retenues:
        if p.point is not None:
            p.point.etat = EtatPoint.ECARTE
            p.point.save(update_fields=["etat", "modifie_le"])
        else:
            nouveau(
                acces, seance, nature=p.nature, titre="" if p.fiche else p.titre[:200], fiche=p.fiche, action=p.action,
                etat=EtatPoint.ECARTE, raison=p.raison, origine=p.cle, propose_par_systeme=True,
            ).save()  # fmt: skip
    return len(retenues)


@transaction.atomic
def proposer_fiche(*, acces: Acces, seance: Seance, fiche: FicheNavette, question: str) -> PointOrdreDuJour:
    """A référent puts one of its fiches forward, with its question.

    When the fiche is already there, the question joins the point: the coordination reads it, and the référent learns
    nothing of what is on an agenda that they cannot read.
    """
    seance = changeante(seance)
    if seance.statut == StatutSeance.EN_COURS:
        raise TransitionInterdite("La séance a commencé : posez votre question en séance.")
    exiger_ouverte(fiche)
    if not question.strip():
        raise ErreurMetier("Écrivez la question que vous posez au comité.")
    existant = seance.points.exclude(etat=EtatPoint.ECARTE).filter(fiche=fiche).first()
    if existant is not None:
        return _joindre_question(acces, existant, question.strip())
    point = nouveau(
        acces, seance, fiche=fiche, question=question.strip(), etat=EtatPoint.PROPOSE,
        propose_par_organisme_id=acces.organisme_id, origine=f"fiche:{fiche.pk}",
    )  # fmt: skip
    _enregistrer(point)
    journaliser(
        fiche=fiche, acces=acces, action=ActionJournal.COMITE, motif=question.strip(),
        texte=f"Proposée à l’ordre du jour{INSECABLE}: {dire_seance(seance)}",
    )  # fmt: skip
    return point


def _joindre_question(acces: Acces, point: PointOrdreDuJour, question: str) -> PointOrdreDuJour:
    if question in point.question:
        return point
    qui = Organisme.objects.filter(pk=acces.organisme_id).first()
    ajout = f"{qui}{INSECABLE}: {question}" if qui else question
    point.question = f"{point.question}\n{ajout}".strip()
    point.save(update_fields=["question", "modifie_le"])
    return point


@transaction.atomic
def modifier_point(
    *,
    acces: Acces,
    point: PointOrdreDuJour,
    version: int | None,
    mode: str | None = None,
    elargir: bool = False,
    resume: str | None = None,
    **champs: Any,
) -> PointOrdreDuJour:
    """Question, kind, minutes, rapporteur, title, and how the fiche comes before the committee.

    Raises VersionPerimee with the stored point, FicheRestreinte as `ajouter_fiche`.
    """
    seance = changeante(point.seance)
    actuel = PointOrdreDuJour.objects.select_related("fiche").get(pk=point.pk)
    if actuel.version != version:
        raise VersionPerimee(actuel=actuel)
    if mode is not None and actuel.fiche is not None:
        champs["mode"] = choisir_mode(
            acces=acces, seance=seance, fiche=actuel.fiche, mode=mode, elargir=elargir, resume=resume,
            question=champs.get("question", actuel.question),
        )  # fmt: skip
    elif mode is not None:
        champs["mode"] = ModePoint.RESERVE if mode == ModePoint.RESERVE else ModePoint.NOMINATIF
    nouveau = actuel.enregistrer_version(version, champs)
    if (
        nouveau.fiche is not None
        and nouveau.etat == EtatPoint.INSCRIT
        and champs.get("mode", actuel.mode) != actuel.mode
    ):
        partages.accorder(nouveau.fiche)
    return nouveau


@transaction.atomic
def retirer(*, acces: Acces, point: PointOrdreDuJour) -> PointOrdreDuJour:
    """Take a point off: what the agenda opened closes. One that was treated, or written on, stays."""
    seance = changeante(point.seance)
    point = PointOrdreDuJour.objects.select_related("fiche").get(pk=point.pk)
    if point.traite_le or point.synthese or point.decisions.exists() or point.actions.exists():
        raise ErreurMetier("Ce point a déjà été traité en séance : il reste à l’ordre du jour.")
    etait_inscrit = point.etat == EtatPoint.INSCRIT
    point.etat = EtatPoint.ECARTE
    point.save(update_fields=["etat", "modifie_le"])
    numeroter(list(seance.points.inscrits()))
    if point.fiche is not None and etait_inscrit:
        partages.accorder(point.fiche)
        journaliser(
            fiche=point.fiche, acces=acces, action=ActionJournal.COMITE, visibilite=Visibilite.COORDINATION,
            texte=f"Retirée de l’ordre du jour{INSECABLE}: {dire_seance(seance)}",
        )  # fmt: skip
    return point


@transaction.atomic
def remettre(*, acces: Acces, point: PointOrdreDuJour) -> PointOrdreDuJour:
    """Put back what was taken off or put aside, as it may come before the committee today."""
    seance = changeante(point.seance)
    point = PointOrdreDuJour.objects.select_related("fiche").get(pk=point.pk)
    if point.etat != EtatPoint.ECARTE:
        return point
    if point.fiche_id and seance.points.exclude(etat=EtatPoint.ECARTE).filter(fiche=point.fiche_id).exclude(
        pk=point.pk
    ):
        raise ErreurMetier(DEJA)
    return _accepter_propose(acces, seance, point, ChoixRestreint.RESERVER)
