"""The pages of the calendar: who sees what, answers in one click, holidays, what a page costs."""

from datetime import date, timedelta

import pytest
import time_machine
import vobject
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.acces.models import Affectation
from apps.comites import services
from apps.comites.enums import EtatPresence, Reponse, StatutSeance
from apps.comites.models import AbonnementAgenda, Instance, Seance
from apps.comites.series import dates_de, serie_dite
from apps.core.acces import Role
from apps.courriels.models import Courriel
from apps.territoires.models import Territoire
from tests.factories import AffectationFactory, OrganismeFactory

from .factories import InstanceFactory, MembreFactory, PresenceFactory, SeanceFactory

ESPACE = "/figeac/espace/comites/"


def client_de(affectation: Affectation) -> Client:
    client = Client()
    client.force_login(affectation.utilisateur)
    return client


@pytest.fixture
def coordination(territoire: Territoire) -> Client:
    return client_de(AffectationFactory(territoire=territoire))


@pytest.fixture
def referent(territoire: Territoire) -> Affectation:
    return AffectationFactory(territoire=territoire, referent=True)


@pytest.fixture
def instance(territoire: Territoire, referent: Affectation) -> Instance:
    instance = InstanceFactory(territoire=territoire, nom="Comité technique")
    MembreFactory(instance=instance, organisme=referent.organisme)
    return instance


@pytest.fixture
def seance(instance: Instance, referent: Affectation) -> Seance:
    """Convened."""
    seance = SeanceFactory(instance=instance, convoquee=True)
    PresenceFactory(seance=seance, organisme=referent.organisme)
    return seance


# --- series ---
def test_a_series_sets_holidays_apart_and_says_which() -> None:
    dates = dates_de(rangs=["1", "3"], jour_semaine=3, du=date(2026, 4, 1), au=date(2026, 5, 31))

    assert [(d.jour.isoformat(), d.ferie) for d in dates] == [
        ("2026-04-02", ""), ("2026-04-16", ""), ("2026-05-07", ""), ("2026-05-21", ""),
    ]  # fmt: skip
    [ascension] = dates_de(rangs=["2"], jour_semaine=3, du=date(2026, 5, 1), au=date(2026, 5, 31))
    assert (ascension.ferie, ascension.est_retenue) == ("Ascension", False)


def test_the_last_of_the_month_is_kept_once() -> None:
    dates = dates_de(rangs=["4", "dernier"], jour_semaine=3, du=date(2026, 2, 1), au=date(2026, 4, 30))

    assert [d.jour.isoformat() for d in dates] == ["2026-02-26", "2026-03-26", "2026-04-23", "2026-04-30"]


def test_a_series_is_said_in_words() -> None:
    assert serie_dite(["3", "1"], 3) == "1er et 3e jeudi du mois"


@time_machine.travel("2026-11-23 09:00+01:00", tick=False)
def test_days_are_shown_before_they_are_made(coordination: Client, instance: Instance) -> None:
    SeanceFactory(instance=instance, jour=date(2027, 1, 7), numero="CT-2027-0900")
    saisie = {
        "instance": instance.pk, "rangs": ["1"], "jour_semaine": "3", "heure_debut": "09:30", "heure_fin": "12:00",
        "lieu": "Figeac", "du": "2026-12-01", "au": "2027-02-28",
    }  # fmt: skip

    page = coordination.post(f"{ESPACE}serie/", {**saisie, "voir": "1"})
    assert "2 dates sur 3" in page.content.decode()
    assert "Déjà prévue" in page.content.decode()
    assert "CT-2027-0900" in page.content.decode()
    assert Seance.objects.count() == 1
    jours = ["2026-12-03", "2027-01-07", "2027-12-31"]
    coordination.post(f"{ESPACE}serie/", {**saisie, "creer": "1", "jours": jours})

    assert set(Seance.objects.values_list("jour", flat=True)) == {date(2026, 12, 3), date(2027, 1, 7)}


# --- making and moving ---
@time_machine.travel("2026-11-23 09:00+01:00", tick=False)
def test_a_holiday_is_warned_about_then_accepted(coordination: Client, instance: Instance) -> None:
    saisie = {"instance": instance.pk, "jour": "2027-05-06", "heure_debut": "09:30", "heure_fin": "12:00"}

    page = coordination.post(f"{ESPACE}nouvelle/", saisie)
    assert "férié (Ascension)" in page.content.decode()
    assert not Seance.objects.exists()
    coordination.post(f"{ESPACE}nouvelle/", {**saisie, "malgre_ferie": "on"})

    assert Seance.objects.get().jour == date(2027, 5, 6)


def test_a_seance_is_moved_from_its_page(coordination: Client, seance: Seance) -> None:
    jour = timezone.localdate() + timedelta(days=30)
    saisie = {
        "version": seance.version, "jour": jour.isoformat(), "malgre_ferie": "on", "heure_debut": "14:00",
        "heure_fin": "16:00", "lieu": "Mairie de Cajarc", "message": "La salle était prise.",
    }  # fmt: skip

    reponse = coordination.post(f"{ESPACE}{seance.numero}/deplacer/", saisie)

    assert reponse.status_code == 302
    seance.refresh_from_db()
    assert (seance.jour, seance.lieu, seance.calendrier_sequence) == (jour, "Mairie de Cajarc", 1)
    assert "La salle était prise." in Courriel.objects.get().corps


def test_a_stale_move_shows_both(coordination: Client, seance: Seance) -> None:
    saisie = {
        "version": seance.version, "jour": (seance.jour + timedelta(days=1)).isoformat(), "malgre_ferie": "on",
        "heure_debut": "14:00", "heure_fin": "16:00", "lieu": "Mairie de Cajarc",
    }  # fmt: skip
    Seance.objects.filter(pk=seance.pk).update(version=9, lieu="Salle des fêtes")

    reponse = coordination.post(f"{ESPACE}{seance.numero}/deplacer/", saisie)

    assert reponse.status_code == 409
    assert {"Mairie de Cajarc", "Salle des fêtes"} <= set(_mots(reponse.content.decode()))


def _mots(page: str) -> list[str]:
    return [morceau.strip() for balise in page.split("<") for morceau in balise.split(">")[1:]]


def test_a_whole_convocation_from_the_pages(coordination: Client, instance: Instance, referent: Affectation) -> None:
    seance = SeanceFactory(instance=instance)

    page = coordination.get(f"{ESPACE}{seance.numero}/convoquer/").content.decode()
    assert str(referent.organisme) in page
    reponse = coordination.post(f"{ESPACE}{seance.numero}/convoquer/", {"message": "À jeudi."}, follow=True)

    assert "La séance est convoquée" in reponse.content.decode()
    assert "À jeudi." in Courriel.objects.get().corps
    seance.refresh_from_db()
    assert seance.statut == StatutSeance.CONVOQUEE


# --- answers ---
def test_the_link_of_the_mail_shows_buttons_and_acts_on_post_only(referent: Affectation, seance: Seance) -> None:
    client = client_de(referent)
    adresse = f"{ESPACE}{seance.numero}/repondre/"

    page = client.get(f"{adresse}?reponse=present").content.decode()
    assert 'value="present"' in page and 'value="excuse"' in page
    assert seance.presences.get().reponse == Reponse.ATTENDUE
    client.post(adresse, {"reponse": "present"})

    assert seance.presences.get().reponse == Reponse.PRESENT


def test_the_home_of_a_referent_answers_on_the_spot(referent: Affectation, seance: Seance) -> None:
    client = client_de(referent)

    page = client.get("/figeac/espace/").content.decode()
    assert f'action="{ESPACE}{seance.numero}/repondre/"' in page
    reponse = client.post(f"{ESPACE}{seance.numero}/repondre/", {"reponse": "excuse", "suite": "accueil"})

    assert reponse.url == "/figeac/espace/"  # type: ignore[attr-defined]
    assert seance.presences.get().reponse == Reponse.EXCUSE


def test_represented_without_a_name_keeps_the_page(referent: Affectation, seance: Seance) -> None:
    reponse = client_de(referent).post(f"{ESPACE}{seance.numero}/repondre/", {"reponse": "represente"})

    assert "Dites par qui" in reponse.content.decode()
    assert seance.presences.get().reponse == Reponse.ATTENDUE


def test_the_coordination_notes_an_answer_for_somebody(coordination: Client, seance: Seance) -> None:
    presence = seance.presences.get()
    donnees = {"reponse": "represente", "represente_par": "Mme Roques"}

    coordination.post(f"{ESPACE}{seance.numero}/reponses/{presence.pk}/", donnees)

    presence.refresh_from_db()
    assert presence.represente_par == "Mme Roques"


def test_the_next_committee_stands_on_the_home_of_the_coordination(coordination: Client, seance: Seance) -> None:
    page = coordination.get("/figeac/espace/").content.decode()

    assert "pas encore convoquée" not in page
    assert "0 sur 1" in page


# --- who sees what ---
def test_a_referent_sees_the_seances_where_it_sits_and_no_other(referent: Affectation, seance: Seance) -> None:
    ailleurs = SeanceFactory(instance=InstanceFactory(territoire=seance.territoire), numero="CT-2026-8000")

    page = client_de(referent).get(ESPACE).content.decode()

    assert seance.numero in page
    assert ailleurs.numero not in page
    assert client_de(referent).get(f"{ESPACE}{ailleurs.numero}/").status_code == 404


def test_the_pilotage_sees_anonymous_seances_only(territoire: Territoire, seance: Seance) -> None:
    elu = AffectationFactory(territoire=territoire, role=Role.PILOTAGE)
    anonyme = SeanceFactory(
        instance=InstanceFactory(territoire=territoire, anonyme=True), convoquee=True, numero="CP-2026-8000"
    )
    PresenceFactory(seance=anonyme, organisme=None, utilisateur=elu.utilisateur, nom=str(elu.utilisateur))
    client = client_de(elu)

    page = client.get(ESPACE).content.decode()

    assert anonyme.numero in page
    assert seance.numero not in page
    assert client.get(f"{ESPACE}{anonyme.numero}/").status_code == 200
    client.post(f"{ESPACE}{anonyme.numero}/repondre/", {"reponse": "present"})
    assert anonyme.presences.get().reponse == Reponse.PRESENT


def requetes(client: Client, adresse: str) -> int:
    """What a page costs once the session is warm."""
    client.get(adresse)
    with CaptureQueriesContext(connection) as vues:
        assert client.get(adresse).status_code == 200
    return len(vues)


@pytest.mark.parametrize("adresse", ["", "calendrier/", "assiduite/", "instances/"])
def test_a_list_costs_the_same_with_one_and_with_many(coordination: Client, instance: Instance, adresse: str) -> None:
    def ajouter(nombre: int, trait: str, numero: str) -> None:
        for rang in range(nombre):
            s = SeanceFactory(instance=instance, numero=f"{numero}{rang:02}", **{trait: True})
            for _ in range(3):
                PresenceFactory(seance=s, etat=EtatPresence.PRESENT)

    ajouter(1, "convoquee", "CT-2026-70")
    ajouter(1, "tenue", "CT-2026-71")
    avant = requetes(coordination, ESPACE + adresse)
    ajouter(8, "convoquee", "CT-2026-72")
    ajouter(8, "tenue", "CT-2026-73")
    InstanceFactory.create_batch(3, territoire=instance.territoire)

    assert requetes(coordination, ESPACE + adresse) == avant


def test_the_page_of_a_seance_costs_the_same_with_many_expected(coordination: Client, seance: Seance) -> None:
    adresse = f"{ESPACE}{seance.numero}/"
    avant = requetes(coordination, adresse)
    for _ in range(20):
        organisme = OrganismeFactory(territoire=seance.territoire)
        MembreFactory(instance=seance.instance, organisme=organisme)
        PresenceFactory(seance=seance, organisme=organisme)

    assert requetes(coordination, adresse) == avant


# --- the personal feed ---
def s_abonner(client: Client) -> str:
    """The path of a new feed, as the page shows it once."""
    page = client.post(f"{ESPACE}agenda/abonner/", follow=True).content.decode()
    return "/figeac/agenda/" + page.split("/figeac/agenda/")[1].split(".ics")[0] + ".ics"


def test_a_feed_is_read_without_login_and_shows_its_holder_s_seances(referent: Affectation, seance: Seance) -> None:
    annulee = SeanceFactory(instance=seance.instance, annulee=True, numero="CT-2026-8001")
    ailleurs = SeanceFactory(instance=InstanceFactory(territoire=seance.territoire), numero="CT-2026-8002")
    adresse = s_abonner(client_de(referent))

    reponse = Client().get(adresse)

    assert reponse["Content-Type"] == "text/calendar; charset=utf-8"
    calendrier = vobject.readOne(reponse.content.decode())
    assert calendrier.method.value == "PUBLISH"
    statuts = {e.url.value.rsplit("/", 2)[1]: e.status.value for e in calendrier.vevent_list}
    assert statuts == {seance.numero: "CONFIRMED", annulee.numero: "CANCELLED"}
    assert ailleurs.numero not in reponse.content.decode()
    assert "ATTENDEE" not in reponse.content.decode()
    assert referent.utilisateur.nom not in reponse.content.decode()


def test_a_feed_stops_when_it_is_revoked_or_changed(referent: Affectation, seance: Seance) -> None:
    client = client_de(referent)
    premiere = s_abonner(client)
    seconde = s_abonner(client)

    assert Client().get(premiere).status_code == 404
    assert Client().get(seconde).status_code == 200
    client.post(f"{ESPACE}agenda/revoquer/")

    assert Client().get(seconde).status_code == 404


@pytest.mark.parametrize("fin", ["affectation", "compte"])
def test_a_feed_stops_with_the_role(referent: Affectation, seance: Seance, fin: str) -> None:
    adresse = s_abonner(client_de(referent))
    if fin == "affectation":
        Affectation.objects.filter(pk=referent.pk).update(terminee_le=timezone.now())
    else:
        referent.utilisateur.is_active = False
        referent.utilisateur.save(update_fields=["is_active"])

    assert Client().get(adresse).status_code == 404


def test_the_secret_is_shown_once_and_not_kept(referent: Affectation, seance: Seance) -> None:
    client = client_de(referent)
    secret = s_abonner(client).rsplit("/", 1)[1].removesuffix(".ics")

    assert secret not in client.get(f"{ESPACE}agenda/").content.decode()
    assert secret not in str(AbonnementAgenda.objects.values().get())
    assert Client().get("/figeac/agenda/nimporte-quoi.ics").status_code == 404


# --- attendance ---
def test_attendance_counts_those_there_among_those_expected(territoire: Territoire, instance: Instance) -> None:
    cma, cci = OrganismeFactory(territoire=territoire, nom_court="CMA"), OrganismeFactory(territoire=territoire)
    etats = (EtatPresence.PRESENT, EtatPresence.REPRESENTE, EtatPresence.EXCUSE, EtatPresence.ABSENT)
    jour = date(2026, 3, 5)
    for rang, etat in enumerate(etats):
        s = SeanceFactory(instance=instance, tenue=True, jour=jour + timedelta(days=14 * rang))
        PresenceFactory(seance=s, organisme=cma, etat=etat)
        PresenceFactory(seance=s, organisme=cci, etat=EtatPresence.PRESENT)
        PresenceFactory(seance=s, invite=True, etat=EtatPresence.PRESENT)
    PresenceFactory(seance=SeanceFactory(instance=instance, convoquee=True, jour=jour), organisme=cma)

    lignes = services.assiduite(territoire.pk, 2026)

    assert [(a.nom, a.taux) for a in lignes] == [(str(cci), 100), ("CMA", 50)]
    cma_ligne = lignes[1]
    assert (cma_ligne.attendues, cma_ligne.la, cma_ligne.excusees, cma_ligne.absentes) == (4, 2, 1, 1)
    assert services.assiduite(territoire.pk, 2025) == []


def test_every_page_opens(coordination: Client, seance: Seance, instance: Instance) -> None:
    pages = [
        "", "?vue=passees", "?vue=annulees", "calendrier/", "calendrier/?mois=2027-05", "calendrier/?mois=x", "nouvelle/",
        "serie/", "assiduite/", "assiduite/?annee=9999", "agenda/", "instances/", "instances/nouvelle/",
        f"instances/{instance.pk}/", f"instances/{instance.pk}/modifier/", f"{seance.numero}/",
        f"{seance.numero}/deplacer/", f"{seance.numero}/annuler/", f"{seance.numero}/secretaire/",
        f"{seance.numero}/invites/", f"{seance.numero}/agenda.ics",
    ]  # fmt: skip
    for page in pages:
        assert coordination.get(f"{ESPACE}{page}").status_code == 200, page


def test_a_member_leaves_after_what_follows_was_said(coordination: Client, seance: Seance) -> None:
    membre = seance.instance.membres.get()
    adresse = f"{ESPACE}instances/{seance.instance_id}/membres/{membre.pk}/retirer/"

    assert "ne siégera plus" in coordination.get(adresse).content.decode()
    assert seance.presences.exists()
    coordination.post(adresse)

    assert not seance.presences.exists()
    assert Courriel.objects.get().gabarit == "comite_retrait"
