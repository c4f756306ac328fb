from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.erreurs import ErreurMetier, TransitionInterdite, VersionPerimee
from apps.core.registres import recherches
from apps.entreprises.enums import SourceEntreprise
from apps.entreprises.models import Entreprise
from apps.personnes import services as personnes
from apps.personnes.models import Personne
from apps.porteurs import services
from apps.porteurs.enums import StadeProjet
from apps.porteurs.models import Etape, Porteur, Projet
from apps.porteurs.workflow import SUITES, suites, verifier
from tests.entreprises.factories import EntrepriseFactory, siret
from tests.factories import CommuneFactory
from tests.outils import acces_coordination
from tests.personnes.factories import PersonneFactory
from tests.porteurs.factories import creer_projet

BASE = "/figeac/espace/porteurs/"


@pytest.fixture
def acces(territoire):
    return acces_coordination(territoire.pk)


@pytest.fixture
def client(coordination, connecter):
    return connecter(coordination)


def test_several_porteurs_one_principal(acces, territoire) -> None:
    a, b = PersonneFactory(territoire=territoire), PersonneFactory(territoire=territoire, nom="Éloi")
    projet = creer_projet(territoire, personnes=[a, b, a], principal=b)
    assert [(p.personne, p.est_principal) for p in projet.porteurs.all()] == [(b, True), (a, False)]
    assert "eloi" in projet.recherche
    assert [e.stade for e in projet.etapes.all()] == [StadeProjet.IDEE]
    with pytest.raises(ErreurMetier, match="au moins un"):
        services.creer_projet(acces=acces, personnes=[], titre="X", genre="creation")


def test_porteurs_come_and_go(acces, territoire) -> None:
    a, b = PersonneFactory(territoire=territoire), PersonneFactory(territoire=territoire)
    projet = creer_projet(territoire, personnes=[a])
    premier = projet.porteurs.get()
    with pytest.raises(ErreurMetier, match="au moins un porteur"):
        services.retirer_porteur(acces=acces, porteur=premier)
    second = services.ajouter_porteur(acces=acces, projet=projet, personne=b)
    with pytest.raises(ErreurMetier, match="porte déjà"):
        services.ajouter_porteur(acces=acces, projet=projet, personne=b)
    with pytest.raises(ErreurMetier, match="Désignez"):
        services.retirer_porteur(acces=acces, porteur=premier)
    services.designer_principal(acces=acces, porteur=second)
    services.retirer_porteur(acces=acces, porteur=premier)
    assert [p.personne for p in projet.porteurs.all()] == [b]


@pytest.mark.parametrize("depuis", StadeProjet.values)
@pytest.mark.parametrize("vers", StadeProjet.values)
def test_every_stage_from_every_stage(acces, territoire, depuis, vers) -> None:
    projet = creer_projet(territoire, stade=depuis)
    permis = vers in SUITES[depuis] and vers != StadeProjet.LANCE
    if permis:
        assert services.changer_stade(acces=acces, projet=projet, stade=vers).stade == vers
        assert [e.stade for e in projet.etapes.all()] == [depuis, vers]
    else:
        with pytest.raises(TransitionInterdite):
            services.changer_stade(acces=acces, projet=projet, stade=vers)
        assert Projet.objects.get(pk=projet.pk).stade == depuis
    assert (vers in suites(depuis, a_entreprise=False)) == permis


def test_launched_wants_an_entreprise() -> None:
    verifier(StadeProjet.IMMATRICULATION, StadeProjet.LANCE, a_entreprise=True)
    with pytest.raises(TransitionInterdite, match="entreprise née"):
        verifier(StadeProjet.IMMATRICULATION, StadeProjet.LANCE, a_entreprise=False)


def test_two_editors(acces, territoire) -> None:
    projet = creer_projet(territoire)
    services.modifier_projet(acces=acces, projet=projet, version=1, titre="Premier")
    with pytest.raises(VersionPerimee):
        services.modifier_projet(acces=acces, projet=projet, version=1, titre="Second")
    with pytest.raises(VersionPerimee):
        services.changer_stade(acces=acces, projet=projet, stade=StadeProjet.ETUDE, version=1)
    assert Projet.objects.get(pk=projet.pk).titre == "Premier"


def test_a_success_becomes_an_entreprise_and_keeps_its_history(acces, territoire) -> None:
    a, b = PersonneFactory(territoire=territoire), PersonneFactory(territoire=territoire)
    projet = creer_projet(
        territoire, personnes=[a, b], natures=["artisanale"], naf_prevue="10.71C", commune=CommuneFactory()
    )
    services.changer_stade(acces=acces, projet=projet, stade=StadeProjet.IMMATRICULATION)
    e = services.devenir_entreprise(acces=acces, projet=projet, nom="Épicerie du Célé", siret=siret(1))
    projet.refresh_from_db()
    assert (projet.entreprise, projet.stade, projet.titre) == (e, StadeProjet.LANCE, "Ouvrir une épicerie")
    assert [s.stade for s in projet.etapes.all()] == ["idee", "immatriculation", "lance"]
    assert (e.nom, e.naf_rev2, e.natures, e.commune_id, e.source) == (
        "Épicerie du Célé",
        "10.71C",
        ["artisanale"],
        "46102",
        SourceEntreprise.PROJET,
    )
    assert [(i.personne, i.est_dirigeant, i.est_principal) for i in e.interlocuteurs.all()] == [
        (a, True, True),
        (b, True, False),
    ]
    with pytest.raises(ErreurMetier, match="déjà devenu"):
        services.devenir_entreprise(acces=acces, projet=projet)


def test_a_takeover_joins_the_known_entreprise(acces, territoire) -> None:
    connue = EntrepriseFactory(territoire=territoire)
    projet = creer_projet(territoire, genre="reprise")
    assert services.devenir_entreprise(acces=acces, projet=projet, entreprise=connue) == connue
    assert connue.interlocuteurs.get().fonction == "Repreneur"
    assert Entreprise.objects.count() == 1


def test_the_search_follows_the_person(acces, territoire) -> None:
    projet = creer_projet(territoire)
    personnes.modifier(acces=acces, personne=projet.porteurs.get().personne, version=1, nom="Nouveau-Nom")
    assert [t.titre for t in recherches["porteurs"](acces, "nouveau nom", 5)] == ["Ouvrir une épicerie"]


def test_create_through_the_page(client, territoire) -> None:
    PersonneFactory(territoire=territoire, courriel="a@example.org")
    envoi = {"porteur-nom": "Lacaze", "porteur-courriel": "a@example.org", "titre": "Ouvrir un gîte", "genre": "creation",
             "commune": "Figeac", "emplois_prevus": "1,5"}  # fmt: skip
    assert "même adresse électronique" in client.post(f"{BASE}nouveau/", envoi).content.decode().lower()
    assert not Projet.objects.exists()
    client.post(f"{BASE}nouveau/", {**envoi, "malgre_doublons": "1"})
    projet = Projet.objects.get()
    assert (projet.emplois_prevus, projet.commune.nom, Personne.objects.count()) == (Decimal("1.5"), "Figeac", 2)
    page = client.get(f"{BASE}{projet.pk}/").content.decode()
    assert "Ouvrir un gîte" in page and "Lacaze" in page


def test_the_whole_path_through_the_pages(client, territoire) -> None:
    projet = creer_projet(territoire)
    adresse = f"{BASE}{projet.pk}/"
    client.post(f"{adresse}stade/", {"stade": "etude", "version": 1})
    client.post(f"{adresse}stade/", {"stade": "montage", "version": 1})  # stale
    assert Projet.objects.get().stade == "etude"
    client.post(f"{adresse}porteurs/ajouter/", {"porteur-nom": "Second"})
    second = Porteur.objects.get(personne__nom="Second")
    client.post(f"{adresse}porteurs/{second.pk}/principal/")
    premier = Porteur.objects.exclude(pk=second.pk).get()
    assert client.get(f"{adresse}porteurs/{premier.pk}/retirer/").status_code == 200
    client.post(f"{adresse}porteurs/{premier.pk}/retirer/")
    assert [p.personne.nom for p in Porteur.objects.all()] == ["Second"]
    assert client.post(f"{adresse}modifier/", {"titre": "Autre", "genre": "creation", "version": 1}).status_code == 409
    EntrepriseFactory(territoire=territoire, nom="Épicerie")
    envoi = {"nom": "Épicerie", "commune": "Figeac"}
    assert "même nom, même commune" in client.post(f"{adresse}entreprise/", envoi).content.decode().lower()
    client.post(f"{adresse}entreprise/", {**envoi, "malgre_doublons": "1"})
    projet.refresh_from_db()
    assert (projet.stade, projet.entreprise.etat_siret, Etape.objects.count()) == ("lance", "en_cours", 3)
    assert projet.titre in client.get(f"/figeac/espace/entreprises/{projet.entreprise_id}/").content.decode()


def test_list_filters(client, territoire) -> None:
    creer_projet(territoire, titre="Gîte", stade="etude", commune=CommuneFactory(), natures=["commerciale"])
    creer_projet(territoire, titre="Ferme", genre="installation", natures=["agricole"])

    def trouves(requete: str) -> list[str]:
        return sorted(p.titre for p in client.get(BASE + requete).context["page"].object_list)

    assert trouves("") == ["Ferme", "Gîte"]
    assert trouves("?genre=installation") == trouves("?activite=agricole") == ["Ferme"]
    assert trouves("?stade=etude") == trouves("?commune=46102") == trouves("?q=gite") == ["Gîte"]


@pytest.mark.parametrize("chemin", ["", "{pk}/"])
def test_same_queries_at_one_and_three_rows(client, territoire, chemin) -> None:
    comptes = []
    for nombre in (1, 2, 3):
        projet = creer_projet(territoire, personnes=[PersonneFactory(territoire=territoire) for _ in range(nombre)])
        adresse = BASE + chemin.format(pk=projet.pk)
        client.get(adresse)
        with CaptureQueriesContext(connection) as requetes:
            assert client.get(adresse).status_code == 200
        comptes.append(len(requetes))
    assert comptes[0] == comptes[2]


def test_partners_see_no_projet(territoire, referent, connecter) -> None:
    projet = creer_projet(territoire, titre="Secret")
    client = connecter(referent)
    assert (client.get(BASE).status_code, client.get(f"{BASE}{projet.pk}/").status_code) == (403, 404)
    assert recherches["porteurs"](referent.acces(), "secret", 5) == []
