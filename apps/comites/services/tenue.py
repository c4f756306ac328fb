"""The séance under way: opened, its points treated one after the other, closed. What is typed is in saisie.py."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.affichage import INSECABLE
from apps.core.erreurs import ErreurMetier, TransitionInterdite

from ..enums import EtatPoint, EtatPresence, GesteSeance, ModePoint, Reponse, StatutCompteRendu, StatutSeance
from ..models import CompteRendu, Decision, PointOrdreDuJour, Seance
from ..workflow import appliquer, verrouiller
from . import decisions, ordre
from .actions_de_point import annoncer_actions
from .attendus import inscrire_attendus

ETAT_DE_LA_REPONSE = {
    Reponse.PRESENT: EtatPresence.PRESENT,
    Reponse.EXCUSE: EtatPresence.EXCUSE,
    Reponse.REPRESENTE: EtatPresence.REPRESENTE,
}


@dataclass(frozen=True)
class Traitement:
    """What « Point suivant » did: the decision that acted, if any, and where the séance now stands."""

    point: PointOrdreDuJour
    decision: Decision | None
    suivant: PointOrdreDuJour | None

    @property
    def manques(self) -> list[str]:
        """What the decision could not do, each with what to do about it."""
        return [e["texte"] for e in (self.decision.effets if self.decision else []) if not e["fait"]]

    @property
    def faits(self) -> list[str]:
        return [e["texte"] for e in (self.decision.effets if self.decision else []) if e["fait"]]


def points_lus(acces: Acces, seance: Seance) -> list[PointOrdreDuJour]:
    """The agenda in its order, for whoever keeps the meeting: reserved points are the coordination's."""
    points = PointOrdreDuJour.objects.filter(seance=seance).inscrits()
    return list(points if acces.est_coordination else points.exclude(mode=ModePoint.RESERVE))


def en_cours(seance: Seance) -> Seance:
    """The séance, locked. Raises TransitionInterdite unless it is being held."""
    seance = verrouiller(seance)
    if seance.statut != StatutSeance.EN_COURS:
        raise TransitionInterdite(f"La séance n’est pas en cours{INSECABLE}: reprenez-la pour y noter quelque chose.")
    return seance


def verrouiller_point(point: PointOrdreDuJour) -> PointOrdreDuJour:
    """The point, its séance held and both rows locked: two note-takers write one after the other."""
    seance = en_cours(point.seance)
    point = (
        PointOrdreDuJour.objects.select_for_update(of=("self",)).select_related("fiche", "rapporteur").get(pk=point.pk)
    )
    if point.etat != EtatPoint.INSCRIT:
        raise TransitionInterdite("Ce point n’est plus à l’ordre du jour.")
    point.seance = seance
    return point


@transaction.atomic
def ouvrir(*, acces: Acces, seance: Seance) -> Seance:
    """Open the meeting at its first point; presences start from the answers, to be corrected at the table.

    One that was never convened is frozen now: its members are there, its fiches open to them.
    """
    seance = appliquer(GesteSeance.OUVRIR, seance=seance, acces=acces)
    inscrire_attendus(seance)
    if seance.convoquee_le is None:
        seance.convoquee_le = seance.ouverte_le
        seance.save(update_fields=["convoquee_le"])
        ordre.figer(acces=decisions.acces_du_comite(acces), seance=seance)
    for reponse, etat in ETAT_DE_LA_REPONSE.items():
        seance.presences.filter(reponse=reponse, etat=EtatPresence.ATTENDU).update(etat=etat, version=F("version") + 1)
    seance.point_en_cours = _suivant(points_lus(acces, seance), None)
    seance.save(update_fields=["point_en_cours", "modifie_le"])
    return seance


def _suivant(points: list[PointOrdreDuJour], apres: PointOrdreDuJour | None) -> PointOrdreDuJour | None:
    """The first point not treated after this one, else the first not treated at all."""
    rang = next((i for i, p in enumerate(points) if apres is not None and p.pk == apres.pk), -1)
    return next((p for p in [*points[rang + 1 :], *points[: rang + 1]] if p.traite_le is None), None)


@transaction.atomic
def placer(*, acces: Acces, point: PointOrdreDuJour) -> PointOrdreDuJour:
    """Come to this point now: the projected view follows."""
    point = verrouiller_point(point)
    Seance.objects.filter(pk=point.seance_id).update(point_en_cours=point)
    return point


@transaction.atomic
def traiter(*, acces: Acces, point: PointOrdreDuJour) -> Traitement:
    """« Point suivant »: the point is treated and its decision acts, at once and once, however many press.

    Raises ErreurMetier when the decision lacks something; the point is then not treated.
    """
    point = verrouiller_point(point)
    decision = _appliquer_decision(acces, point)
    avance = point.traite_le is None or point.seance.point_en_cours_id in (None, point.pk)
    if point.traite_le is None:
        point.traite_le = timezone.now()
        point.save(update_fields=["traite_le", "modifie_le"])
        annoncer_actions(acces=acces, point=point)
    points = points_lus(acces, point.seance)
    suivant = _suivant(points, point)
    if avance:
        Seance.objects.filter(pk=point.seance_id).update(point_en_cours=suivant)
    else:
        suivant = next((p for p in points if p.pk == point.seance.point_en_cours_id), suivant)
    return Traitement(point, decision, suivant)


def _appliquer_decision(acces: Acces, point: PointOrdreDuJour) -> Decision | None:
    """The decision in force, if it has not acted yet."""
    decision = point.decisions.filter(remplacee_le=None, appliquee_le=None).first()
    return decisions.appliquer(acces=acces, decision=decision) if decision is not None else None


@transaction.atomic
def terminer(*, acces: Acces, seance: Seance) -> list[Traitement]:
    """Close the meeting: what was decided and not yet done acts, whoever was still expected was absent.

    Raises ErreurMetier naming the points whose decision lacks something.
    """
    seance = en_cours(seance)
    faits, manques = [], []
    for rang, point in enumerate(points_lus(decisions.acces_du_comite(acces), seance), start=1):
        if not _reste_a_faire(point):
            continue
        try:
            with transaction.atomic():
                faits.append(traiter(acces=acces, point=point))
        except ErreurMetier as erreur:
            manques.append(f"Point {rang}{INSECABLE}: {erreur.message[0].lower()}{erreur.message[1:]}")
    if manques:
        raise ErreurMetier(" ".join(manques))
    seance.presences.filter(etat=EtatPresence.ATTENDU).update(etat=EtatPresence.ABSENT, version=F("version") + 1)
    appliquer(GesteSeance.TERMINER, seance=seance, acces=acces)
    Seance.objects.filter(pk=seance.pk).update(point_en_cours=None)
    return faits


def _reste_a_faire(point: PointOrdreDuJour) -> bool:
    """A decision that has not acted, or actions that nobody was told of."""
    if point.decisions.filter(remplacee_le=None, appliquee_le=None).exists():
        return True
    return point.traite_le is None and point.actions.exists()


@transaction.atomic
def reprendre(*, acces: Acces, seance: Seance) -> Seance:
    """Go on with a meeting that was closed too early. Refused once its minutes have been sent."""
    seance = verrouiller(seance)
    if CompteRendu.objects.filter(seance=seance).exclude(statut=StatutCompteRendu.BROUILLON).exists():
        raise TransitionInterdite(
            f"Le compte rendu est déjà soumis aux remarques ou approuvé{INSECABLE}: la séance ne se reprend plus."
        )
    seance = appliquer(GesteSeance.REPRENDRE, seance=seance, acces=acces)
    seance.point_en_cours = _suivant(points_lus(acces, seance), None)
    seance.save(update_fields=["point_en_cours", "modifie_le"])
    return seance
