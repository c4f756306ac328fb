"""The ordre du jour: prepared by the coordination, proposed to by the partners of a fiche that sit."""

from typing import Any

from tests.comites.factories import PointFactory, VersionAnonymeFactory

from .comites_calendrier import ENVOYER, GERER, LIRE
from .fiches import GERER as GERER_FICHE
from .roles import COORDINATION, REFERENT_SAISI, REFERENT_TERMINE, SUPPLEANT


def _point(etat: str = "inscrit") -> Any:
    """A point of the convened séance, about a fiche that nobody of the world reads. Undone after each role."""
    return lambda monde: {"pk": PointFactory(seance=monde.objets["seance"], etat=etat).pk}


def _fiche(monde: Any) -> dict[str, Any]:
    return {"fiche": monde.fiche.numero}


def _version(monde: Any) -> dict[str, Any]:
    VersionAnonymeFactory(fiche=monde.fiche)
    return _fiche(monde)


# The members see the séance, and change nothing of its agenda.
POINT = {**GERER, "args": _point()}

MATRICE = {
    "comites:ordre": GERER,
    "comites:accepter": ENVOYER,
    "comites:ajouter_fiche": GERER,
    "comites:ajouter_sujet": GERER,
    "comites:modifier_point": POINT,
    "comites:ordonner": {**POINT, COORDINATION: 302, "methode": "post"},
    "comites:retirer_point": {**POINT, COORDINATION: 302, "methode": "post"},
    "comites:remettre_point": {**POINT, COORDINATION: 302, "methode": "post", "args": _point("ecarte")},
    # The coordination adds from the agenda: it proposes nothing to itself.
    "comites:proposer": {**LIRE, COORDINATION: 403},
    # Whoever takes, or took, part in the fiche; a technicien reads it but speaks for nobody.
    "comites:proposer_fiche": {
        **GERER_FICHE, **dict.fromkeys((REFERENT_SAISI, SUPPLEANT, REFERENT_TERMINE), 200), "args": _fiche,
    },
    "comites:version_anonyme": {**GERER_FICHE, "args": _fiche},
    "comites:relire_version": {**GERER_FICHE, "args": _version},
}  # fmt: skip
