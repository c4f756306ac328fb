"""The team: who sees whom, departures that hand the work on, absences."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.acces import services
from apps.acces.models import Absence, Affectation
from apps.core.acces import Acces, Role
from apps.core.erreurs import ErreurMetier, Refus
from apps.core.registres import TravailEnCours, travaux_en_cours
from tests.factories import AffectationFactory, OrganismeFactory

EQUIPE = "/figeac/espace/equipe/"
Connecter = Callable[[Affectation], Client]


@pytest.fixture
def travaux(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[tuple[int, int | None], int]]:
    """Open work by (person, organisme), as an upper app would count and move it."""
    ouverts: dict[tuple[int, int | None], int] = {}

    def compter(acces: Acces, personne: int, organisme: int | None) -> int:
        return ouverts.get((personne, organisme), 0)

    def deplacer(acces: Acces, personne: int, vers: int, organisme: int | None) -> int:
        nombre = ouverts.pop((personne, organisme), 0)
        ouverts[(vers, organisme)] = ouverts.get((vers, organisme), 0) + nombre
        return nombre

    monkeypatch.setattr(
        travaux_en_cours, "_entrees", {"essai": TravailEnCours("fiche suivie", "fiches suivies", compter, deplacer)}
    )
    yield ouverts


def test_the_last_coordination_cannot_leave(coordination: Affectation, connecter: Connecter) -> None:
    with pytest.raises(ErreurMetier, match="dernière personne"):
        services.terminer(acces=coordination.acces(), affectations=[coordination])
    reponse = connecter(coordination).post(f"{EQUIPE}{coordination.utilisateur_id}/retirer/")
    assert "dernière personne de la coordination" in reponse.content.decode()
    coordination.refresh_from_db()
    assert coordination.terminee_le is None


def test_leaving_with_open_work_asks_to_whom_it_goes(
    coordination: Affectation, connecter: Connecter, travaux: dict
) -> None:
    collegue = AffectationFactory(territoire=coordination.territoire, role=Role.COORDINATION)
    intrus = AffectationFactory(territoire=coordination.territoire, role=Role.PILOTAGE)
    travaux[(collegue.utilisateur_id, None)] = 3
    client = connecter(coordination)
    adresse = f"{EQUIPE}{collegue.utilisateur_id}/retirer/"
    page = client.get(adresse).content.decode()
    assert "3 fiches suivies" in page
    assert str(intrus.utilisateur) not in page
    for refuse in ({}, {"vers_0": intrus.utilisateur_id}, {"vers_0": collegue.utilisateur_id}):
        assert client.post(adresse, refuse).status_code == 200
        assert Affectation.objects.actives().filter(pk=collegue.pk).exists()
    assert client.post(adresse, {"vers_0": coordination.utilisateur_id}).status_code == 302
    assert travaux == {(coordination.utilisateur_id, None): 3}
    collegue.refresh_from_db()
    assert collegue.terminee_le is not None
    anciens = client.get(f"{EQUIPE}?anciens=1").content.decode()
    assert str(collegue.utilisateur) in anciens
    assert connecter(collegue).get(EQUIPE).status_code == 404


def test_the_work_of_an_organisme_stays_within_it(
    coordination: Affectation, referent: Affectation, travaux: dict
) -> None:
    dehors = AffectationFactory(territoire=referent.territoire, referent=True)
    travaux[(referent.utilisateur_id, referent.organisme_id)] = 1
    acces = coordination.acces()
    (reprise,) = services.reprises(acces=acces, affectations=[referent])
    assert (reprise.travaux, reprise.collegues) == (["1 fiche suivie"], [])
    technicien = AffectationFactory(territoire=referent.territoire, role=Role.TECHNICIEN, organisme=referent.organisme)
    (reprise,) = services.reprises(acces=acces, affectations=[referent])
    assert reprise.collegues == [technicien.utilisateur]
    with pytest.raises(ErreurMetier):
        services.terminer(acces=acces, affectations=[referent], vers={referent.organisme_id: dehors.utilisateur})
    services.terminer(acces=acces, affectations=[referent], vers={referent.organisme_id: technicien.utilisateur})
    assert travaux == {(technicien.utilisateur_id, referent.organisme_id): 1}


def test_one_role_of_two_in_the_same_organisme_leaves_nothing(
    coordination: Affectation, referent: Affectation, travaux: dict
) -> None:
    AffectationFactory(
        utilisateur=referent.utilisateur,
        territoire=referent.territoire,
        role=Role.TECHNICIEN,
        organisme=referent.organisme,
    )
    travaux[(referent.utilisateur_id, referent.organisme_id)] = 2
    assert services.reprises(acces=coordination.acces(), affectations=[referent]) == []


def test_a_referent_ends_its_techniciens_and_nobody_else(referent: Affectation, connecter: Connecter) -> None:
    sien = AffectationFactory(territoire=referent.territoire, role=Role.TECHNICIEN, organisme=referent.organisme)
    autre = AffectationFactory(territoire=referent.territoire, technicien=True)
    second = AffectationFactory(territoire=referent.territoire, role=Role.REFERENT, organisme=referent.organisme)
    client = connecter(referent)
    assert client.post(f"{EQUIPE}roles/{autre.pk}/terminer/").status_code == 404
    assert client.post(f"{EQUIPE}roles/{second.pk}/terminer/").status_code == 403
    assert client.post(f"{EQUIPE}roles/{sien.pk}/terminer/").status_code == 302
    assert set(Affectation.objects.filter(terminee_le__isnull=False)) == {sien}


def test_a_partner_sees_the_people_of_its_organisme_only(
    coordination: Affectation, referent: Affectation, connecter: Connecter
) -> None:
    etranger = AffectationFactory(territoire=referent.territoire, referent=True)
    texte = connecter(referent).get(EQUIPE).content.decode()
    assert referent.utilisateur.courriel in texte
    assert etranger.utilisateur.courriel not in texte
    assert coordination.utilisateur.courriel not in texte
    assert connecter(referent).get(f"{EQUIPE}{etranger.utilisateur_id}/").status_code == 404
    assert connecter(coordination).get(f"{EQUIPE}{etranger.utilisateur_id}/").status_code == 200


def test_the_team_page_costs_the_same_with_one_and_with_many(coordination: Affectation, connecter: Connecter) -> None:
    client = connecter(coordination)
    client.get(EQUIPE)

    def cout() -> int:
        with CaptureQueriesContext(connection) as requetes:
            assert client.get(EQUIPE).status_code == 200
        return len(requetes)

    avant = cout()
    for _ in range(3):
        AffectationFactory(territoire=coordination.territoire, referent=True)
    assert cout() == avant


def test_a_qualite_is_changed_by_the_coordination(
    coordination: Affectation, referent: Affectation, connecter: Connecter
) -> None:
    adresse = f"{EQUIPE}roles/{referent.pk}/qualite/"
    assert connecter(referent).post(adresse, {"qualite": "suppleant"}).status_code == 403
    connecter(coordination).post(adresse, {"qualite": "suppleant"})
    referent.refresh_from_db()
    assert referent.qualite == "suppleant"


def _dates(debut: int = 0, fin: int = 3) -> dict[str, str]:
    jour = timezone.localdate()
    return {"du": (jour + timedelta(days=debut)).isoformat(), "au": (jour + timedelta(days=fin)).isoformat()}


def test_a_partner_notes_its_own_absence_with_a_colleague(referent: Affectation, connecter: Connecter) -> None:
    technicien = AffectationFactory(territoire=referent.territoire, role=Role.TECHNICIEN, organisme=referent.organisme)
    client = connecter(referent)
    donnees = {"affectation": referent.pk, "remplacant": technicien.pk, **_dates()}
    assert client.post(f"{EQUIPE}absences/", donnees).status_code == 302
    absence = Absence.objects.get()
    assert services.personne_adressee(organisme_id=referent.organisme_id)[0] == technicien.utilisateur
    assert connecter(technicien).get(f"{EQUIPE}absences/").status_code == 200
    assert connecter(technicien).post(f"{EQUIPE}absences/{absence.pk}/retirer/").status_code == 403
    assert client.post(f"{EQUIPE}absences/{absence.pk}/retirer/").status_code == 302
    assert services.personne_adressee(organisme_id=referent.organisme_id)[0] == referent.utilisateur


def test_absences_of_others_are_neither_seen_nor_noted(
    coordination: Affectation, referent: Affectation, connecter: Connecter
) -> None:
    autre = AffectationFactory(territoire=referent.territoire, referent=True)
    absence = Absence.objects.create(
        territoire=autre.territoire, affectation=autre, du=timezone.localdate(), au=timezone.localdate()
    )
    client = connecter(referent)
    assert autre.utilisateur.get_full_name() not in client.get(f"{EQUIPE}absences/").content.decode()
    assert client.post(f"{EQUIPE}absences/{absence.pk}/retirer/").status_code == 404
    client.post(f"{EQUIPE}absences/", {"affectation": autre.pk, **_dates(10, 12)})
    assert Absence.objects.count() == 1
    with pytest.raises(Refus):
        services.noter_absence(
            acces=referent.acces(), affectation=autre, du=timezone.localdate(), au=timezone.localdate()
        )
    with pytest.raises(ErreurMetier, match="même organisme"):
        services.noter_absence(
            acces=coordination.acces(),
            affectation=referent,
            du=timezone.localdate(),
            au=timezone.localdate(),
            remplacant=autre,
        )
    assert autre.utilisateur.get_full_name() in connecter(coordination).get(f"{EQUIPE}absences/").content.decode()


def test_dates_that_cross_or_go_backwards_are_refused(
    coordination: Affectation, referent: Affectation, connecter: Connecter
) -> None:
    client = connecter(coordination)
    assert client.post(f"{EQUIPE}absences/", {"affectation": referent.pk, **_dates()}).status_code == 302
    for dates in (_dates(2, 5), _dates(5, 2)):
        assert client.post(f"{EQUIPE}absences/", {"affectation": referent.pk, **dates}).status_code == 200
    ailleurs = AffectationFactory(territoire=referent.territoire, referent=True)
    hors = {"affectation": referent.pk, "remplacant": ailleurs.pk, **_dates(20, 21)}
    assert client.post(f"{EQUIPE}absences/", hors).status_code == 200
    assert Absence.objects.count() == 1


def test_the_departure_of_an_organisme_without_colleague_says_so(
    coordination: Affectation, connecter: Connecter, travaux: dict
) -> None:
    seul = AffectationFactory(
        territoire=coordination.territoire,
        role=Role.REFERENT,
        organisme=OrganismeFactory(territoire=coordination.territoire),
    )
    travaux[(seul.utilisateur_id, seul.organisme_id)] = 4
    client = connecter(coordination)
    adresse = f"{EQUIPE}roles/{seul.pk}/terminer/"
    assert "Personne d’autre ne représente" in client.get(adresse).content.decode()
    assert client.post(adresse).status_code == 302
    assert travaux == {(seul.utilisateur_id, seul.organisme_id): 4}
