"""The meeting under way: whoever keeps it writes; its members have a page of their own; nobody else knows of it."""

from typing import Any

from apps.comites.models import Seance
from tests.comites.factories import ActionDePointFactory, PointFactory, SeanceFactory

from .comites_calendrier import GERER
from .roles import COORDINATION

ENVOYER = {**GERER, COORDINATION: 302, "methode": "post"}


def _en_cours(monde: Any) -> Seance:
    """A meeting under way of the committee where three organismes sit, made when a row first needs it."""
    seance = monde.objets.get("seance_en_cours")
    if seance is None or not Seance.objects.filter(pk=seance.pk).exists():
        seance = SeanceFactory(instance=monde.objets["instance"], en_cours=True, numero="CT-2026-6001")
        point = PointFactory(seance=seance, fiche=monde.fiche)
        action = ActionDePointFactory(point=point).action
        monde.objets |= {"seance_en_cours": seance, "point_en_cours": point, "action_de_point": action}
    return seance


def _seance(monde: Any) -> dict[str, Any]:
    return {"numero": _en_cours(monde).numero}


def _point(monde: Any) -> dict[str, Any]:
    seance = _en_cours(monde)
    return {
        "numero": seance.numero,
        "pk": monde.objets["point_en_cours"].pk,
        "action": monde.objets["action_de_point"].pk,
    }


MATRICE = {
    "comites:ouvrir": ENVOYER,
    "comites:tenir": {**GERER, "args": _seance},
    "comites:etat_tenue": {**GERER, "args": _seance},
    "comites:reconnexion": {**GERER, "args": _seance},
    "comites:presences": {**GERER, "args": _seance},
    "comites:point": {**GERER, "args": _point},
    "comites:placer": {**ENVOYER, "args": _point},
    "comites:retirer_action": {**ENVOYER, "args": _point},
    "comites:orienter_action": {**ENVOYER, "args": _point},
    "comites:terminer": {**GERER, "args": _seance},
    "comites:reprendre": ENVOYER,
    "comites:projection": {**GERER, "args": _seance},
}
