"""What calendrier inscribes in the registries of core."""

from typing import Any

from django.urls import reverse

from apps.core.acces import Acces, Role
from apps.core.affichage import INSECABLE
from apps.core.registres import (
    Entree,
    balayages,
    chiffres,
    navigation,
    panneaux_coordination,
    panneaux_partenaire,
)

from .. import selecteurs_calendrier
from ..permissions import peut_organiser, peut_voir_comites
from ..services.assiduite import taux_general
from ..services.convocation import rappeler


def _adresse(slug: str) -> str:
    return reverse("comites:accueil", args=[slug])


def _panneau_partenaire(acces: Acces) -> tuple[str, dict[str, Any]] | None:
    """« Comité du jeudi 3 décembre », present or excused on the spot."""
    if not acces.est_referent:
        return None
    prochaines = selecteurs_calendrier.prochaines(acces)
    return ("comites/calendrier/_prochain_partenaire.html", {"prochaines": prochaines}) if prochaines else None


def _panneau_coordination(acces: Acces) -> tuple[str, dict[str, Any]] | None:
    if not peut_organiser(acces):
        return None
    prochaine = selecteurs_calendrier.prochaine_de_la_coordination(acces)
    return ("comites/calendrier/_prochain_coordination.html", {"p": prochaine}) if prochaine else None


def _chiffres(acces: Acces, annee: int) -> list[tuple[str, str]]:
    """« Présence au comité »: organismes present or represented, of those expected."""
    taux = taux_general(acces.territoire_id, annee) if acces.territoire_id else None
    return [("Présence des organismes en comité", f"{taux}{INSECABLE}%")] if taux is not None else []


navigation.inscrire(
    "comites",
    Entree(
        "", "Comité technique", "calendar3", 40, _adresse,
        lambda acces: peut_voir_comites(acces) and acces.role != Role.PILOTAGE,
    ),
)  # fmt: skip
navigation.inscrire(
    "comites.pilotage",
    Entree("", "Comités", "calendar3", 40, _adresse, lambda acces: acces.role == Role.PILOTAGE),
)
panneaux_partenaire.inscrire("comites.calendrier", _panneau_partenaire)
panneaux_coordination.inscrire("comites.calendrier", _panneau_coordination)
chiffres.inscrire("comites.presence", _chiffres)
balayages.inscrire("comites.rappels", (rappeler, 3600))
