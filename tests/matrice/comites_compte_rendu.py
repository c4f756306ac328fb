"""Relevé and minutes: the coordination writes, the members of the séance read what was sent and comment it."""

from typing import Any

from apps.comites.models import CompteRendu
from tests.comites.factories import (
    CompteRenduFactory,
    PointFactory,
    RemarqueCompteRenduFactory,
    SeanceFactory,
    SectionCompteRenduFactory,
)

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

# Those who sit in the world's committee; « non saisi » sits nowhere.
MEMBRES = (REFERENT_SAISI, SUPPLEANT, REFERENT_DECLINE, REFERENT_TERMINE)
DEHORS = {
    ANONYME: 302, SUIVI: 302,
    **dict.fromkeys(
        (REFERENT_NON_SAISI, TECHNICIEN_CONFIE, TECHNICIEN_NON_CONFIE, ACCUEIL, ACCUEIL_AUTRE, PILOTAGE, DPO,
         ADMINISTRATEUR, AUTRE_TERRITOIRE),
        404,
    ),
}  # fmt: skip
LIRE = {**DEHORS, **dict.fromkeys((COORDINATION, *MEMBRES), 200)}
ECRIRE = {**DEHORS, **dict.fromkeys(MEMBRES, 403), COORDINATION: 200}
# Without the table of contents of a draft: nobody but the coordination knows that there is one.
BROUILLON = {**DEHORS, **dict.fromkeys(MEMBRES, 404), COORDINATION: 200}


def _tenue(monde: Any) -> Any:
    return SeanceFactory(instance=monde.objets["instance"], tenue=True)


def _compte_rendu(monde: Any, **champs: Any) -> CompteRendu:
    """Made anew for each role, and undone with its test."""
    seance = _tenue(monde)
    compte_rendu = CompteRenduFactory(seance=seance, **champs)
    section = SectionCompteRenduFactory(
        compte_rendu=compte_rendu, point=PointFactory(seance=seance, fiche=monde.fiche), titre=""
    )
    monde.objets["section_compte_rendu"] = section
    return compte_rendu


def _projet(monde: Any) -> dict[str, Any]:
    compte_rendu = _compte_rendu(monde, projet=True)
    return {"numero": compte_rendu.seance.numero, "pk": monde.objets["section_compte_rendu"].pk}


def _brouillon(monde: Any) -> dict[str, Any]:
    return {"numero": _compte_rendu(monde).seance.numero}


def _approuve(monde: Any) -> dict[str, Any]:
    return {"numero": _compte_rendu(monde, approuve=True).seance.numero}


def _remarque(monde: Any) -> dict[str, Any]:
    compte_rendu = _compte_rendu(monde, projet=True)
    remarque = RemarqueCompteRenduFactory(
        compte_rendu=compte_rendu, organisme=monde.objets["organismes"]["saisi"], organisme_nom="SAISI"
    )
    return {"numero": compte_rendu.seance.numero, "pk": remarque.pk}


def _numero(monde: Any) -> dict[str, Any]:
    return {"numero": _tenue(monde).numero}


MATRICE = {
    # Held, not sent: in the members' scope, without the right yet.
    "comites:releve": {**ECRIRE, "args": _numero},
    "comites:envoyer_releve": {**ECRIRE, COORDINATION: 302, "methode": "post", "args": _numero},
    "comites:compte_rendu": {**LIRE, "args": _projet},
    "comites:rediger": {**ECRIRE, COORDINATION: 302, "methode": "post", "args": _numero},
    "comites:section": {**ECRIRE, "args": _projet},
    "comites:nouvelle_section": {**ECRIRE, "args": _projet},
    "comites:envoyer_projet": {**BROUILLON, "args": _brouillon},
    # The coordination edits; it has no remark to make.
    "comites:remarquer": {**LIRE, COORDINATION: 403, "args": _projet},
    # A remark of « saisi »: the other members do not know of it.
    "comites:remarque": {
        **ECRIRE, REFERENT_DECLINE: 404, REFERENT_TERMINE: 404, "args": _remarque,
    },
    "comites:approuver": {**ECRIRE, "args": _projet},
    "comites:rectifier": {**ECRIRE, "args": _approuve},
}  # fmt: skip
