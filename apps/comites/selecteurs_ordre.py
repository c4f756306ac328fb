"""The agenda as one reader may read it: names resolved at reading, as many queries for 300 points as for 3."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from apps.actions.selecteurs import suivi
from apps.core.acces import Acces
from apps.core.affichage import INSECABLE, heure
from apps.core.audience import Audience, GenreAudience
from apps.fiches.enums import MotifPartage
from apps.fiches.models import FicheNavette
from apps.fiches.permissions import partages_de

from .besoins import besoins_de, en_lignes
from .enums import EtatPoint, ModePoint, NaturePoint, PorteeInstance, StatutSeance
from .intitules import (
    EN_PREPARATION,
    Anonyme,
    Intitule,
    Lecteur,
    anonymes_de,
    charger,
    intituler,
    lecteur_de,
    lecteur_pour,
)
from .models import PointOrdreDuJour, Seance
from .models.seance import STATUTS_A_VENIR
from .permissions import lit_les_fiches, peut_lire_ordre_du_jour, peut_preparer, peut_proposer_point

__all__ = [
    "EN_PREPARATION",
    "Anonyme",
    "Intitule",
    "LignePoint",
    "OrdreDuJour",
    "contexte_ordre",
    "contexte_proposer",
    "lignes",
    "ordre_du_jour",
    "ordre_du_jour_pour",
    "peut_proposer_fiche",
    "propositions_de",
    "seances_proposables",
    "titres",
]

ICONES = {
    NaturePoint.FICHE: "folder",
    NaturePoint.SUJET: "chat-left-text",
    NaturePoint.ACTIONS: "list-check",
    NaturePoint.BESOINS: "graph-up",
    NaturePoint.COMPTE_RENDU: "file-earmark-text",
}


@dataclass
class LignePoint:
    """One line of the agenda. `rang` is None for a reserved point: everybody else counts the same numbers."""

    point: PointOrdreDuJour
    rang: int | None
    intitule: Intitule
    cumul: int
    debut: datetime | None
    depasse: bool = False
    url_fiche: str = ""
    position: int = 0  # among all points, reserved ones included: what « move to » takes
    anonyme: Anonyme | None = None

    @property
    def titre(self) -> str:
        return self.intitule.titre

    @property
    def sous_titre(self) -> str:
        return self.intitule.sous_titre

    @property
    def question(self) -> str:
        return self.intitule.question

    @property
    def resume(self) -> str:
        return self.intitule.resume

    @property
    def est_nomme(self) -> bool:
        return self.intitule.est_nomme

    @property
    def minutes(self) -> int:
        return self.point.minutes

    @property
    def heure(self) -> str:
        """When it should begin: « 10 h 05 »."""
        return heure(self.debut) if self.debut is not None else ""

    @property
    def icone(self) -> str:
        return "lock" if self.est_reserve else ICONES[NaturePoint(self.point.nature)]

    @property
    def est_reserve(self) -> bool:
        return self.point.mode == ModePoint.RESERVE

    @property
    def rapporteur(self) -> str:
        return str(self.point.rapporteur) if self.point.rapporteur else ""


@dataclass
class OrdreDuJour:
    """The whole agenda: its lines, and its total against the length of the séance."""

    lignes: list[LignePoint] = field(default_factory=list)
    total: int = 0
    duree: int = 0

    @property
    def depassement(self) -> int:
        return max(0, self.total - self.duree)

    @property
    def reste(self) -> int:
        return max(0, self.duree - self.total)

    @property
    def total_dit(self) -> str:
        return duree_dite(self.total)

    @property
    def duree_dite(self) -> str:
        return duree_dite(self.duree)

    @property
    def reste_dit(self) -> str:
        return duree_dite(self.reste)

    @property
    def depassement_dit(self) -> str:
        return f"Dépasse de {duree_dite(self.depassement)}"


def duree_dite(minutes: int) -> str:
    """« 45 min », « 2 h », « 1 h 05 »."""
    heures, reste = divmod(minutes, 60)
    if not heures:
        return f"{reste}{INSECABLE}min"
    return f"{heures}{INSECABLE}h{INSECABLE}{reste:02d}" if reste else f"{heures}{INSECABLE}h"


def lignes(acces: Acces, seance: Seance) -> list[LignePoint]:
    """The agenda for this reader; nothing when it is not open to them yet."""
    return ordre_du_jour(acces, seance).lignes


def ordre_du_jour(acces: Acces, seance: Seance) -> OrdreDuJour:
    """The lines, numbered and timed. Reserved points are the coordination's: the others keep their numbers."""
    if not peut_lire_ordre_du_jour(acces, seance):
        return OrdreDuJour(duree=seance.minutes)
    points = charger(seance.points.inscrits())
    lecteur = lecteur_de(acces, seance)
    return _composer(seance, points, lecteur)


def ordre_du_jour_pour(audience: Audience, seance: Seance) -> OrdreDuJour:
    """The same for a declared audience: what the dossier prints and the projector shows."""
    points = charger(seance.points.inscrits())
    return _composer(seance, points, lecteur_pour(audience, points))


def _composer(seance: Seance, points: list[PointOrdreDuJour], lecteur: Lecteur) -> OrdreDuJour:
    anonymes = anonymes_de(points) if lecteur.sans_nom or seance.est_anonyme else {}
    ordre = OrdreDuJour(duree=seance.minutes)
    rang = 0
    for position, point in enumerate(points, start=1):
        reserve = point.mode == ModePoint.RESERVE
        debut = seance.debut + timedelta(minutes=ordre.total)
        ordre.total += point.minutes
        rang += not reserve
        if reserve and not lecteur.tout:
            continue
        intitule = intituler(point, lecteur, anonymes.get(point.fiche_id or 0))
        lisible = point.fiche is not None and intitule.est_nomme
        ordre.lignes.append(
            LignePoint(
                point=point, rang=None if reserve else rang, position=position, intitule=intitule, cumul=ordre.total,
                debut=debut, depasse=ordre.total > ordre.duree, anonyme=anonymes.get(point.fiche_id or 0),
                url_fiche=_url(point) if lisible else "",
            )
        )  # fmt: skip
    return ordre


def _url(point: PointOrdreDuJour) -> str:
    fiche = point.fiche
    return reverse("fiches:detail", args=[fiche.territoire.slug, fiche.numero]) if fiche is not None else ""


def titres(audience: Audience, points: Iterable[PointOrdreDuJour]) -> dict[int, Intitule]:
    """The points in words for a declared audience, by id; those that it may not know of at all are left out."""
    charges = charger(PointOrdreDuJour.objects.filter(pk__in=[p.pk for p in points]))
    lecteur = lecteur_pour(audience, charges)
    anonymes = anonymes_de(charges) if any(lecteur.sans_nom or p.seance.est_anonyme for p in charges) else {}
    return {
        p.pk: intituler(p, lecteur, anonymes.get(p.fiche_id or 0))
        for p in charges
        if lecteur.tout or p.mode != ModePoint.RESERVE
    }


# --- what pages show ------------------------------------------------------------------------------------------------


def contexte_ordre(acces: Acces, seance: Seance) -> dict[str, Any]:
    """What the page of a séance shows of its agenda (comites/ordre/_panneau.html), for this reader."""
    ordre = ordre_du_jour(acces, seance)
    attendues = 0
    if peut_preparer(acces, seance):
        attendues = seance.points.filter(etat=EtatPoint.PROPOSE).count()
    return {
        "odj": ordre,
        "odj_seance": seance,
        "odj_lisible": peut_lire_ordre_du_jour(acces, seance),
        "odj_peut_preparer": peut_preparer(acces, seance),
        "odj_peut_proposer": peut_proposer_point(acces, seance),
        "odj_propositions": attendues,
        "odj_miennes": propositions_de(acces, seance),
        **_permanents(acces, seance, {x.point.nature for x in ordre.lignes}),
    }


def _permanents(acces: Acces, seance: Seance, natures: set[str]) -> dict[str, Any]:
    """What the two standing points are about, for this reader: élus get figures, an organisme what it reads itself."""
    contexte: dict[str, Any] = {}
    if NaturePoint.ACTIONS in natures:
        contexte["odj_groupes"] = suivi(territoire_id=seance.territoire_id, audience=_audience(acces, seance))
    if NaturePoint.BESOINS in natures:
        contexte["odj_besoins"] = en_lignes(besoins_de(seance, anonyme=not lit_les_fiches(acces, seance)))
    return contexte


def _audience(acces: Acces, seance: Seance) -> Audience:
    """Of one's own screen. In an anonymous séance the coordination sees what the élus will."""
    if seance.est_anonyme or not lit_les_fiches(acces, seance):
        return Audience(GenreAudience.ANONYME, seance.territoire_id)
    if acces.est_coordination:
        return Audience(GenreAudience.COORDINATION, seance.territoire_id)
    return Audience(GenreAudience.ORGANISME, seance.territoire_id, acces.organisme_id)


def propositions_de(acces: Acces, seance: Seance) -> list[PointOrdreDuJour]:
    """What this référent's organisme put forward for this séance, and that it still reads, by name."""
    if not acces.est_referent:
        return []
    lisibles = FicheNavette.objects.visibles_par(acces).values("pk")
    points = PointOrdreDuJour.objects.visibles_par(acces).filter(
        seance=seance, propose_par_organisme=acces.organisme_id, fiche__in=lisibles
    )
    return list(points.select_related("fiche__territoire").order_by("pk"))


def seances_proposables(acces: Acces) -> QuerySet[Seance]:
    """The séances to come for which this person may put a fiche forward, the next first."""
    a_venir = Seance.objects.visibles_par(acces).a_venir().filter(jour__gte=timezone.localdate())
    if not acces.est_coordination:
        a_venir = a_venir.filter(portee=PorteeInstance.NOMINATIVE).exclude(statut=StatutSeance.EN_COURS)
    return a_venir.select_related("instance", "conjointe", "territoire")


def peut_proposer_fiche(acces: Acces, fiche: FicheNavette) -> bool:
    """The coordination; a référent whose organisme takes part in it. A reader by the committee alone does not."""
    if not fiche.est_ouverte:
        return False
    if acces.est_coordination:
        return True
    return acces.est_referent and any(p.motif != MotifPartage.COMITE for p in partages_de(acces, fiche))


def contexte_proposer(acces: Acces, fiche: FicheNavette) -> dict[str, Any]:
    """For the fiche page (comites/ordre/_proposer.html): where it is on an agenda, and the way to put it on one.

    `passes`: its points of séances that were held, found by the same query.
    """
    points = PointOrdreDuJour.objects.visibles_par(acces).filter(
        fiche=fiche,
        seance__statut__in=(*STATUTS_A_VENIR, StatutSeance.TENUE),
        etat__in=(EtatPoint.INSCRIT, EtatPoint.PROPOSE),
    )
    if not acces.est_coordination:
        nommes = Q(mode=ModePoint.NOMINATIF, seance__portee=PorteeInstance.NOMINATIVE)
        points = points.filter(nommes | Q(propose_par_organisme=acces.organisme_id))
    tous = list(points.select_related("seance__instance", "seance__conjointe", "seance__territoire"))
    return {
        "prevus": [p for p in tous if p.seance.statut in STATUTS_A_VENIR],
        "passes": [p for p in tous if p.seance.statut == StatutSeance.TENUE and p.etat == EtatPoint.INSCRIT],
        "peut_proposer": peut_proposer_fiche(acces, fiche) and seances_proposables(acces).exists(),
    }
