"""The agenda as a list: its standing points, its order, and what freezing it opens."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from apps.core.acces import Acces
from apps.core.affichage import date_longue
from apps.core.erreurs import ErreurMetier, TransitionInterdite

from ..enums import EtatPoint, ModePoint, NaturePoint, StatutCompteRendu, StatutSeance, TraitementPoint
from ..lecture import comite_peut_lire
from ..models import CompteRendu, PointOrdreDuJour, Seance
from ..mots import nom_des_instances
from ..workflow import verrouiller
from . import partages

MODIFIABLE = (StatutSeance.PREPARATION, StatutSeance.CONVOQUEE, StatutSeance.EN_COURS)
FIGE = "L’ordre du jour ne change plus : la séance est tenue, ou n’a plus lieu."
PERMANENTS = ((NaturePoint.ACTIONS, 15), (NaturePoint.BESOINS, 10))


def dire_seance(seance: Seance) -> str:
    """« Comité technique du 3 décembre 2026 »."""
    return f"{nom_des_instances(seance)} du {date_longue(seance.jour, avec_jour=False)}"


def changeante(seance: Seance) -> Seance:
    """The séance, locked, while its agenda may still change."""
    seance = verrouiller(seance)
    if seance.statut not in MODIFIABLE:
        raise TransitionInterdite(FIGE)
    return seance


@transaction.atomic
def ajouter_points_permanents(*, acces: Acces, seance: Seance) -> list[PointOrdreDuJour]:
    """The approval of minutes still « projet », « Suivi des actions », « Besoins recensés »: those not there yet.

    What was put aside stays aside. Called when the séance is made and again when it is frozen.
    """
    deja = set(seance.points.values_list("nature", "origine"))
    natures = {nature for nature, _ in deja}
    nouveaux = [
        _permanent(acces, seance, nature=nature, minutes=minutes, traitement=TraitementPoint.SUIVI)
        for nature, minutes in PERMANENTS
        if nature not in natures
    ]
    for compte_rendu in _a_approuver(seance):
        origine = f"compte_rendu:{compte_rendu.pk}"
        if (NaturePoint.COMPTE_RENDU, origine) not in deja:
            titre = f"Approbation du compte rendu du {date_longue(compte_rendu.seance.jour, avec_jour=False)}"
            nouveaux.append(
                _permanent(acces, seance, nature=NaturePoint.COMPTE_RENDU, minutes=5, titre=titre, origine=origine)
            )
    placer(seance, PointOrdreDuJour.objects.bulk_create(nouveaux))
    return nouveaux


def _permanent(acces: Acces, seance: Seance, **champs: Any) -> PointOrdreDuJour:
    """Never a later addition: it comes by itself, also in the very act of freezing."""
    return nouveau(acces, seance, ajoute_apres_gel=False, propose_par_systeme=True, **champs)


def _a_approuver(seance: Seance) -> list[CompteRendu]:
    """Minutes of the same instance sent as « projet », not already waiting on the agenda of another séance to come."""
    instances = [i for i in (seance.instance_id, seance.conjointe_id) if i]
    projets = CompteRendu.objects.filter(
        statut=StatutCompteRendu.PROJET, seance__instance__in=instances, seance__jour__lt=seance.jour
    )
    ailleurs = PointOrdreDuJour.objects.filter(
        nature=NaturePoint.COMPTE_RENDU, etat=EtatPoint.INSCRIT, seance__statut__in=MODIFIABLE
    ).exclude(seance=seance.pk)
    prises = set(ailleurs.filter(territoire=seance.territoire_id).values_list("origine", flat=True))
    return [
        c
        for c in projets.select_related("seance").order_by("seance__jour", "pk")
        if f"compte_rendu:{c.pk}" not in prises
    ]


def nouveau(acces: Acces, seance: Seance, **champs: Any) -> PointOrdreDuJour:
    """A point to be; marked as a later addition when the agenda is frozen."""
    champs.setdefault("ajoute_apres_gel", seance.est_figee)
    return PointOrdreDuJour(
        territoire_id=seance.territoire_id, seance=seance, propose_par_id=acces.utilisateur_id, **champs
    )  # fmt: skip


def placer(seance: Seance, nouveaux: Iterable[PointOrdreDuJour]) -> None:
    """Number the agenda from 1: minutes to approve first, the follow-up of actions, the rest, needs at the end."""
    neufs = {p.pk for p in nouveaux}
    inscrits = list(seance.points.inscrits())
    places = [p for p in inscrits if p.pk not in neufs and p.mode != ModePoint.RESERVE]
    arrivants = [p for p in inscrits if p.pk in neufs]
    fin = [places.pop()] if places and places[-1].nature == NaturePoint.BESOINS else []
    tete = [p for p in arrivants if p.nature == NaturePoint.COMPTE_RENDU]
    tete += [p for p in arrivants if p.nature == NaturePoint.ACTIONS]
    fin += [p for p in arrivants if p.nature == NaturePoint.BESOINS]
    reste = [p for p in arrivants if p not in tete and p not in fin]
    reserves = [p for p in inscrits if p.pk not in neufs and p.mode == ModePoint.RESERVE]
    numeroter([*tete, *places, *reste, *fin, *reserves])


def numeroter(points: Iterable[PointOrdreDuJour]) -> None:
    """1, 2, 3… in one query, reserved points last: they are held once the members have left.

    The version is left alone: it guards the synthèse.
    """
    changes = []
    for rang, point in enumerate(sorted(points, key=lambda p: p.mode == ModePoint.RESERVE), start=1):
        if point.ordre != rang:
            point.ordre = rang
            changes.append(point)
    PointOrdreDuJour.objects.bulk_update(changes, ["ordre"])


@transaction.atomic
def ordonner(*, acces: Acces, point: PointOrdreDuJour, rang: int) -> list[PointOrdreDuJour]:
    """Move a point to a rank (from 1; beyond the end is the end); the agenda in its new order."""
    seance = changeante(point.seance)
    points = list(seance.points.inscrits())
    if all(p.pk != point.pk for p in points):
        raise ErreurMetier("Ce point n’est plus à l’ordre du jour.")
    autres = [p for p in points if p.pk != point.pk]
    deplace = next(p for p in points if p.pk == point.pk)
    autres.insert(max(0, min(rang - 1, len(autres))), deplace)
    numeroter(autres)
    return list(seance.points.inscrits())


@transaction.atomic
def figer(*, acces: Acces, seance: Seance) -> list[PointOrdreDuJour]:
    """Freeze the agenda, in the transaction that convenes: each fiche it names opens to the organismes that sit.

    A fiche that the committee may no longer read (accord withdrawn since, fiche closed) comes without names: these
    points are given back, for the coordination to know.
    """
    seance = changeante(seance)
    ajouter_points_permanents(acces=acces, seance=seance)
    sans_nom = []
    nommees = seance.points.inscrits().filter(fiche__isnull=False, mode=ModePoint.NOMINATIF)
    if seance.est_anonyme:
        return []
    for point in nommees.select_related("fiche__territoire").order_by("fiche"):
        assert point.fiche is not None  # filtered above
        if not (point.fiche.est_ouverte and comite_peut_lire(point.fiche)):
            point.mode = ModePoint.SANS_NOM
            point.save(update_fields=["mode", "modifie_le"])
            sans_nom.append(point)
            continue
        partages.accorder(point.fiche, avec=seance)
    return sans_nom
