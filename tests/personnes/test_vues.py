import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.core.registres import recherches
from apps.personnes import services
from apps.personnes.enums import CanalAccord, Portee
from apps.personnes.models import Accord, Fusion, Personne, TexteAccord
from tests.factories import OrganismeFactory
from tests.personnes.factories import PersonneFactory
from tests.porteurs.factories import creer_projet

BASE = "/figeac/espace/personnes/"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def client(coordination, connecter):
    return connecter(coordination)


def test_detail_shows_projets_and_accords(client, territoire, coordination) -> None:
    p = PersonneFactory(territoire=territoire, telephone="0565000011")
    creer_projet(territoire, personnes=[p], titre="Ouvrir un gîte")
    services.donner_accord(acces=coordination.acces(), personne=p, portee=Portee.TOUS, canal=CanalAccord.TELEPHONE)
    page = client.get(f"{BASE}{p.pk}/").content.decode()
    assert "Ouvrir un gîte" in page and "Tous les partenaires" in page and "texte version 1" in page


def test_two_editors_lose_nothing(client, territoire) -> None:
    p = PersonneFactory(territoire=territoire, nom="Avant")
    client.post(f"{BASE}{p.pk}/modifier/", {"nom": "De la première", "version": 1})
    reponse = client.post(f"{BASE}{p.pk}/modifier/", {"nom": "De la seconde", "version": 1})
    assert reponse.status_code == 409
    assert "De la première" in reponse.content.decode() and "De la seconde" in reponse.content.decode()
    client.post(f"{BASE}{p.pk}/modifier/", {"nom": "De la seconde", "version": 2})
    assert Personne.objects.get(pk=p.pk).nom == "De la seconde"


def test_an_accord_on_paper_wants_its_proof(client, territoire, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    p, cma = PersonneFactory(territoire=territoire), OrganismeFactory(territoire=territoire)
    envoi = {"portee": "nommes", "organismes": [cma.pk], "canal": "papier", "le": "2026-01-15"}
    assert "Joignez le formulaire signé" in client.post(f"{BASE}{p.pk}/accord/", envoi).content.decode()
    preuve = SimpleUploadedFile("accord.pdf", PDF)
    assert client.post(f"{BASE}{p.pk}/accord/", {**envoi, "preuve": preuve}).status_code == 302
    accord = Accord.objects.get()
    assert (list(accord.organismes.all()), accord.donne_le.year, accord.saisi_par_id is not None) == ([cma], 2026, True)
    recu = client.get(f"{BASE}{p.pk}/accord/{accord.pk}/preuve/")
    assert recu.headers["Content-Disposition"].startswith("attachment") and b"".join(recu) == PDF
    client.post(f"{BASE}{p.pk}/accord/{accord.pk}/retirer/", {"canal": "telephone"})
    accord.refresh_from_db()
    assert accord.retire_le is not None


def test_named_partners_are_asked_for(client, territoire) -> None:
    p = PersonneFactory(territoire=territoire)
    reponse = client.post(f"{BASE}{p.pk}/accord/", {"portee": "nommes", "canal": "telephone", "le": "2026-01-15"})
    assert "Choisissez au moins un partenaire" in reponse.content.decode()
    assert not Accord.objects.exists()


def test_publishing_the_text(client, territoire) -> None:
    client.get(f"{BASE}texte-accord/")
    client.post(f"{BASE}texte-accord/", {"texte": "Nouveau texte"})
    assert [t.version for t in TexteAccord.objects.all()] == [2, 1]


def test_merge_and_undo_through_the_pages(client, territoire) -> None:
    a = PersonneFactory(territoire=territoire, nom="Martin")
    b = PersonneFactory(territoire=territoire, nom="Martin", telephone="0565000011")
    assert "même nom et même prénom" in client.get(f"{BASE}{a.pk}/").content.decode().lower()
    assert client.get(f"{BASE}{a.pk}/fusionner/?q=martin").status_code == 200
    assert client.get(f"{BASE}{a.pk}/fusionner/{b.pk}/").status_code == 200
    client.post(f"{BASE}{a.pk}/fusionner/{b.pk}/", {"telephone": "absorbee"})
    a.refresh_from_db()
    assert a.telephone == "0565000011"
    assert client.get(f"{BASE}{b.pk}/").headers["Location"] == f"{BASE}{a.pk}/"
    fusion = Fusion.objects.get()
    assert client.get(f"{BASE}fusions/{fusion.pk}/defaire/").status_code == 200
    client.post(f"{BASE}fusions/{fusion.pk}/defaire/")
    a.refresh_from_db()
    assert a.telephone == ""


def test_partners_find_nobody(territoire, referent, connecter) -> None:
    p = PersonneFactory(territoire=territoire, nom="Secret")
    assert connecter(referent).get(f"{BASE}{p.pk}/").status_code == 404
    assert recherches["personnes"](referent.acces(), "secret", 5) == []
