"""The administration of the platform: territoires and accounts, never the content of fiches."""

from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.acces import services
from apps.acces.models import Affectation, Invitation
from apps.comptes.models import Utilisateur
from apps.core.acces import Acces, Role
from apps.core.erreurs import ErreurMetier, Refus
from apps.referentiels.models import Commune, Epci, Naf
from apps.territoires.models import Territoire
from tests.factories import MOT_DE_PASSE, AffectationFactory, CommuneFactory, TerritoireFactory, UtilisateurFactory

from .factories import cle_envoyee, courriels_de_compte


@pytest.fixture
def administrateur(db: None) -> Utilisateur:
    return UtilisateurFactory(est_administrateur=True, prenom="Ada", nom="Min")


@pytest.fixture
def client_admin(administrateur: Utilisateur) -> Client:
    client = Client()
    client.force_login(administrateur)
    return client


@pytest.fixture
def epci(db: None) -> Epci:
    objet = Epci.objects.create(siren="200067361", nom="CC Grand-Figeac", genre="CC", recherche="cc grand figeac")
    for code, nom in (("46102", "Figeac"), ("46100", "Faycelles")):
        CommuneFactory(code_insee=code, nom=nom)
        Commune.objects.filter(pk=code).update(epci=objet)
    return objet


def _territoire(**champs: str) -> dict[str, str]:
    return {"nom": "Pays d’Essai", "slug": "essai", "genre": "pays", "est_actif": "on", **champs}


def test_a_territoire_is_created_with_the_communes_of_an_epci(client_admin: Client, epci: Epci) -> None:
    CommuneFactory(code_insee="46042", nom="Cahors")
    donnees = _territoire(epci_1=f"{epci.siren} {epci.nom}", communes_une_a_une="46042")
    reponse = client_admin.post("/administration/territoires/nouveau/", donnees)
    objet = Territoire.objects.get(slug="essai")
    assert reponse.headers["Location"] == f"/administration/territoires/{objet.pk}/"
    assert set(objet.communes.values_list("pk", flat=True)) == {"46102", "46100", "46042"}
    assert client_admin.get(reponse.headers["Location"]).status_code == 200


@pytest.mark.parametrize(
    "faux",
    [
        {"slug": "compte"},
        {"slug": "figeac"},
        {"epci_1": "inconnue"},
        {"communes_une_a_une": "46100, 99999"},
        {"nom": ""},
    ],
)
def test_what_cannot_be_a_territoire_is_refused(client_admin: Client, epci: Epci, faux: dict[str, str]) -> None:
    TerritoireFactory()
    donnees = {**_territoire(epci_1=f"{epci.siren} {epci.nom}"), **faux}
    assert client_admin.post("/administration/territoires/nouveau/", donnees).status_code == 200
    assert Territoire.objects.count() == 1


def test_a_territoire_without_commune_is_refused(client_admin: Client) -> None:
    assert client_admin.post("/administration/territoires/nouveau/", _territoire()).status_code == 200
    assert not Territoire.objects.exists()


def test_a_closed_territoire_is_found_by_nobody(
    client_admin: Client, epci: Epci, connecter: Callable[..., Client]
) -> None:
    coordination = AffectationFactory(territoire=TerritoireFactory())
    objet = coordination.territoire
    client = connecter(coordination)
    assert client.get("/figeac/espace/equipe/").status_code == 200
    donnees = {
        "nom": objet.nom,
        "slug": objet.slug,
        "genre": "pays",
        "communes_une_a_une": "46102",
        "version": objet.version,
    }
    assert client_admin.post(f"/administration/territoires/{objet.pk}/", donnees).status_code == 302
    assert client.get("/figeac/espace/equipe/").status_code == 404
    stale = client_admin.post(f"/administration/territoires/{objet.pk}/", {**donnees, "est_actif": "on"})
    assert stale.status_code == 409
    objet.refresh_from_db()
    assert not objet.est_actif


def test_the_first_coordinator_is_invited(client_admin: Client) -> None:
    objet = TerritoireFactory()
    donnees = {"prenom": "Anne", "nom": "Pons", "courriel": "anne@example.org"}
    assert client_admin.post(f"/administration/territoires/{objet.pk}/coordination/", donnees).status_code == 302
    invitation = Invitation.objects.get()
    assert (invitation.role, invitation.a_accorder) == (Role.COORDINATION, False)
    mot = "vingt carottes bien rouges"
    client = Client()
    client.post(
        f"/compte/invitation/{cle_envoyee()}/", {"prenom": "Anne", "nom": "Pons", "password1": mot, "password2": mot}
    )
    assert client.get("/figeac/espace/equipe/").status_code == 200


def test_accounts_are_found_without_accents(client_admin: Client) -> None:
    UtilisateurFactory(prenom="Élodie", nom="Fabrègues", courriel="elodie@example.org")
    UtilisateurFactory(prenom="Paul", nom="Roux", is_active=False)
    assert "Élodie" in client_admin.get("/administration/comptes/?q=fabregues+elo").content.decode()
    assert "Élodie" not in client_admin.get("/administration/comptes/?q=roux").content.decode()
    desactives = client_admin.get("/administration/comptes/?etat=desactives").content.decode()
    assert "Roux" in desactives
    assert "Élodie" not in desactives


def _agir(client: Client, personne: Utilisateur, action: str) -> Utilisateur:
    client.post(f"/administration/comptes/{personne.pk}/agir/", {"action": action})
    personne.refresh_from_db()
    return personne


def test_an_account_is_closed_and_opened_again(
    client_admin: Client, referent: Affectation, connecter: Callable[..., Client]
) -> None:
    ouvert = connecter(referent)
    assert ouvert.get("/compte/").status_code == 200
    assert not _agir(client_admin, referent.utilisateur, "desactiver").is_active
    assert ouvert.get("/compte/").status_code == 302
    assert _agir(client_admin, referent.utilisateur, "reactiver").is_active
    assert ouvert.get("/compte/").status_code == 302  # the session itself was closed


def test_the_last_of_a_kind_stays(client_admin: Client, administrateur: Utilisateur, coordination: Affectation) -> None:
    assert _agir(client_admin, coordination.utilisateur, "desactiver").is_active
    assert _agir(client_admin, administrateur, "demettre").est_administrateur
    autre = _agir(client_admin, coordination.utilisateur, "nommer")
    assert autre.est_administrateur
    assert not _agir(client_admin, administrateur, "demettre").est_administrateur


def test_a_lost_second_factor_is_forgotten(
    client_admin: Client, coordination: Affectation, connecter: Callable[..., Client]
) -> None:
    Authenticator.objects.create(user=coordination.utilisateur, type="totp", data={"secret": "X"})
    Authenticator.objects.create(
        user=coordination.utilisateur, type="recovery_codes", data={"seed": "x", "used_mask": 0}
    )
    ouvert = connecter(coordination)
    ouvert.get("/compte/")
    _agir(client_admin, coordination.utilisateur, "second-facteur")
    assert not Authenticator.objects.exists()
    assert ouvert.get("/compte/").status_code == 302


def test_the_address_that_logs_in_is_changed(client_admin: Client, referent: Affectation) -> None:
    personne = referent.utilisateur
    adresse = f"/administration/comptes/{personne.pk}/agir/"
    ancienne = personne.courriel
    pris = UtilisateurFactory(courriel="prise@example.org")
    for faux in ("pas une adresse", "", pris.courriel.upper()):
        client_admin.post(adresse, {"action": "courriel", "courriel": faux})
        personne.refresh_from_db()
        assert personne.courriel == ancienne
    client_admin.post(adresse, {"action": "courriel", "courriel": "Neuve@Example.org"})
    personne.refresh_from_db()
    assert personne.courriel == "neuve@example.org"
    assert [c.destinataire for c in courriels_de_compte("compte_avis")] == [ancienne]
    connexion = Client()
    connexion.post("/compte/connexion/", {"login": "neuve@example.org", "password": MOT_DE_PASSE})
    assert "_auth_user_id" in connexion.session


def test_nobody_else_administers(coordination: Affectation, connecter: Callable[..., Client]) -> None:
    cible = UtilisateurFactory()
    client = connecter(coordination)
    for chemin in ("", "comptes/", f"comptes/{cible.pk}/", "territoires/nouveau/", "nomenclatures/"):
        assert client.get(f"/administration/{chemin}").status_code == 403
        assert Client().get(f"/administration/{chemin}").status_code == 302
    assert client.post(f"/administration/comptes/{cible.pk}/agir/", {"action": "nommer"}).status_code == 403
    cible.refresh_from_db()
    assert not cible.est_administrateur
    for faire in (services.desactiver_compte, services.retirer_second_facteur):
        with pytest.raises(Refus):
            faire(acces=coordination.acces(), utilisateur=cible)


def test_an_administrator_who_is_also_partner_keeps_both_apart(
    referent: Affectation, connecter: Callable[..., Client]
) -> None:
    Utilisateur.objects.filter(pk=referent.utilisateur_id).update(est_administrateur=True)
    client = connecter(referent)
    assert client.get("/figeac/espace/equipe/").wsgi_request.acces == referent.acces()
    assert client.get("/administration/").wsgi_request.acces == Acces(
        referent.utilisateur_id, None, Role.ADMINISTRATEUR
    )


def test_losing_the_second_factor_is_said_by_mail(administrateur: Utilisateur) -> None:
    cible = UtilisateurFactory()
    services.retirer_second_facteur(acces=Acces(administrateur.pk, None, Role.ADMINISTRATEUR), utilisateur=cible)
    assert [c.destinataire for c in courriels_de_compte("compte_avis")] == [cible.courriel]


def test_naf_2025_is_loaded_from_insees_file(client_admin: Client) -> None:
    contenu = "Code;Libellé\n01.11Y;Culture de céréales\n01.12Y;Culture du riz\n"
    fichier = SimpleUploadedFile("naf2025.csv", contenu.encode(), content_type="text/csv")
    reponse = client_admin.post("/administration/nomenclatures/", {"fichier": fichier})
    assert reponse.status_code == 302, reponse.content.decode()
    assert Naf.objects.filter(nomenclature="NAF2025", code="01.11Y").exists()
    faux = SimpleUploadedFile("autre.csv", b"Nom;Prenom\nPons;Anne\n", content_type="text/csv")
    refuse = client_admin.post("/administration/nomenclatures/", {"fichier": faux})
    assert "resume-erreurs" in refuse.content.decode()


def test_a_coordinator_is_not_invited_to_coordinate_again(coordination: Affectation) -> None:
    with pytest.raises(ErreurMetier):
        services.inviter_coordination(
            territoire=coordination.territoire,
            courriel=coordination.utilisateur.courriel,
            prenom="A",
            nom="B",
            auteur_id=coordination.utilisateur_id,
        )
