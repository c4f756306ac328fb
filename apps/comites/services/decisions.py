"""A decision acts: it writes the fiche's journal, sends it, waits, closes. Once, and what it could not do is said."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.actions import services as actions
from apps.actions.enums import Porteur
from apps.actions.models import Action
from apps.core.acces import Acces, Role
from apps.core.affichage import INSECABLE, date_longue
from apps.core.dates import ajouter_jours_ouvres
from apps.core.erreurs import ErreurMetier
from apps.core.texte import nettoyer
from apps.fiches import services as fiches
from apps.fiches.enums import ActionJournal, GenreOrientation, MotifCloture, Visibilite
from apps.fiches.etat import avec_article
from apps.fiches.models import FicheNavette
from apps.partenaires.models import Organisme

from ..enums import DECISIONS_SANS_FICHE, GenreDecision, ModePoint
from ..models import Decision, PointOrdreDuJour, Seance
from ..mots import nom_des_instances
from .actions_de_point import creer_action

VERS_PARTENAIRES = (GenreDecision.ORIENTER, GenreDecision.REORIENTER)
CLOTURES = (GenreDecision.SANS_SUITE, GenreDecision.CLORE)
MOTIF_PAR_DEFAUT = {GenreDecision.SANS_SUITE: MotifCloture.ABANDONNEE, GenreDecision.CLORE: MotifCloture.ABOUTIE}
# Working days given when nobody said by when.
DELAI_PIECES, DELAI_VISITE = 15, 10
Effet = dict[str, Any]


def acces_du_comite(acces: Acces) -> Acces:
    """What the committee decided is done in its name, and signed by whoever keeps the meeting.

    The secretary is a référent: these rights serve what is decided on the points of the séance, nothing else.
    """
    return Acces(acces.utilisateur_id, acces.territoire_id, Role.SYSTEME, acces.organisme_id, acces.affectation_id)


def comite_du(seance: Seance) -> str:
    """« Comité technique du 5 mars », with its year when it is not this one."""
    jour = date_longue(seance.jour, avec_jour=False)
    courant = f" {timezone.localdate().year}"
    return f"{nom_des_instances(seance)} du {jour.removesuffix(courant)}"


def verifier(decision: Decision) -> None:
    """What a decision cannot act without. Raises ErreurMetier, saying what to add."""
    genre = GenreDecision(decision.genre)
    if decision.point.fiche_id is None and genre not in DECISIONS_SANS_FICHE:
        raise ErreurMetier("Cette décision demande une fiche, et ce point n’en a pas.")
    if genre in VERS_PARTENAIRES and not decision.organismes.exists():
        raise ErreurMetier("Dites vers quel partenaire orienter.")
    if genre == GenreDecision.AJOURNER and not attendu(decision):
        raise ErreurMetier("Dites quelles pièces sont attendues du demandeur.")


def attendu(decision: Decision) -> str:
    """What is awaited, in one line."""
    return " ".join((decision.precision or decision.motif).split())


def dire(decision: Decision, organismes: list[Organisme]) -> str:
    """« orienter vers la CMA », « ajourné, en attente de deux devis »: what the journal and the minutes say."""
    noms = [avec_article(str(o)) for o in organismes]
    vers = " et ".join((", ".join(noms[:-1]), noms[-1])) if len(noms) > 1 else "".join(noms)
    precision = decision.precision
    match GenreDecision(decision.genre):
        case GenreDecision.VALIDER:
            texte = "accompagnement validé"
        case GenreDecision.ORIENTER:
            texte = f"orienter vers {vers}" if vers else "orienter"
        case GenreDecision.REORIENTER:
            texte = f"réorienter vers {vers}" if vers else "réorienter"
        case GenreDecision.AJOURNER:
            quoi = attendu(decision)
            texte, precision = f"ajourné, en attente de{INSECABLE}: {quoi}" if quoi else "ajourné", ""
        case GenreDecision.VISITE:
            texte = f"visite à faire par {vers}" if vers else "visite à faire"
        case GenreDecision.SANS_SUITE:
            texte = "sans suite"
        case GenreDecision.CLORE:
            texte = f"clore, {MotifCloture(decision.motif_cloture or MotifCloture.ABOUTIE).label.lower()}"
        case _:
            texte, precision = decision.precision or "décision notée", ""
    texte = f"{texte}, {precision}" if precision else texte
    revoir = f", à revoir le {date_longue(decision.revoir_le, avec_jour=False)}" if decision.revoir_le else ""
    return f"{texte}{revoir}"


@transaction.atomic
def appliquer(*, acces: Acces, decision: Decision) -> Decision:
    """Do what was decided, once: a second call changes nothing. Raises ErreurMetier when something is missing.

    Each effect stands or falls alone: what a rule refuses is written in `effets`, for the page to say.
    """
    decision = Decision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
    if decision.appliquee_le is not None or decision.remplacee_le is not None:
        return decision
    verifier(decision)
    point = decision.point
    organismes = list(decision.organismes.order_by("nom"))
    effets: list[Effet] = []
    if point.fiche is not None:
        comite = acces_du_comite(acces)
        _journaliser(comite, decision, point.fiche, organismes)
        effets = _effets(comite, decision, point, organismes)
    decision.effets, decision.appliquee_le = effets, timezone.now()
    decision.version += 1
    decision.save(update_fields=["effets", "appliquee_le", "version", "modifie_le"])
    return decision


def _precedente(decision: Decision) -> Decision | None:
    """The one that had acted and that this one replaces."""
    faites = decision.point.decisions.filter(appliquee_le__isnull=False, remplacee_le__isnull=False)
    return faites.exclude(pk=decision.pk).order_by("-pk").first()


def _journaliser(comite: Acces, decision: Decision, fiche: FicheNavette, organismes: list[Organisme]) -> None:
    point = decision.point
    avant = _precedente(decision)
    dit = dire(decision, organismes)
    if avant is not None:
        dit = f"décision changée, {dit} (avant{INSECABLE}: {dire(avant, list(avant.organismes.all()))})"
    fiches.journaliser(
        fiche=fiche, acces=comite, action=ActionJournal.COMITE,
        texte=f"{comite_du(point.seance)}{INSECABLE}: {dit}", motif=decision.motif,
        visibilite=visibilite(point),
    )  # fmt: skip


def visibilite(point: PointOrdreDuJour) -> Visibilite:
    """What was not decided under the name is told to the coordination alone."""
    nomme = point.mode == ModePoint.NOMINATIF and not point.seance.est_anonyme
    return Visibilite.COMITE if nomme else Visibilite.COORDINATION


def _tenter(faire: Callable[[], object], texte: str, effets: list[Effet]) -> bool:
    """One effect in its own savepoint; a refusal becomes a sentence."""
    try:
        with transaction.atomic():
            faire()
    except ErreurMetier as erreur:
        effets.append({"fait": False, "texte": f"{texte}{INSECABLE}: impossible. {erreur.message}"})
        return False
    effets.append({"fait": True, "texte": texte})
    return True


def _confier(
    comite: Acces, decision: Decision, point: PointOrdreDuJour, *, dit: Callable[[Decision], str], jour: date,
    porteur: Porteur, organisme: Organisme | None = None,
) -> Action:  # fmt: skip
    """The action that the decision asks for: that of the decision it replaces, if still open, is changed instead."""
    avant = _precedente(decision)
    ouverte = _ouverte(point, dit(avant), porteur, organisme) if avant is not None else None
    if ouverte is None:
        return creer_action(
            acces=comite, point=point, libelle=dit(decision), echeance=jour, porteur=porteur, organisme=organisme
        )
    ouverte = actions.modifier(acces=comite, action=ouverte, version=ouverte.version, libelle=dit(decision))
    if decision.attendu_le is not None and ouverte.echeance != jour:
        return actions.reporter(acces=comite, action=ouverte, vers=jour)
    return ouverte


def _ouverte(point: PointOrdreDuJour, libelle: str, porteur: Porteur, organisme: Organisme | None) -> Action | None:
    """The action of this point, still to do by this holder, in these words."""
    mots = " ".join(nettoyer(libelle).split())
    siennes = Action.objects.ouvertes().filter(pk__in=point.actions.values("action"), porteur=porteur)
    return siennes.filter(organisme=organisme, libelle=mots).order_by("pk").first()


def _a_fournir(decision: Decision) -> str:
    return f"Fournir{INSECABLE}: {attendu(decision)}"[:240]


def _a_visiter(decision: Decision) -> str:
    return (f"Faire la visite{INSECABLE}: {decision.precision}" if decision.precision else "Faire la visite")[:240]


def _effets(comite: Acces, decision: Decision, point: PointOrdreDuJour, organismes: list[Organisme]) -> list[Effet]:
    effets: list[Effet] = []
    match GenreDecision(decision.genre):
        case GenreDecision.ORIENTER | GenreDecision.REORIENTER:
            for organisme in organismes:
                _orienter(comite, decision, point, organisme, effets)
        case GenreDecision.AJOURNER:
            _ajourner(comite, decision, point, effets)
        case GenreDecision.VISITE:
            _visiter(comite, decision, point, organismes, effets)
        case GenreDecision.SANS_SUITE | GenreDecision.CLORE:
            _clore(comite, decision, point, effets)
    return effets


def _fiche(point: PointOrdreDuJour) -> FicheNavette:
    """As it stands now: an earlier effect may have changed it."""
    return FicheNavette.objects.select_related("territoire").get(pk=point.fiche_id)


def _orienter(
    comite: Acces, decision: Decision, point: PointOrdreDuJour, organisme: Organisme, effets: list[Effet]
) -> None:
    def faire() -> None:
        fiches.orienter(
            acces=comite, fiche=_fiche(point), organismes=[organisme], genre=GenreOrientation.ACCOMPAGNEMENT,
            message=decision.motif, raisons={organisme.pk: f"décidé au {comite_du(point.seance)}"},
        )  # fmt: skip

    _tenter(faire, f"Orientation vers {avec_article(str(organisme))}", effets)


def _ajourner(comite: Acces, decision: Decision, point: PointOrdreDuJour, effets: list[Effet]) -> None:
    quoi = attendu(decision)
    jour = decision.attendu_le or ajouter_jours_ouvres(timezone.localdate(), DELAI_PIECES)
    en_attente = _tenter(
        lambda: fiches.mettre_en_attente(
            acces=comite, fiche=_fiche(point), attente_quoi=quoi[:200], attente_jusquau=decision.attendu_le
        ),
        "Mise en attente du demandeur", effets,
    )  # fmt: skip
    if en_attente:
        _tenter(
            lambda: _confier(
                comite, decision, point, dit=_a_fournir, jour=jour, porteur=Porteur.DEMANDEUR
            ),
            "Action du demandeur, montrée sur sa page de suivi", effets,
        )  # fmt: skip


def _visiter(
    comite: Acces, decision: Decision, point: PointOrdreDuJour, organismes: list[Organisme], effets: list[Effet]
) -> None:
    """By those named, else by the one that presents the point, else by the coordination."""
    jour = decision.attendu_le or ajouter_jours_ouvres(timezone.localdate(), DELAI_VISITE)
    porteurs: list[Organisme | None] = [*organismes] or [point.rapporteur]
    for organisme in porteurs:
        porteur = Porteur.COORDINATION if organisme is None else Porteur.ORGANISME
        qui = "la coordination" if organisme is None else avec_article(str(organisme))
        _tenter(
            lambda porteur=porteur, organisme=organisme: _confier(  # type: ignore[misc]
                comite, decision, point, dit=_a_visiter, jour=jour, porteur=porteur, organisme=organisme
            ),
            f"Visite confiée à {qui}", effets,
        )  # fmt: skip


def _clore(comite: Acces, decision: Decision, point: PointOrdreDuJour, effets: list[Effet]) -> None:
    """A success asks for its results: it is proposed to the coordination, who closes with them."""
    motif = decision.motif_cloture or MOTIF_PAR_DEFAUT[GenreDecision(decision.genre)]
    if motif == MotifCloture.ABOUTIE:
        _tenter(
            lambda: fiches.proposer_cloture(acces=comite, fiche=_fiche(point), motif=motif, note=decision.motif),
            "Clôture proposée à la coordination, qui notera les résultats", effets,
        )  # fmt: skip
        return
    _tenter(
        lambda: fiches.cloturer(acces=comite, fiche=_fiche(point), motif=motif, note=decision.motif),
        f"Fiche clôturée, {MotifCloture(motif).label.lower()}", effets,
    )  # fmt: skip
