"""What the pages of the calendar show: lists, a month, the answers, the state of a séance in a sentence."""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.affichage import INSECABLE, MOIS, date_courte, date_longue, date_relative, heure
from apps.core.dates import nom_ferie
from apps.core.registres import Representant
from apps.partenaires.couverture import representants_de

from . import mots
from .enums import EtatPoint, EtatPresence, GenreInstance, ModePoint, Reponse, StatutSeance
from .models import Instance, PointOrdreDuJour, Presence, Seance
from .models.seance import STATUTS_A_VENIR
from .permissions import est_sa_presence, peut_organiser, peut_repondre, peut_repondre_pour
from .services.attendus import Attendu, attendus

SANS_ADRESSE = "Sans adresse : à prévenir vous-même"
TONS = {
    StatutSeance.PREPARATION: ("neutre", "pencil"),
    StatutSeance.CONVOQUEE: ("info", "envelope"),
    StatutSeance.EN_COURS: ("attention", "clock"),
    StatutSeance.TENUE: ("succes", "check-lg"),
    StatutSeance.ANNULEE: ("danger", "x-circle"),
}
TONS_REPONSE = {
    Reponse.ATTENDUE: ("neutre", "hourglass-split"),
    Reponse.PRESENT: ("succes", "check-lg"),
    Reponse.EXCUSE: ("attention", "dash-circle"),
    Reponse.REPRESENTE: ("info", "people"),
}
TONS_PRESENCE = {
    EtatPresence.ATTENDU: ("neutre", "hourglass-split"),
    EtatPresence.PRESENT: ("succes", "check-lg"),
    EtatPresence.EXCUSE: ("attention", "dash-circle"),
    EtatPresence.ABSENT: ("danger", "x-circle"),
    EtatPresence.REPRESENTE: ("info", "people"),
}


@dataclass(frozen=True)
class LigneSeance:
    """One séance in a list: its words, how answers stand, and the reader's own answer."""

    seance: Seance
    comites: str
    horaires: str
    lieu: str
    ton: str
    icone: str
    attendus: int
    reponses: int
    mienne: Presence | None


def _avec_reponses(seances: "QuerySet[Seance]") -> "QuerySet[Seance]":
    """With the list and its answers: a constant number of queries."""
    return seances.select_related("instance", "conjointe", "territoire").prefetch_related(
        Prefetch("presences", Presence.objects.select_related("organisme", "utilisateur"))
    )


def _ligne(acces: Acces, seance: Seance) -> LigneSeance:
    presences = list(seance.presences.all())
    ton, icone = TONS[StatutSeance(seance.statut)]
    return LigneSeance(
        seance=seance,
        comites=mots.nom_des_instances(seance),
        horaires=mots.horaires(seance),
        lieu=mots.lieu(seance),
        ton=ton,
        icone=icone,
        attendus=len(presences),
        reponses=sum(p.reponse != Reponse.ATTENDUE for p in presences),
        mienne=next((p for p in presences if est_sa_presence(acces, p)), None),
    )


def lignes(acces: Acces, seances: Iterable[Seance]) -> list[LigneSeance]:
    return [_ligne(acces, s) for s in seances]


VUES = {"": "À venir", "passees": "Passées", "annulees": "Annulées"}


def seances_de(acces: Acces, *, vue: str = "", instance: Instance | None = None) -> "QuerySet[Seance]":
    """Those to come (the next first), held, or cancelled (the last first)."""
    visibles = Seance.objects.visibles_par(acces)
    if instance is not None:
        visibles = visibles.filter(Q(instance=instance) | Q(conjointe=instance))
    if vue == "passees":
        choisies = visibles.tenues()
    elif vue == "annulees":
        choisies = visibles.filter(statut=StatutSeance.ANNULEE)
    else:
        choisies = visibles.a_venir()
    return _avec_reponses(choisies)


def instances(acces: Acces) -> list[Instance]:
    """The committees that the reader knows, the technical ones first."""
    rangs = {genre: rang for rang, genre in enumerate(GenreInstance.values)}
    return sorted(Instance.objects.visibles_par(acces), key=lambda i: (not i.est_active, rangs[i.genre], i.nom.lower()))


# --- a month ---
@dataclass
class Jour:
    """One cell of the month."""

    jour: date
    du_mois: bool
    ferie: str
    aujourdhui: bool
    lignes: list[LigneSeance] = field(default_factory=list)


@dataclass(frozen=True)
class Mois:
    titre: str
    semaines: list[list[Jour]]
    precedent: str
    suivant: str

    @property
    def jours_pleins(self) -> list[Jour]:
        """On a phone: only the days of the month that say something."""
        return [j for s in self.semaines for j in s if j.du_mois and (j.lignes or j.ferie)]

    @property
    def nombre(self) -> int:
        return sum(len(j.lignes) for s in self.semaines for j in s if j.du_mois)


def lire_mois(saisie: str) -> date:
    """« 2026-12 », else the current month."""
    try:
        return date.fromisoformat(f"{saisie}-01")
    except ValueError:
        return timezone.localdate().replace(day=1)


def mois(acces: Acces, premier: date, instance: Instance | None = None) -> Mois:
    """The month of `premier`, by whole weeks from Monday to Friday and the week-end; holidays named. Two queries."""
    semaines = calendar.Calendar().monthdatescalendar(premier.year, premier.month)
    seances = Seance.objects.visibles_par(acces).filter(jour__range=(semaines[0][0], semaines[-1][-1]))
    if instance is not None:
        seances = seances.filter(Q(instance=instance) | Q(conjointe=instance))
    par_jour: dict[date, list[LigneSeance]] = {}
    for ligne in lignes(acces, _avec_reponses(seances).order_by("jour", "heure_debut", "pk")):
        par_jour.setdefault(ligne.seance.jour, []).append(ligne)
    aujourdhui = timezone.localdate()
    cases = [
        [Jour(j, j.month == premier.month, nom_ferie(j), j == aujourdhui, par_jour.get(j, [])) for j in semaine]
        for semaine in semaines
    ]
    avant, apres = premier - timedelta(days=1), (premier + timedelta(days=31)).replace(day=1)
    titre = f"{MOIS[premier.month - 1].capitalize()} {premier.year}"
    return Mois(titre, cases, f"{avant:%Y-%m}", f"{apres:%Y-%m}")


# --- one séance ---
def _pluriel(nombre: int, mot: str) -> str:
    return f"{nombre}{INSECABLE}{mot}{'s' if nombre > 1 else ''}"


def _convoquee(seance: Seance, presences: list[Presence]) -> str:
    reponses = sum(p.reponse != Reponse.ATTENDUE for p in presences)
    presents = sum(p.reponse in (Reponse.PRESENT, Reponse.REPRESENTE) for p in presences)
    assert seance.convoquee_le is not None
    if not reponses:
        return f"le {date_courte(seance.convoquee_le)} · aucune réponse encore"
    return (
        f"le {date_courte(seance.convoquee_le)} · {_pluriel(reponses, 'réponse')} sur {len(presences)}, "
        f"{_pluriel(presents, 'présent')} ou {'représentés' if presents > 1 else 'représenté'}"
    )


def _preparation(seance: Seance) -> str:
    depart = seance.jour - timedelta(days=seance.instance.jours_convocation)
    if depart <= timezone.localdate():
        return "la convocation est à envoyer"
    return f"convocation prévue le {date_longue(depart)}"


def phrase(seance: Seance, presences: list[Presence]) -> str:
    """What follows its status: « Convoquée » · le 20 nov. · 8 réponses sur 12, 6 présents ou représentés."""
    if seance.statut == StatutSeance.CONVOQUEE:
        return _convoquee(seance, presences)
    if seance.statut == StatutSeance.EN_COURS and seance.ouverte_le:
        return f"depuis {heure(seance.ouverte_le)}"
    if seance.statut == StatutSeance.TENUE:
        la = sum(p.etat in (EtatPresence.PRESENT, EtatPresence.REPRESENTE) for p in presences)
        return f"{_pluriel(la, 'présent')} ou {'représentés' if la > 1 else 'représenté'} sur {len(presences)}"
    if seance.statut == StatutSeance.ANNULEE and seance.annulee_le:
        return date_relative(seance.annulee_le)
    return _preparation(seance)


@dataclass(frozen=True)
class LignePresence:
    """One expected: who, what was answered (before), how it came (once begun), what the reader may do."""

    presence: Presence
    qui: str
    detail: str
    badge: str
    ton: str
    icone: str
    est_mienne: bool
    notable: bool
    retirable: bool


def _presence(acces: Acces, seance: Seance, presence: Presence) -> LignePresence:
    commencee = seance.statut in (StatutSeance.EN_COURS, StatutSeance.TENUE)
    if commencee and presence.etat != EtatPresence.ATTENDU:
        badge, (ton, icone) = presence.get_etat_display(), TONS_PRESENCE[EtatPresence(presence.etat)]
    else:
        badge, (ton, icone) = presence.get_reponse_display(), TONS_REPONSE[Reponse(presence.reponse)]
    details = [presence.fonction] if presence.fonction else []
    if presence.represente_par:
        details.append(f"représenté par {presence.represente_par}")
    if presence.personnes:
        details.append(presence.personnes)
    modifiable = seance.statut in (StatutSeance.CONVOQUEE, StatutSeance.EN_COURS)
    return LignePresence(
        presence=presence,
        qui=presence.organisme_nom or presence.nom,
        detail=" · ".join(details),
        badge=badge,
        ton=ton,
        icone=icone,
        est_mienne=est_sa_presence(acces, presence),
        notable=modifiable and acces.est_coordination and peut_repondre_pour(acces, presence),
        retirable=presence.est_invite and peut_organiser(acces) and seance.statut in STATUTS_A_VENIR[:2],
    )


def presences(acces: Acces, seance: Seance) -> list[LignePresence]:
    """The list of the séance, one's own line first. One query."""
    toutes = seance.presences.select_related("organisme", "utilisateur")
    for presence in toutes:
        presence.seance = seance
    trouvees = [_presence(acces, seance, p) for p in toutes]
    return sorted(trouvees, key=lambda ligne: not ligne.est_mienne)


@dataclass(frozen=True)
class AConvoquer:
    """One that will be written to: to how many people, or why to nobody."""

    qui: str
    detail: str
    obstacle: str


def a_convoquer(seance: Seance) -> list[AConvoquer]:
    """Who the convocation will reach: those expected, and the guests already on the list."""
    par_organisme = representants_de(seance.territoire_id)
    lignes_ = [_a_convoquer(a, par_organisme) for a in attendus(seance)]
    invites = seance.presences.filter(est_invite=True)
    deja = {ligne.qui for ligne in lignes_}
    lignes_ += [AConvoquer(p.nom, p.fonction, "" if p.courriel else SANS_ADRESSE) for p in invites if p.nom not in deja]
    return lignes_


def _a_convoquer(attendu: Attendu, par_organisme: dict[int, list[Representant]]) -> AConvoquer:
    if attendu.organisme is None:
        sans = attendu.est_invite and not attendu.courriel
        return AConvoquer(str(attendu), attendu.fonction, SANS_ADRESSE if sans else "")
    gens = par_organisme.get(attendu.organisme.pk, [])
    noms = ", ".join(f"{r.nom} ({r.qualite.lower()})" for r in gens)
    if gens:
        return AConvoquer(str(attendu), noms, "")
    if attendu.organisme.courriel:
        return AConvoquer(str(attendu), "à son adresse générale", "Aucun référent actif")
    return AConvoquer(str(attendu), "", "Aucun référent actif ni adresse : personne ne recevra la convocation")


def ma_presence(acces: Acces, seance: Seance) -> Presence | None:
    """One's own line, or that of one's organisme."""
    siennes = Q(utilisateur=acces.utilisateur_id, utilisateur__isnull=False)
    if acces.est_referent:
        siennes |= Q(organisme=acces.organisme_id)
    presence = seance.presences.filter(siennes).select_related("organisme", "utilisateur").first()
    if presence is not None:
        presence.seance = seance
    return presence


# --- panels of the homes ---
def prochaines(acces: Acces, nombre: int = 2) -> list[dict[str, Any]]:
    """« Comité du jeudi 3 décembre », answered on the spot: the convened ones where one is expected."""
    seances = _avec_reponses(
        Seance.objects.visibles_par(acces).filter(statut=StatutSeance.CONVOQUEE, jour__gte=timezone.localdate())
    ).order_by("jour", "heure_debut")[:nombre]
    trouvees = [ligne for ligne in lignes(acces, seances) if ligne.mienne is not None]
    concernes = _points_qui_concernent(acces, [ligne.seance.pk for ligne in trouvees])
    return [
        {
            "ligne": ligne,
            "points": concernes.get(ligne.seance.pk, 0),
            "peut_repondre": peut_repondre(acces, ligne.seance),
            "ton_reponse": TONS_REPONSE[Reponse(ligne.mienne.reponse)],  # type: ignore[union-attr]
        }
        for ligne in trouvees
    ]


def _points_qui_concernent(acces: Acces, seances: list[int]) -> dict[int, int]:
    """On each agenda, the named points of fiches addressed to this organisme, and those that it reports on."""
    if not acces.organisme_id or not seances:
        return {}
    points = (
        PointOrdreDuJour.objects.visibles_par(acces)
        .filter(seance__in=seances, etat=EtatPoint.INSCRIT)
        .filter(
            Q(rapporteur=acces.organisme_id)
            | Q(fiche__orientations__organisme=acces.organisme_id, mode=ModePoint.NOMINATIF)
        )
        .order_by()
    )
    return dict(points.values("seance").annotate(n=Count("pk", distinct=True)).values_list("seance", "n"))


def prochaine_de_la_coordination(acces: Acces) -> dict[str, Any] | None:
    """The next séance, with what is still to be done for it."""
    seance = (
        _avec_reponses(Seance.objects.visibles_par(acces).filter(jour__gte=timezone.localdate())).a_venir().first()  # type: ignore[attr-defined]
    )
    if seance is None:
        return None
    points = dict(seance.points.order_by().values("etat").annotate(n=Count("pk")).values_list("etat", "n"))
    return {
        "ligne": _ligne(acces, seance),
        "jours": (seance.jour - timezone.localdate()).days,
        "inscrits": points.get(EtatPoint.INSCRIT, 0),
        "proposes": points.get(EtatPoint.PROPOSE, 0),
    }
