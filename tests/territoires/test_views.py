"""The pages of the settings, the logo and the colours."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.acces.models import Affectation
from apps.core.portee import portee
from apps.territoires.models import Territoire, Theme
from tests.documents.fichiers import png
from tests.factories import CommuneFactory, TerritoireFactory, ThemeFactory
from tests.referentiels.factories import EpciFactory

URL = "/figeac/espace/reglages/"
IDENTITE = {"nom": "Pays de Figeac", "genre": "pays", "adresse": "", "telephone": "", "courriel": "", "couleur": ""}


@pytest.fixture
def client_(connecter: Callable, coordination: Affectation) -> Client:
    return connecter(coordination)


@pytest.mark.parametrize("section", ["", "identite/", "textes/", "confidentialite/", "delais/", "themes/", "communes/"])
def test_every_section_opens(client_: Client, section: str) -> None:
    assert client_.get(URL + section).status_code == 200


def test_an_unknown_section_is_not_found(client_: Client) -> None:
    assert client_.get(URL + "inconnue/").status_code == 404


def test_the_identity_is_saved(client_: Client, territoire: Territoire) -> None:
    reponse = client_.post(URL + "identite/", IDENTITE | {"nom": "Grand-Figeac", "couleur": "#153F35", "version": "1"})
    assert reponse.status_code == 302
    territoire.refresh_from_db()
    assert (territoire.nom, territoire.couleur, territoire.version) == ("Grand-Figeac", "#153F35", 2)


@pytest.mark.parametrize(("couleur", "mots"), [("#FFD700", "trop claire"), ("vert", "#1F5A4C"), ("#12345", "#1F5A4C")])
def test_a_colour_that_cannot_be_read_is_refused(
    client_: Client, territoire: Territoire, couleur: str, mots: str
) -> None:
    reponse = client_.post(URL + "identite/", IDENTITE | {"couleur": couleur, "version": "1"})
    assert mots in reponse.content.decode()
    territoire.refresh_from_db()
    assert territoire.couleur == ""


def test_two_editors_lose_nothing(client_: Client, territoire: Territoire) -> None:
    client_.post(URL + "identite/", IDENTITE | {"nom": "Le premier", "version": "1"})
    reponse = client_.post(URL + "identite/", IDENTITE | {"nom": "Le second", "version": "1"})
    texte = reponse.content.decode()
    assert reponse.status_code == 409
    assert "Le premier" in texte and "Le second" in texte and 'name="version" value="2"' in texte
    assert client_.post(URL + "identite/", IDENTITE | {"nom": "Le second", "version": "2"}).status_code == 302
    territoire.refresh_from_db()
    assert territoire.nom == "Le second"


@pytest.mark.parametrize("delai", ["0", "-1", "366", "abc", ""])
def test_delays_have_bounds(client_: Client, territoire: Territoire, delai: str) -> None:
    formulaire = client_.get(URL + "delais/").context["form"]
    envoi = {nom: formulaire.initial[nom] for nom in formulaire.fields} | {"delai_reponse": delai}
    assert client_.post(URL + "delais/", envoi).status_code == 200
    territoire.refresh_from_db()
    assert territoire.delai_reponse == 5


def test_a_logo_is_seen_by_everybody_and_kept_by_browsers(
    client_: Client, territoire: Territoire, settings: object, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    client_.post(URL + "identite/", IDENTITE | {"version": "1", "logo_nouveau": SimpleUploadedFile("l.png", png())})
    territoire.refresh_from_db()
    reponse = Client().get(territoire.logo_url)
    assert reponse.content == png() and reponse["Content-Type"] == "image/png"
    assert "immutable" in reponse["Cache-Control"] and reponse["X-Content-Type-Options"] == "nosniff"
    assert Client().get("/figeac/logo/0123456789abcdef/").status_code == 404
    autre = TerritoireFactory(slug="langres", nom="Langres")
    assert Client().get(territoire.logo_url.replace("figeac", autre.slug)).status_code == 404


def test_a_hostile_logo_is_refused_on_the_page(client_: Client, territoire: Territoire) -> None:
    svg = SimpleUploadedFile("l.png", b"<svg onload='alert(1)'/>")
    reponse = client_.post(URL + "identite/", IDENTITE | {"version": "1", "logo_nouveau": svg})
    assert reponse.status_code == 200 and "ne sont pas reçus" in reponse.content.decode()


def test_the_stylesheet_of_the_colour_is_public(territoire: Territoire) -> None:
    Territoire.objects.filter(pk=territoire.pk).update(couleur="#153F35")
    territoire.refresh_from_db()
    reponse = Client().get(territoire.feuille_url)
    assert reponse["Content-Type"].startswith("text/css") and "#153f35" in reponse.content.decode()
    assert Client().get("/figeac/couleurs/000000.css").status_code == 404


def test_themes_are_handled_on_their_page(client_: Client, territoire: Territoire) -> None:
    assert client_.post(URL + "themes/", {"nom": "Énergie", "libelle_public": ""}).status_code == 302
    theme = Theme.objects.get(nom="Énergie")
    assert "Ce thème existe déjà" in client_.post(URL + "themes/", {"nom": "Énergie"}).content.decode() or (
        Theme.objects.filter(nom="Énergie").count() == 1
    )
    client_.post(f"{URL}themes/{theme.pk}/", {"nom": "Énergies", "libelle_public": "Mes factures", "version": "1"})
    client_.post(f"{URL}themes/{theme.pk}/agir/", {"action": "retirer"})
    theme.refresh_from_db()
    assert (theme.nom, theme.libelle_public, theme.est_actif) == ("Énergies", "Mes factures", False)
    assert "Retiré" in client_.get(URL + "themes/").content.decode()
    assert client_.post(f"{URL}themes/{theme.pk}/agir/", {"action": "?"}).status_code == 404


def test_a_theme_renamed_meanwhile_is_said(client_: Client, territoire: Territoire) -> None:
    theme = ThemeFactory(territoire=territoire)
    client_.post(f"{URL}themes/{theme.pk}/", {"nom": "A", "libelle_public": "A", "version": "1"})
    reponse = client_.post(f"{URL}themes/{theme.pk}/", {"nom": "B", "libelle_public": "B", "version": "1"})
    assert reponse.status_code == 409 and 'value="2"' in reponse.content.decode()


def test_the_theme_of_another_territoire_is_not_found(client_: Client) -> None:
    autre = TerritoireFactory(slug="langres", nom="Langres")
    with portee(autre.pk):
        theme = ThemeFactory(territoire=autre)
    assert client_.get(f"{URL}themes/{theme.pk}/").status_code == 404
    assert client_.post(f"{URL}themes/{theme.pk}/agir/", {"action": "retirer"}).status_code == 404


def test_communes_are_handled_on_their_page(client_: Client, territoire: Territoire) -> None:
    epci = EpciFactory()
    CommuneFactory(code_insee="46100", nom="Faycelles", epci=epci)
    assert "CC Grand-Figeac" in client_.get(URL + "communes/?epci=grand figeac").content.decode()
    client_.post(URL + "communes/", {"action": "epci", "siren": epci.pk})
    CommuneFactory(code_insee="46045", nom="Cajarc", codes_postaux="46160")
    client_.post(URL + "communes/", {"action": "ajouter", "commune": "Cajarc"})
    client_.post(URL + "communes/", {"action": "retirer", "communes": ["46102"]})
    assert set(territoire.communes.values_list("pk", flat=True)) == {"46100", "46045"}
    assert "pas connue" in client_.post(URL + "communes/", {"action": "ajouter", "commune": "Xyz"}).content.decode()
    assert client_.post(URL + "communes/", {"action": "epci", "siren": "x"}).status_code == 404
    assert client_.post(URL + "communes/", {"action": "x"}).status_code == 200


def test_a_referent_does_not_set_anything(connecter: Callable, referent: Affectation) -> None:
    client = connecter(referent)
    assert client.get(URL).status_code == 403
    assert client.post(URL + "identite/", IDENTITE | {"nom": "Volé", "version": "1"}).status_code == 403
    assert not Territoire.objects.filter(nom="Volé").exists()
