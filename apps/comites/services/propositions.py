"""What the software proposes to put on an agenda, each with its reason. A constant number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from apps.actions.models import Action
from apps.core.acces import Acces
from apps.core.affichage import INSECABLE, date_courte
from apps.fiches.enums import EtatFiche, EtatOrientation, GenreOrientation, StatutFiche
from apps.fiches.models import FicheNavette, Orientation
from apps.fiches.selecteurs import en_retard

from ..enums import EtatPoint, NaturePoint, StatutSeance, TraitementPoint
from ..lecture import accord_couvre_comite, comite_peut_lire
from ..models import Decision, PointOrdreDuJour, Seance, VersionAnonyme

PAR_SOURCE = 60
JOURS_SANS_SEANCE = 30
MINUTES = {TraitementPoint.A_TRAITER: 10, TraitementPoint.SUIVI: 5, TraitementPoint.INFORMATION: 5}
LIENS = ("entreprise__commune", "projet__commune", "territoire")
LECTURES = ("demandeurs__personne", "demandeurs__accord", "besoins__theme")


@dataclass
class Proposition:
    """One line to tick. `cle` names it from one page to the next: « fiche:12 », « point:3 », « action:8 »."""

    cle: str
    raison: str
    nature: NaturePoint
    titre: str
    fiche: FicheNavette | None = None
    action: Action | None = None
    minutes: int = 10
    traitement: TraitementPoint = TraitementPoint.A_TRAITER
    point: PointOrdreDuJour | None = None
    question: str = ""
    rang: int = 50
    restreinte: bool = False
    accord_couvre: bool = False
    raisons: list[str] = field(default_factory=list)


def propositions(*, acces: Acces, seance: Seance) -> list[Proposition]:
    """For the coordination, the most pressing first; a fiche comes once, with all its reasons.

    Nothing that is on this agenda already, and nothing that was put aside from it.
    """
    if not acces.est_coordination:
        return []
    prises, ecartees = _deja(seance)
    recueil: dict[str, Proposition] = {}
    sources = [_de_versions(seance)] if seance.est_anonyme else _sources(acces, seance)
    for source in [_de_referents(seance), *sources, _de_decisions(seance)]:
        for p in source:
            if p.point is None and (p.cle in ecartees or (p.fiche is not None and p.fiche.pk in prises)):
                continue
            connue = recueil.setdefault(p.cle, p)
            connue.raisons.append(p.raison)
            connue.rang = min(connue.rang, p.rang)
    for p in recueil.values():
        p.raison = " · ".join(dict.fromkeys(p.raisons))[:300]
        if p.fiche is not None and not seance.est_anonyme:
            p.restreinte = not comite_peut_lire(p.fiche)
            p.accord_couvre = accord_couvre_comite(p.fiche)
    return sorted(recueil.values(), key=lambda p: (p.rang, p.titre))


def _deja(seance: Seance) -> tuple[set[int], set[str]]:
    """The fiches that are on it or put forward for it, and the keys of what was put aside."""
    prises, ecartees = set(), set()
    for fiche_id, etat, origine in seance.points.values_list("fiche", "etat", "origine"):
        if etat == EtatPoint.ECARTE:
            ecartees |= {origine, f"fiche:{fiche_id}"}
        elif fiche_id:
            prises.add(fiche_id)
        if origine:
            ecartees.add(origine)
    return prises, ecartees


def _sources(acces: Acces, seance: Seance) -> list[Iterable[Proposition]]:
    jour = timezone.localdate()
    ouvertes = FicheNavette.objects.filter(
        territoire=acces.territoire_id, statut__in=(StatutFiche.OUVERTE, StatutFiche.EN_ATTENTE)
    )
    derniere = _derniere(seance)
    depuis = derniere.debut if derniere else timezone.now() - timedelta(days=JOURS_SANS_SEANCE)
    fiches = _fiches(
        ouvertes.filter(en_retard(jour) | Q(etat=EtatFiche.A_REORIENTER) | Q(ouverte_le__gte=depuis)).order_by(
            "reponse_attendue_le", "-ouverte_le"
        )
    )
    return [
        (p for f in fiches for p in _de_fiche(f, jour, depuis)),
        _d_actions(acces, jour),
    ]


def _fiches(fiches: QuerySet[FicheNavette]) -> list[FicheNavette]:
    return list(fiches.select_related(*LIENS).prefetch_related(*LECTURES, "orientations__organisme")[: 3 * PAR_SOURCE])


def _derniere(seance: Seance) -> Seance | None:
    """The last one held by this instance."""
    return Seance.objects.tenues().filter(instance=seance.instance_id, jour__lte=seance.jour).first()


def _proposition(
    fiche: FicheNavette, raison: str, rang: int, traitement: TraitementPoint = TraitementPoint.A_TRAITER
) -> Proposition:
    return Proposition(
        cle=f"fiche:{fiche.pk}", raison=raison, nature=NaturePoint.FICHE, titre=fiche.titre, fiche=fiche,
        minutes=MINUTES[traitement], traitement=traitement, rang=rang,
    )  # fmt: skip


def _de_fiche(fiche: FicheNavette, jour: date, depuis: Any) -> Iterable[Proposition]:
    """No answer past the due date; all declined; new since the last séance."""
    orientations = list(fiche.orientations.all())
    tardives = [o for o in orientations if _est_tardive(o, jour)]
    if tardives and fiche.statut == StatutFiche.OUVERTE:
        attendue = min(o.reponse_attendue_le for o in tardives if o.reponse_attendue_le)
        noms = _noms(tardives)
        yield _proposition(fiche, f"Sans réponse de {noms}, attendue le {date_courte(attendue)}", 10)
    if fiche.etat == EtatFiche.A_REORIENTER:
        declinees = [o for o in orientations if o.etat == EtatOrientation.DECLINEE]
        yield _proposition(fiche, f"Déclinée par {_noms(declinees)}", 15)
    if fiche.ouverte_le >= depuis:
        raison = f"Nouvelle fiche, ouverte le {date_courte(fiche.ouverte_le)}"
        yield _proposition(fiche, raison, 40, TraitementPoint.INFORMATION)


def _est_tardive(o: Orientation, jour: date) -> bool:
    return (
        o.etat == EtatOrientation.ENVOYEE
        and o.genre != GenreOrientation.INFORMATION
        and o.reponse_attendue_le is not None
        and o.reponse_attendue_le < jour
    )


def _noms(orientations: list[Orientation]) -> str:
    noms = list(dict.fromkeys(o.nom_du_jour for o in orientations))
    return noms[0] if len(noms) == 1 else f"{', '.join(noms[:-1])} et {noms[-1]}"


def _d_actions(acces: Acces, jour: date) -> Iterable[Proposition]:
    """Overdue: its fiche comes, or the action itself when it is on none."""
    actions = Action.objects.filter(territoire=acces.territoire_id).en_retard(jour).select_related("organisme")
    lignes = actions.filter(Q(fiche__isnull=True) | Q(fiche__statut__in=(StatutFiche.OUVERTE, StatutFiche.EN_ATTENTE)))
    for action in lignes.prefetch_related(_vers_fiches("fiche"))[:PAR_SOURCE]:
        raison = f"Action en retard{INSECABLE}: {action.qui}, pour le {date_courte(action.echeance)}"
        if action.fiche is not None:
            p = _proposition(action.fiche, raison, 20, TraitementPoint.SUIVI)
            p.action = action
            yield p
        else:
            yield Proposition(
                cle=f"action:{action.pk}", raison=raison, nature=NaturePoint.SUJET, titre=action.libelle,
                action=action, minutes=MINUTES[TraitementPoint.SUIVI], traitement=TraitementPoint.SUIVI, rang=20,
            )  # fmt: skip


def _vers_fiches(lien: str) -> Prefetch:
    return Prefetch(lien, FicheNavette.objects.select_related(*LIENS).prefetch_related(*LECTURES))


def _de_decisions(seance: Seance) -> Iterable[Proposition]:
    """« To be seen again on… »: by this séance, and not seen since."""
    depuis = PointOrdreDuJour.objects.filter(
        etat=EtatPoint.INSCRIT, fiche=OuterRef("point__fiche"), seance__jour__gt=OuterRef("point__seance__jour")
    ).exclude(seance__statut=StatutSeance.ANNULEE)
    decisions = (
        Decision.objects.filter(
            territoire=seance.territoire_id, remplacee_le__isnull=True, revoir_le__lte=seance.jour,
            point__seance__instance=seance.instance_id, point__seance__jour__lt=seance.jour,
        )
        .exclude(Exists(depuis))
        .select_related("point__seance__instance")
        .prefetch_related(_vers_fiches("point__fiche"))
        .order_by("revoir_le", "pk")[:PAR_SOURCE]
    )  # fmt: skip
    reprises = set(
        PointOrdreDuJour.objects.filter(origine__startswith="decision:", seance__instance=seance.instance_id)
        .exclude(seance__statut=StatutSeance.ANNULEE)
        .values_list("origine", flat=True)
    )
    for d in decisions:
        point, fiche = d.point, d.point.fiche
        raison = f"À revoir le {date_courte(d.revoir_le)}, dit le comité du {date_courte(point.seance.jour)}"  # type: ignore[arg-type]
        if fiche is not None and fiche.est_ouverte:
            yield _proposition(fiche, raison, 5, TraitementPoint.SUIVI)
        elif fiche is None and f"decision:{d.pk}" not in reprises:
            yield Proposition(
                cle=f"decision:{d.pk}", raison=raison, nature=NaturePoint.SUJET, titre=point.titre or str(point),
                rang=5, traitement=TraitementPoint.SUIVI,
            )  # fmt: skip


def _de_referents(seance: Seance) -> Iterable[Proposition]:
    """Put forward by a partner, with its question."""
    points = (
        seance.points.filter(etat=EtatPoint.PROPOSE)
        .select_related("propose_par_organisme")
        .prefetch_related(_vers_fiches("fiche"))
    )
    for p in points.order_by("cree_le", "pk"):
        qui = str(p.propose_par_organisme) if p.propose_par_organisme else "un partenaire"
        yield Proposition(
            cle=f"point:{p.pk}", raison=f"Proposée par {qui}", nature=NaturePoint(p.nature),
            titre=p.fiche.titre if p.fiche else p.titre, fiche=p.fiche, minutes=p.minutes, point=p,
            traitement=TraitementPoint(p.traitement), question=p.question, rang=0,
        )  # fmt: skip


def _de_versions(seance: Seance) -> Iterable[Proposition]:
    """For élus: the fiches whose anonymous version was reviewed, and that this instance has not seen."""
    vues = PointOrdreDuJour.objects.filter(
        fiche=OuterRef("fiche"), etat=EtatPoint.INSCRIT, seance__instance=seance.instance_id
    ).exclude(seance__statut=StatutSeance.ANNULEE)
    versions = VersionAnonyme.objects.filter(territoire=seance.territoire_id, relue_le__isnull=False)
    for v in versions.exclude(Exists(vues)).prefetch_related(_vers_fiches("fiche")).order_by("-relue_le")[:PAR_SOURCE]:
        raison = f"Version anonyme relue le {date_courte(v.relue_le)}"  # type: ignore[arg-type]
        yield _proposition(v.fiche, raison, 30, TraitementPoint.INFORMATION)
