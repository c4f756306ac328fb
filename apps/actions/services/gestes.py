"""Create, change, postpone, do, give up. What happens to an action of a fiche is told by the fiche's journal."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.acces.models import Affectation
from apps.comptes.models import Utilisateur
from apps.core.acces import Acces, Role
from apps.core.affichage import INSECABLE, date_courte
from apps.core.erreurs import ErreurMetier, TransitionInterdite, VersionPerimee
from apps.core.texte import nettoyer
from apps.fiches.enums import ActionJournal, StatutFiche, Visibilite
from apps.fiches.models import FicheNavette
from apps.fiches.services import journaliser
from apps.fiches.workflow import recalculer, verrouiller
from apps.partenaires.models import Organisme

from ..enums import GesteAction, Porteur
from ..models import Action, ReportAction
from ..workflow import appliquer
from .envois import annoncer as prevenir
from .envois import prevenir_coordination

DEJA_FINIE = "Cette action est terminée : rouvrez-la d’abord."


def raconter(acces: Acces, action: Action, texte: str, motif: str = "") -> None:
    """One line in the journal of the action's fiche, which has then been active; nothing for a general action.

    A reserved one is told to the coordination alone.
    """
    if action.fiche_id is None:
        return
    visibilite = Visibilite.COORDINATION if action.reservee else Visibilite.PARTENAIRES
    fiche = verrouiller(FicheNavette(pk=action.fiche_id))
    recalculer(fiche)
    journaliser(
        fiche=fiche, acces=acces, action=ActionJournal.ACTION, texte=texte[:300], motif=motif, visibilite=visibilite
    )


def _dire(action: Action) -> str:
    """« Action de la CMA » without its article: « Action · CMA du Lot »."""
    qui = f"{action.qui}, {action.responsable_nom}" if action.responsable_nom else action.qui
    return f"Action{INSECABLE}: {action.libelle} ({qui})"


def _verifier_porteur(territoire_id: int | None, porteur: str, organisme: Organisme | None, fiche: Any) -> None:
    """A holder that can be one. Raises ErreurMetier."""
    if porteur not in Porteur.values:
        raise ErreurMetier("Dites qui porte cette action.")
    if porteur == Porteur.ORGANISME:
        if organisme is None:
            raise ErreurMetier("Choisissez le partenaire qui porte cette action.")
        if organisme.territoire_id != territoire_id or not organisme.est_actif:
            raise ErreurMetier(f"{organisme} n’est pas un partenaire actif de ce territoire.")
    elif organisme is not None:
        raise ErreurMetier("Un partenaire est nommé, mais c’est un autre qui porte cette action.")
    if porteur == Porteur.DEMANDEUR and fiche is None:
        raise ErreurMetier("Le demandeur ne peut porter qu’une action de sa fiche.")


def personnes_possibles(territoire_id: int | None, porteur: str, organisme_id: int | None) -> Any:
    """Those to whom an action of this holder may be given."""
    if porteur == Porteur.DEMANDEUR:
        return Utilisateur.objects.none()
    actives = Affectation.objects.actives().filter(territoire=territoire_id)
    if porteur == Porteur.ORGANISME:
        actives = actives.filter(organisme=organisme_id, role__in=(Role.REFERENT, Role.TECHNICIEN))
    else:
        actives = actives.filter(role=Role.COORDINATION)
    return Utilisateur.objects.filter(pk__in=actives.values("utilisateur"))


def _verifier_responsable(territoire_id: int | None, champs: dict[str, Any]) -> None:
    personne, organisme = champs["responsable"], champs["organisme"]
    possibles = personnes_possibles(territoire_id, champs["porteur"], organisme.pk if organisme else None)
    if personne is not None and not possibles.filter(pk=personne.pk).exists():
        de = f"ne travaille pas pour {organisme}" if organisme else "n’est pas de la coordination de ce territoire"
        raise ErreurMetier(f"{personne} {de}.")


def _fiche_ouverte(territoire_id: int | None, fiche: FicheNavette | None) -> FicheNavette | None:
    """The fiche, locked; open, because a closed one is owed nothing more."""
    if fiche is None:
        return None
    actuelle = verrouiller(fiche)
    if actuelle.territoire_id != territoire_id or actuelle.statut == StatutFiche.ANNULEE:
        raise ErreurMetier("Cette fiche n’est pas de ce territoire.")
    if not actuelle.est_ouverte:
        raise TransitionInterdite(f"La fiche {actuelle.numero} n’est plus ouverte : rouvrez-la d’abord.")
    return actuelle


def _libelle(texte: str) -> str:
    propre = " ".join(nettoyer(texte).split())
    if not propre:
        raise ErreurMetier("Dites ce qu’il y a à faire.")
    if len(propre) > 240:
        raise ErreurMetier("Dites-le en 240 caractères au plus : le détail se note sur la fiche.")
    return propre


@transaction.atomic
def creer(
    *,
    acces: Acces,
    libelle: str,
    echeance: date,
    porteur: str,
    organisme: Organisme | None = None,
    fiche: FicheNavette | None = None,
    responsable: Utilisateur | None = None,
    origine: str = "",
    origine_dite: str = "",
    liste_dite: str = "",
    reservee: bool = False,
    annoncer: bool = True,
) -> Action:
    """One more thing to do, told to whoever must do it unless `annoncer=False`; `reservee`: to nobody else.

    The organisme may not read the fiche yet: nothing opens here, see `lecture_du_porteur`. Raises ErreurMetier.
    """
    fiche = _fiche_ouverte(acces.territoire_id, fiche)
    _verifier_porteur(acces.territoire_id, porteur, organisme, fiche)
    _verifier_responsable(acces.territoire_id, {"porteur": porteur, "organisme": organisme, "responsable": responsable})
    action = Action(
        territoire_id=acces.territoire_id,
        fiche=fiche,
        porteur=porteur,
        organisme=organisme,
        organisme_nom=organisme.nom_le(timezone.localdate()) if organisme else "",
        responsable=responsable,
        responsable_nom=str(responsable) if responsable else "",
        libelle=_libelle(libelle),
        echeance=echeance,
        echeance_initiale=echeance,
        origine=origine,
        origine_dite=origine_dite,
        liste_dite=liste_dite,
        reservee=reservee,
        cree_par_id=acces.utilisateur_id,
    )
    action.recherche = action.calculer_recherche()
    action.save()
    raconter(acces, action, f"{_dire(action)}, pour le {date_courte(echeance)}", motif=origine_dite)
    if annoncer:
        prevenir(acces=acces, actions=[action])
    return action


def _verrouiller(action: Action) -> Action:
    return Action.objects.select_for_update(of=("self",)).get(pk=action.pk)


def _ouverte(acces: Acces, action: Action) -> Action:
    actuelle = _verrouiller(action)
    if actuelle.territoire_id != acces.territoire_id or not actuelle.est_ouverte:
        raise TransitionInterdite(DEJA_FINIE)
    return actuelle


@transaction.atomic
def modifier(*, acces: Acces, action: Action, version: int | None, **champs: Any) -> Action:
    """Change its words, its holder, whom it is given to (libelle, porteur, organisme, responsable).

    A new holder is told. Raises VersionPerimee with the stored action, TransitionInterdite once it is finished.
    """
    actuelle = _ouverte(acces, action)
    if actuelle.version != version:
        raise VersionPerimee(actuel=actuelle)
    if "libelle" in champs:
        champs["libelle"] = _libelle(champs["libelle"])
    voulus = {n: champs.get(n, getattr(actuelle, n)) for n in ("libelle", "porteur", "organisme", "responsable")}
    if voulus["porteur"] != Porteur.ORGANISME:
        voulus["organisme"] = None
    change = {n for n, v in voulus.items() if getattr(actuelle, n) != v}
    if not change:
        return actuelle
    if change & {"porteur", "organisme"} and "responsable" not in change:
        voulus["responsable"] = None  # whoever had it works for the former holder
    _verifier_porteur(acces.territoire_id, voulus["porteur"], voulus["organisme"], actuelle.fiche)
    _verifier_responsable(acces.territoire_id, voulus)
    return _enregistrer(acces, actuelle, voulus, change)


def _enregistrer(acces: Acces, actuelle: Action, voulus: dict[str, Any], change: set[str]) -> Action:
    organisme, responsable = voulus["organisme"], voulus["responsable"]
    if "organisme" in change:
        voulus["organisme_nom"] = organisme.nom_le(timezone.localdate()) if organisme else ""
    voulus["responsable_nom"] = str(responsable) if responsable else ""
    if "porteur" in change:
        actuelle.dite_faite_le = None  # it was the applicant's word
    for nom, valeur in voulus.items():
        setattr(actuelle, nom, valeur)
    actuelle.recherche = actuelle.calculer_recherche()
    actuelle.version += 1
    actuelle.save()
    raconter(acces, actuelle, f"Action modifiée{INSECABLE}: {actuelle.libelle} ({actuelle.qui})")
    if change - {"libelle"}:
        prevenir(acces=acces, actions=[actuelle])
    return actuelle


@transaction.atomic
def reporter(*, acces: Acces, action: Action, vers: date, motif: str = "") -> Action:
    """Another day. The first one promised is kept, each postponement with its reason; reminders begin anew.

    Raises ErreurMetier for a day that is past or the same, TransitionInterdite once finished.
    """
    actuelle = _ouverte(acces, action)
    if vers < timezone.localdate():
        raise ErreurMetier("Choisissez une date à venir.")
    if vers == actuelle.echeance:
        raise ErreurMetier("Cette action est déjà prévue ce jour-là : choisissez une autre date.")
    de = actuelle.echeance
    ReportAction.objects.create(
        territoire_id=actuelle.territoire_id, action=actuelle, de=de, vers=vers, motif=nettoyer(motif),
        par_id=acces.utilisateur_id,
    )  # fmt: skip
    actuelle.echeance, actuelle.reports = vers, actuelle.reports + 1
    actuelle.veille_rappelee_le = actuelle.retard_rappele_le = None
    actuelle.version += 1
    actuelle.save()
    texte = f"Action reportée du {date_courte(de)} au {date_courte(vers)}{INSECABLE}: {actuelle.libelle}"
    raconter(acces, actuelle, texte, motif=nettoyer(motif))
    return actuelle


@transaction.atomic
def commencer(*, acces: Acces, action: Action, texte: str = "") -> Action:
    """It is under way."""
    action = appliquer(GesteAction.COMMENCER, action=action, acces=acces, texte=texte)
    raconter(acces, action, f"Action commencée{INSECABLE}: {action.libelle}")
    return action


@transaction.atomic
def faire(*, acces: Acces, action: Action, texte: str = "") -> Action:
    """Done; `texte`: what came of it, which may be said later (`preciser`)."""
    action = appliquer(GesteAction.FAIRE, action=action, acces=acces, texte=texte)
    raconter(acces, action, f"Action faite{INSECABLE}: {action.libelle}", motif=action.resultat)
    return action


@transaction.atomic
def preciser(*, acces: Acces, action: Action, texte: str) -> Action:
    """What came of an action already marked as done."""
    actuelle = _verrouiller(action)
    if actuelle.territoire_id != acces.territoire_id or actuelle.terminee_le is None or actuelle.motif_abandon:
        raise TransitionInterdite("Cette action n’est pas marquée comme faite.")
    actuelle.resultat = nettoyer(texte)
    actuelle.version += 1
    actuelle.save()
    raconter(acces, actuelle, f"Résultat de l’action{INSECABLE}: {actuelle.libelle}", motif=actuelle.resultat)
    return actuelle


@transaction.atomic
def abandonner(*, acces: Acces, action: Action, texte: str = "") -> Action:
    """Given up, and why: the reason is asked."""
    action = appliquer(GesteAction.ABANDONNER, action=action, acces=acces, texte=texte)
    raconter(acces, action, f"Action abandonnée{INSECABLE}: {action.libelle}", motif=action.motif_abandon)
    return action


@transaction.atomic
def rouvrir(*, acces: Acces, action: Action, texte: str = "") -> Action:
    """Not finished after all: it is to do again, and its reminders begin anew."""
    action = appliquer(GesteAction.ROUVRIR, action=action, acces=acces, texte=texte)
    raconter(acces, action, f"Action rouverte{INSECABLE}: {action.libelle}", motif=nettoyer(texte))
    return action


@transaction.atomic
def dire_faite(*, acces: Acces, action: Action) -> Action:
    """The applicant says that theirs is done: the coordination is told and looks; reminders rest. Twice is once."""
    actuelle = _ouverte(acces, action)
    if actuelle.porteur != Porteur.DEMANDEUR:
        raise ErreurMetier("Cette action n’est pas celle du demandeur.")
    if actuelle.dite_faite_le is not None:
        return actuelle
    actuelle.dite_faite_le = timezone.now()
    actuelle.version += 1
    actuelle.save()
    raconter(acces, actuelle, f"Le demandeur dit avoir fait{INSECABLE}: {actuelle.libelle}")
    prevenir_coordination(actuelle)
    return actuelle


@transaction.atomic
def attendre_encore(*, acces: Acces, action: Action) -> Action:
    """The coordination has looked: something is still missing, the applicant's page asks for it again."""
    actuelle = _ouverte(acces, action)
    if actuelle.dite_faite_le is None:
        raise TransitionInterdite("Le demandeur n’a pas dit que cette action était faite.")
    actuelle.dite_faite_le = None
    actuelle.version += 1
    actuelle.save()
    raconter(acces, actuelle, f"Encore attendu du demandeur{INSECABLE}: {actuelle.libelle}")
    return actuelle
