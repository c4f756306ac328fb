"""The outbox on screen: for the coordination, and traced."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from apps.acces.models import Affectation
from apps.core.acces import Acces
from apps.courriels.inscriptions import non_remis
from apps.courriels.models import Courriel, EtatCourriel
from apps.territoires.models import Territoire
from apps.tracabilite.models import Trace
from tests.factories import AffectationFactory, TerritoireFactory
from tests.outils import entrer

from .factories import CourrielFactory

Connecter = Callable[[Affectation], Client]
NOMS = ["liste", "detail", "annuler", "renvoyer"]


def adresse(nom: str, territoire: Territoire, courriel: Courriel | None = None) -> str:
    arguments = [territoire.slug] if nom == "liste" else [territoire.slug, courriel.pk]
    return reverse(f"courriels:{nom}", args=arguments)


def lire(client: Client, url: str, **parametres: str) -> str:
    reponse = client.get(url, parametres)
    assert reponse.status_code == 200
    return reponse.content.decode()


@pytest.mark.parametrize("nom", NOMS)
def test_a_referent_has_no_outbox(referent: Affectation, connecter: Connecter, nom: str) -> None:
    courriel = CourrielFactory(territoire=referent.territoire)
    client = connecter(referent)
    url = adresse(nom, referent.territoire, courriel)

    reponse = client.get(url) if nom in ("liste", "detail") else client.post(url)

    assert reponse.status_code == 403
    assert courriel.sujet not in reponse.content.decode()


@pytest.mark.parametrize("nom", NOMS[1:])
def test_a_mail_of_another_territoire_is_not_found(coordination: Affectation, connecter: Connecter, nom: str) -> None:
    langres = TerritoireFactory(slug="langres", nom="Pays de Langres")
    entrer(langres.pk)
    courriel = CourrielFactory(territoire=langres, etat=EtatCourriel.ECHEC)
    entrer(coordination.territoire_id)
    url = adresse(nom, coordination.territoire, courriel)

    reponse = connecter(coordination).get(url) if nom == "detail" else connecter(coordination).post(url)

    assert reponse.status_code == 404


def test_reading_a_mail_shows_its_text_safely_and_is_traced(coordination: Affectation, connecter: Connecter) -> None:
    courriel = CourrielFactory(
        territoire=coordination.territoire, corps="Bonjour <script>x</script>\n\nhttps://guichet.example.org/suivi/\n"
    )

    page = lire(connecter(coordination), adresse("detail", coordination.territoire, courriel))

    assert "&lt;script&gt;x&lt;/script&gt;" in page
    assert 'href="https://guichet.example.org/suivi/"' in page
    trace = Trace.objects.get()
    assert (trace.objet, trace.objet_id, trace.utilisateur) == ("courriel", str(courriel.pk), coordination.utilisateur)
    assert courriel.destinataire not in trace.libelle


def test_undelivered_mails_are_seen(coordination: Affectation, connecter: Connecter) -> None:
    ici = coordination.territoire
    CourrielFactory(territoire=ici, etat=EtatCourriel.ENVOYE, destinataire="bien@example.org")
    CourrielFactory(territoire=ici, etat=EtatCourriel.ECHEC, destinataire="perdu@example.org", erreur="Boîte pleine.")
    CourrielFactory(territoire=ici, etat=EtatCourriel.INCERTAIN, destinataire="doute@example.org")

    page = lire(connecter(coordination), adresse("liste", ici), etat="non_remis")

    assert "perdu@example.org" in page
    assert "Boîte pleine." in page
    assert "doute@example.org" in page
    assert "bien@example.org" not in page
    assert non_remis(coordination.acces()).count() == 2


def test_the_counter_is_only_for_who_sees_the_outbox(referent: Affectation) -> None:
    CourrielFactory(territoire=referent.territoire, etat=EtatCourriel.ECHEC)

    assert non_remis(referent.acces()).count() == 0
    assert non_remis(Acces.demandeur(referent.territoire_id)).count() == 0


@pytest.mark.parametrize(("q", "trouves"), [("perdu", 1), ("EXAMPLE.ORG", 2), ("DEM-2026-0007", 2), ("<b>", 0)])
def test_searching(coordination: Affectation, connecter: Connecter, q: str, trouves: int) -> None:
    ici = coordination.territoire
    CourrielFactory(territoire=ici, destinataire="perdu@example.org")
    CourrielFactory(territoire=ici, destinataire="bien@example.org")

    page = lire(connecter(coordination), adresse("liste", ici), q=q)

    assert page.count('data-label="Objet"') == trouves


def test_a_failed_mail_is_sent_again(
    coordination: Affectation, connecter: Connecter, messages: list, django_capture_on_commit_callbacks
) -> None:
    courriel = CourrielFactory(territoire=coordination.territoire, etat=EtatCourriel.ECHEC)

    with django_capture_on_commit_callbacks(execute=True):
        connecter(coordination).post(adresse("renvoyer", coordination.territoire, courriel))

    courriel.refresh_from_db()
    assert courriel.etat == EtatCourriel.A_ENVOYER
    assert messages == [("apps.courriels.tasks.envoyer", courriel.pk, coordination.territoire_id)]


def test_a_mail_that_left_is_neither_sent_again_nor_cancelled(coordination: Affectation, connecter: Connecter) -> None:
    courriel = CourrielFactory(territoire=coordination.territoire, etat=EtatCourriel.ENVOYE)
    client = connecter(coordination)

    for nom in ("annuler", "renvoyer"):
        page = client.post(adresse(nom, coordination.territoire, courriel), follow=True).content.decode()
        assert "ne peut être annulé" in page or "rien à renvoyer" in page

    courriel.refresh_from_db()
    assert courriel.etat == EtatCourriel.ENVOYE


def test_a_waiting_mail_is_cancelled(coordination: Affectation, connecter: Connecter) -> None:
    courriel = CourrielFactory(territoire=coordination.territoire)

    connecter(coordination).post(adresse("annuler", coordination.territoire, courriel))

    courriel.refresh_from_db()
    assert courriel.etat == EtatCourriel.ANNULE


def test_the_list_costs_the_same_with_three_mails(
    coordination: Affectation, connecter: Connecter, django_assert_max_num_queries
) -> None:
    ici = coordination.territoire
    client = connecter(coordination)
    CourrielFactory(territoire=ici)
    with django_assert_max_num_queries(20) as une:
        client.get(adresse("liste", ici))
    CourrielFactory.create_batch(2, territoire=ici)

    with django_assert_max_num_queries(len(une)):
        client.get(adresse("liste", ici))


def test_account_mails_are_on_no_screen(coordination: Affectation, connecter: Connecter) -> None:
    entrer(None)
    courriel = CourrielFactory(territoire=None)
    entrer(coordination.territoire_id)

    assert connecter(coordination).get(adresse("detail", coordination.territoire, courriel)).status_code == 404


def test_a_coordinator_of_two_territoires_sees_each_alone(coordination: Affectation, connecter: Connecter) -> None:
    langres = TerritoireFactory(slug="langres", nom="Pays de Langres")
    AffectationFactory(territoire=langres, utilisateur=coordination.utilisateur)
    CourrielFactory(territoire=coordination.territoire, destinataire="figeac@example.org")

    assert "figeac@example.org" not in lire(connecter(coordination), adresse("liste", langres))
