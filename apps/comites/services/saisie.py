"""What note-takers type, kept as it comes: synthesis, decision, actions, presences. Two write without loss."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from apps.actions import services as actions
from apps.actions.enums import Porteur
from apps.actions.models import Action
from apps.core.acces import Acces
from apps.core.affichage import INSECABLE
from apps.core.erreurs import ErreurMetier, TransitionInterdite, VersionPerimee
from apps.core.texte import nettoyer
from apps.fiches import services as fiches
from apps.fiches.enums import ActionJournal
from apps.partenaires.models import Organisme

from ..enums import DECISIONS_SANS_FICHE, EtatPresence, GenreDecision
from ..models import ActionDePoint, Decision, PointOrdreDuJour, Presence
from . import decisions
from .actions_de_point import RETIREE, creer_action
from .fusion import Fusion, fusionner
from .tenue import en_cours, verrouiller_point

TEXTES = ("motif",)
CHAMPS_DECISION = ("genre", "motif", "precision", "organismes", "motif_cloture", "attendu_le", "revoir_le")
CHAMPS_PRESENCE = ("etat", "personnes", "represente_par", "arrivee_le", "depart_le", "note")


@dataclass(frozen=True)
class ActionAjoutee:
    """The action, and whether its holder reads the fiche."""

    action: Action
    lecture: actions.LecturePorteur


@transaction.atomic
def noter_synthese(
    *,
    acces: Acces,
    point: PointOrdreDuJour,
    base: str,
    texte: str,
    envoyes: Collection[str] = (),
    version: int | None = None,
) -> tuple[PointOrdreDuJour, Fusion]:
    """Keep what was typed, merged with what another note-taker saved since `base`.

    `envoyes`: earlier texts of the same hand whose answer never came back; one found stored is the base.
    """
    point = verrouiller_point(point)
    enregistre = nettoyer(point.synthese)
    if version == point.version or enregistre in map(nettoyer, envoyes):
        base = enregistre
    fusion = fusionner(base=base, mien=texte, leur=enregistre)
    if fusion.texte != enregistre:
        point = point.enregistrer_version(point.version, {"synthese": fusion.texte})
    return point, fusion


# --- decision ---------------------------------------------------------------------------------------------------------


def valeurs(decision: Decision | None) -> dict[str, Any]:
    """The fields of a decision as a form carries them; all empty when there is none."""
    if decision is None:
        return {"organismes": [], **{nom: "" for nom in CHAMPS_DECISION if nom != "organismes"}}
    lues: dict[str, Any] = {nom: getattr(decision, nom) or "" for nom in CHAMPS_DECISION if nom != "organismes"}
    for nom in ("attendu_le", "revoir_le"):
        lues[nom] = lues[nom].isoformat() if lues[nom] else ""
    return {**lues, "organismes": sorted(decision.organismes.values_list("pk", flat=True))}


def en_vigueur(point: PointOrdreDuJour) -> Decision | None:
    return point.decisions.filter(remplacee_le=None).first()


@transaction.atomic
def decider(
    *, acces: Acces, point: PointOrdreDuJour, base: dict[str, Any] | None = None, **champs: Any
) -> Decision | None:
    """Write the decision as typed: it acts when the point is treated. An empty one is taken away.

    `base` is what the form showed: a field that another note-taker changed meanwhile keeps their value unless it was
    changed here too, and then nothing is written (VersionPerimee with the stored decision). One that has acted is
    replaced by another, never changed.
    """
    point = verrouiller_point(point)
    actuelle = en_vigueur(point)
    avant = valeurs(actuelle)
    voulues = _reunir(base if base is not None else avant, {**avant, **champs}, avant, actuelle)
    _completer(point, voulues)
    if voulues == avant:
        return actuelle
    if actuelle is not None and actuelle.appliquee_le is not None:
        _remplacer(acces, actuelle, sans_suite=not voulues["genre"])
        actuelle = None
    if not voulues["genre"]:
        if actuelle is not None:
            actuelle.delete()
        return None
    return _ecrire_decision(acces, point, actuelle, voulues)


def _reunir(
    base: dict[str, Any], miennes: dict[str, Any], leurs: dict[str, Any], actuelle: Decision | None
) -> dict[str, Any]:
    """Field by field: what only one of the two changed stands."""
    reunies = {}
    for nom in CHAMPS_DECISION:
        depart, mienne, leur = base.get(nom, leurs[nom]), miennes[nom], leurs[nom]
        if mienne in (depart, leur):
            reunies[nom] = leur
        elif leur == depart:
            reunies[nom] = mienne
        elif nom in TEXTES:
            reunies[nom] = fusionner(base=depart, mien=mienne, leur=leur).texte
        else:
            raise VersionPerimee("Quelqu’un a noté une autre décision entre-temps.", actuel=actuelle)
    return reunies


def _completer(point: PointOrdreDuJour, voulues: dict[str, Any]) -> None:
    """What goes without saying: words without a choice are another decision; closing has a usual reason."""
    if not voulues["genre"] and any(v for nom, v in voulues.items() if nom != "motif_cloture"):
        voulues["genre"] = GenreDecision.AUTRE.value
    genre = voulues["genre"]
    if point.fiche_id is None and genre and genre not in DECISIONS_SANS_FICHE:
        raise ErreurMetier("Cette décision demande une fiche, et ce point n’en a pas.")
    if genre not in decisions.CLOTURES:
        voulues["motif_cloture"] = ""
    elif not voulues["motif_cloture"]:
        voulues["motif_cloture"] = decisions.MOTIF_PAR_DEFAUT[GenreDecision(genre)].value


def _remplacer(acces: Acces, decision: Decision, *, sans_suite: bool) -> None:
    """Set aside a decision that has acted. Taken back without another, the fiche's journal says it at once."""
    decision.remplacee_le = timezone.now()
    decision.save(update_fields=["remplacee_le", "modifie_le"])
    point = decision.point
    if sans_suite and point.fiche is not None:
        dit = decisions.dire(decision, list(decision.organismes.all()))
        fiches.journaliser(
            fiche=point.fiche, acces=decisions.acces_du_comite(acces), action=ActionJournal.COMITE,
            texte=f"{decisions.comite_du(point.seance)}{INSECABLE}: décision retirée ({dit})",
            visibilite=decisions.visibilite(point),
        )  # fmt: skip


def _ecrire_decision(
    acces: Acces, point: PointOrdreDuJour, actuelle: Decision | None, voulues: dict[str, Any]
) -> Decision:
    decision = actuelle or Decision(territoire_id=point.territoire_id, point=point)
    organismes = voulues.pop("organismes")
    for nom, valeur in voulues.items():
        if nom in ("attendu_le", "revoir_le"):
            valeur = date.fromisoformat(valeur) if valeur else None
        setattr(decision, nom, valeur)
    decision.prise_par_id = acces.utilisateur_id
    decision.version += 1 if decision.pk else 0
    decision.save()
    decision.organismes.set(Organisme.objects.filter(pk__in=organismes, territoire=point.territoire_id))
    return decision


# --- actions ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def ajouter_action(
    *,
    acces: Acces,
    point: PointOrdreDuJour,
    cle: UUID,
    libelle: str,
    echeance: date,
    porteur: str = Porteur.ORGANISME,
    organisme: Organisme | None = None,
) -> ActionAjoutee:
    """Write an action down on the point; sent again with the same key, it is the same one.

    Says when its holder does not read the fiche, and whether it may be oriented within the accord.
    """
    point = verrouiller_point(point)
    deja = ActionDePoint.objects.filter(cle=cle, point=point).select_related("action").first()
    action = deja.action if deja is not None else creer_action(
        acces=decisions.acces_du_comite(acces), point=point, libelle=libelle, echeance=echeance, porteur=porteur,
        organisme=organisme, cle=cle,
    )  # fmt: skip
    return ActionAjoutee(action, actions.lecture_du_porteur(action))


def _action_du_point(point: PointOrdreDuJour, action: Action) -> Action:
    if not point.actions.filter(action=action).exists():
        raise TransitionInterdite("Cette action n’est pas de ce point.")
    return action


@transaction.atomic
def retirer_action(*, acces: Acces, point: PointOrdreDuJour, action: Action) -> Action:
    """Take back an action written by mistake: given up, with that reason. Twice is once."""
    point = verrouiller_point(point)
    action = Action.objects.get(pk=_action_du_point(point, action).pk)
    if not action.est_ouverte:
        return action
    return actions.abandonner(acces=decisions.acces_du_comite(acces), action=action, texte=RETIREE)


@transaction.atomic
def orienter_porteur(*, acces: Acces, point: PointOrdreDuJour, action: Action) -> None:
    """Send the fiche to the organisme that holds an action and does not read it, within the accord."""
    point = verrouiller_point(point)
    action = _action_du_point(point, action)
    actions.orienter_porteur(acces=decisions.acces_du_comite(acces), action=action)


# --- presences --------------------------------------------------------------------------------------------------------


@transaction.atomic
def noter_presence(*, acces: Acces, presence: Presence, version: int | None, **champs: Any) -> Presence:
    """Who is there, who speaks for them, late or early. Raises VersionPerimee with the stored row."""
    en_cours(presence.seance)
    changes = {nom: v for nom, v in champs.items() if nom in CHAMPS_PRESENCE}
    _verifier_heures(presence, changes)
    touchees = Presence.objects.filter(pk=presence.pk, version=version if version is not None else -1)
    ecrites = touchees.update(**changes, version=F("version") + 1, modifie_le=timezone.now())
    actuelle = Presence.objects.get(pk=presence.pk)
    if not ecrites and any(getattr(actuelle, nom) != valeur for nom, valeur in changes.items()):
        raise VersionPerimee("Quelqu’un a noté cette présence entre-temps.", actuel=actuelle)
    return actuelle


def _verifier_heures(presence: Presence, changes: dict[str, Any]) -> None:
    arrivee = changes.get("arrivee_le", presence.arrivee_le)
    depart = changes.get("depart_le", presence.depart_le)
    if arrivee and depart and depart < arrivee:
        raise ErreurMetier("Le départ ne peut précéder l’arrivée.")


@transaction.atomic
def arriver(*, acces: Acces, presence: Presence) -> Presence:
    """Somebody comes in now, the séance begun. Said twice, the first time stands."""
    seance = en_cours(presence.seance)
    presence = Presence.objects.select_for_update(of=("self",)).get(pk=presence.pk, seance=seance)
    champs: dict[str, Any] = {"etat": EtatPresence.PRESENT, "depart_le": None}
    if presence.arrivee_le is None or presence.depart_le is not None:
        champs["arrivee_le"] = timezone.now()
    return noter_presence(acces=acces, presence=presence, version=presence.version, **champs)


@transaction.atomic
def partir(*, acces: Acces, presence: Presence) -> Presence:
    """Somebody leaves now, before the end."""
    seance = en_cours(presence.seance)
    presence = Presence.objects.select_for_update(of=("self",)).get(pk=presence.pk, seance=seance)
    if presence.etat not in (EtatPresence.PRESENT, EtatPresence.REPRESENTE):
        raise TransitionInterdite(f"{presence} n’est pas noté comme présent.")
    return noter_presence(acces=acces, presence=presence, version=presence.version, depart_le=timezone.now())
