"""What the page of a séance under way shows: the agenda, the point, its brief, who is there, for whoever keeps it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone

from apps.actions import services as actions
from apps.actions.enums import EtatAction, Porteur
from apps.actions.models import Action
from apps.actions.selecteurs import suivi
from apps.core.acces import Acces
from apps.core.affichage import INSECABLE, date_longue, heure
from apps.core.audience import Audience, GenreAudience
from apps.core.dates import ajouter_jours_ouvres, ajouter_mois
from apps.fiches.page import Page, composer, fiche_complete
from apps.fiches.workflow import EN_COURS
from apps.partenaires.models import Organisme

from .besoins import besoins_de, en_lignes
from .enums import DECISIONS_SANS_FICHE, EtatPresence, GenreDecision, NaturePoint
from .lecture import siegent
from .models import Decision, PointOrdreDuJour, Presence, Seance
from .permissions import lit_les_fiches
from .selecteurs_ordre import LignePoint, OrdreDuJour, ordre_du_jour
from .services.decisions import comite_du, dire
from .services.saisie import en_vigueur, valeurs

JOURNAL_AU_PLUS = 6
SEANCES_PROPOSEES = 4
JOURS_POUR_AGIR = 14
PREPARATIFS = ("À l’ordre du jour", "Proposée à l’ordre du jour", "Retirée de l’ordre du jour", "Confidentialité")
# The decisions in the order of the buttons, with the short words of the screen.
BOUTONS = {
    GenreDecision.VALIDER: "Valider l’accompagnement",
    GenreDecision.ORIENTER: "Orienter",
    GenreDecision.AJOURNER: "Ajourner",
    GenreDecision.VISITE: "Visite à faire",
    GenreDecision.REORIENTER: "Réorienter",
    GenreDecision.SANS_SUITE: "Sans suite",
    GenreDecision.CLORE: "Clore",
    GenreDecision.AUTRE: "Autre",
}
PRESENCES_DITES = (
    (EtatPresence.PRESENT, "présent", "présents"),
    (EtatPresence.EXCUSE, "excusé", "excusés"),
    (EtatPresence.REPRESENTE, "représenté", "représentés"),
    (EtatPresence.ABSENT, "absent", "absents"),
    (EtatPresence.ATTENDU, "attendu", "attendus"),
)


@dataclass
class Bref:
    """« En bref »: what the committee must have in mind, as this reader reads the fiche."""

    page: Page
    depuis: date
    chez: str
    emplois: Any
    pieces: int

    @property
    def journal(self) -> list[Any]:
        """What happened, without what only prepared this very meeting."""
        return [j for j in self.page.journal if not j.titre.startswith(PREPARATIFS)][:JOURNAL_AU_PLUS]


@dataclass
class LigneAction:
    """An action of the point; `lecture` when its holder does not read the fiche."""

    action: Action
    lecture: actions.LecturePorteur | None = None

    @property
    def est_retiree(self) -> bool:
        return self.action.etat == EtatAction.ABANDONNEE


@dataclass
class Table:
    """The whole page."""

    seance: Seance
    ordre: OrdreDuJour
    ligne: LignePoint | None
    bref: Bref | None = None
    decision: Decision | None = None
    valeurs: dict[str, Any] = field(default_factory=dict)
    valeurs_tapees: dict[str, Any] | None = None
    actions: list[LigneAction] = field(default_factory=list)
    precedent: LignePoint | None = None
    suivant: LignePoint | None = None

    @property
    def titre(self) -> str:
        return comite_du(self.seance)

    @property
    def point(self) -> PointOrdreDuJour | None:
        return self.ligne.point if self.ligne else None

    @property
    def est_en_cours(self) -> bool:
        return self.ligne is not None and self.seance.point_en_cours_id == self.ligne.point.pk

    @property
    def restants(self) -> int:
        return sum(ligne.point.traite_le is None for ligne in self.ordre.lignes)

    @property
    def entete(self) -> str:
        """« Séance en cours · point 3 sur 9 · 10 h 05, prévu 10 h 00 »."""
        return entete(self.seance, self.ordre, self.ligne)

    @property
    def choix(self) -> list[tuple[str, str]]:
        """The decisions that this point may take."""
        if self.point is not None and self.point.fiche_id is None:
            return [(g.value, "Noter une décision") for g in DECISIONS_SANS_FICHE]
        return [(g.value, mots) for g, mots in BOUTONS.items()]


def entete(seance: Seance, ordre: OrdreDuJour, ligne: LignePoint | None) -> str:
    """Where the meeting is, and whether it is late."""
    morceaux = ["Séance en cours"]
    if ligne is not None:
        rang = ordre.lignes.index(ligne) + 1
        morceaux.append(f"point {rang} sur {len(ordre.lignes)}")
        if ligne.debut is not None:
            morceaux.append(f"{heure(timezone.now())}, prévu {heure(ligne.debut)}")
    return " · ".join(morceaux)


def composer_table(acces: Acces, seance: Seance, point: PointOrdreDuJour | None) -> Table:
    """The page for this point, else the one under way, else the first not treated, else the first."""
    ordre = ordre_du_jour(acces, seance)
    ligne = _ligne(seance, ordre, point)
    table = Table(seance, ordre, ligne)
    if ligne is None:
        return table
    rang = ordre.lignes.index(ligne)
    table.precedent = ordre.lignes[rang - 1] if rang else None
    table.suivant = ordre.lignes[rang + 1] if rang + 1 < len(ordre.lignes) else None
    table.decision = en_vigueur(ligne.point)
    table.valeurs = valeurs(table.decision)
    table.actions = actions_du_point(ligne.point)
    table.bref = bref(acces, seance, ligne)
    return table


def _ligne(seance: Seance, ordre: OrdreDuJour, point: PointOrdreDuJour | None) -> LignePoint | None:
    voulus = [point.pk if point else None, seance.point_en_cours_id]
    for pk in voulus:
        trouvee = next((x for x in ordre.lignes if x.point.pk == pk), None)
        if trouvee is not None:
            return trouvee
    restantes = [x for x in ordre.lignes if x.point.traite_le is None]
    return next(iter([*restantes, *ordre.lignes]), None)


def bref(acces: Acces, seance: Seance, ligne: LignePoint) -> Bref | None:
    """None for a point without fiche, and for whoever may not read it by name."""
    if ligne.point.fiche_id is None or not ligne.est_nomme or not lit_les_fiches(acces, seance):
        return None
    fiche = fiche_complete(acces).filter(pk=ligne.point.fiche_id).first()
    if fiche is None:
        return None
    page = composer(acces, fiche)
    courants = [s.nom for s in page.sections if s.orientation.etat in EN_COURS]
    return Bref(
        page=page, depuis=timezone.localtime(fiche.ouverte_le).date(), chez=", ".join(dict.fromkeys(courants)),
        emplois=fiche.projet.emplois_prevus if fiche.projet else None, pieces=len(page.pieces),
    )  # fmt: skip


def permanent(seance: Seance, point: PointOrdreDuJour | None) -> dict[str, Any]:
    """What a standing point is about: told as the committee reads it, whoever keeps the meeting."""
    nature = point.nature if point is not None else ""
    if nature == NaturePoint.ACTIONS:
        genre = GenreAudience.ANONYME if seance.est_anonyme else GenreAudience.COMITE
        return {"groupes": suivi(territoire_id=seance.territoire_id, audience=Audience(genre, seance.territoire_id))}
    return {"besoins": en_lignes(besoins_de(seance))} if nature == NaturePoint.BESOINS else {}


def actions_du_point(point: PointOrdreDuJour) -> list[LigneAction]:
    """As written down, those taken back left out."""
    liens = point.actions.select_related("action__organisme", "action__fiche__territoire")
    lignes = []
    for lien in liens:
        ligne = LigneAction(lien.action)
        if ligne.est_retiree:
            continue
        lecture = actions.lecture_du_porteur(lien.action) if lien.action.est_ouverte else None
        ligne.lecture = lecture if lecture is not None and not lecture.lit else None
        lignes.append(ligne)
    return lignes


def decision_dite(decision: Decision | None) -> str:
    """« orienter vers la CMA »; empty without a decision."""
    return dire(decision, list(decision.organismes.order_by("nom"))) if decision is not None else ""


# --- who is there -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Quorum:
    """Only where one is asked."""

    demande: int
    comptes: int

    @property
    def est_atteint(self) -> bool:
        return self.comptes >= self.demande

    def __str__(self) -> str:
        mot = "Quorum atteint" if self.est_atteint else "Quorum non atteint"
        return f"{mot}{INSECABLE}: {self.comptes} présents ou représentés, {self.demande} demandés"


def presences_dites(presences: list[Presence]) -> str:
    """« 8 présents, 2 excusés, 1 représenté »."""
    comptes = Counter(p.etat for p in presences)
    dits = [f"{comptes[e]} {plusieurs if comptes[e] > 1 else un}" for e, un, plusieurs in PRESENCES_DITES if comptes[e]]
    return ", ".join(dits) or "Personne n’est attendu"


def quorum(seance: Seance, presences: list[Presence]) -> Quorum | None:
    """Members present or represented; guests do not count."""
    demande = seance.quorum if seance.quorum is not None else seance.instance.quorum
    if not demande:
        return None
    comptes = sum(p.etat in (EtatPresence.PRESENT, EtatPresence.REPRESENTE) and not p.est_invite for p in presences)
    return Quorum(demande, comptes)


# --- choices ----------------------------------------------------------------------------------------------------------


def organismes_par_table(seance: Seance) -> list[tuple[str, list[Organisme]]]:
    """Every active partner, those around the table first."""
    tous = list(Organisme.objects.filter(territoire=seance.territoire_id, est_actif=True).order_by("nom_court", "nom"))
    assis = set(siegent(seance).values_list("pk", flat=True))
    autour, autres = [o for o in tous if o.pk in assis], [o for o in tous if o.pk not in assis]
    return [
        (titre, groupe) for titre, groupe in (("Autour de la table", autour), ("Autres partenaires", autres)) if groupe
    ]


def porteurs_possibles(point: PointOrdreDuJour, groupes: list[tuple[str, list[Organisme]]]) -> list[Any]:
    """Who may hold an action of this point, as grouped choices: partners by their key."""
    autres: list[tuple[str, str]] = [(Porteur.COORDINATION.value, Porteur.COORDINATION.label)]
    if point.fiche_id is not None:
        autres.append((Porteur.DEMANDEUR.value, Porteur.DEMANDEUR.label))
    partenaires = [(titre, [(str(o.pk), str(o)) for o in organismes]) for titre, organismes in groupes]
    return [("", "Qui ?"), *partenaires[:1], ("Sans partenaire", autres), *partenaires[1:]]


def echeance_proposee(seance: Seance) -> date:
    """Two weeks after the séance, a working day."""
    return ajouter_jours_ouvres(ajouter_jours(seance.jour, JOURS_POUR_AGIR), 0)


def ajouter_jours(jour: date, nombre: int) -> date:
    return date.fromordinal(jour.toordinal() + nombre)


def revoir_possibles(seance: Seance, choisi: date | None) -> list[tuple[str, str]]:
    """When to see the point again: at the next séances of the committee, or later."""
    prochaines = Seance.objects.filter(territoire=seance.territoire_id, instance=seance.instance_id).a_venir()
    jours = [s.jour for s in prochaines.filter(jour__gt=seance.jour)[:SEANCES_PROPOSEES]]
    choix = [(j.isoformat(), f"à la séance du {_jour(j, seance.jour)}") for j in jours]
    plus_tard = {m: ajouter_jours_ouvres(ajouter_mois(seance.jour, m), 0) for m in (1, 3, 6)}
    choix += [
        (j.isoformat(), f"dans {m} mois, le {_jour(j, seance.jour)}") for m, j in plus_tard.items() if j not in jours
    ]
    if choisi is not None and choisi.isoformat() not in dict(choix):
        choix.append((choisi.isoformat(), f"le {_jour(choisi, seance.jour)}"))
    return [("", "ne pas le revoir"), *choix]


def _jour(jour: date, reference: date) -> str:
    """« 7 janvier », with the year when it is another."""
    dit = date_longue(jour, avec_jour=False)
    return dit.removesuffix(f" {reference.year}")
