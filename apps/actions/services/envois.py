"""Mails about actions: to whoever must act and may read it. By link: neither their subject nor their text says what."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse

from apps.acces.models import Affectation
from apps.acces.services import coordination_de, personne_adressee
from apps.comptes.models import Utilisateur
from apps.core.acces import Acces
from apps.core.registres import adresses_demandeurs
from apps.courriels.services import ecrire

from ..enums import Porteur
from ..models import Action


@dataclass(frozen=True)
class Destinataire:
    """One address, and the link that opens the action there (an applicant may have none)."""

    courriel: str
    nom: str
    lien: str
    cle: str
    utilisateur_id: int | None = None
    est_demandeur: bool = False


def lien_action(action: Action) -> str:
    """The page of the action, which checks rights again."""
    return settings.SITE_URL.rstrip("/") + reverse("actions:detail", args=[action.territoire.slug, action.jeton])


def _de_la_maison(action: Action, personne: Utilisateur) -> Destinataire:
    return Destinataire(personne.courriel, personne.nom_formel, lien_action(action), f"u{personne.pk}", personne.pk)


def _lit(action: Action, personne: Utilisateur) -> bool:
    """This person, in one of their roles there, opens the page of the action."""
    roles = Affectation.objects.actives().filter(
        utilisateur=personne, territoire=action.territoire_id, organisme=action.organisme_id
    )
    return any(Action.objects.visibles_par(a.acces()).filter(pk=action.pk).exists() for a in roles)


def _coordination(action: Action) -> list[Utilisateur]:
    """Whoever was given it, else who follows the fiche, else every coordinator."""
    presents = coordination_de(action.territoire_id)
    voulus = (action.responsable, action.fiche.responsable if action.fiche else None)
    return next(([p] for p in voulus if p is not None and p in presents), presents)


def _partenaire(action: Action) -> list[Utilisateur]:
    """Whoever was given it, else whom the organisme is addressed through today; nobody when they cannot read it."""
    adressee, _ = personne_adressee(organisme_id=action.organisme_id or 0)
    for personne in (action.responsable, adressee):
        if personne is not None and personne.is_active and _lit(action, personne):
            return [personne]
    return []


def destinataires(action: Action) -> list[Destinataire]:
    """Who is written to about this action today. A link for an applicant is made at each call: ask once a mail."""
    if action.porteur == Porteur.DEMANDEUR:
        trouvees = [a for _, fournir in adresses_demandeurs for a in fournir(action.fiche)]
        return [
            Destinataire(a.courriel, a.nom, a.lien, f"p{a.personne_id}", est_demandeur=True)
            for a in trouvees
            if a.courriel
        ]
    personnes = _coordination(action) if action.porteur == Porteur.COORDINATION else _partenaire(action)
    return [_de_la_maison(action, p) for p in personnes]


def _donnees(action: Action, vers: Destinataire) -> dict[str, Any]:
    """What a mail is given. Its words only for an applicant who has no link to read them at."""
    return {
        "personne": vers.nom,
        "lien": vers.lien,
        "numero": action.fiche.numero if action.fiche else "",
        "origine": action.origine_dite,
        "echeance": action.echeance,
        "est_demandeur": vers.est_demandeur,
        "libelle": action.libelle if vers.est_demandeur and not vers.lien else "",
    }


def ecrire_au_porteur(action: Action, gabarit: str, *, suffixe: str, sauf: int | None = None) -> int:
    """One mail to each person who must act, `sauf` excepted (who has just done it themselves); how many."""
    envoyes = 0
    for vers in destinataires(action):
        if sauf is not None and vers.utilisateur_id == sauf:
            continue
        _envoyer(action, gabarit, vers, suffixe, _donnees(action, vers))
        envoyes += 1
    return envoyes


def _envoyer(action: Action, gabarit: str, vers: Destinataire, suffixe: str, donnees: dict[str, Any]) -> None:
    ecrire(
        gabarit=gabarit,
        destinataire=vers.courriel,
        donnees=donnees,
        cle=f"action:{action.pk}:{suffixe}:{vers.cle}",
        territoire_id=action.territoire_id,
        objet="fiche" if action.fiche else "action",
        objet_id=action.fiche.numero if action.fiche else action.pk,
    )


def annoncer(*, acces: Acces, actions: list[Action]) -> int:
    """Tell those who must act, one mail a person whatever the number of actions; never the author. How many mails.

    What the coordination gives to nobody in particular is announced to nobody: its home shows it.
    """
    par_personne: dict[str, tuple[Destinataire, list[Action]]] = {}
    demandeurs: dict[int, list[Destinataire]] = {}
    for action in actions:
        if action.porteur == Porteur.COORDINATION and action.responsable is None:
            continue
        vers = demandeurs.get(action.fiche_id or 0) if action.porteur == Porteur.DEMANDEUR else None
        if vers is None:
            vers = destinataires(action)
            if action.porteur == Porteur.DEMANDEUR:
                demandeurs[action.fiche_id or 0] = vers
        for un in vers:
            if un.utilisateur_id is None or un.utilisateur_id != acces.utilisateur_id:
                par_personne.setdefault(un.cle, (un, []))[1].append(action)
    for un, siennes in par_personne.values():
        premiere = siennes[0]
        donnees = _donnees(premiere, un) | {
            "nombre": len(siennes),
            "echeance": min(a.echeance for a in siennes),
            "libelle": " ; ".join(a.libelle for a in siennes) if un.est_demandeur and not un.lien else "",
        }
        if len(siennes) > 1 and not un.est_demandeur:
            donnees["lien"] = settings.SITE_URL.rstrip("/") + reverse("actions:liste", args=[premiere.territoire.slug])
        _envoyer(premiere, "action_confiee", un, f"confiee:{premiere.version}", donnees)
    return len(par_personne)


def prevenir_coordination(action: Action) -> None:
    """The applicant says it done: whoever follows the fiche looks."""
    for personne in _coordination(action):
        vers = _de_la_maison(action, personne)
        _envoyer(action, "action_dite_faite", vers, f"dite_faite:{action.version}", _donnees(action, vers))
