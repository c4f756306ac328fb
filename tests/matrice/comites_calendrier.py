"""The calendar of the committees: its members see their séances, the pilotage the anonymous ones, nobody else any."""

from typing import Any

from apps.comites import services
from apps.comites.models import Presence
from tests.comites.factories import InvitePermanentFactory, PresenceFactory, SeanceFactory

from .roles import (
    ACCUEIL,
    ACCUEIL_AUTRE,
    ADMINISTRATEUR,
    ANONYME,
    AUTRE_TERRITOIRE,
    COORDINATION,
    DPO,
    PILOTAGE,
    REFERENT_DECLINE,
    REFERENT_NON_SAISI,
    REFERENT_SAISI,
    REFERENT_TERMINE,
    SUIVI,
    SUPPLEANT,
    TECHNICIEN_CONFIE,
    TECHNICIEN_NON_CONFIE,
)

DEHORS = {ANONYME: 302, SUIVI: 302, ADMINISTRATEUR: 404, AUTRE_TERRITOIRE: 404}
SANS_COMITE = (TECHNICIEN_CONFIE, TECHNICIEN_NON_CONFIE, ACCUEIL, ACCUEIL_AUTRE, DPO)
SIEGENT = (REFERENT_SAISI, SUPPLEANT, REFERENT_DECLINE, REFERENT_TERMINE)
REFERENTS = (*SIEGENT, REFERENT_NON_SAISI)

# The calendar itself: an empty one for the organisme that sits nowhere.
VOIR = {**DEHORS, **dict.fromkeys(SANS_COMITE, 403), **dict.fromkeys((COORDINATION, *REFERENTS, PILOTAGE), 200)}
AGIR = {**VOIR, **dict.fromkeys((COORDINATION, *REFERENTS, PILOTAGE), 302), "methode": "post"}
# What the coordination alone does.
ORGANISER = {**DEHORS, **dict.fromkeys((*SANS_COMITE, *REFERENTS, PILOTAGE), 403), COORDINATION: 200}
# One nominative séance: out of scope for whoever does not sit.
HORS = (*SANS_COMITE, REFERENT_NON_SAISI, PILOTAGE)
LIRE = {**DEHORS, **dict.fromkeys(HORS, 404), **dict.fromkeys((COORDINATION, *SIEGENT), 200)}
GERER = {**LIRE, **dict.fromkeys(SIEGENT, 403)}
ENVOYER = {**GERER, COORDINATION: 302, "methode": "post"}


def _presence(monde: Any) -> dict[str, Any]:
    organisme = monde.objets["organismes"]["saisi"]
    return {"pk": Presence.objects.get(seance=monde.objets["seance"], organisme=organisme).pk}


def _invite(monde: Any) -> dict[str, Any]:
    return {"pk": PresenceFactory(seance=monde.objets["seance"], invite=True).pk}


def _instance(monde: Any) -> dict[str, Any]:
    return {"pk": monde.objets["instance"].pk}


def _membre(monde: Any) -> dict[str, Any]:
    return {**_instance(monde), "membre_pk": monde.objets["instance"].membres.first().pk}


def _invite_permanent(monde: Any) -> dict[str, Any]:
    return {**_instance(monde), "invite_pk": InvitePermanentFactory(instance=monde.objets["instance"]).pk}


def _en_preparation(monde: Any) -> dict[str, Any]:
    return {"numero": SeanceFactory(instance=monde.objets["instance"]).numero}


def _secret(monde: Any) -> dict[str, Any]:
    return {"secret": services.s_abonner(acces=monde.affectations[REFERENT_SAISI].acces())}


MATRICE = {
    "comites:accueil": VOIR,
    "comites:calendrier": VOIR,
    "comites:assiduite": VOIR,
    "comites:agenda": VOIR,
    "comites:s_abonner": AGIR,
    "comites:revoquer": AGIR,
    "comites:creer": ORGANISER,
    "comites:serie": ORGANISER,
    "comites:instances": ORGANISER,
    "comites:creer_instance": ORGANISER,
    "comites:instance": {**ORGANISER, "args": _instance},
    "comites:modifier_instance": {**ORGANISER, "args": _instance},
    "comites:ajouter_membre": {**ORGANISER, "methode": "post", "args": _instance},
    "comites:retirer_membre": {**ORGANISER, "args": _membre},
    "comites:ajouter_invite_permanent": {**ORGANISER, "methode": "post", "args": _instance},
    "comites:retirer_invite_permanent": {**ORGANISER, COORDINATION: 302, "methode": "post", "args": _invite_permanent},
    "comites:seance": LIRE,
    "comites:ics": LIRE,
    # The coordination has no line of its own: it is led to the page.
    "comites:repondre": {**LIRE, COORDINATION: 302},
    "comites:repondre_pour": {**GERER, "args": _presence},
    "comites:deplacer": GERER,
    "comites:annuler": GERER,
    "comites:inviter": GERER,
    "comites:secretaire": GERER,
    "comites:convoquer": {**GERER, "args": _en_preparation},
    "comites:convoquer_les_nouveaux": ENVOYER,
    "comites:relancer": ENVOYER,
    "comites:retirer_invite": {**ENVOYER, "args": _invite},
    # Whoever holds the address reads it, logged in or not.
    "agenda:flux": {"tous": 200, "args": _secret},
}
