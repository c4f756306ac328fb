"""What must not pass a wall of the séance: reserved points, a secretary's bounds, papers of before, a second effect."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.acces.models import Affectation
from apps.actions.enums import EtatAction, Porteur
from apps.actions.models import Action
from apps.actions.selecteurs import suivi
from apps.actions.services import abandonner
from apps.comites.enums import EtatPresence, GenreDecision, ModePoint, PorteeInstance, StatutSeance
from apps.comites.models import PointOrdreDuJour, Presence, Seance
from apps.comites.releve import lignes as lignes_du_releve
from apps.comites.selecteurs_calendrier import prochaines
from apps.comites.services import convocation, instances, releve, saisie, tenue
from apps.comites.services.documents import demander_document
from apps.core.audience import Audience, GenreAudience
from apps.courriels.models import Courriel
from apps.documents.permissions import peut_voir
from apps.fiches import services as fiches
from apps.fiches.enums import ActionJournal, Confidentialite, Visibilite
from apps.fiches.models import EntreeJournal
from apps.territoires.models import Territoire
from tests.factories import AffectationFactory
from tests.fiches.factories import ouvrir

from .factories import DecisionFactory, InstanceFactory, MembreFactory, PointFactory, PresenceFactory, SeanceFactory

SECRET = "Voir le mandataire avant tout le monde"


@pytest.fixture
def seance(territoire: Territoire) -> Seance:
    instance = InstanceFactory(territoire=territoire, nom="Comité technique")
    return SeanceFactory(instance=instance, en_cours=True)


@pytest.fixture
def secretaire(seance: Seance) -> Affectation:
    """A référent of a member, named for this séance."""
    affectation = AffectationFactory(territoire=seance.territoire, referent=True)
    MembreFactory(instance=seance.instance, organisme=affectation.organisme)
    Seance.objects.filter(pk=seance.pk).update(secretaire=affectation.utilisateur)
    return affectation


def noter(affectation: Affectation, point: PointOrdreDuJour, **champs: Any) -> Action:
    echeance = timezone.localdate() + timedelta(days=20)
    champs = {"cle": uuid4(), "libelle": SECRET, "echeance": echeance, "porteur": Porteur.COORDINATION, **champs}
    return saisie.ajouter_action(acces=affectation.acces(), point=point, **champs).action


def libelles(territoire: Territoire, genre: GenreAudience, organisme: int | None = None) -> list[str]:
    groupes = suivi(territoire_id=territoire.pk, audience=Audience(genre, territoire.pk, organisme))
    return [ligne.libelle for g in groupes for ligne in g.lignes]


# --- what is said on a reserved point ---------------------------------------------------------------------------------


def test_an_action_of_a_reserved_topic_is_not_told_to_the_committee(
    coordination: Affectation, territoire: Territoire, seance: Seance
) -> None:
    noter(coordination, PointFactory(seance=seance, sujet=True, mode=ModePoint.RESERVE))
    assert libelles(territoire, GenreAudience.COMITE) == []
    assert libelles(territoire, GenreAudience.COORDINATION) == [SECRET]


def test_an_action_of_a_reserved_fiche_is_read_by_its_holder_alone(
    coordination: Affectation, referent: Affectation, territoire: Territoire, seance: Seance
) -> None:
    autre = AffectationFactory(territoire=territoire, referent=True)
    fiche = ouvrir(territoire, confidentialite=Confidentialite.COMITE)
    for organisme in (referent.organisme, autre.organisme):
        fiche.partages.create(territoire=territoire, organisme=organisme, motif="orientation")
    point = PointFactory(seance=seance, fiche=fiche, mode=ModePoint.RESERVE)

    action = noter(coordination, point, porteur=Porteur.ORGANISME, organisme=referent.organisme)

    assert libelles(territoire, GenreAudience.COMITE) == []
    assert libelles(territoire, GenreAudience.ORGANISME, autre.organisme_id) == []
    assert not Action.objects.visibles_par(autre.acces()).exists()
    assert Action.objects.visibles_par(referent.acces()).get() == action
    assert libelles(territoire, GenreAudience.ORGANISME, referent.organisme_id) == [SECRET]
    lignes = EntreeJournal.objects.filter(fiche=fiche, action=ActionJournal.ACTION)
    assert {x.visibilite for x in lignes} == {Visibilite.COORDINATION}


@pytest.mark.parametrize(
    ("mode", "lue"),
    [
        (ModePoint.NOMINATIF, Visibilite.COMITE),
        (ModePoint.SANS_NOM, Visibilite.COORDINATION),
        (ModePoint.RESERVE, Visibilite.COORDINATION),
    ],
)
def test_only_what_was_decided_under_the_name_is_told_to_the_partners(
    coordination: Affectation, seance: Seance, mode: str, lue: str
) -> None:
    point = PointFactory(seance=seance, mode=mode)
    saisie.decider(acces=coordination.acces(), point=point, genre=GenreDecision.VALIDER)
    tenue.traiter(acces=coordination.acces(), point=point)
    assert EntreeJournal.objects.get(fiche=point.fiche, action=ActionJournal.COMITE).visibilite == lue


def test_what_becomes_of_it_is_not_told_either(
    coordination: Affectation, territoire: Territoire, seance: Seance
) -> None:
    point = PointFactory(seance=seance, fiche=ouvrir(territoire), mode=ModePoint.RESERVE)
    action = noter(coordination, point)
    saisie.retirer_action(acces=coordination.acces(), point=point, action=action)
    lignes = EntreeJournal.objects.filter(fiche=point.fiche, action=ActionJournal.ACTION)
    assert {x.visibilite for x in lignes} == {Visibilite.COORDINATION}


# --- the secretary ----------------------------------------------------------------------------------------------------


def test_the_secretary_projects_from_the_convocation_to_the_end_and_no_further(
    seance: Seance, secretaire: Affectation, connecter: Callable[[Affectation], Client]
) -> None:
    client = connecter(secretaire)
    adresse = reverse("comites:projection", args=[seance.territoire.slug, seance.numero])
    attendus = {
        StatutSeance.PREPARATION: 403, StatutSeance.CONVOQUEE: 200, StatutSeance.EN_COURS: 200,
        StatutSeance.TENUE: 403, StatutSeance.ANNULEE: 403,
    }  # fmt: skip
    for statut, code in attendus.items():
        Seance.objects.filter(pk=seance.pk).update(statut=statut)
        assert client.get(adresse).status_code == code, statut


def test_closing_tells_the_secretary_nothing_of_a_reserved_point(
    seance: Seance, secretaire: Affectation, connecter: Callable[[Affectation], Client]
) -> None:
    point = PointFactory(seance=seance, mode=ModePoint.RESERVE)
    DecisionFactory(point=point, genre=GenreDecision.VISITE)
    client = connecter(secretaire)
    adresse = reverse("comites:terminer", args=[seance.territoire.slug, seance.numero])

    avant = client.get(adresse).content.decode()
    apres = client.post(adresse, follow=True).content.decode()

    assert "pas encore agi" not in avant
    assert "isite confiée" not in apres and "La séance est terminée" in apres
    assert point.decisions.get().appliquee_le is not None


# --- effects once -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("genre", [GenreDecision.VISITE, GenreDecision.AJOURNER])
def test_a_changed_decision_changes_its_action_and_makes_no_second_one(
    coordination: Affectation, seance: Seance, genre: str
) -> None:
    acces, point = coordination.acces(), PointFactory(seance=seance)
    saisie.decider(acces=acces, point=point, genre=genre, precision="le bail")
    tenue.traiter(acces=acces, point=point)
    premiere = Action.objects.get()

    plus_tard = timezone.localdate() + timedelta(days=60)
    saisie.decider(
        acces=acces, point=point, genre=genre, precision="le bail et le prêt", attendu_le=plus_tard.isoformat()
    )
    tenue.traiter(acces=acces, point=point)

    action = Action.objects.get()
    assert action.pk == premiere.pk and action.libelle.endswith("le bail et le prêt")
    assert action.echeance == plus_tard and action.echeance_initiale == premiere.echeance


def test_one_that_was_done_meanwhile_is_asked_again(coordination: Affectation, seance: Seance) -> None:
    acces, point = coordination.acces(), PointFactory(seance=seance)
    saisie.decider(acces=acces, point=point, genre=GenreDecision.VISITE)
    tenue.traiter(acces=acces, point=point)
    Action.objects.update(etat=EtatAction.FAITE, terminee_le=timezone.now())

    saisie.decider(acces=acces, point=point, genre=GenreDecision.VISITE, motif="Une seconde fois.")
    tenue.traiter(acces=acces, point=point)

    assert Action.objects.count() == 2


# --- what is typed ----------------------------------------------------------------------------------------------------


def test_taking_an_action_back_loses_nothing_of_what_is_typed_beside(
    coordination: Affectation, seance: Seance, connecter: Callable[[Affectation], Client]
) -> None:
    point = PointFactory(seance=seance)
    action = noter(coordination, point)
    adresse = reverse("comites:retirer_action", args=[seance.territoire.slug, seance.numero, point.pk, action.pk])

    reponse = connecter(coordination).post(
        adresse,
        {
            "synthese": "Le cédant hésite.", "synthese_base": "", "decision_base": "{}", "genre": "visite",
            "attendu_le": "31/02/2026", "precision": "voir la réserve", "a_libelle": "Rappeler le notaire",
            "a_echeance": "", "a_cle": str(uuid4()),
        },
    )  # fmt: skip

    contenu = reponse.content.decode()
    assert reponse.status_code == 422
    assert "voir la réserve" in contenu and "Rappeler le notaire" in contenu
    assert Action.objects.get(pk=action.pk).est_ouverte


def rangs(*presences: Presence, **champs: str) -> dict[str, str]:
    """The rows as the page sends them all, with what was typed in the first one."""
    donnees = {}
    for p in presences:
        donnees |= {f"p{p.pk}-etat": p.etat, f"p{p.pk}-version": str(p.version)}
        donnees |= {f"p{p.pk}-{nom}": "" for nom in ("personnes", "represente_par", "arrivee", "depart")}
    return donnees | {f"p{presences[0].pk}-{nom}": valeur for nom, valeur in champs.items()}


def test_noting_an_arrival_keeps_what_is_typed_on_the_other_rows(
    coordination: Affectation, seance: Seance, connecter: Callable[[Affectation], Client]
) -> None:
    tapee, arrivante = PresenceFactory(seance=seance), PresenceFactory(seance=seance)
    adresse = reverse("comites:presences", args=[seance.territoire.slug, seance.numero])

    connecter(coordination).post(
        adresse, rangs(tapee, arrivante, personnes="M. Pons") | {"geste": f"arrivee:{arrivante.pk}"}
    )

    tapee.refresh_from_db()
    arrivante.refresh_from_db()
    assert tapee.personnes == "M. Pons" and arrivante.etat == EtatPresence.PRESENT


def test_a_row_that_somebody_else_noted_is_saved_the_second_time(
    coordination: Affectation, seance: Seance, connecter: Callable[[Affectation], Client]
) -> None:
    presence = PresenceFactory(seance=seance)
    adresse = reverse("comites:presences", args=[seance.territoire.slug, seance.numero])
    client, envoi = connecter(coordination), rangs(presence, personnes="M. Pons")
    Presence.objects.filter(pk=presence.pk).update(personnes="Mme Roux", version=2)

    refusee = client.post(adresse, envoi)
    contenu = refusee.content.decode()

    assert refusee.status_code == 422 and "M. Pons" in contenu
    assert f'name="p{presence.pk}-version" value="2"' in contenu
    client.post(adresse, envoi | {f"p{presence.pk}-version": "2"})
    presence.refresh_from_db()
    assert presence.personnes == "M. Pons"


def test_a_note_that_comes_after_the_end_stays_on_the_screen(
    coordination: Affectation, seance: Seance, connecter: Callable[[Affectation], Client]
) -> None:
    point = PointFactory(seance=seance)
    Seance.objects.filter(pk=seance.pk).update(statut=StatutSeance.TENUE, terminee_le=timezone.now())
    adresse = reverse("comites:point", args=[seance.territoire.slug, seance.numero, point.pk])

    reponse = connecter(coordination).post(adresse, {"synthese": "Le cédant hésite encore.", "base": ""})

    assert reponse.status_code == 409 and "Le cédant hésite encore." in reponse.content.decode()


# --- papers of before -------------------------------------------------------------------------------------------------


def test_a_releve_printed_before_it_was_sent_stays_with_whoever_kept_the_meeting(
    coordination: Affectation, referent: Affectation, seance: Seance
) -> None:
    MembreFactory(instance=seance.instance, organisme=referent.organisme)
    brouillon = demander_document(acces=coordination.acces(), seance=seance, genre="releve")
    Seance.objects.filter(pk=seance.pk).update(statut=StatutSeance.TENUE)
    seance.refresh_from_db()
    releve.envoyer_releve(acces=coordination.acces(), seance=seance)
    seance.refresh_from_db()

    envoye = demander_document(acces=referent.acces(), seance=seance, genre="releve")

    assert not peut_voir(referent.acces(), brouillon)
    assert peut_voir(referent.acces(), envoye) and envoye.pk != brouillon.pk


def test_an_action_taken_back_in_the_meeting_is_in_no_releve(coordination: Affectation, seance: Seance) -> None:
    acces, point = coordination.acces(), PointFactory(seance=seance)
    gardee, reprise = noter(coordination, point, libelle="Relire le bail"), noter(coordination, point)
    saisie.retirer_action(acces=acces, point=point, action=reprise)
    abandonner(acces=acces, action=gardee, texte="Le bail est parti.")  # later, it stays what was decided

    (ligne,) = lignes_du_releve(acces, seance)

    assert [a.quoi for a in ligne.actions] == ["Relire le bail"]


# --- calendars --------------------------------------------------------------------------------------------------------


def test_a_guest_taken_off_gets_a_cancellation_with_a_higher_sequence(
    coordination: Affectation, territoire: Territoire
) -> None:
    seance = SeanceFactory(instance__territoire=territoire, convoquee=True)
    invitee = PresenceFactory(seance=seance, invite=True)

    convocation.retirer_invite(acces=coordination.acces(), presence=invitee)

    calendrier = Courriel.objects.get(destinataire=invitee.courriel).calendrier
    assert "METHOD:CANCEL" in calendrier and "SEQUENCE:1" in calendrier
    seance.refresh_from_db()
    assert seance.calendrier_sequence == 1


def test_a_member_that_leaves_is_taken_off_the_joint_seances_too(
    coordination: Affectation, territoire: Territoire
) -> None:
    commission = InstanceFactory(territoire=territoire, nom="Commission commerce")
    membre = MembreFactory(instance=commission)
    seance = SeanceFactory(instance__territoire=territoire, conjointe=commission, convoquee=True)
    PresenceFactory(seance=seance, organisme=membre.organisme)

    instances.retirer_membre(acces=coordination.acces(), membre=membre)

    assert not seance.presences.exists()
    seance.refresh_from_db()
    assert seance.calendrier_sequence == 1


def test_a_joint_seance_follows_the_committee_that_reads_less(
    coordination: Affectation, territoire: Territoire
) -> None:
    autre = InstanceFactory(territoire=territoire)
    seance = SeanceFactory(instance__territoire=territoire, conjointe=autre)

    instances.modifier_instance(
        acces=coordination.acces(), instance=autre, version=autre.version, nom=autre.nom, genre=autre.genre,
        portee=PorteeInstance.ANONYME,
    )  # fmt: skip

    seance.refresh_from_db()
    assert seance.est_anonyme


def test_the_home_does_not_count_the_points_without_names(
    coordination: Affectation, referent: Affectation, territoire: Territoire
) -> None:
    seance = SeanceFactory(instance__territoire=territoire, convoquee=True)
    MembreFactory(instance=seance.instance, organisme=referent.organisme)
    PresenceFactory(seance=seance, organisme=referent.organisme)
    for mode in (ModePoint.NOMINATIF, ModePoint.SANS_NOM):
        fiche = ouvrir(territoire)
        assert referent.organisme is not None
        fiches.orienter(
            acces=coordination.acces(), fiche=fiche, organismes=[referent.organisme], genre="accompagnement"
        )
        PointFactory(seance=seance, fiche=fiche, mode=mode)

    (prochaine,) = prochaines(referent.acces())

    assert prochaine["points"] == 1
