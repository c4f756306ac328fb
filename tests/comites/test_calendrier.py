"""Séances made, moved, cancelled and convened; who is told, with which calendar entry; who answers."""

from datetime import date, time, timedelta
from typing import Any

import pytest
import time_machine
import vobject
from django.utils import timezone

from apps.acces.models import Affectation, Qualite
from apps.comites import services
from apps.comites.enums import EtatPresence, PorteeInstance, Reponse, StatutSeance
from apps.comites.models import Presence, Seance
from apps.comites.services.convocation import rappeler
from apps.core.acces import Acces, Role
from apps.core.erreurs import ErreurMetier, Refus, TransitionInterdite, VersionPerimee
from apps.courriels.models import Courriel, EtatCourriel
from apps.territoires.models import Territoire
from tests.factories import AffectationFactory, OrganismeFactory
from tests.outils import acces_coordination

from .factories import (
    InstanceFactory,
    InvitePermanentFactory,
    MembreFactory,
    PresenceFactory,
    SeanceFactory,
)

HEURES = {"heure_debut": time(9, 30), "heure_fin": time(12, 0)}


@pytest.fixture
def acces(territoire: Territoire) -> Acces:
    return acces_coordination(territoire.pk)


@pytest.fixture
def referent(territoire: Territoire) -> Affectation:
    """Of an organisme that sits."""
    return AffectationFactory(territoire=territoire, referent=True)


@pytest.fixture
def seance(territoire: Territoire, referent: Affectation) -> Seance:
    """In preparation; one organisme sits, with its référent."""
    instance = InstanceFactory(territoire=territoire, nom="Comité technique")
    MembreFactory(instance=instance, organisme=referent.organisme)
    return SeanceFactory(instance=instance)


def invitations(seance: Seance) -> list[Any]:
    """The calendar entries written so far, read by an independent parser, in their order."""
    courriels = Courriel.objects.filter(objet="seance", objet_id=seance.numero).order_by("pk")
    return [vobject.readOne(c.calendrier) for c in courriels if c.calendrier]


# --- making ---
def test_a_seance_has_its_number_and_its_habits(territoire: Territoire, acces: Acces) -> None:
    instance = InstanceFactory(territoire=territoire, lieu="Mairie de Cajarc", quorum=4)

    seance = services.creer_seance(acces=acces, instance=instance, jour=date(2027, 3, 4), **HEURES)

    assert seance.numero == "CT-2027-0001"
    assert (seance.lieu, seance.quorum, seance.statut) == ("Mairie de Cajarc", 4, StatutSeance.PREPARATION)
    assert seance.points.count() == 2, "the standing points"


def test_two_committees_together_read_what_each_may_read(territoire: Territoire, acces: Acces) -> None:
    technique = InstanceFactory(territoire=territoire)
    elus = InstanceFactory(territoire=territoire, anonyme=True)

    seance = services.creer_seance(acces=acces, instance=technique, conjointe=elus, jour=date(2027, 3, 4), **HEURES)

    assert seance.portee == PorteeInstance.ANONYME


def test_a_committee_meets_once_a_day(territoire: Territoire, acces: Acces, seance: Seance) -> None:
    with pytest.raises(ErreurMetier, match=seance.numero):
        services.creer_seance(acces=acces, instance=seance.instance, jour=seance.jour, **HEURES)


def test_only_the_coordination_makes_a_seance(referent: Affectation, seance: Seance) -> None:
    with pytest.raises(Refus):
        services.creer_seance(acces=referent.acces(), instance=seance.instance, jour=date(2027, 3, 4), **HEURES)


def test_a_series_makes_the_days_that_were_kept(territoire: Territoire, acces: Acces) -> None:
    instance = InstanceFactory(territoire=territoire)
    jours = [date(2027, 1, 7), date(2027, 1, 21), date(2027, 2, 4)]

    faites = services.creer_serie(
        acces=acces, instance=instance, jours=jours, rangs=["1", "3"], jour_semaine=3,
        du=date(2027, 1, 1), au=date(2027, 2, 28), lieu="Figeac", visio="", **HEURES,
    )  # fmt: skip

    assert [s.jour for s in faites] == jours
    assert [s.numero for s in faites] == ["CT-2027-0001", "CT-2027-0002", "CT-2027-0003"]
    assert {s.lieu for s in faites} == {"Figeac"}


# --- convening ---
def test_convening_lists_who_is_expected_and_writes_to_each(
    seance: Seance, acces: Acces, referent: Affectation
) -> None:
    suppleant = AffectationFactory(
        territoire=seance.territoire, role=Role.REFERENT, organisme=referent.organisme, qualite=Qualite.SUPPLEANT
    )
    sans_referent = OrganismeFactory(territoire=seance.territoire, nom="ZZZ", courriel="accueil@zzz.example.org")
    MembreFactory(instance=seance.instance, organisme=sans_referent)
    InvitePermanentFactory(instance=seance.instance, nom="Odile Bessières", courriel="odile@example.org")

    services.convoquer(acces=acces, seance=seance)

    seance.refresh_from_db()
    assert seance.statut == StatutSeance.CONVOQUEE
    assert sorted(Courriel.objects.values_list("destinataire", flat=True)) == sorted(
        [referent.utilisateur.courriel, suppleant.utilisateur.courriel, "accueil@zzz.example.org", "odile@example.org"]
    )
    assert sorted(seance.presences.filter(est_invite=False).values_list("exemplaire", flat=True)) == [1, 2]
    assert Presence.objects.get(est_invite=True).exemplaire is None, "a guest reads no fiche"


def test_a_guest_without_an_account_is_told_how_to_answer(seance: Seance, acces: Acces) -> None:
    services.ajouter_invite(acces=acces, seance=seance, nom="Odile Bessières", courriel="odile@example.org")

    services.convoquer(acces=acces, seance=seance)

    courriel = Courriel.objects.get(destinataire="odile@example.org")
    assert "Répondez à ce message" in courriel.corps
    assert "/espace/" not in courriel.corps
    assert "/espace/" not in courriel.calendrier.replace("\r\n ", "")


def test_nobody_is_named_in_a_mail_nor_in_a_calendar(seance: Seance, acces: Acces, referent: Affectation) -> None:
    services.ajouter_invite(acces=acces, seance=seance, nom="Odile Bessières", courriel="odile@example.org")

    services.convoquer(acces=acces, seance=seance)

    for courriel in Courriel.objects.all():
        entree = courriel.calendrier.replace("\r\n ", "")
        assert "Bessières" not in entree
        assert referent.utilisateur.nom not in entree
        assert entree.count("mailto:") == 2, "the service, and the address that receives it"
        assert f"mailto:{courriel.destinataire}" in entree


def test_an_empty_committee_is_not_convened(territoire: Territoire, acces: Acces) -> None:
    seance = SeanceFactory(instance__territoire=territoire)

    with pytest.raises(ErreurMetier, match="Personne n’est attendu"):
        services.convoquer(acces=acces, seance=seance)

    seance.refresh_from_db()
    assert seance.statut == StatutSeance.PREPARATION


def test_it_is_convened_once(seance: Seance, acces: Acces) -> None:
    services.convoquer(acces=acces, seance=seance)

    with pytest.raises(TransitionInterdite):
        services.convoquer(acces=acces, seance=seance)


def test_newcomers_are_convened_alone(seance: Seance, acces: Acces) -> None:
    services.convoquer(acces=acces, seance=seance)
    nouveau = AffectationFactory(territoire=seance.territoire, referent=True)
    services.ajouter_membre(acces=acces, instance=seance.instance, organisme=nouveau.organisme)

    assert services.convoquer_les_nouveaux(acces=acces, seance=seance) == 1

    assert Courriel.objects.filter(destinataire=nouveau.utilisateur.courriel).count() == 1
    assert Courriel.objects.count() == 2
    assert sorted(seance.presences.values_list("exemplaire", flat=True)) == [1, 2]


# --- the calendar entry ---
@time_machine.travel("2026-11-23 10:00+01:00", tick=False)
def test_the_entry_is_read_by_an_independent_parser(
    territoire: Territoire, acces: Acces, referent: Affectation
) -> None:
    instance = InstanceFactory(territoire=territoire, nom="Comité technique, avec la Région ; et l’État")
    MembreFactory(instance=instance, organisme=referent.organisme)
    seance = SeanceFactory(instance=instance, jour=date(2026, 12, 3), lieu="Salle du conseil, " + "très longue " * 10)

    services.convoquer(acces=acces, seance=seance)

    texte = Courriel.objects.get().calendrier
    lignes = texte.split("\r\n")
    assert all(len(ligne.encode()) <= 75 for ligne in lignes), "folded"
    assert "\n" not in texte.replace("\r\n", "")
    [entree] = invitations(seance)
    evenement = entree.vevent
    assert entree.method.value == "REQUEST"
    assert evenement.uid.value.startswith(str(seance.calendrier_uid))
    assert evenement.sequence.value == "0"
    assert evenement.summary.value == instance.nom
    assert evenement.location.value == seance.lieu.strip()
    assert evenement.status.value == "CONFIRMED"
    assert evenement.dtstamp.value.isoformat() == "2026-11-23T09:00:00+00:00"
    assert "DTSTART;TZID=Europe/Paris:20261203T093000" in lignes
    assert evenement.dtstart.value.isoformat() == "2026-12-03T09:30:00+01:00"
    assert evenement.dtend.value.isoformat() == "2026-12-03T12:00:00+01:00"
    assert evenement.url.value.endswith(f"/figeac/espace/comites/{seance.numero}/")
    assert evenement.organizer.value == "mailto:guichet@example.org"


def test_in_summer_the_hour_is_that_of_paris(seance: Seance, acces: Acces) -> None:
    Seance.objects.filter(pk=seance.pk).update(jour=date(2027, 7, 1))

    services.convoquer(acces=acces, seance=seance)

    debut = invitations(seance)[0].vevent.dtstart.value
    assert debut.isoformat() == "2027-07-01T09:30:00+02:00"


def deplacer(seance: Seance, acces: Acces, **changes: Any) -> Seance:
    seance.refresh_from_db()
    champs = {nom: getattr(seance, nom) for nom in ("jour", "heure_debut", "heure_fin", "lieu", "visio", "version")}
    return services.deplacer(acces=acces, seance=seance, **{**champs, **changes})


def test_a_move_is_told_under_the_same_uid_and_a_higher_sequence(seance: Seance, acces: Acces) -> None:
    services.convoquer(acces=acces, seance=seance)
    Courriel.objects.update(etat=EtatCourriel.ENVOYE)

    deplacer(seance, acces, jour=seance.jour + timedelta(days=7))
    deplacer(seance, acces, lieu="Mairie de Cajarc")
    services.annuler(acces=acces, seance=seance, motif="Trop d’absents.")

    entrees = invitations(seance)
    assert len({e.vevent.uid.value for e in entrees}) == 1
    assert [e.vevent.sequence.value for e in entrees] == ["0", "1", "2", "3"]
    assert [e.method.value for e in entrees] == ["REQUEST", "REQUEST", "REQUEST", "CANCEL"]
    assert [e.vevent.status.value for e in entrees] == ["CONFIRMED", "CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert "Trop d’absents" not in Courriel.objects.order_by("pk").last().calendrier  # type: ignore[union-attr]


def test_what_had_not_left_is_no_longer_sent(seance: Seance, acces: Acces) -> None:
    services.convoquer(acces=acces, seance=seance)

    services.annuler(acces=acces, seance=seance)

    etats = list(Courriel.objects.order_by("pk").values_list("gabarit", "etat"))
    assert etats == [("comite_convocation", EtatCourriel.ANNULE), ("comite_annulee", EtatCourriel.A_ENVOYER)]


def test_another_moment_asks_for_the_answers_again(seance: Seance, acces: Acces) -> None:
    services.convoquer(acces=acces, seance=seance)
    seance.presences.update(reponse=Reponse.PRESENT, repondue_le=timezone.now())

    deplacer(seance, acces, lieu="Mairie de Cajarc")
    assert seance.presences.get().reponse == Reponse.PRESENT, "another place does not"
    deplacer(seance, acces, heure_debut=time(10, 0))

    assert seance.presences.get().reponse == Reponse.ATTENDUE


def test_nothing_is_told_before_it_is_convened(seance: Seance, acces: Acces) -> None:
    deplacer(seance, acces, jour=seance.jour + timedelta(days=7))
    services.annuler(acces=acces, seance=seance)

    assert not Courriel.objects.exists()


def test_nothing_is_told_when_nothing_changed(seance: Seance, acces: Acces) -> None:
    services.convoquer(acces=acces, seance=seance)

    deplacer(seance, acces)

    seance.refresh_from_db()
    assert seance.calendrier_sequence == 0
    assert Courriel.objects.count() == 1


def test_a_stale_move_is_refused(seance: Seance, acces: Acces) -> None:
    deplacer(seance, acces, lieu="Mairie de Cajarc")

    with pytest.raises(VersionPerimee):
        deplacer(seance, acces, lieu="Ailleurs", version=1)
    with pytest.raises(VersionPerimee):
        deplacer(seance, acces, lieu="Ailleurs", version=None)


@pytest.mark.parametrize("trait", ["en_cours", "tenue", "annulee"])
def test_what_began_is_neither_moved_nor_cancelled(territoire: Territoire, acces: Acces, trait: str) -> None:
    seance = SeanceFactory(instance__territoire=territoire, **{trait: True})

    with pytest.raises(TransitionInterdite):
        deplacer(seance, acces, lieu="Ailleurs")
    with pytest.raises(TransitionInterdite):
        services.annuler(acces=acces, seance=seance)


# --- answers ---
def test_each_organisme_answers_for_itself(seance: Seance, acces: Acces, referent: Affectation) -> None:
    services.convoquer(acces=acces, seance=seance)
    presence = seance.presences.get()
    autre = AffectationFactory(territoire=seance.territoire, referent=True)

    services.repondre(
        acces=referent.acces(), presence=presence, reponse=Reponse.REPRESENTE, represente_par="Mme Roques"
    )
    with pytest.raises(Refus):
        services.repondre(acces=autre.acces(), presence=presence, reponse=Reponse.EXCUSE)

    presence.refresh_from_db()
    assert (presence.reponse, presence.represente_par) == (Reponse.REPRESENTE, "Mme Roques")
    assert presence.repondue_par == referent.utilisateur


def test_an_answer_is_changed_and_forgets_who_would_come(seance: Seance, acces: Acces, referent: Affectation) -> None:
    services.convoquer(acces=acces, seance=seance)
    presence = seance.presences.get()
    services.repondre(acces=acces, presence=presence, reponse=Reponse.REPRESENTE, represente_par="Mme Roques")

    presence = services.repondre(acces=referent.acces(), presence=presence, reponse=Reponse.PRESENT)

    assert (presence.reponse, presence.represente_par) == (Reponse.PRESENT, "")


def test_represented_says_by_whom(seance: Seance, acces: Acces) -> None:
    services.convoquer(acces=acces, seance=seance)

    with pytest.raises(ErreurMetier, match="par qui"):
        services.repondre(acces=acces, presence=seance.presences.get(), reponse=Reponse.REPRESENTE)


@pytest.mark.parametrize("trait", ["tenue", "annulee"])
def test_nobody_answers_to_what_is_over(territoire: Territoire, acces: Acces, trait: str) -> None:
    presence = PresenceFactory(seance=SeanceFactory(instance__territoire=territoire, **{trait: True}))

    with pytest.raises(TransitionInterdite):
        services.repondre(acces=acces, presence=presence, reponse=Reponse.PRESENT)


def test_the_reminder_goes_once_to_those_who_said_nothing(seance: Seance, acces: Acces) -> None:
    repondu = AffectationFactory(territoire=seance.territoire, referent=True)
    MembreFactory(instance=seance.instance, organisme=repondu.organisme)
    services.convoquer(acces=acces, seance=seance)
    services.repondre(
        acces=repondu.acces(), presence=seance.presences.get(organisme=repondu.organisme), reponse=Reponse.EXCUSE
    )
    Courriel.objects.all().delete()

    assert rappeler() == 0, "too early"
    with time_machine.travel(timezone.now() + timedelta(days=8), tick=True):
        assert rappeler() == 1
        assert rappeler() == 0, "once"

    assert Courriel.objects.get().destinataire != repondu.utilisateur.courriel


def test_a_member_that_leaves_is_told_and_taken_off_the_lists_to_come(seance: Seance, acces: Acces) -> None:
    passee = PresenceFactory(
        seance=SeanceFactory(instance=seance.instance, tenue=True),
        organisme=seance.instance.membres.get().organisme,
        etat=EtatPresence.PRESENT,
    )
    services.convoquer(acces=acces, seance=seance)

    services.retirer_membre(acces=acces, membre=seance.instance.membres.get())

    assert not seance.presences.exists()
    assert invitations(seance)[-1].method.value == "CANCEL"
    passee.refresh_from_db()


def test_no_person_sits_where_names_are_read(territoire: Territoire, acces: Acces) -> None:
    elu = AffectationFactory(territoire=territoire, role=Role.PILOTAGE)

    with pytest.raises(ErreurMetier, match="fiches nommées"):
        services.ajouter_membre(
            acces=acces, instance=InstanceFactory(territoire=territoire), utilisateur=elu.utilisateur
        )


def test_the_secretary_is_a_referent_of_an_organisme_that_sits(
    seance: Seance, acces: Acces, referent: Affectation
) -> None:
    ailleurs = AffectationFactory(territoire=seance.territoire, referent=True)

    services.nommer_secretaire(acces=acces, seance=seance, utilisateur=referent.utilisateur)
    with pytest.raises(ErreurMetier):
        services.nommer_secretaire(acces=acces, seance=seance, utilisateur=ailleurs.utilisateur)

    seance.refresh_from_db()
    assert seance.secretaire == referent.utilisateur
