"""The progress of one's jobs, and of nobody else's."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.acces.models import Affectation
from apps.core.acces import Role
from apps.territoires.models import Territoire
from apps.travaux.enums import EtatTravail
from apps.travaux.models import Travail
from tests.factories import AffectationFactory, TerritoireFactory

from .factories import TravailFactory

Connecter = Callable[[Affectation], Client]


def adresse(nom: str, travail: Travail) -> str:
    return reverse(f"travaux:{nom}", args=[travail.territoire.slug, travail.jeton])


def travail_de(affectation: Affectation, **champs) -> Travail:
    return TravailFactory(territoire=affectation.territoire, demande_par=affectation.utilisateur, **champs)


def test_a_job_under_way_refreshes_itself_with_or_without_a_script(
    coordination: Affectation, connecter: Connecter
) -> None:
    travail = travail_de(coordination, en_cours=True, fait=40, total=100, message="Fiche 40")

    page = connecter(coordination).get(adresse("detail", travail)).content.decode()

    assert '<noscript><meta http-equiv="refresh"' in page
    assert 'hx-trigger="every 2s"' in page
    assert 'value="40" max="100"' in page
    assert "40 sur 100" in page
    assert "Fiche 40" in page


def test_an_unchanged_fragment_is_not_sent_again_and_a_finished_one_stops_asking(
    coordination: Affectation, connecter: Connecter
) -> None:
    travail = travail_de(coordination, en_cours=True, fait=40, total=100)
    client = connecter(coordination)
    premier = client.get(adresse("avancement", travail)).content.decode()
    vu = premier.split("?vu=")[1].split('"')[0]

    assert client.get(adresse("avancement", travail), {"vu": vu}).status_code == 204
    Travail.objects.filter(pk=travail.pk).update(etat=EtatTravail.REUSSI, fini_le=timezone.now())
    dernier = client.get(adresse("avancement", travail), {"vu": vu})

    assert dernier.status_code == 200
    assert "hx-trigger" not in dernier.content.decode()
    assert f"/lu/{travail.pk}/" in dernier.content.decode()


def test_a_finished_page_no_longer_reloads(coordination: Affectation, connecter: Connecter) -> None:
    page = connecter(coordination).get(adresse("detail", travail_de(coordination, reussi=True))).content.decode()

    assert 'http-equiv="refresh"' not in page


def test_a_failure_says_why_and_offers_to_start_again(
    coordination: Affectation, connecter: Connecter, messages: list
) -> None:
    travail = travail_de(coordination, echoue=True)
    client = connecter(coordination)
    assert "Le fichier est vide." in client.get(adresse("detail", travail)).content.decode()

    reponse = client.post(adresse("relancer", travail), follow=True)

    travail.refresh_from_db()
    assert travail.etat == EtatTravail.EN_ATTENTE
    assert "Le travail est relancé." in reponse.content.decode()


def test_cancelling_then_cancelling_again(coordination: Affectation, connecter: Connecter) -> None:
    travail = travail_de(coordination)
    client = connecter(coordination)

    assert "Le travail est annulé." in client.post(adresse("annuler", travail), follow=True).content.decode()
    assert "déjà terminé" in client.post(adresse("annuler", travail), follow=True).content.decode()

    travail.refresh_from_db()
    assert travail.etat == EtatTravail.ANNULE


def test_a_page_opened_by_a_link_changes_nothing(coordination: Affectation, connecter: Connecter) -> None:
    travail = travail_de(coordination)

    assert connecter(coordination).get(adresse("annuler", travail)).status_code == 405


@pytest.mark.parametrize("nom", ["detail", "avancement"])
def test_the_job_of_another_is_not_found(coordination: Affectation, connecter: Connecter, nom: str) -> None:
    autre = AffectationFactory(territoire=coordination.territoire, role=Role.COORDINATION)
    travail = travail_de(autre, reussi=True)

    assert connecter(coordination).get(adresse(nom, travail)).status_code == 404
    assert connecter(autre).get(adresse(nom, travail)).status_code == 200


@pytest.mark.parametrize("nom", ["annuler", "relancer"])
def test_the_job_of_another_cannot_be_changed(coordination: Affectation, connecter: Connecter, nom: str) -> None:
    autre = AffectationFactory(territoire=coordination.territoire, role=Role.COORDINATION)
    travail = travail_de(autre, echoue=(nom == "relancer"))
    avant = travail.etat

    assert connecter(coordination).post(adresse(nom, travail)).status_code == 404

    travail.refresh_from_db()
    assert travail.etat == avant


def test_a_job_of_another_territoire_is_not_shown_here(coordination: Affectation, connecter: Connecter) -> None:
    langres = TerritoireFactory(slug="langres", nom="Pays de Langres")
    la_bas = AffectationFactory(territoire=langres, utilisateur=coordination.utilisateur, role=Role.COORDINATION)
    travail = travail_de(la_bas, reussi=True)
    ici = reverse("travaux:detail", args=[coordination.territoire.slug, travail.jeton])

    assert connecter(coordination).get(ici).status_code == 404


def test_the_list_shows_ones_own_jobs_and_costs_the_same_with_three(
    coordination: Affectation, connecter: Connecter, territoire: Territoire, django_assert_max_num_queries
) -> None:
    autre = AffectationFactory(territoire=territoire, role=Role.COORDINATION)
    travail_de(autre, genre="essai.organismes")
    travail_de(coordination)
    client = connecter(coordination)
    liste = reverse("travaux:liste", args=[territoire.slug])
    with django_assert_max_num_queries(20) as une:
        page = client.get(liste).content.decode()
    assert page.count("Comptage") == 1
    travail_de(coordination, reussi=True)
    travail_de(coordination, echoue=True)

    with django_assert_max_num_queries(len(une)):
        assert client.get(liste).content.decode().count("Comptage") == 3


def test_an_empty_list_says_what_will_appear(coordination: Affectation, connecter: Connecter) -> None:
    page = connecter(coordination).get(reverse("travaux:liste", args=[coordination.territoire.slug])).content.decode()

    assert "Aucun travail pour l’instant" in page
