"""Saved views: own, shared, renamed, removed."""

from collections.abc import Callable

import pytest
from django.test import Client

from apps.acces.models import Affectation
from apps.core.acces import Role
from apps.core.portee import portee
from apps.listes import services
from apps.listes.models import VueEnregistree
from apps.territoires.models import Territoire
from tests.factories import AffectationFactory, TerritoireFactory

pytestmark = pytest.mark.urls("tests.listes.essai")
LISTE = "/figeac/espace/essai/"
URL = "/figeac/espace/vues/"


@pytest.fixture
def client_(connecter: Callable, coordination: Affectation) -> Client:
    return connecter(coordination)


@pytest.fixture
def vue(coordination: Affectation) -> VueEnregistree:
    return services.enregistrer(
        acces=coordination.acces(), liste="essai", nom="Les chambres", requete="genre=chambre&q=ecole"
    )


def onglets(client: Client, requete: str = "") -> list[tuple[str, bool]]:
    return [(o["nom"], o["actif"]) for o in client.get(LISTE + requete).context["onglets"]["liens"]]


def test_a_view_is_made_from_the_filters_in_force(client_: Client, coordination: Affectation) -> None:
    envoi = {"liste": "essai", "nom": "  Les chambres ", "requete": "tri=-nom&genre=chambre&page=3&q=", "retour": LISTE}
    reponse = client_.post(URL + "enregistrer/", envoi)
    vue = VueEnregistree.objects.get()
    assert (vue.nom, vue.requete, vue.proprietaire_id) == (
        "Les chambres",
        "genre=chambre&tri=-nom",
        coordination.utilisateur_id,
    )
    assert reponse.url == LISTE + "?genre=chambre&tri=-nom"


def test_views_are_tabs_and_the_one_in_force_is_marked(client_: Client, vue: VueEnregistree) -> None:
    assert onglets(client_) == [("Tout", True), ("Membres", False), ("Les chambres", False)]
    assert onglets(client_, "?q=ecole&genre=chambre&page=1") == [
        ("Tout", False),
        ("Membres", False),
        ("Les chambres", True),
    ]
    assert onglets(client_, "?statut=membre")[1] == ("Membres", True)


def test_ones_own_view_is_not_shown_to_a_colleague_until_shared(
    client_: Client, vue: VueEnregistree, connecter: Callable, territoire: Territoire
) -> None:
    collegue = connecter(AffectationFactory(territoire=territoire, role=Role.COORDINATION))
    autre_role = connecter(AffectationFactory(territoire=territoire, role=Role.ACCUEIL))
    assert ("Les chambres", False) not in onglets(collegue)
    client_.post(f"{URL}{vue.pk}/partager/", {"partagee": "1", "retour": LISTE})
    assert ("Les chambres", False) in onglets(collegue)
    assert ("Les chambres", False) not in onglets(autre_role)
    client_.post(f"{URL}{vue.pk}/partager/", {"partagee": "0", "retour": LISTE})
    assert ("Les chambres", False) not in onglets(collegue)


def test_a_colleague_changes_nothing_of_a_shared_view(
    vue: VueEnregistree, coordination: Affectation, connecter: Callable, territoire: Territoire
) -> None:
    services.partager(acces=coordination.acces(), vue=vue, partagee=True)
    collegue = connecter(AffectationFactory(territoire=territoire, role=Role.COORDINATION))
    assert collegue.post(f"{URL}{vue.pk}/renommer/", {"nom": "Pris"}).status_code == 403
    assert collegue.post(f"{URL}{vue.pk}/partager/", {"partagee": "0"}).status_code == 403
    assert collegue.post(f"{URL}{vue.pk}/supprimer/").status_code == 403
    vue.refresh_from_db()
    assert vue.nom == "Les chambres" and vue.est_partagee


def test_a_partner_does_not_share(connecter: Callable, referent: Affectation) -> None:
    client = connecter(referent)
    envoi = {"liste": "essai", "nom": "La mienne", "requete": "q=Lacoste", "retour": LISTE}
    assert client.post(URL + "enregistrer/", envoi | {"partagee": "1"}).status_code == 403
    assert client.post(URL + "enregistrer/", envoi).status_code == 302
    vue = VueEnregistree.objects.get()
    assert client.post(f"{URL}{vue.pk}/partager/", {"partagee": "1"}).status_code == 403


def test_an_accueil_does_not_share_what_it_searched(connecter: Callable, territoire: Territoire) -> None:
    """Another town hall would read the name."""
    client = connecter(AffectationFactory(territoire=territoire, role=Role.ACCUEIL))
    envoi = {"liste": "demandes", "nom": "La mienne", "requete": "q=Lacoste", "retour": LISTE, "partagee": "1"}
    assert client.post(URL + "enregistrer/", envoi).status_code == 403


def test_the_way_out_of_a_removal_leads_nowhere_else(client_: Client, vue: VueEnregistree) -> None:
    for retour in ("https://example.org/", "//example.org/", "javascript:alert(1)", "/autre-pays/espace/"):
        page = client_.get(f"{URL}{vue.pk}/supprimer/", {"retour": retour}).content.decode()
        assert retour not in page
    assert LISTE in client_.get(f"{URL}{vue.pk}/supprimer/", {"retour": LISTE}).content.decode()


def test_a_view_is_renamed_and_removed(client_: Client, vue: VueEnregistree) -> None:
    client_.post(f"{URL}{vue.pk}/renommer/", {"nom": "Chambres", "retour": LISTE})
    vue.refresh_from_db()
    assert vue.nom == "Chambres"
    assert "Supprimer la vue" in client_.get(f"{URL}{vue.pk}/supprimer/").content.decode()
    assert client_.post(f"{URL}{vue.pk}/supprimer/", {"retour": LISTE}).url == LISTE
    assert not VueEnregistree.objects.exists()


def test_two_views_cannot_bear_one_name(client_: Client, vue: VueEnregistree) -> None:
    envoi = {"liste": "essai", "nom": "Les chambres", "requete": "q=x", "retour": LISTE}
    assert "déjà une vue de ce nom" in client_.post(URL + "enregistrer/", envoi, follow=True).content.decode()
    assert VueEnregistree.objects.count() == 1


@pytest.mark.parametrize(
    "envoi", [{"nom": ""}, {"nom": "x" * 61}, {"requete": "page=2"}, {"requete": "q=" + "x" * 1900}]
)
def test_a_bad_view_is_not_kept(client_: Client, envoi: dict) -> None:
    complet = {"liste": "essai", "nom": "Vue", "requete": "q=x", "retour": LISTE} | envoi
    assert client_.post(URL + "enregistrer/", complet).status_code == 302
    assert not VueEnregistree.objects.exists()


def test_thirty_views_are_enough(coordination: Affectation, client_: Client) -> None:
    for i in range(30):
        services.enregistrer(acces=coordination.acces(), liste="essai", nom=f"Vue {i}", requete=f"q={i}")
    envoi = {"liste": "essai", "nom": "De trop", "requete": "q=x", "retour": LISTE}
    assert "déjà 30 vues" in client_.post(URL + "enregistrer/", envoi, follow=True).content.decode()


@pytest.mark.parametrize(
    "retour", ["https://example.org/", "//example.org/figeac/", "/langres/espace/", "javascript:alert(1)", ""]
)
def test_one_is_never_sent_elsewhere(client_: Client, retour: str) -> None:
    envoi = {"liste": "essai", "nom": "Vue", "requete": "q=x", "retour": retour}
    assert client_.post(URL + "enregistrer/", envoi).url == "/figeac/espace/?q=x"


def test_another_territoire_has_its_own_views(client_: Client, vue: VueEnregistree, connecter: Callable) -> None:
    autre = TerritoireFactory(slug="langres", nom="Langres")
    with portee(autre.pk):
        la_bas = AffectationFactory(territoire=autre, role=Role.COORDINATION)
    client = connecter(la_bas)
    assert client.post(f"/langres/espace/vues/{vue.pk}/supprimer/").status_code == 404
    assert VueEnregistree.objects.filter(pk=vue.pk).exists()
