"""Holding a meeting: what is typed is kept, a decision acts once, what it could not do is said."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from apps.acces.models import Affectation
from apps.actions.enums import EtatAction, Porteur
from apps.actions.models import Action
from apps.comites.enums import (
    EtatPresence,
    GenreDecision,
    ModePoint,
    Reponse,
    StatutSeance,
)
from apps.comites.models import ActionDePoint, Decision, PointOrdreDuJour, Presence, Seance
from apps.comites.services import decisions, saisie, tenue
from apps.core.acces import Acces, Role
from apps.core.erreurs import ErreurMetier, TransitionInterdite, VersionPerimee
from apps.courriels.models import Courriel
from apps.fiches.enums import ActionJournal, Confidentialite, EtatOrientation, StatutFiche, Visibilite
from apps.fiches.models import EntreeJournal, FicheNavette, Orientation, Partage
from apps.territoires.models import Territoire
from tests.factories import AffectationFactory, OrganismeFactory
from tests.fiches.factories import ouvrir

from .factories import (
    ActionDePointFactory,
    CompteRenduFactory,
    DecisionFactory,
    InstanceFactory,
    MembreFactory,
    PointFactory,
    PresenceFactory,
    SeanceFactory,
)


@pytest.fixture
def seance(territoire: Territoire) -> Seance:
    """Under way, called « Comité technique »."""
    instance = InstanceFactory(territoire=territoire, nom="Comité technique")
    return SeanceFactory(instance=instance, en_cours=True)


@pytest.fixture
def point(seance: Seance) -> PointOrdreDuJour:
    return PointFactory(seance=seance)


@pytest.fixture
def acces(coordination: Affectation) -> Acces:
    return coordination.acces()


@pytest.fixture
def secretaire(seance: Seance, territoire: Territoire) -> Affectation:
    """A référent named by the coordination for this séance."""
    affectation = AffectationFactory(territoire=territoire, referent=True)
    Seance.objects.filter(pk=seance.pk).update(secretaire=affectation.utilisateur)
    return affectation


def decider(acces: Acces, point: PointOrdreDuJour, genre: str, **champs: Any) -> Decision:
    decision = saisie.decider(acces=acces, point=point, genre=genre, **champs)
    assert decision is not None
    return decision


def journal(point: PointOrdreDuJour) -> list[str]:
    lignes = EntreeJournal.objects.filter(fiche=point.fiche, action=ActionJournal.COMITE).order_by("pk")
    return [ligne.texte for ligne in lignes]


def ajouter(acces: Acces, point: PointOrdreDuJour, **champs: Any) -> saisie.ActionAjoutee:
    champs = {"cle": uuid4(), "libelle": "Expertiser le four", "echeance": date(2026, 12, 18), **champs}
    return saisie.ajouter_action(acces=acces, point=point, **champs)


# --- opening, closing -------------------------------------------------------------------------------------------------


def test_opening_starts_from_the_answers_and_the_first_point(territoire: Territoire, acces: Acces) -> None:
    seance = SeanceFactory(instance__territoire=territoire, convoquee=True)
    premier, _ = PointFactory(seance=seance, sujet=True, ordre=1), PointFactory(seance=seance, sujet=True, ordre=2)
    present, excuse, muet = (
        PresenceFactory(seance=seance, reponse=r) for r in (Reponse.PRESENT, Reponse.EXCUSE, Reponse.ATTENDUE)
    )

    seance = tenue.ouvrir(acces=acces, seance=seance)

    assert seance.statut == StatutSeance.EN_COURS and seance.ouverte_le
    assert seance.point_en_cours == premier
    etats = dict(Presence.objects.filter(seance=seance).values_list("pk", "etat"))
    assert etats == {
        present.pk: EtatPresence.PRESENT, excuse.pk: EtatPresence.EXCUSE, muet.pk: EtatPresence.ATTENDU
    }  # fmt: skip


def test_a_meeting_never_convened_is_frozen_when_it_opens(territoire: Territoire, acces: Acces) -> None:
    seance = SeanceFactory(instance__territoire=territoire)
    membre = MembreFactory(instance=seance.instance)
    fiche = ouvrir(territoire, confidentialite=Confidentialite.COMITE)
    PointFactory(seance=seance, fiche=fiche)

    tenue.ouvrir(acces=acces, seance=seance)

    assert Presence.objects.get(seance=seance).organisme == membre.organisme
    assert Partage.objects.en_cours().get(fiche=fiche).organisme == membre.organisme


def test_closing_marks_who_never_came_and_lets_decisions_act(
    seance: Seance, point: PointOrdreDuJour, acces: Acces
) -> None:
    attendu = PresenceFactory(seance=seance)
    decider(acces, point, GenreDecision.VALIDER)

    faits = tenue.terminer(acces=acces, seance=seance)

    attendu.refresh_from_db()
    seance.refresh_from_db()
    assert attendu.etat == EtatPresence.ABSENT
    assert seance.statut == StatutSeance.TENUE and seance.point_en_cours is None
    assert [t.point for t in faits] == [point]
    assert journal(point)


def test_closing_names_the_point_whose_decision_lacks_something(
    seance: Seance, point: PointOrdreDuJour, acces: Acces
) -> None:
    decider(acces, point, GenreDecision.ORIENTER)

    with pytest.raises(ErreurMetier, match=r"Point 1.*partenaire"):
        tenue.terminer(acces=acces, seance=seance)

    seance.refresh_from_db()
    assert seance.statut == StatutSeance.EN_COURS


def test_a_meeting_whose_minutes_were_sent_is_not_taken_up_again(territoire: Territoire, acces: Acces) -> None:
    tenue_hier = SeanceFactory(instance__territoire=territoire, tenue=True)
    point = PointFactory(seance=tenue_hier, sujet=True)
    tenue.reprendre(acces=acces, seance=tenue_hier)
    tenue_hier.refresh_from_db()
    assert tenue_hier.point_en_cours == point
    tenue.terminer(acces=acces, seance=tenue_hier)
    CompteRenduFactory(seance=tenue_hier, projet=True)

    with pytest.raises(TransitionInterdite, match="remarques"):
        tenue.reprendre(acces=acces, seance=tenue_hier)


# --- synthesis --------------------------------------------------------------------------------------------------------


def test_two_note_takers_keep_both_texts(point: PointOrdreDuJour, acces: Acces) -> None:
    saisie.noter_synthese(acces=acces, point=point, base="", texte="La CCI juge le fonds sain.")

    relu, fusion = saisie.noter_synthese(acces=acces, point=point, base="", texte="La CMA ira voir le four.")

    assert fusion.fusionnee
    assert relu.synthese == "La CCI juge le fonds sain.\nLa CMA ira voir le four."


def test_what_was_sent_without_an_answer_is_not_written_twice(point: PointOrdreDuJour, acces: Acces) -> None:
    saisie.noter_synthese(acces=acces, point=point, base="", texte="Le prix est haut")

    relu, _ = saisie.noter_synthese(
        acces=acces, point=point, base="", texte="Le four est bon", envoyes=["Le prix", "Le prix est haut"]
    )

    assert relu.synthese == "Le four est bon"


def test_a_closed_meeting_takes_no_more_notes(seance: Seance, point: PointOrdreDuJour, acces: Acces) -> None:
    tenue.terminer(acces=acces, seance=seance)
    presence = PresenceFactory(seance=seance)
    gestes = (
        lambda: saisie.noter_synthese(acces=acces, point=point, base="", texte="Trop tard"),
        lambda: saisie.decider(acces=acces, point=point, genre=GenreDecision.VALIDER),
        lambda: ajouter(acces, point),
        lambda: saisie.noter_presence(acces=acces, presence=presence, version=1, etat=EtatPresence.PRESENT),
        lambda: saisie.arriver(acces=acces, presence=presence),
        lambda: tenue.traiter(acces=acces, point=point),
        lambda: tenue.placer(acces=acces, point=point),
    )
    for geste in gestes:
        with pytest.raises(TransitionInterdite):
            geste()
    point.refresh_from_db()
    assert point.synthese == ""


# --- decision ---------------------------------------------------------------------------------------------------------


def test_a_decision_waits_for_the_point_to_be_treated_then_acts_once(
    point: PointOrdreDuJour, acces: Acces, coordination: Affectation
) -> None:
    organisme = OrganismeFactory(territoire=point.territoire, nom_court="CMA")
    decider(acces, point, GenreDecision.ORIENTER, organismes=[organisme.pk], motif="Le four est à voir.")
    assert not Orientation.objects.exists()

    fait = tenue.traiter(acces=acces, point=point)
    tenue.traiter(acces=acces, point=point)

    orientation = Orientation.objects.get()
    assert orientation.organisme == organisme and orientation.message == "Le four est à voir."
    assert orientation.envoyee_par == coordination.utilisateur
    assert fait.faits == ["Orientation vers la CMA"] and fait.manques == []
    ligne = EntreeJournal.objects.get(fiche=point.fiche, action=ActionJournal.COMITE)
    assert "Comité technique du" in ligne.texte and "orienter vers la CMA" in ligne.texte
    assert ligne.visibilite == Visibilite.COMITE
    assert ligne.motif == "Le four est à voir." and ligne.auteur == coordination.utilisateur


def test_what_the_accord_does_not_cover_is_said_and_the_rest_is_done(territoire: Territoire, acces: Acces) -> None:
    point = PointFactory(seance=SeanceFactory(instance__territoire=territoire, en_cours=True))
    liee, libre = (
        OrganismeFactory(territoire=territoire, nom="Alpha", nom_court=""),
        OrganismeFactory(territoire=territoire, nom="Beta", nom_court="", convention=False),
    )
    decider(acces, point, GenreDecision.ORIENTER, organismes=[liee.pk, libre.pk])

    fait = tenue.traiter(acces=acces, point=point)

    assert [o.organisme for o in Orientation.objects.all()] == [liee]
    assert len(fait.manques) == 1 and "Beta" in fait.manques[0] and "convention" in fait.manques[0]
    assert fait.point.traite_le is not None


def test_postponing_waits_for_the_applicant(point: PointOrdreDuJour, acces: Acces) -> None:
    jour = timezone.localdate() + timedelta(days=20)
    decider(acces, point, GenreDecision.AJOURNER, precision="deux devis", attendu_le=jour.isoformat())

    tenue.traiter(acces=acces, point=point)

    fiche = FicheNavette.objects.get()
    action = Action.objects.get()
    assert (fiche.statut, fiche.attente_quoi, fiche.attente_jusquau) == (StatutFiche.EN_ATTENTE, "deux devis", jour)
    assert (action.porteur, action.echeance, action.origine) == (Porteur.DEMANDEUR, jour, point.seance.cle)
    assert ActionDePoint.objects.get().point == point


def test_a_visit_is_an_action_of_those_named_else_of_the_coordination(point: PointOrdreDuJour, acces: Acces) -> None:
    decider(acces, point, GenreDecision.VISITE, precision="voir le fournil")

    tenue.traiter(acces=acces, point=point)

    action = Action.objects.get()
    assert action.porteur == Porteur.COORDINATION and "fournil" in action.libelle


def test_without_a_follow_up_closes_and_a_success_is_proposed(territoire: Territoire, acces: Acces) -> None:
    seance = SeanceFactory(instance__territoire=territoire, en_cours=True)
    perdue, aboutie = PointFactory(seance=seance), PointFactory(seance=seance)
    decider(acces, perdue, GenreDecision.SANS_SUITE)
    decider(acces, aboutie, GenreDecision.CLORE)

    tenue.traiter(acces=acces, point=perdue)
    tenue.traiter(acces=acces, point=aboutie)

    perdue.fiche.refresh_from_db()
    aboutie.fiche.refresh_from_db()
    assert (perdue.fiche.statut, perdue.fiche.motif_cloture) == (StatutFiche.CLOTUREE, "abandonnee")
    assert aboutie.fiche.est_ouverte and aboutie.fiche.cloture_proposee_motif == "aboutie"


def test_a_point_is_not_treated_while_its_decision_lacks_something(point: PointOrdreDuJour, acces: Acces) -> None:
    for genre, mot in ((GenreDecision.ORIENTER, "partenaire"), (GenreDecision.AJOURNER, "pièces")):
        decider(acces, point, genre)
        with pytest.raises(ErreurMetier, match=mot):
            tenue.traiter(acces=acces, point=point)
    point.refresh_from_db()
    assert point.traite_le is None and journal(point) == []


def test_a_decision_that_acted_is_replaced_never_changed(point: PointOrdreDuJour, acces: Acces) -> None:
    premiere = decider(acces, point, GenreDecision.VALIDER)
    tenue.traiter(acces=acces, point=point)

    seconde = decider(acces, point, GenreDecision.AUTRE, precision="revenir en mars")
    tenue.traiter(acces=acces, point=point)

    premiere.refresh_from_db()
    assert premiere.remplacee_le is not None and premiere.genre == GenreDecision.VALIDER
    assert seconde.pk != premiere.pk
    assert len(journal(point)) == 2
    assert "décision changée, revenir en mars" in journal(point)[1] and "accompagnement validé" in journal(point)[1]


def test_taking_back_a_decision(point: PointOrdreDuJour, acces: Acces) -> None:
    decider(acces, point, GenreDecision.VALIDER)
    assert saisie.decider(acces=acces, point=point, genre="") is None
    assert not Decision.objects.exists() and journal(point) == []

    decider(acces, point, GenreDecision.VALIDER)
    tenue.traiter(acces=acces, point=point)
    saisie.decider(acces=acces, point=point, genre="")
    assert saisie.en_vigueur(point) is None
    assert "décision retirée" in journal(point)[-1]


def test_two_note_takers_on_one_decision(point: PointOrdreDuJour, acces: Acces) -> None:
    base = saisie.valeurs(None)
    saisie.decider(acces=acces, point=point, base=base, genre=GenreDecision.VALIDER)

    # Another field is joined; the same one is not overwritten.
    ensemble = saisie.decider(acces=acces, point=point, base=base, genre="", motif="Le projet est prêt.")
    with pytest.raises(VersionPerimee) as conflit:
        saisie.decider(acces=acces, point=point, base=base, genre=GenreDecision.CLORE)

    assert ensemble is not None
    assert (ensemble.genre, ensemble.motif) == (GenreDecision.VALIDER, "Le projet est prêt.")
    assert conflit.value.actuel == ensemble
    assert saisie.en_vigueur(point).genre == GenreDecision.VALIDER  # type: ignore[union-attr]


def test_words_without_a_choice_are_another_decision(point: PointOrdreDuJour, acces: Acces) -> None:
    decision = saisie.decider(acces=acces, point=point, revoir_le="2027-01-07")
    assert decision is not None and decision.genre == GenreDecision.AUTRE and decision.revoir_le == date(2027, 1, 7)


def test_a_topic_takes_no_decision_about_a_fiche(seance: Seance, acces: Acces) -> None:
    sujet = PointFactory(seance=seance, sujet=True)
    with pytest.raises(ErreurMetier, match="fiche"):
        decider(acces, sujet, GenreDecision.ORIENTER)
    decider(acces, sujet, GenreDecision.AUTRE, precision="adopté")
    assert tenue.traiter(acces=acces, point=sujet).manques == []


def test_a_reserved_point_is_journaled_for_the_coordination(seance: Seance, acces: Acces) -> None:
    point = PointFactory(seance=seance, mode=ModePoint.RESERVE)
    decider(acces, point, GenreDecision.VALIDER)
    tenue.traiter(acces=acces, point=point)
    assert EntreeJournal.objects.get(action=ActionJournal.COMITE).visibilite == Visibilite.COORDINATION


def test_the_secretary_writes_what_the_committee_decides(point: PointOrdreDuJour, secretaire: Affectation) -> None:
    """A référent has no right to orient: the decision does, signed by both."""
    organisme = OrganismeFactory(territoire=point.territoire)
    decider(secretaire.acces(), point, GenreDecision.ORIENTER, organismes=[organisme.pk])

    tenue.traiter(acces=secretaire.acces(), point=point)

    ligne = EntreeJournal.objects.get(action=ActionJournal.COMITE)
    assert Orientation.objects.get().etat == EtatOrientation.ENVOYEE
    assert ligne.texte.startswith("Comité technique du") and ligne.auteur == secretaire.utilisateur
    assert ligne.organisme == secretaire.organisme
    assert decisions.acces_du_comite(secretaire.acces()).role == Role.SYSTEME


# --- next point -------------------------------------------------------------------------------------------------------


def test_next_goes_to_the_first_point_left(seance: Seance, acces: Acces) -> None:
    un, deux, trois = (PointFactory(seance=seance, sujet=True, ordre=i) for i in (1, 2, 3))
    tenue.placer(acces=acces, point=deux)

    assert tenue.traiter(acces=acces, point=deux).suivant == trois
    assert tenue.traiter(acces=acces, point=trois).suivant == un
    assert tenue.traiter(acces=acces, point=un).suivant is None


def test_a_late_second_press_does_not_move_the_meeting(seance: Seance, acces: Acces) -> None:
    un, _deux, trois = (PointFactory(seance=seance, sujet=True, ordre=i) for i in (1, 2, 3))
    tenue.placer(acces=acces, point=un)
    tenue.traiter(acces=acces, point=un)
    tenue.placer(acces=acces, point=trois)

    tenue.traiter(acces=acces, point=un)

    seance.refresh_from_db()
    assert seance.point_en_cours == trois


def test_a_point_taken_out_of_order_brings_the_meeting_along(seance: Seance, acces: Acces) -> None:
    """And a decision changed later, on a point already treated, comes back to where the meeting is."""
    un, deux, trois = (PointFactory(seance=seance, sujet=True, ordre=i) for i in (1, 2, 3))
    tenue.placer(acces=acces, point=un)

    tenue.traiter(acces=acces, point=deux)

    seance.refresh_from_db()
    assert seance.point_en_cours == trois
    decider(acces, deux, GenreDecision.AUTRE, precision="adopté")
    assert tenue.traiter(acces=acces, point=deux).suivant == trois
    seance.refresh_from_db()
    assert seance.point_en_cours == trois


def test_the_secretary_goes_past_a_reserved_point(seance: Seance, secretaire: Affectation) -> None:
    un = PointFactory(seance=seance, sujet=True, ordre=1)
    PointFactory(seance=seance, sujet=True, ordre=2, mode=ModePoint.RESERVE)
    trois = PointFactory(seance=seance, sujet=True, ordre=3)
    assert tenue.traiter(acces=secretaire.acces(), point=un).suivant == trois


# --- actions ----------------------------------------------------------------------------------------------------------


def test_an_action_sent_twice_is_one(point: PointOrdreDuJour, acces: Acces) -> None:
    organisme, cle = OrganismeFactory(territoire=point.territoire), uuid4()

    une = ajouter(acces, point, cle=cle, organisme=organisme)
    deux = ajouter(acces, point, cle=cle, organisme=organisme)

    assert une.action == deux.action
    assert Action.objects.get().origine == point.seance.cle
    assert Action.objects.get().origine_dite.startswith("Comité technique du")


def test_its_holder_is_told_when_the_point_is_treated(point: PointOrdreDuJour, acces: Acces) -> None:
    tenant = AffectationFactory(territoire=point.territoire, referent=True)
    ajoutee = ajouter(acces, point, organisme=tenant.organisme)
    assert not ajoutee.lecture.lit and ajoutee.lecture.peut_orienter
    saisie.orienter_porteur(acces=acces, point=point, action=ajoutee.action)
    Courriel.objects.all().delete()

    tenue.traiter(acces=acces, point=point)
    tenue.traiter(acces=acces, point=point)

    assert [c.destinataire for c in Courriel.objects.all()] == [tenant.utilisateur.courriel]


def test_an_action_written_by_mistake_is_taken_back(point: PointOrdreDuJour, acces: Acces) -> None:
    action = ajouter(acces, point, porteur=Porteur.COORDINATION).action
    saisie.retirer_action(acces=acces, point=point, action=action)
    saisie.retirer_action(acces=acces, point=point, action=action)
    action.refresh_from_db()
    assert action.etat == EtatAction.ABANDONNEE


def test_actions_of_other_points_are_out_of_reach(point: PointOrdreDuJour, seance: Seance, acces: Acces) -> None:
    autre = ActionDePointFactory(point=PointFactory(seance=seance)).action
    for geste in (saisie.retirer_action, saisie.orienter_porteur):
        with pytest.raises(TransitionInterdite):
            geste(acces=acces, point=point, action=autre)


# --- presences --------------------------------------------------------------------------------------------------------


def test_late_arrival_and_early_departure_are_noted(seance: Seance, acces: Acces) -> None:
    presence = PresenceFactory(seance=seance)

    arrivee = saisie.arriver(acces=acces, presence=presence)
    encore = saisie.arriver(acces=acces, presence=presence)
    depart = saisie.partir(acces=acces, presence=presence)

    assert arrivee.etat == EtatPresence.PRESENT and arrivee.arrivee_le == encore.arrivee_le
    assert depart.depart_le is not None and depart.depart_le >= depart.arrivee_le


def test_presence_of_two_note_takers(seance: Seance, acces: Acces) -> None:
    presence = PresenceFactory(seance=seance)
    noter = saisie.noter_presence
    noter(acces=acces, presence=presence, version=1, etat=EtatPresence.PRESENT)

    with pytest.raises(VersionPerimee):
        noter(acces=acces, presence=presence, version=1, etat=EtatPresence.EXCUSE)
    # The same thing said twice is no conflict.
    assert noter(acces=acces, presence=presence, version=1, etat=EtatPresence.PRESENT).version == 2


def test_nobody_leaves_before_they_came(seance: Seance, acces: Acces) -> None:
    presence = PresenceFactory(seance=seance)
    maintenant = timezone.now()
    with pytest.raises(ErreurMetier, match="départ"):
        saisie.noter_presence(
            acces=acces, presence=presence, version=1, arrivee_le=maintenant, depart_le=maintenant - timedelta(hours=1)
        )


def test_decisions_of_the_factory_are_applied_too(point: PointOrdreDuJour, acces: Acces) -> None:
    """`appliquer` alone is what is idempotent, whoever calls it."""
    decision = DecisionFactory(point=point)
    decisions.appliquer(acces=acces, decision=decision)
    decisions.appliquer(acces=acces, decision=decision)
    assert len(journal(point)) == 1
