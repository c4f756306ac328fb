"""The committees: a year of séances, what they decided on the fiches, and the next one, being prepared.

A fiche is told from its beginning to its end, so a past séance takes its points one by one as the fiches come before
it (`passer`); once they are all told, each séance is held in its turn, with its answers, presences and minutes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from apps.acces.models import Affectation
from apps.comites import services as comites
from apps.comites.enums import (
    EtatPresence,
    GenreDecision,
    GenreInstance,
    GesteSeance,
    ModePoint,
    NaturePoint,
    PorteeInstance,
    Reponse,
    StatutSeance,
)
from apps.comites.lecture import accord_couvre_comite
from apps.comites.models import Instance, PointOrdreDuJour, Seance
from apps.comites.series import dates_de
from apps.comites.services import compte_rendu as minutes
from apps.comites.services import ordre, partages, remarques, saisie, tenue, versions
from apps.comites.services.attendus import inscrire_attendus
from apps.comites.workflow import appliquer
from apps.core.acces import Role
from apps.core.dates import nom_ferie
from apps.fiches.enums import EtatFiche, StatutFiche
from apps.fiches.models import FicheNavette
from apps.partenaires.models import Organisme

from .actions import confier_au_comite
from .donnees import lire
from .territoire import Monde

HISTOIRE, HISTOIRE_LEGERE, A_VENIR = timedelta(days=365), timedelta(days=50), timedelta(days=150)
CONVOCATION = timedelta(days=9)
# A case waits for a séance that long; else it goes on without the committee.
PATIENCE = timedelta(days=24)
# How often each member of the list does not answer, is excused, is represented.
MUETS, EXCUSES, REPRESENTES = 0.05, 0.11, 0.17
MOINS_ASSIDUS = {"ddetspp", "mcef"}
# The mails of older séances are not worth an outbox of a thousand.
SEANCES_ECRITES = 2


def ouvrir_les_comites(monde: Monde, *, leger: bool) -> None:
    """The committees with their members, and the calendar of the comité technique, decided a year ago."""
    depuis = monde.horloge.maintenant - (HISTOIRE_LEGERE if leger else HISTOIRE)
    monde.horloge.regler(depuis - timedelta(days=15))
    technique = _instance(monde, GenreInstance.TECHNIQUE)
    _instance(monde, GenreInstance.PILOTAGE)
    _instance(monde, GenreInstance.COMMISSION)
    _calendrier(monde, technique, timezone.localdate(depuis))


def _instance(monde: Monde, genre: GenreInstance) -> Instance:
    d = lire("comites")[genre]
    technique = genre == GenreInstance.TECHNIQUE
    instance = comites.creer_instance(
        acces=monde.acces, nom=d["nom"], genre=genre, lieu=d["lieu"],
        portee=PorteeInstance.NOMINATIVE if technique else PorteeInstance.ANONYME,
    )  # fmt: skip
    for cle in d["membres"]:
        comites.ajouter_membre(acces=monde.acces, instance=instance, organisme=monde.organismes[cle])
    for courriel in d.get("personnes", []):
        comites.ajouter_membre(
            acces=monde.acces, instance=instance, utilisateur=monde.affectations[courriel].utilisateur
        )
    for invite in d.get("invites", []):
        comites.ajouter_invite_permanent(acces=monde.acces, instance=instance, **invite)
    return instance


def _heures(d: dict[str, Any]) -> dict[str, Any]:
    return {"heure_debut": time.fromisoformat(d["debut"]), "heure_fin": time.fromisoformat(d["fin"])}


def _calendrier(monde: Monde, instance: Instance, du: date) -> None:
    """The 1st and 3rd Thursday, holidays left out."""
    d = lire("comites")["technique"]
    serie = {
        "rangs": d["rangs"],
        "jour_semaine": d["jour"],
        "du": du,
        "au": timezone.localdate(monde.horloge.maintenant + A_VENIR),
    }
    jours = [x.jour for x in dates_de(**serie) if x.est_retenue]
    comites.creer_serie(acces=monde.acces, instance=instance, jours=jours, lieu=d["lieu"], **_heures(d), **serie)


# --- a fiche comes before the committee -------------------------------------------------------------------------------


def passer(dossier: Any, jours: float, genre: GenreDecision = GenreDecision.VALIDER, *, revoir: int = 0) -> bool:
    """The next séance held from `jours` days ago on decides on the case; False when there was none in time.

    `revoir`: days after the séance when the committee wants to see it again. What the committee may not read by name
    it does not see.
    """
    monde: Monde = dossier.monde
    seance = _prochaine_tenue(monde, dossier.fiche, jours)
    if seance is None or not accord_couvre_comite(dossier.fiche):
        return False
    organisme = dossier.orientations[0].organisme if dossier.orientations else None
    monde.horloge.regler(max(seance.debut - CONVOCATION, dossier.fiche.derniere_activite_le + timedelta(minutes=11)))
    point = ordre.ajouter_fiche(
        acces=monde.acces, seance=seance, fiche=dossier.fiche, elargir=True, rapporteur=organisme,
        question=_au_choix(monde, "questions", genre),
    )  # fmt: skip
    rang = seance.points.filter(nature=NaturePoint.FICHE).count()
    monde.horloge.regler(seance.debut + timedelta(minutes=12 * rang + monde.hasard.randint(0, 5)))
    with _en_cours(seance):
        _decider(monde, point, genre, organisme, revoir)
    dossier.relire()
    return True


def _au_choix(monde: Monde, quoi: str, genre: str) -> str:
    return str(monde.hasard.choice(lire("comites")[quoi][genre]))


def _prochaine_tenue(monde: Monde, fiche: FicheNavette, jours: float) -> Seance | None:
    """The first one from that day on, after what was already told, and before today."""
    maintenant = monde.horloge.maintenant
    jour = max(timezone.localdate(maintenant) - timedelta(days=int(jours)), _jour(fiche.derniere_activite_le))
    passees = Seance.objects.filter(
        territoire=monde.territoire, instance__genre=GenreInstance.TECHNIQUE, jour__gt=jour,
        jour__lte=min(jour + PATIENCE, timezone.localdate(maintenant) - timedelta(days=1)),
    )  # fmt: skip
    return passees.select_related("instance").order_by("jour").first()


def _jour(moment: datetime) -> date:
    return timezone.localdate(moment)


@contextmanager
def _en_cours(seance: Seance) -> Iterator[None]:
    """Open for the time of one point: the other points of that day are told later."""
    Seance.objects.filter(pk=seance.pk).update(statut=StatutSeance.EN_COURS)
    yield
    Seance.objects.filter(pk=seance.pk).update(statut=StatutSeance.PREPARATION)


def _decider(
    monde: Monde, point: PointOrdreDuJour, genre: GenreDecision, organisme: Organisme | None, revoir: int
) -> None:
    acces = monde.acces
    point, _ = saisie.noter_synthese(acces=acces, point=point, base="", texte=_au_choix(monde, "syntheses", genre))
    jour = _jour(monde.horloge.heure)
    champs: dict[str, Any] = {"revoir_le": (jour + timedelta(days=revoir)).isoformat()} if revoir else {}
    if genre == GenreDecision.AJOURNER:
        champs["precision"] = monde.hasard.choice(lire("comites")["pieces"])
        champs["attendu_le"] = (jour + timedelta(days=15)).isoformat()
    saisie.decider(acces=acces, point=point, genre=genre.value, **champs)
    actions = confier_au_comite(monde, point, organisme)
    tenue.traiter(acces=acces, point=point)
    for action in actions:
        action.finir(monde)


# --- the past séances -------------------------------------------------------------------------------------------------


def tenir_les_passees(monde: Monde) -> None:
    """Each one in its turn: convened, held, its minutes sent, then approved at the next one."""
    passees = _techniques(monde).filter(jour__lt=_jour(monde.horloge.maintenant)).order_by("jour")
    sujets = list(lire("comites")["sujets"])
    precedente: Seance | None = None
    for rang, seance in enumerate(passees):
        _convoquer(monde, seance, ecrire=len(passees) - rang <= SEANCES_ECRITES)
        sujet = sujets[rang % len(sujets)] if rang % 2 == len(passees) % 2 else None
        _tenir(monde, seance, [sujet] if sujet else [], precedente)
        precedente = seance
    partages.accorder_territoire(monde.territoire.pk)


def _techniques(monde: Monde) -> Any:
    return Seance.objects.filter(territoire=monde.territoire, instance__genre=GenreInstance.TECHNIQUE).select_related(
        "instance", "territoire"
    )


def _convoquer(monde: Monde, seance: Seance, *, ecrire: bool) -> None:
    """Nine days before; its fiches have had their life since, so nothing is opened again for them."""
    monde.horloge.regler(seance.debut - CONVOCATION)
    if ecrire and not seance.points.filter(fiche__isnull=False).exclude(fiche__statut=StatutFiche.OUVERTE).exists():
        comites.convoquer(acces=monde.acces, seance=seance)
    else:
        ordre.ajouter_points_permanents(acces=monde.acces, seance=seance)
        appliquer(GesteSeance.CONVOQUER, seance=seance, acces=monde.acces)
        inscrire_attendus(seance)
    for presence in seance.presences.filter(est_invite=False):
        _repondre(monde, seance, presence)


def _repondre(monde: Monde, seance: Seance, presence: Any) -> None:
    """Nearly everybody comes, nearly always; a few never say."""
    hasard = monde.hasard
    monde.horloge.regler(seance.debut - CONVOCATION + timedelta(hours=hasard.randint(2, 150)))
    tirage = hasard.random()
    if presence.organisme_id in {monde.organismes[cle].pk for cle in MOINS_ASSIDUS}:
        tirage *= 0.4
    elif seance.est_anonyme:
        tirage = 1
    if tirage < MUETS:
        return
    reponse, qui = Reponse.PRESENT, ""
    if tirage < EXCUSES:
        reponse = Reponse.EXCUSE
    elif tirage < REPRESENTES:
        reponse, qui = Reponse.REPRESENTE, "son adjointe"
    comites.repondre(acces=monde.acces, presence=presence, reponse=reponse, represente_par=qui)


def _tenir(monde: Monde, seance: Seance, sujets: list[dict[str, Any]], precedente: Seance | None) -> None:
    """Opened, topics discussed, closed, then the relevé that evening and the minutes the day after."""
    monde.horloge.regler(seance.debut)
    seance = _ouvrir(monde, seance)
    if precedente is not None:
        _approuver(monde, precedente, seance)
    for sujet in sujets:
        _traiter_sujet(monde, seance, sujet)
    _faire_le_tour(monde, seance)
    monde.horloge.regler(seance.fin)
    tenue.terminer(acces=monde.acces, seance=seance)
    monde.horloge.regler(seance.fin + timedelta(hours=3))
    comites.envoyer_releve(acces=monde.acces, seance=seance)
    _rediger(monde, seance)


def _ouvrir(monde: Monde, seance: Seance) -> Seance:
    """At the hour; who said nothing and is not there was not excused."""
    seance = tenue.ouvrir(acces=monde.acces, seance=seance)
    seance.presences.filter(est_invite=True).update(etat=EtatPresence.PRESENT)
    muets = seance.presences.filter(etat=EtatPresence.ATTENDU)
    for presence in muets[: monde.hasard.randint(0, 1)]:
        monde.horloge.regler(seance.debut + timedelta(minutes=25))
        saisie.arriver(acces=monde.acces, presence=presence)
    return seance


def _traiter_sujet(monde: Monde, seance: Seance, sujet: dict[str, Any]) -> None:
    point = ordre.ajouter_sujet(
        acces=monde.acces, seance=seance, titre=sujet["titre"], question=sujet["question"], minutes=sujet["minutes"]
    )
    # It was on the agenda from the start.
    PointOrdreDuJour.objects.filter(pk=point.pk).update(ajoute_apres_gel=False)
    monde.horloge.avancer(minutes=sujet["minutes"])
    point, _ = saisie.noter_synthese(acces=monde.acces, point=point, base="", texte=sujet["synthese"])
    if sujet["decision"]:
        saisie.decider(acces=monde.acces, point=point, genre=GenreDecision.AUTRE.value, precision=sujet["decision"])
    tenue.traiter(acces=monde.acces, point=point)


def _faire_le_tour(monde: Monde, seance: Seance) -> None:
    """The standing points have been gone through as well."""
    for point in seance.points.inscrits().filter(traite_le=None):
        monde.horloge.avancer(minutes=4)
        texte = _au_choix(monde, "syntheses", point.nature)
        point, _ = saisie.noter_synthese(acces=monde.acces, point=point, base="", texte=texte)
        tenue.traiter(acces=monde.acces, point=point)


def _rediger(monde: Monde, seance: Seance) -> None:
    """The day after, towards eleven; those of the last séance may still be commented."""
    monde.horloge.regler(seance.fin + timedelta(hours=23))
    compte_rendu = minutes.rediger(acces=monde.acces, seance=seance)
    minutes.ajouter_section(
        acces=monde.acces, compte_rendu=compte_rendu, titre="Questions diverses", texte=lire("comites")["divers"]
    )
    compte_rendu.refresh_from_db()
    minutes.envoyer_projet(acces=monde.acces, compte_rendu=compte_rendu, version=compte_rendu.version)


def _approuver(monde: Monde, precedente: Seance, seance: Seance) -> None:
    compte_rendu = precedente.compte_rendu
    compte_rendu.refresh_from_db()
    minutes.approuver(acces=monde.acces, compte_rendu=compte_rendu, version=compte_rendu.version, en=seance)


# --- what is to come --------------------------------------------------------------------------------------------------


def preparer_la_suite(monde: Monde) -> None:
    """The next comité technique begun, one remark on the last minutes, the élus' committees, summaries for them."""
    monde.horloge.regler(monde.veille(16))
    _remarquer(monde)
    monde.horloge.regler(monde.veille(16))
    relues = _ecrire_versions(monde)
    prochaine = _techniques(monde).a_venir().filter(jour__gte=_jour(monde.horloge.maintenant)).first()
    if prochaine is not None:
        _commencer(monde, prochaine)
    for genre in (GenreInstance.PILOTAGE, GenreInstance.COMMISSION):
        _reunir_les_elus(monde, genre, relues)


def _referent(monde: Monde, cle: str) -> Affectation:
    return next(
        a for a in monde.affectations.values() if a.organisme_id == monde.organismes[cle].pk and a.role == Role.REFERENT
    )


def _remarquer(monde: Monde) -> None:
    """A member has commented the minutes of the last séance, while it is time."""
    derniere = _techniques(monde).tenues().first()
    if derniere is None:
        return
    monde.horloge.regler(max(monde.horloge.heure, derniere.compte_rendu.envoye_le + timedelta(hours=1)))
    if derniere.compte_rendu.remarques_ouvertes:
        remarques.remarquer(
            acces=_referent(monde, "cci").acces(), compte_rendu=derniere.compte_rendu, texte=lire("comites")["remarque"]
        )


def _ouvertes(monde: Monde, *etats: str) -> list[FicheNavette]:
    return list(
        FicheNavette.objects.filter(territoire=monde.territoire, statut=StatutFiche.OUVERTE, etat__in=etats)
        .filter(derniere_activite_le__lt=monde.horloge.heure)
        .order_by("annee", "rang")
    )


def _commencer(monde: Monde, seance: Seance) -> None:
    """A few points are there, a référent has put a fiche forward, and proposals wait."""
    d = lire("comites")["a_venir"]
    ordre.ajouter_points_permanents(acces=monde.acces, seance=seance)
    suivies = _ouvertes(monde, EtatFiche.PRISE_EN_CHARGE)
    couvertes = [f for f in suivies if accord_couvre_comite(f)][-2:]
    for fiche, question in zip(couvertes, d["questions"], strict=False):
        ordre.ajouter_fiche(acces=monde.acces, seance=seance, fiche=fiche, elargir=True, question=question)
    ordre.ajouter_sujet(acces=monde.acces, seance=seance, **d["sujet"])
    pons = _referent(monde, "cci").acces()
    deja = set(seance.points.values_list("fiche", flat=True))
    for fiche in (
        FicheNavette.objects.visibles_par(pons).filter(pk__in=[f.pk for f in suivies]).exclude(pk__in=deja)[:1]
    ):
        ordre.proposer_fiche(acces=pons, seance=seance, fiche=fiche, question=d["proposee"])


def _ecrire_versions(monde: Monde) -> list[FicheNavette]:
    """Summaries for the élus, the last one not reviewed yet."""
    textes = lire("comites")["versions"]
    fiches = _ouvertes(monde, EtatFiche.PRISE_EN_CHARGE, EtatFiche.SANS_REPONSE)[: len(textes)]
    for fiche, texte in zip(fiches, textes, strict=False):
        redigee = versions.ecrire_version(acces=monde.acces, fiche=fiche, texte=texte, version=None)
        if fiche != fiches[-1]:
            versions.relire_version(acces=monde.acces, version_anonyme=redigee, version=redigee.version)
    return fiches[:-1]


def _reunir_les_elus(monde: Monde, genre: GenreInstance, fiches: list[FicheNavette]) -> None:
    """One séance held some months ago (for the pilotage), one to come: no fiche is named in either."""
    d = lire("comites")[genre]
    instance = Instance.objects.get(territoire=monde.territoire, genre=genre)
    for jours in d["jours"]:
        jour = _jour_ouvre(_jour(monde.horloge.maintenant) + timedelta(days=jours))
        monde.horloge.regler(monde.horloge.maintenant + timedelta(days=min(jours, 0) - 20))
        seance = comites.creer_seance(acces=monde.acces, instance=instance, jour=jour, **_heures(d))
        if jours < 0:
            _convoquer(monde, seance, ecrire=False)
            _tenir(monde, seance, d["sujets"], None)
            continue
        monde.horloge.regler(monde.veille(17))
        for sujet in d["a_venir"]:
            ordre.ajouter_sujet(acces=monde.acces, seance=seance, **sujet)
        for fiche in fiches:
            ordre.ajouter_fiche(acces=monde.acces, seance=seance, fiche=fiche, mode=ModePoint.SANS_NOM)


def _jour_ouvre(jour: date) -> date:
    while jour.weekday() > 4 or nom_ferie(jour):
        jour += timedelta(days=1)
    return jour
