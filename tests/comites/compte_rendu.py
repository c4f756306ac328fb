"""A séance that was held, with something to leak: a named fiche, one that nobody else reads, a reserved point."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from apps.acces.models import Affectation
from apps.comites import services
from apps.comites.enums import EtatPresence, GenreDecision, ModePoint, StatutCompteRendu
from apps.comites.models import CompteRendu, PointOrdreDuJour, Seance
from apps.fiches.enums import Confidentialite, GenreOrientation
from apps.fiches.models import FicheNavette
from apps.fiches.services import orienter
from tests.fiches.factories import ouvrir

from .factories import (
    ActionDePointFactory,
    DecisionFactory,
    InstanceFactory,
    MembreFactory,
    PointFactory,
    PresenceFactory,
    SeanceFactory,
)


@dataclass
class Tenue:
    """`lue` is addressed to the référent, `autre` is read by the coordination alone."""

    seance: Seance
    lue: FicheNavette
    autre: FicheNavette
    point: PointOrdreDuJour
    point_autre: PointOrdreDuJour
    reserve: PointOrdreDuJour
    sujet: PointOrdreDuJour

    @property
    def compte_rendu(self) -> CompteRendu:
        return CompteRendu.objects.select_related("seance__instance").get(seance=self.seance)


def nommee(territoire, nom: str, prenom: str = "Julien", **champs) -> FicheNavette:
    """A fiche whose applicant bears this name."""
    fiche = ouvrir(territoire, **champs)
    personne = fiche.demandeurs.get().personne
    personne.prenom, personne.nom = prenom, nom
    personne.save()
    return fiche


def tenir(coordination: Affectation, referent: Affectation, *, fiches: int = 0) -> Tenue:
    """Held ten days ago: two fiches, one of them treated without names, a reserved point, a free topic."""
    territoire = coordination.territoire
    instance = InstanceFactory(territoire=territoire)
    MembreFactory(instance=instance, organisme=referent.organisme)
    seance = SeanceFactory(instance=instance, tenue=True)
    PresenceFactory(seance=seance, organisme=referent.organisme, etat=EtatPresence.PRESENT, personnes="M. Pons")
    lue = nommee(territoire, "Lacoste", confidentialite=Confidentialite.COMITE)
    orienter(
        acces=coordination.acces(), fiche=lue, organismes=[referent.organisme], genre=GenreOrientation.ACCOMPAGNEMENT
    )
    autre = nommee(territoire, "Bastide", "Élodie", accord=False, titre="Une fleuriste à Capdenac")
    point = PointFactory(
        seance=seance,
        fiche=lue,
        ordre=1,
        synthese="M. Lacoste a un prix un peu haut. Julien Lacoste verra Mme Bastide.",
    )
    point_autre = PointFactory(
        seance=seance, fiche=autre, ordre=2, mode=ModePoint.SANS_NOM, synthese="Élodie Bastide attend la banque."
    )
    reserve = PointFactory(
        seance=seance, fiche=nommee(territoire, "Marty", "Paul"), ordre=3, mode=ModePoint.RESERVE,
        synthese="Réservé à la coordination : dettes.",
    )  # fmt: skip
    sujet = PointFactory(seance=seance, sujet=True, ordre=4, synthese="On garde le jeudi.")
    DecisionFactory(point=point, genre=GenreDecision.ORIENTER, motif="M. Lacoste le souhaite.",
                    organismes=[referent.organisme])  # fmt: skip
    ActionDePointFactory(point=point, action__libelle="Rappeler M. Lacoste", action__organisme=referent.organisme)
    DecisionFactory(point=reserve, genre=GenreDecision.SANS_SUITE, motif="Dettes trop lourdes.")
    for rang in range(fiches):
        suivant = PointFactory(seance=seance, ordre=5 + rang, synthese="Suite.")
        DecisionFactory(point=suivant, organismes=[referent.organisme])
        ActionDePointFactory(point=suivant)
    return Tenue(seance, lue, autre, point, point_autre, reserve, sujet)


def projet(coordination: Affectation, tenue: Tenue) -> CompteRendu:
    """Drafted and sent."""
    cr = services.rediger(acces=coordination.acces(), seance=tenue.seance)
    return services.envoyer_projet(acces=coordination.acces(), compte_rendu=cr, version=cr.version)


def approuver(coordination: Affectation, tenue: Tenue) -> CompteRendu:
    """Frozen, the delay for remarks being over."""
    cr = projet(coordination, tenue)
    CompteRendu.objects.filter(pk=cr.pk).update(remarques_jusquau=timezone.localdate() - timedelta(days=1))
    cr = services.approuver(acces=coordination.acces(), compte_rendu=cr, version=cr.version)
    assert cr.statut == StatutCompteRendu.APPROUVE
    return cr
