"""Committees ready to use: an instance, its members, its séances and what is decided in them."""

from datetime import time, timedelta

import factory
from django.db.models import Max
from django.utils import timezone
from factory.django import DjangoModelFactory

from apps.actions.enums import EtatAction, Porteur
from apps.actions.models import Action, EtapeType, ListeType
from apps.comites.enums import (
    EtatPresence,
    GenreDecision,
    GenreInstance,
    NaturePoint,
    PorteeInstance,
    RangMois,
    Reponse,
    StatutCompteRendu,
    StatutSeance,
)
from apps.comites.models import (
    ActionDePoint,
    CompteRendu,
    Decision,
    Instance,
    InvitePermanent,
    Membre,
    PointOrdreDuJour,
    Presence,
    RemarqueCompteRendu,
    Seance,
    SectionCompteRendu,
    Serie,
    VersionAnonyme,
)
from apps.fiches.models import Besoin, Demandeur, FicheNavette
from apps.territoires.models import Territoire
from tests.factories import OrganismeFactory, TerritoireFactory, UtilisateurFactory
from tests.fiches.factories import ouvrir


class InstanceFactory(DjangoModelFactory):
    """A comité technique that reads fiches by name; `anonyme=True` for a comité de pilotage."""

    class Meta:
        model = Instance

    territoire = factory.SubFactory(TerritoireFactory)
    nom = factory.Sequence(lambda n: f"Comité technique {n}")
    lieu = "Maison du territoire, Figeac"

    class Params:
        anonyme = factory.Trait(
            genre=GenreInstance.PILOTAGE,
            portee=PorteeInstance.ANONYME,
            nom=factory.Sequence(lambda n: f"Comité de pilotage {n}"),
        )


class MembreFactory(DjangoModelFactory):
    """An organisme that sits; `personne=True` for somebody of the pilotage."""

    class Meta:
        model = Membre

    territoire = factory.SelfAttribute("instance.territoire")
    instance = factory.SubFactory(InstanceFactory)
    organisme = factory.SubFactory(OrganismeFactory, territoire=factory.SelfAttribute("..instance.territoire"))

    class Params:
        personne = factory.Trait(organisme=None, utilisateur=factory.SubFactory(UtilisateurFactory))


class InvitePermanentFactory(DjangoModelFactory):
    class Meta:
        model = InvitePermanent

    territoire = factory.SelfAttribute("instance.territoire")
    instance = factory.SubFactory(InstanceFactory)
    nom = factory.Sequence(lambda n: f"Odile Bessières{n}")
    fonction = "Directrice"
    organisme_dit = "Lycée agricole"
    courriel = factory.Sequence(lambda n: f"invitee{n}@example.org")


class SerieFactory(DjangoModelFactory):
    class Meta:
        model = Serie

    territoire = factory.SelfAttribute("instance.territoire")
    instance = factory.SubFactory(InstanceFactory)
    rangs = factory.LazyFunction(lambda: [RangMois.PREMIER.value, RangMois.TROISIEME.value])
    heure_debut = time(9, 30)
    heure_fin = time(12, 0)
    lieu = "Figeac"
    du = factory.LazyFunction(timezone.localdate)
    au = factory.LazyAttribute(lambda o: o.du + timedelta(days=180))


class SeanceFactory(DjangoModelFactory):
    """In ten days, 9:30 to 12:00, in preparation; traits `convoquee`, `en_cours`, `tenue`, `annulee`, `anonyme`."""

    class Meta:
        model = Seance

    territoire = factory.SelfAttribute("instance.territoire")
    instance = factory.SubFactory(InstanceFactory)
    numero = factory.Sequence(lambda n: f"CT-2026-{n + 5001:04}")
    portee = factory.SelfAttribute("instance.portee")
    jour = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=10))
    heure_debut = time(9, 30)
    heure_fin = time(12, 0)
    lieu = "Maison du territoire, Figeac"

    class Params:
        convoquee = factory.Trait(statut=StatutSeance.CONVOQUEE, convoquee_le=factory.LazyFunction(timezone.now))
        en_cours = factory.Trait(
            statut=StatutSeance.EN_COURS,
            jour=factory.LazyFunction(timezone.localdate),
            convoquee_le=factory.LazyFunction(timezone.now),
            ouverte_le=factory.LazyFunction(timezone.now),
        )
        tenue = factory.Trait(
            statut=StatutSeance.TENUE,
            jour=factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=10)),
            convoquee_le=factory.LazyFunction(lambda: timezone.now() - timedelta(days=17)),
            ouverte_le=factory.LazyFunction(lambda: timezone.now() - timedelta(days=10)),
            terminee_le=factory.LazyFunction(lambda: timezone.now() - timedelta(days=10)),
        )
        annulee = factory.Trait(statut=StatutSeance.ANNULEE, annulee_le=factory.LazyFunction(timezone.now))
        anonyme = factory.Trait(instance=factory.SubFactory(InstanceFactory, anonyme=True))


class PresenceFactory(DjangoModelFactory):
    """An organisme expected, who has not answered; `invite=True` for a guest without account."""

    class Meta:
        model = Presence

    territoire = factory.SelfAttribute("seance.territoire")
    seance = factory.SubFactory(SeanceFactory, convoquee=True)
    organisme = factory.SubFactory(OrganismeFactory, territoire=factory.SelfAttribute("..seance.territoire"))
    organisme_nom = factory.LazyAttribute(lambda o: str(o.organisme) if o.organisme else "")
    reponse = Reponse.ATTENDUE
    etat = EtatPresence.ATTENDU

    class Params:
        invite = factory.Trait(organisme=None, est_invite=True, nom="Odile Bessières", courriel="invitee@example.org")
        personne = factory.Trait(
            organisme=None,
            utilisateur=factory.SubFactory(UtilisateurFactory),
            nom=factory.LazyAttribute(lambda o: o.utilisateur.get_full_name()),
        )


class PointFactory(DjangoModelFactory):
    """A fiche on the agenda, by name; `sujet=True` for a free topic."""

    class Meta:
        model = PointOrdreDuJour

    territoire = factory.SelfAttribute("seance.territoire")
    seance = factory.SubFactory(SeanceFactory)
    ordre = factory.Sequence(lambda n: n + 1)
    nature = NaturePoint.FICHE
    fiche = factory.LazyAttribute(lambda o: ouvrir(o.territoire) if o.nature == NaturePoint.FICHE else None)
    minutes = 10

    class Params:
        sujet = factory.Trait(nature=NaturePoint.SUJET, titre="Le calendrier de l’année prochaine")


class DecisionFactory(DjangoModelFactory):
    """Written, not yet applied."""

    class Meta:
        model = Decision
        skip_postgeneration_save = True

    territoire = factory.SelfAttribute("point.territoire")
    point = factory.SubFactory(PointFactory)
    genre = GenreDecision.VALIDER
    motif = "Le projet est prêt."

    @factory.post_generation
    def organismes(self, create: bool, extracted: list | None, **_: object) -> None:
        if create and extracted:
            self.organismes.add(*extracted)


class ActionFactory(DjangoModelFactory):
    """To do within ten days by a partner; `generale=True` without a fiche, `en_retard=True`, `faite=True`."""

    class Meta:
        model = Action

    territoire = factory.SubFactory(TerritoireFactory)
    fiche = factory.LazyAttribute(lambda o: ouvrir(o.territoire))
    porteur = Porteur.ORGANISME
    organisme = factory.LazyAttribute(
        lambda o: OrganismeFactory(territoire=o.territoire) if o.porteur == Porteur.ORGANISME else None
    )
    organisme_nom = factory.LazyAttribute(lambda o: str(o.organisme) if o.organisme else "")
    libelle = factory.Sequence(lambda n: f"Rappeler le cédant, étape {n}")
    echeance = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=10))
    echeance_initiale = factory.SelfAttribute("echeance")

    class Params:
        generale = factory.Trait(fiche=None)
        coordination = factory.Trait(porteur=Porteur.COORDINATION)
        demandeur = factory.Trait(porteur=Porteur.DEMANDEUR)
        en_retard = factory.Trait(echeance=factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=8)))
        faite = factory.Trait(
            etat=EtatAction.FAITE,
            resultat="Rendez-vous pris.",
            terminee_le=factory.LazyFunction(timezone.now),
        )


class ListeTypeFactory(DjangoModelFactory):
    class Meta:
        model = ListeType

    territoire = factory.SubFactory(TerritoireFactory)
    nom = factory.Sequence(lambda n: f"Reprise d’entreprise {n}")


class EtapeTypeFactory(DjangoModelFactory):
    class Meta:
        model = EtapeType

    territoire = factory.SelfAttribute("liste.territoire")
    liste = factory.SubFactory(ListeTypeFactory)
    ordre = factory.Sequence(lambda n: n + 1)
    libelle = "Évaluer le fonds"


class ActionDePointFactory(DjangoModelFactory):
    class Meta:
        model = ActionDePoint

    territoire = factory.SelfAttribute("point.territoire")
    point = factory.SubFactory(PointFactory)
    action = factory.SubFactory(
        ActionFactory,
        territoire=factory.SelfAttribute("..point.territoire"),
        fiche=factory.SelfAttribute("..point.fiche"),
        origine=factory.LazyAttribute(lambda o: o.factory_parent.point.seance.cle),
    )


class CompteRenduFactory(DjangoModelFactory):
    """A draft; `projet=True` sent and open to remarks, `approuve=True` frozen and numbered."""

    class Meta:
        model = CompteRendu

    territoire = factory.SelfAttribute("seance.territoire")
    seance = factory.SubFactory(SeanceFactory, tenue=True)
    statut = StatutCompteRendu.BROUILLON

    class Params:
        projet = factory.Trait(
            statut=StatutCompteRendu.PROJET,
            envoye_le=factory.LazyFunction(timezone.now),
            remarques_jusquau=factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=10)),
        )
        approuve = factory.Trait(
            statut=StatutCompteRendu.APPROUVE,
            numero=factory.Sequence(lambda n: f"CR-2026-{n + 5001:04}"),
            approuve_le=factory.LazyFunction(timezone.now),
        )


class SectionCompteRenduFactory(DjangoModelFactory):
    class Meta:
        model = SectionCompteRendu

    territoire = factory.SelfAttribute("compte_rendu.territoire")
    compte_rendu = factory.SubFactory(CompteRenduFactory)
    ordre = factory.Sequence(lambda n: n + 1)
    titre = "Ouverture"
    texte = "La séance est ouverte à 9 h 30."


class RemarqueCompteRenduFactory(DjangoModelFactory):
    class Meta:
        model = RemarqueCompteRendu

    territoire = factory.SelfAttribute("compte_rendu.territoire")
    compte_rendu = factory.SubFactory(CompteRenduFactory, projet=True)
    texte = "Remplacer « accord » par « avis »."


class VersionAnonymeFactory(DjangoModelFactory):
    """A summary written for the élus, not yet reviewed; `relue=True` once it is."""

    class Meta:
        model = VersionAnonyme

    territoire = factory.SelfAttribute("fiche.territoire")
    fiche = factory.LazyFunction(lambda: ouvrir(TerritoireFactory()))
    texte = "Une reprise dans l’alimentation."

    class Params:
        relue = factory.Trait(relue_le=factory.LazyFunction(timezone.now))


def fiches_en_nombre(territoire: Territoire, nombre: int, **champs: object) -> list[FicheNavette]:
    """Many at once, each with an applicant who agreed and a need: for what must cost the same with 3 and with 300."""
    modele = ouvrir(territoire, **champs)
    demandeur, besoin = modele.demandeurs.get(), modele.besoins.get()
    rang = max(5000, FicheNavette.objects.aggregate(rang=Max("rang"))["rang"])  # away from those numbered one by one
    copies = FicheNavette.objects.bulk_create(
        FicheNavette(
            territoire=territoire, annee=modele.annee, rang=rang + i, numero=f"FN-{modele.annee}-{rang + i:04d}",
            titre=f"Projet {i}", confidentialite=modele.confidentialite,
        )
        for i in range(1, nombre)
    )  # fmt: skip
    Demandeur.objects.bulk_create(
        Demandeur(territoire=territoire, fiche=f, personne=demandeur.personne, accord=demandeur.accord) for f in copies
    )
    Besoin.objects.bulk_create(Besoin(territoire=territoire, fiche=f, theme=besoin.theme) for f in copies)
    return [modele, *copies]
