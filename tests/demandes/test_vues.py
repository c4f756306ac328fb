"""The coordination's pages of the door: triage in a few clicks, typing a request in one page."""

import uuid
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.acces.models import Affectation
from apps.core.acces import Role
from apps.core.erreurs import ErreurMetier
from apps.courriels.models import Courriel
from apps.demandes import tri
from apps.demandes.enums import EtatDemande
from apps.demandes.models import Demande
from apps.fiches import services as fiches
from apps.fiches.models import FicheNavette
from apps.personnes import services as personnes
from apps.personnes.enums import Portee
from apps.territoires.models import Territoire
from tests.factories import AffectationFactory, OrganismeFactory

from .test_tri import choix, deposer

Connecter = Callable[[Affectation], Client]
BASE = "/figeac/espace/demandes/"


def donnees_ouverture(demande: Demande, **autres: object) -> dict[str, object]:
    """What the prefilled form posts when nothing is changed."""
    return {
        "titre": "Reprise d’une boulangerie à Cardaillac",
        "personne": "nouvelle",
        "entreprise": "aucune",
        "genre_projet": "reprise",
        "themes": [t.pk for t in demande.themes.all()],
        "analyse": "",
        "origine": "directe",
        "priorite": "normale",
        "confidentialite": "partenaires",
        "responsable": "",
        **autres,
    }


def saisie(**autres: object) -> dict[str, object]:
    return {
        "nom": "Bastide",
        "telephone": "06 00 00 00 12",
        "canal": "telephone",
        "origine": "telephone",
        "cle": uuid.uuid4(),
        **autres,
    }


def test_the_page_proposes_everything_from_the_request(coordination: Affectation, connecter: Connecter) -> None:
    demande = deposer(coordination.territoire)
    page = connecter(coordination).get(f"{BASE}{demande.reference}/").content.decode()
    assert 'value="Reprendre la boulangerie de Cardaillac à Figeac"' in page
    assert "Est-ce viable, et comment financer ?" in page
    assert "Ni cette personne, ni cette entreprise ne sont connues" in page


def test_opening_leads_to_the_fiche(coordination: Affectation, connecter: Connecter) -> None:
    demande = deposer(coordination.territoire)
    reponse = connecter(coordination).post(f"{BASE}{demande.reference}/ouvrir/", donnees_ouverture(demande))
    fiche = FicheNavette.objects.get()
    assert reponse.status_code == 302
    assert reponse["Location"] == f"/figeac/espace/fiches/{fiche.numero}/"


def test_an_invalid_opening_keeps_what_was_typed(coordination: Affectation, connecter: Connecter) -> None:
    demande = deposer(coordination.territoire)
    donnees = donnees_ouverture(demande, genre_projet="", analyse="Analyse que je ne veux pas perdre")
    reponse = connecter(coordination).post(f"{BASE}{demande.reference}/ouvrir/", donnees)
    page = reponse.content.decode()
    assert reponse.status_code == 422
    assert "Analyse que je ne veux pas perdre" in page
    assert "Choisissez une entreprise ou un genre de projet" in page
    assert not FicheNavette.objects.exists()


def test_a_known_person_is_proposed_and_reused(coordination: Affectation, connecter: Connecter) -> None:
    acces = coordination.acces()
    premiere = deposer(coordination.territoire)
    fiche = tri.ouvrir_fiche(acces=acces, demande=premiere, choix=choix(premiere))
    seconde = deposer(coordination.territoire)
    client = connecter(coordination)
    assert fiche.numero in client.get(f"{BASE}{seconde.reference}/").content.decode()
    personne = fiche.demandeurs.get().personne
    client.post(f"{BASE}{seconde.reference}/ouvrir/", donnees_ouverture(seconde, personne=personne.pk))
    nouvelle = FicheNavette.objects.exclude(pk=fiche.pk).get()
    assert nouvelle.demandeurs.get().personne == personne


def test_somebody_of_another_request_is_not_known(coordination: Affectation, connecter: Connecter) -> None:
    """Empty keys never match: neither has an e-mail, and both telephones differ."""
    acces = coordination.acces()
    autre = deposer(coordination.territoire, courriel="", telephone="06 00 00 00 01", prenom="Paul", nom="Autre")
    tri.ouvrir_fiche(acces=acces, demande=autre, choix=choix(autre))
    demande = deposer(coordination.territoire, courriel="", telephone="06 00 00 00 02")
    page = connecter(coordination).get(f"{BASE}{demande.reference}/").content.decode()
    assert "Ni cette personne, ni cette entreprise ne sont connues" in page


@pytest.mark.parametrize("role", [Role.COORDINATION, Role.ACCUEIL])
def test_a_name_and_one_means_of_contact_suffice(territoire: Territoire, connecter: Connecter, role: Role) -> None:
    affectation = AffectationFactory(territoire=territoire, role=role)
    reponse = connecter(affectation).post(f"{BASE}saisir/", saisie())
    demande = Demande.objects.get()
    assert reponse["Location"] == f"{BASE}{demande.reference}/"
    assert (demande.saisie_par, demande.saisie_role) == (affectation.utilisateur, role)


def test_sent_twice_it_is_one_request(coordination: Affectation, connecter: Connecter) -> None:
    donnees = saisie()
    client = connecter(coordination)
    for _ in range(2):
        client.post(f"{BASE}saisir/", donnees)
    assert Demande.objects.count() == 1


def test_without_contact_it_says_what_to_do_and_keeps_the_words(
    coordination: Affectation, connecter: Connecter
) -> None:
    reponse = connecter(coordination).post(f"{BASE}saisir/", saisie(telephone="", message="Des mots précieux"))
    page = reponse.content.decode()
    assert reponse.status_code == 422
    assert "l’un des deux suffit" in page
    assert "Des mots précieux" in page


def test_an_accord_heard_on_the_telephone_is_recorded(coordination: Affectation, connecter: Connecter) -> None:
    organisme = OrganismeFactory(territoire=coordination.territoire)
    connecter(coordination).post(
        f"{BASE}saisir/", saisie(accord_portee=Portee.NOMMES, accord_organismes=[organisme.pk])
    )
    demande = Demande.objects.get()
    assert (demande.accord_portee, demande.accord_canal) == (Portee.NOMMES, "telephone")
    assert list(demande.accord_organismes.all()) == [organisme]


def test_an_accueil_sees_its_own_requests_and_no_journal(
    territoire: Territoire, coordination: Affectation, connecter: Connecter
) -> None:
    accueil = AffectationFactory(territoire=territoire, role=Role.ACCUEIL)
    autre = deposer(territoire, nom="Secret")
    connecter(accueil).post(f"{BASE}saisir/", saisie(message="Note du guichet"))
    demande = Demande.objects.get(saisie_par=accueil.utilisateur)
    client = connecter(accueil)
    liste = client.get(BASE).content.decode()
    assert "Bastide" in liste
    assert "Secret" not in liste
    assert client.get(f"{BASE}{autre.reference}/").status_code == 404
    page = client.get(f"{BASE}{demande.reference}/").content.decode()
    assert "Qui appeler" in page
    assert "Déjà connu" not in page


def test_undoing_is_offered_then_done(coordination: Affectation, connecter: Connecter) -> None:
    demande = deposer(coordination.territoire)
    client = connecter(coordination)
    client.post(f"{BASE}{demande.reference}/indesirable/")
    assert "Annuler ce tri" in client.get(f"{BASE}{demande.reference}/").content.decode()
    client.post(f"{BASE}{demande.reference}/annuler/")
    demande.refresh_from_db()
    assert demande.etat == EtatDemande.A_QUALIFIER


def test_the_inbox_costs_the_same_whatever_its_length(coordination: Affectation, connecter: Connecter) -> None:
    client = connecter(coordination)
    client.get(BASE)  # the first page of a session also writes the session down
    couts = []
    for _ in range(3):
        deposer(coordination.territoire)
        with CaptureQueriesContext(
            connection,
        ) as requetes:
            assert client.get(BASE).status_code == 200
        couts.append(len([r for r in requetes if "SAVEPOINT" not in r["sql"]]))
    assert couts[0] == couts[2]
    assert couts[2] <= 12


def test_another_applicant_gets_their_own_link(coordination: Affectation, connecter: Connecter) -> None:
    acces = coordination.acces()
    demande = deposer(coordination.territoire)
    fiche = tri.ouvrir_fiche(acces=acces, demande=demande, choix=choix(demande))
    client = connecter(coordination)
    ajout = {"personne": "nouvelle", "prenom": "Anne", "nom": "Lacoste", "courriel": "anne@example.org"}
    client.post(f"/figeac/espace/fiches/{fiche.numero}/demandeurs/", ajout)
    anne = fiche.demandeurs.get(est_principal=False).personne
    assert (
        "Envoyer un lien de suivi à Anne Lacoste"
        in client.get(f"/figeac/espace/fiches/{fiche.numero}/").content.decode()
    )
    client.post(f"{BASE}{demande.reference}/inviter/{anne.pk}/")
    lien = demande.liens.get(personne=anne)
    assert lien.est_valable
    assert Courriel.objects.filter(destinataire="anne@example.org", gabarit="suivi_lien").count() == 1
    inconnue = personnes.creer(acces=acces, nom="Inconnue", courriel="inconnue@example.org")
    assert client.post(f"{BASE}{demande.reference}/inviter/{inconnue.pk}/").status_code == 404


def test_an_added_applicant_without_accord_stops_the_sharing(
    territoire: Territoire, coordination: Affectation, referent: Affectation, connecter: Connecter
) -> None:
    demande = deposer(territoire, accord_portee=Portee.TOUS, accord_canal="formulaire")
    fiche = tri.ouvrir_fiche(acces=coordination.acces(), demande=demande, choix=choix(demande))
    fiches.orienter(acces=coordination.acces(), fiche=fiche, organismes=[referent.organisme], genre="accompagnement")
    page = f"/figeac/espace/fiches/{fiche.numero}/"
    assert connecter(referent).get(page).status_code == 200
    ajout = {"personne": "nouvelle", "nom": "Lacoste", "telephone": "06 00 00 00 99"}
    assert connecter(coordination).post(f"{page}demandeurs/", ajout).status_code == 302
    assert connecter(referent).get(page).status_code == 404


def test_what_was_typed_survives_a_refused_opening(
    coordination: Affectation, connecter: Connecter, monkeypatch: pytest.MonkeyPatch
) -> None:
    demande = deposer(coordination.territoire)
    client, url = connecter(coordination), f"{BASE}{demande.reference}/"

    def refuser(**_: object) -> None:
        raise ErreurMetier("Pas comme cela.")

    with monkeypatch.context() as refus:
        refus.setattr(tri, "ouvrir_fiche", refuser)
        refusee = client.post(f"{url}ouvrir/", donnees_ouverture(demande, analyse="Un local à trouver."))
    assert refusee.status_code == 422
    assert "Pas comme cela." in refusee.content.decode() and "Un local à trouver." in refusee.content.decode()

    tri.ouvrir_fiche(acces=coordination.acces(), demande=demande, choix=choix(demande))
    trop_tard = client.post(f"{url}ouvrir/", donnees_ouverture(demande, analyse="Un local à trouver."), follow=True)
    assert "Un local à trouver." in trop_tard.content.decode()
    assert FicheNavette.objects.count() == 1
