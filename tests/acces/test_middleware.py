"""Who is asking, where: roles, territoires, refusals, and what it costs."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.acces.models import Affectation
from apps.core.acces import Role
from tests.factories import AffectationFactory, TerritoireFactory, UtilisateurFactory

EQUIPE = "/figeac/espace/equipe/"
Connecter = Callable[[Affectation], Client]


def test_the_widest_role_is_active_until_another_is_chosen(coordination: Affectation, connecter: Connecter) -> None:
    accueil = AffectationFactory(
        utilisateur=coordination.utilisateur, territoire=coordination.territoire, role=Role.ACCUEIL
    )
    client = connecter(coordination)
    assert client.get(EQUIPE).wsgi_request.acces == coordination.acces()
    assert client.post(f"{EQUIPE}roles/{accueil.pk}/choisir/").status_code == 302
    refuse = client.get(EQUIPE)
    assert (refuse.status_code, refuse.wsgi_request.acces.role) == (403, Role.ACCUEIL)
    assert client.post(f"{EQUIPE}roles/{coordination.pk}/choisir/").status_code == 302
    assert client.get(EQUIPE).wsgi_request.acces == coordination.acces()
    assert Affectation.objects.filter(utilisateur=coordination.utilisateur, est_choisie=True).count() == 1


def test_a_role_of_somebody_else_cannot_be_chosen(
    coordination: Affectation, referent: Affectation, connecter: Connecter
) -> None:
    assert connecter(referent).post(f"{EQUIPE}roles/{coordination.pk}/choisir/").status_code == 404
    assert connecter(referent).get(EQUIPE).wsgi_request.acces == referent.acces()
    assert connecter(referent).get(f"{EQUIPE}roles/{referent.pk}/choisir/").status_code == 405


def test_the_switcher_lists_every_role_of_the_account(coordination: Affectation, connecter: Connecter) -> None:
    autre = TerritoireFactory(slug="langres", nom="Pays de Langres")
    ailleurs = AffectationFactory(utilisateur=coordination.utilisateur, territoire=autre, role=Role.PILOTAGE)
    texte = connecter(coordination).get(EQUIPE).content.decode()
    assert "Pays de Langres" in texte
    assert f"/langres/espace/equipe/roles/{ailleurs.pk}/choisir/" in texte


@pytest.mark.parametrize("chemin", ["/inconnu/espace/equipe/", "/langres/espace/equipe/", "/ferme/espace/equipe/"])
def test_unknown_closed_and_foreign_territoires_are_not_found(
    coordination: Affectation, connecter: Connecter, chemin: str
) -> None:
    TerritoireFactory(slug="langres", nom="Langres")
    ferme = TerritoireFactory(slug="ferme", nom="Fermé", est_actif=False)
    AffectationFactory(utilisateur=coordination.utilisateur, territoire=ferme, role=Role.COORDINATION)
    assert connecter(coordination).get(chemin).status_code == 404


def test_an_administrator_reads_nothing_of_a_territoire(coordination: Affectation) -> None:
    client = Client()
    client.force_login(UtilisateurFactory(est_administrateur=True))
    for chemin in (EQUIPE, "/figeac/espace/partenaires/", "/figeac/espace/equipe/absences/"):
        assert client.get(chemin).status_code == 404
    assert client.get("/administration/").status_code == 200


@pytest.mark.parametrize("etat", [{"accordee_le": None}, {"terminee_le": timezone.now()}])
def test_a_role_not_agreed_or_ended_opens_nothing(referent: Affectation, connecter: Connecter, etat: dict) -> None:
    assert connecter(referent).get(EQUIPE).status_code == 200
    Affectation.objects.filter(pk=referent.pk).update(**etat)
    assert connecter(referent).get(EQUIPE).status_code == 404


def test_the_middlewares_cost_at_most_three_queries(coordination: Affectation, connecter: Connecter) -> None:
    """Beside Django's own session and user: the territoire and the roles, whatever their number."""
    for n in range(3):
        autre = TerritoireFactory(slug=f"pays-{n}", nom=f"Pays {n}")
        AffectationFactory(utilisateur=coordination.utilisateur, territoire=autre, role=Role.PILOTAGE)
    client = connecter(coordination)
    client.get(EQUIPE)
    with CaptureQueriesContext(
        connection,
    ) as requetes:
        client.get(f"{EQUIPE}inexistant/")  # resolves to no view: middlewares alone, and the error page
    notres = [
        q["sql"]
        for q in requetes.captured_queries
        if "territoires_territoire" in q["sql"] or "usersessions" in q["sql"] or "mfa_" in q["sql"]
    ]
    assert len(notres) <= 3, notres
    assert not [q for q in requetes.captured_queries if q["sql"].startswith(("INSERT", "UPDATE"))]


def test_one_entry_of_the_navigation_is_the_current_one(coordination: Affectation, connecter: Connecter) -> None:
    texte = connecter(coordination).get(f"{EQUIPE}absences/").content.decode()
    navigation = texte.split('id="navigation"')[1].split("</nav>")[0]
    assert navigation.count('aria-current="page"') == 1
    assert navigation.split('aria-current="page"')[1].lstrip("><span").startswith("Absences")


def test_a_page_read_while_logged_in_is_not_kept_by_the_browser(
    coordination: Affectation, connecter: Connecter
) -> None:
    """So that « back », after logging out on a shared computer, shows nothing."""
    client = connecter(coordination)
    for adresse in (EQUIPE, "/figeac/espace/", "/figeac/espace/fiches/inconnue/", "/compte/"):
        assert "no-store" in client.get(adresse).headers.get("Cache-Control", ""), adresse
