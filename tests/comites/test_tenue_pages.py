"""The page that keeps a meeting, by its buttons and by its script; the view on the wall; who may come near."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.acces.models import Affectation
from apps.actions.models import Action
from apps.comites.enums import EtatPresence, GenreDecision, ModePoint, StatutSeance
from apps.comites.models import Decision, PointOrdreDuJour, Presence, Seance
from apps.comites.services import saisie, tenue
from apps.fiches.enums import Confidentialite
from apps.fiches.models import Orientation
from apps.personnes.models import Accord
from apps.territoires.models import Territoire
from apps.tracabilite.models import Trace
from tests.factories import AffectationFactory, OrganismeFactory
from tests.fiches.factories import ouvrir

from .factories import (
    InstanceFactory,
    MembreFactory,
    PointFactory,
    PresenceFactory,
    SeanceFactory,
    VersionAnonymeFactory,
)

Connecter = Callable[[Affectation], Client]
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def seance(territoire: Territoire) -> Seance:
    return SeanceFactory(instance=InstanceFactory(territoire=territoire, nom="Comité technique"), en_cours=True)


@pytest.fixture
def point(seance: Seance) -> PointOrdreDuJour:
    """A fiche that the committee reads, under way."""
    fiche = ouvrir(seance.territoire, titre="Reprise du fournil", confidentialite=Confidentialite.COMITE)
    trouve = PointFactory(seance=seance, fiche=fiche, question="Qui finance le four ?")
    Seance.objects.filter(pk=seance.pk).update(point_en_cours=trouve)
    return trouve


@pytest.fixture
def client(coordination: Affectation, connecter: Connecter) -> Client:
    return connecter(coordination)


def adresse(nom: str, seance: Seance, *args: object) -> str:
    return reverse(f"comites:{nom}", args=["figeac", seance.numero, *args])


def donnees(point: PointOrdreDuJour, **champs: Any) -> dict[str, Any]:
    """The whole form, as its buttons send it."""
    valeurs = saisie.valeurs(saisie.en_vigueur(point))
    return {
        "synthese": point.synthese, "base": point.synthese, "version": point.version,
        "decision_base": json.dumps(valeurs), **valeurs, "a_cle": uuid4(), "a_qui": "", "a_libelle": "",
        "a_echeance": "2026-12-18", "geste": "enregistrer", **champs,
    }  # fmt: skip


def test_the_page_shows_the_point_under_way(client: Client, seance: Seance, point: PointOrdreDuJour) -> None:
    page = client.get(adresse("tenir", seance)).content.decode()

    assert "Comité technique du" in page and "Reprise du fournil" in page
    assert "Qui finance le four" in page and "En bref" in page
    assert Trace.objects.filter(objet="fiche", libelle=point.fiche.numero).count() == 1  # type: ignore[union-attr]


def test_one_button_keeps_all_that_was_typed_and_goes_on(
    client: Client, seance: Seance, point: PointOrdreDuJour
) -> None:
    """Without a script: note, decide, write an action, next point."""
    suivant = PointFactory(seance=seance, sujet=True, ordre=99)
    organisme = OrganismeFactory(territoire=seance.territoire)
    champs = donnees(
        point, synthese="Le fonds est sain.", genre=GenreDecision.ORIENTER, organismes=[organisme.pk],
        a_qui=str(organisme.pk), a_libelle="Voir le four", geste="traiter",
    )  # fmt: skip

    reponse = client.post(adresse("point", seance, point.pk), champs)

    assert reponse.status_code == 302 and reponse["Location"] == adresse("point", seance, suivant.pk)
    point.refresh_from_db()
    assert point.synthese == "Le fonds est sain." and point.traite_le
    assert Orientation.objects.get().organisme == organisme
    assert Action.objects.get().libelle == "Voir le four"
    assert "orientation vers" in client.get(reponse["Location"]).content.decode()


def test_what_a_decision_could_not_do_is_said_on_the_next_page(
    client: Client, seance: Seance, point: PointOrdreDuJour
) -> None:
    sans = OrganismeFactory(territoire=seance.territoire, nom="Alpha", nom_court="", convention=False)
    champs = donnees(point, genre=GenreDecision.ORIENTER, organismes=[sans.pk], geste="traiter")
    page = client.post(adresse("point", seance, point.pk), champs, follow=True).content.decode()
    assert "Aucune convention" in page and not Orientation.objects.exists()


def test_a_decision_that_lacks_something_stays_on_the_screen(
    client: Client, seance: Seance, point: PointOrdreDuJour
) -> None:
    reponse = client.post(
        adresse("point", seance, point.pk), donnees(point, genre=GenreDecision.AJOURNER, geste="traiter")
    )
    page = reponse.content.decode()
    assert reponse.status_code == 409 and "pièces sont attendues" in page
    assert 'value="ajourner" data-partie="decision" checked' in page


def test_an_action_that_lacks_something_loses_nothing(client: Client, seance: Seance, point: PointOrdreDuJour) -> None:
    champs = donnees(point, synthese="Gardé", a_libelle="Voir le four", geste="ajouter")
    reponse = client.post(adresse("point", seance, point.pk), champs)
    page = reponse.content.decode()
    assert reponse.status_code == 422 and "Dites qui fait cette action" in page and 'value="Voir le four"' in page
    point.refresh_from_db()
    assert point.synthese == "Gardé" and not Action.objects.exists()


def test_each_part_alone_as_it_is_typed(client: Client, seance: Seance, point: PointOrdreDuJour) -> None:
    url = adresse("point", seance, point.pk)
    lu = client.post(url, {"partie": "synthese", "synthese": "La CCI", "base": ""}, **JSON).json()
    assert lu["synthese"] == {"texte": "La CCI", "fusionnee": False, "conflit": False, "version": 2}

    lu = client.post(url, {"partie": "synthese", "synthese": "La CMA", "base": ""}, **JSON).json()
    assert lu["synthese"]["texte"] == "La CCI\nLa CMA" and lu["synthese"]["fusionnee"]

    vide = json.dumps(saisie.valeurs(None))
    lu = client.post(url, {"partie": "decision", "genre": "valider", "decision_base": vide}, **JSON).json()
    assert lu["decision"]["dite"] == "accompagnement validé"

    action = {
        "partie": "action", "a_cle": uuid4(), "a_qui": "coordination", "a_libelle": "Rappeler",
        "a_echeance": "2026-12-18",
    }  # fmt: skip
    for _ in range(2):
        assert "Rappeler" in client.post(url, action, **JSON).json()["actions"]
    assert Action.objects.count() == 1
    point.refresh_from_db()
    assert point.synthese == "La CCI\nLa CMA" and point.traite_le is None


def test_two_decisions_at_once_are_both_shown(client: Client, seance: Seance, point: PointOrdreDuJour) -> None:
    url, vide = adresse("point", seance, point.pk), json.dumps(saisie.valeurs(None))
    client.post(url, {"partie": "decision", "genre": "valider", "decision_base": vide}, **JSON)
    reponse = client.post(url, {"partie": "decision", "genre": "clore", "decision_base": vide}, **JSON)
    lu = reponse.json()
    assert reponse.status_code == 409 and lu["concurrente"]
    assert lu["decision"]["valeurs"]["genre"] == "valider" and "accompagnement validé" in lu["message"]
    # Kept by hand, over the other.
    base = json.dumps(lu["decision"]["valeurs"])
    assert client.post(url, {"partie": "decision", "genre": "clore", "decision_base": base}, **JSON).status_code == 200
    assert Decision.objects.get().genre == GenreDecision.CLORE


def test_the_script_is_told_what_others_wrote(client: Client, seance: Seance, point: PointOrdreDuJour) -> None:
    PointOrdreDuJour.objects.filter(pk=point.pk).update(synthese="Écrit ailleurs")
    lu = client.get(adresse("etat_tenue", seance), {"point": point.pk}).json()
    assert lu["point"]["synthese"] == "Écrit ailleurs" and lu["en_cours"] and lu["jeton"]
    assert lu["point_en_cours"] == point.pk


def test_once_closed_the_page_leads_to_the_seance_and_notes_are_refused(
    client: Client, coordination: Affectation, seance: Seance, point: PointOrdreDuJour
) -> None:
    tenue.terminer(acces=coordination.acces(), seance=seance)
    reponse = client.post(
        adresse("point", seance, point.pk), {"partie": "synthese", "synthese": "Tard", "base": ""}, **JSON
    )
    assert reponse.status_code == 409 and "reprenez" in reponse.json()["message"]
    assert client.get(adresse("tenir", seance)).status_code == 302


def test_opening_closing_and_going_on(client: Client, territoire: Territoire) -> None:
    seance = SeanceFactory(instance__territoire=territoire, convoquee=True)
    PointFactory(seance=seance, sujet=True)
    PresenceFactory(seance=seance)
    assert client.post(adresse("ouvrir", seance)).status_code == 302
    page = client.get(adresse("terminer", seance)).content.decode()
    assert "1 point non traité" in page and "noté absent" in page
    assert client.post(adresse("terminer", seance)).status_code == 302
    seance.refresh_from_db()
    assert seance.statut == StatutSeance.TENUE
    assert client.post(adresse("reprendre", seance)).status_code == 302
    seance.refresh_from_db()
    assert seance.statut == StatutSeance.EN_COURS


def test_presences_by_rows_and_all_together(client: Client, seance: Seance) -> None:
    un, deux = PresenceFactory(seance=seance), PresenceFactory(seance=seance)
    url = adresse("presences", seance)

    def rang(p: Presence, **champs: Any) -> dict[str, Any]:
        return {f"p{p.pk}-{n}": v for n, v in {"etat": p.etat, "version": p.version, **champs}.items()}

    lu = client.post(url, {"presence": un.pk, **rang(un, etat="present", arrivee="00:00")}, **JSON).json()
    assert lu["version"] == 2 and lu["valeurs"]["arrivee"] == "00:00" and "1 présent" in lu["presences_dites"]

    # Another note-taker, with the row as it was.
    reponse = client.post(url, {"presence": un.pk, **rang(un, etat="absent")}, **JSON)
    assert reponse.status_code == 409 and reponse.json()["valeurs"]["etat"] == "present"

    un.refresh_from_db()
    tous = {**rang(un, arrivee="00:00"), **rang(deux, etat="represente", represente_par="Mme Roques")}
    assert client.post(url, tous).status_code == 302
    deux.refresh_from_db()
    assert (deux.etat, deux.represente_par) == (EtatPresence.REPRESENTE, "Mme Roques")
    assert client.post(url, {"geste": f"depart:{un.pk}"}).status_code == 302
    un.refresh_from_db()
    assert un.depart_le is not None


def test_quorum_is_said_only_where_one_is_asked(client: Client, seance: Seance, point: PointOrdreDuJour) -> None:
    PresenceFactory(seance=seance, etat=EtatPresence.PRESENT)
    assert "Quorum" not in client.get(adresse("tenir", seance)).content.decode()
    Seance.objects.filter(pk=seance.pk).update(quorum=2)
    assert "Quorum non atteint" in client.get(adresse("tenir", seance)).content.decode()


# --- who --------------------------------------------------------------------------------------------------------------


def test_the_secretary_keeps_this_meeting_only(
    territoire: Territoire, seance: Seance, point: PointOrdreDuJour, referent: Affectation, connecter: Connecter
) -> None:
    autre = SeanceFactory(instance=seance.instance, en_cours=True)
    MembreFactory(instance=seance.instance, organisme=referent.organisme)
    reserve = PointFactory(seance=seance, mode=ModePoint.RESERVE, fiche=ouvrir(territoire, titre="Affaire secrète"))
    client = connecter(referent)
    assert client.get(adresse("tenir", seance)).status_code == 403
    Seance.objects.filter(pk=seance.pk).update(secretaire=referent.utilisateur)

    page = client.get(adresse("tenir", seance)).content.decode()
    reponse = client.post(
        adresse("point", seance, point.pk), {"partie": "synthese", "synthese": "Noté", "base": ""}, **JSON
    )

    assert reponse.status_code == 200
    assert "Affaire secrète" not in page
    assert client.get(adresse("point", seance, reserve.pk)).status_code == 404
    assert client.get(adresse("tenir", autre)).status_code == 403


def test_the_secretary_reads_a_fiche_within_their_own_scope(
    seance: Seance, point: PointOrdreDuJour, referent: Affectation, connecter: Connecter
) -> None:
    """Named secretary but without a share: the point can be written, the fiche is not read."""
    Seance.objects.filter(pk=seance.pk).update(secretaire=referent.utilisateur)
    page = connecter(referent).get(adresse("point", seance, point.pk)).content.decode()
    assert "Reprise du fournil" not in page and point.fiche.numero in page  # type: ignore[union-attr]


# --- the wall ---------------------------------------------------------------------------------------------------------


def ecran(client: Client, seance: Seance) -> str:
    return client.get(adresse("projection", seance)).content.decode()


def test_the_wall_shows_the_point_and_its_notes(client: Client, seance: Seance, point: PointOrdreDuJour) -> None:
    PointOrdreDuJour.objects.filter(pk=point.pk).update(synthese="Le four est à changer")
    page = ecran(client, seance)
    assert "Reprise du fournil" in page and "Le four est à changer" in page


@pytest.mark.parametrize("cause", ["sans_nom", "reserve", "confidentialite", "accord"])
def test_the_wall_never_shows_what_the_committee_may_not_read(
    client: Client, seance: Seance, point: PointOrdreDuJour, cause: str
) -> None:
    """Though the coordination that opened it reads everything."""
    fiche = point.fiche
    assert fiche is not None
    PointOrdreDuJour.objects.filter(pk=point.pk).update(synthese="M. Lacoste hésite")
    if cause in ModePoint.values:
        PointOrdreDuJour.objects.filter(pk=point.pk).update(mode=cause)
    elif cause == "confidentialite":
        type(fiche).objects.filter(pk=fiche.pk).update(confidentialite=Confidentialite.PARTENAIRES)
    else:
        Accord.objects.update(retire_le=timezone.now())

    page = ecran(client, seance)

    assert "Reprise du fournil" not in page and "M. Lacoste hésite" not in page
    assert "Reprise du fournil" in client.get(adresse("tenir", seance)).content.decode()


def test_the_wall_of_an_anonymous_meeting(client: Client, territoire: Territoire) -> None:
    seance = SeanceFactory(instance=InstanceFactory(territoire=territoire, anonyme=True), en_cours=True)
    fiche = ouvrir(territoire, titre="Reprise du fournil", confidentialite=Confidentialite.COMITE)
    VersionAnonymeFactory(territoire=territoire, fiche=fiche, texte="Une reprise dans l’alimentation.", relue=True)
    point = PointFactory(seance=seance, fiche=fiche, synthese="M. Lacoste hésite")
    Seance.objects.filter(pk=seance.pk).update(point_en_cours=point)
    page = ecran(client, seance)
    assert "Une reprise dans l’alimentation." in page
    assert "Reprise du fournil" not in page and "M. Lacoste hésite" not in page and fiche.numero not in page


# --- cost -------------------------------------------------------------------------------------------------------------


def test_the_pages_cost_the_same_with_three_points_and_with_many(client: Client, seance: Seance) -> None:
    def cout(nom: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as requetes:
            assert client.get(adresse(nom, seance)).status_code == 200
        return len(requetes)

    noms = ("tenir", "etat_tenue", "projection", "terminer", "presences")
    for i in range(3):
        fiche = ouvrir(seance.territoire, confidentialite=Confidentialite.COMITE)
        PointFactory(seance=seance, fiche=fiche, ordre=i)
        PresenceFactory(seance=seance)
    Seance.objects.filter(pk=seance.pk).update(point_en_cours=seance.points.first())
    [client.get(adresse(nom, seance)) for nom in noms]
    avant = {nom: cout(nom) for nom in noms}
    for i in range(12):
        fiche = ouvrir(seance.territoire, confidentialite=Confidentialite.COMITE)
        PointFactory(seance=seance, fiche=fiche, ordre=10 + i)
        PresenceFactory(seance=seance)
    assert {nom: cout(nom) for nom in noms} == avant


def test_a_technicien_or_another_member_finds_no_page(
    seance: Seance, point: PointOrdreDuJour, connecter: Connecter
) -> None:
    technicien = AffectationFactory(territoire=seance.territoire, technicien=True)
    assert connecter(technicien).get(adresse("tenir", seance)).status_code == 404
