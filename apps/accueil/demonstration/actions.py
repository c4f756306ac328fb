"""Who does what by when: the actions that the committee writes down, those of nobody's decision, the checklists."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from apps.actions import services as actions
from apps.actions.enums import Porteur
from apps.actions.models import Action
from apps.comites.models import PointOrdreDuJour
from apps.comites.services import saisie
from apps.core.acces import Acces, Role
from apps.fiches.enums import EtatFiche, StatutFiche
from apps.fiches.models import FicheNavette
from apps.partenaires.models import Organisme

from .donnees import lire
from .territoire import Monde

DELAI = (8, 24)
LISTES_PRISES = 2


@dataclass
class Suite:
    """An action and what becomes of it: done most of the time; a recent one may still be open, late or postponed."""

    action: Action
    acces: Acces

    def finir(self, monde: Monde) -> None:
        tirage, heure = monde.hasard.random(), monde.horloge.heure
        fin = heure + timedelta(days=monde.hasard.randint(2, 20), hours=monde.hasard.randint(0, 5))
        if fin >= monde.horloge.maintenant - timedelta(days=1) or tirage < 0.1:
            return
        monde.horloge.regler(fin)
        d = lire("comites")["actions"]
        if tirage < 0.2:
            self._reporter(monde, d["report"])
        elif tirage < 0.26:
            actions.abandonner(acces=monde.acces, action=self.action, texte=d["abandon"])
        else:
            actions.faire(acces=self.acces, action=self.action, texte=monde.hasard.choice(d["resultats"]))

    def _reporter(self, monde: Monde, motif: str) -> None:
        vers = max(self.action.echeance, timezone.localdate(monde.horloge.heure)) + timedelta(days=21)
        actions.reporter(acces=self.acces, action=self.action, vers=vers, motif=motif)


def confier_au_comite(monde: Monde, point: PointOrdreDuJour, organisme: Organisme | None) -> list[Suite]:
    """One or two actions on a point: for the partner that follows the case, and now and then for the coordination."""
    textes = lire("comites")["actions"]
    faites = []
    if organisme is not None:
        libelle = monde.hasard.choice(textes["partenaire"])
        faites.append(Suite(_ecrire(monde, point, libelle, organisme), _acces_de(monde, organisme)))
    if organisme is None or monde.hasard.random() < 0.4:
        libelle = monde.hasard.choice(textes["coordination"])
        faites.append(Suite(_ecrire(monde, point, libelle, None), monde.acces))
    return faites


def _ecrire(monde: Monde, point: PointOrdreDuJour, libelle: str, organisme: Organisme | None) -> Action:
    jour = timezone.localdate(monde.horloge.heure) + timedelta(days=monde.hasard.randint(*DELAI))
    return saisie.ajouter_action(
        acces=monde.acces, point=point, cle=UUID(int=monde.hasard.getrandbits(128)), libelle=libelle, echeance=jour,
        porteur=Porteur.COORDINATION if organisme is None else Porteur.ORGANISME, organisme=organisme,
    ).action  # fmt: skip


def _acces_de(monde: Monde, organisme: Organisme) -> Acces:
    """A référent of the organisme, else the coordination for it."""
    siens = [a for a in monde.affectations.values() if a.organisme_id == organisme.pk and a.role == Role.REFERENT]
    return siens[0].acces() if siens else monde.acces


def noter_les_generales(monde: Monde) -> None:
    """Actions that come from no decision, two of them late."""
    aujourd_hui = timezone.localdate(monde.horloge.maintenant)
    monde.horloge.regler(monde.horloge.maintenant - timedelta(days=20))
    for d in lire("comites")["generales"]:
        organisme = monde.organismes.get(d["porteur"])
        actions.creer(
            acces=monde.acces, libelle=d["libelle"], echeance=aujourd_hui + timedelta(days=d["jours"]),
            porteur=Porteur.ORGANISME if organisme else Porteur.COORDINATION, organisme=organisme,
        )  # fmt: skip


def preparer_les_listes(monde: Monde) -> None:
    """The checklists, the first of which two fiches of its theme have taken the day before."""
    monde.horloge.regler(monde.veille(15))
    listes = [_liste(monde, d) for d in lire("comites")["listes"]]
    for liste in listes[:LISTES_PRISES]:
        fiche = (
            FicheNavette.objects.filter(
                territoire=monde.territoire, statut=StatutFiche.OUVERTE, etat=EtatFiche.PRISE_EN_CHARGE,
                besoins__theme=liste.theme, derniere_activite_le__lt=monde.horloge.heure,
            )
            .order_by("annee", "rang")
            .first()
        )  # fmt: skip
        if fiche is not None:
            actions.prendre_liste(acces=monde.acces, fiche=fiche, liste=liste)


def _liste(monde: Monde, d: dict[str, Any]) -> Any:
    etapes = [
        actions.EtapeSaisie(
            libelle=e["libelle"], delai=e["delai"], organisme=monde.organismes.get(e["porteur"]),
            porteur=_porteur(monde, e["porteur"]),
        )
        for e in d["etapes"]
    ]  # fmt: skip
    return actions.creer_liste(acces=monde.acces, nom=d["nom"], theme=monde.themes[d["theme"]], etapes=etapes)


def _porteur(monde: Monde, cle: str) -> str:
    if cle in monde.organismes:
        return Porteur.ORGANISME
    return Porteur.DEMANDEUR if cle == "demandeur" else Porteur.COORDINATION
