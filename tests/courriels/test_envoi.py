"""Sending through a real mail server: accepted, refused, cut off, and never twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.utils import timezone

from apps.core.registres import balayages
from apps.courriels import envoi, services, transport, workflow
from apps.courriels.models import Courriel, EtatCourriel
from apps.territoires.models import Territoire
from tests.factories import TerritoireFactory
from tests.outils import acces_coordination, entrer

from .factories import CourrielFactory
from .serveur import ServeurCourriel


def envoyer(courriel: Courriel) -> Courriel:
    envoi.envoyer(courriel.pk, courriel.territoire_id)
    courriel.refresh_from_db()
    return courriel


def test_a_mail_leaves_as_text_and_html(territoire: Territoire, smtp: ServeurCourriel) -> None:
    courriel = CourrielFactory(territoire=territoire, repondre_a="claire@example.org")

    assert envoyer(courriel).etat == EtatCourriel.ENVOYE

    [recu] = smtp.boite.recus
    assert recu["To"] == "jeanne.martin@example.org"
    assert recu["Reply-To"] == "claire@example.org"
    assert recu["Message-ID"] == courriel.identifiant_message
    assert recu["Auto-Submitted"] == "auto-generated"
    texte, html = recu.get_payload()
    assert (texte.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert "arrivée" in texte.get_payload(decode=True).decode()
    assert courriel.envoye_le is not None


def test_a_mail_that_left_is_not_sent_again(territoire: Territoire, smtp: ServeurCourriel) -> None:
    courriel = CourrielFactory(territoire=territoire)

    envoyer(courriel)
    envoyer(courriel)

    assert len(smtp.boite.recus) == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_concurrent_senders_send_once(smtp: ServeurCourriel) -> None:
    territoire = TerritoireFactory()
    entrer(territoire.pk)
    courriels = CourrielFactory.create_batch(5, territoire=territoire)

    def travailler(rang: int) -> None:
        try:
            envoi.envoyer(courriels[rang % 5].pk, territoire.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as fils:
        list(fils.map(travailler, range(40)))

    recus = sorted(recu["Message-ID"] for recu in smtp.boite.recus)
    assert recus == sorted(courriel.identifiant_message for courriel in courriels)
    assert set(Courriel.objects.values_list("etat", flat=True)) == {EtatCourriel.ENVOYE}


def test_it_is_committed_as_leaving_before_the_server_is_spoken_to(
    territoire: Territoire, monkeypatch: pytest.MonkeyPatch
) -> None:
    courriel = CourrielFactory(territoire=territoire)
    vus = []

    def remettre(pris: Courriel) -> None:
        entrer(territoire.pk)
        vus.append(Courriel.objects.get(pk=pris.pk).etat)

    monkeypatch.setattr(transport, "remettre", remettre)
    envoyer(courriel)

    assert vus == [EtatCourriel.EN_COURS]


def test_a_temporary_refusal_is_tried_again_then_accepted(territoire: Territoire, smtp: ServeurCourriel) -> None:
    smtp.boite.reponses_data = ["451 4.3.0 plus tard, Mme Martin"]
    courriel = CourrielFactory(territoire=territoire)

    assert envoyer(courriel).etat == EtatCourriel.A_ENVOYER
    assert "code\u00a0451" in courriel.erreur
    assert "Martin" not in courriel.erreur
    assert envoyer(courriel).etat == EtatCourriel.A_ENVOYER, "trop tôt"
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=True):
        assert envoyer(courriel).etat == EtatCourriel.ENVOYE

    [recu] = smtp.boite.recus
    assert recu["Message-ID"] == courriel.identifiant_message
    assert (courriel.tentatives, courriel.erreur) == (2, "")


@pytest.mark.parametrize("moment", ["rcpt", "data"])
def test_a_permanent_refusal_fails_with_its_reason(territoire: Territoire, smtp: ServeurCourriel, moment: str) -> None:
    setattr(smtp.boite, f"reponses_{moment}", ["550 5.1.1 jeanne.martin inconnue"])
    courriel = CourrielFactory(territoire=territoire)

    assert envoyer(courriel).etat == EtatCourriel.ECHEC

    assert courriel.erreur == "L’adresse n’existe pas, ou le serveur du destinataire refuse le message. (code\u00a0550)"
    assert not smtp.boite.recus


def test_a_server_that_is_down_is_tried_again_and_given_up_in_the_end(
    territoire: Territoire, smtp: ServeurCourriel, settings: Any
) -> None:
    settings.COURRIELS_ESSAIS_MAX = 2
    smtp.arreter()
    courriel = CourrielFactory(territoire=territoire)

    assert envoyer(courriel).etat == EtatCourriel.A_ENVOYER
    assert courriel.erreur == transport.INJOIGNABLE
    Courriel.objects.filter(pk=courriel.pk).update(pas_avant=timezone.now())
    assert envoyer(courriel).etat == EtatCourriel.ECHEC

    assert courriel.erreur.startswith("Abandonné après 2\u00a0essais.")


def test_a_link_cut_before_the_text_is_tried_again(territoire: Territoire, smtp: ServeurCourriel) -> None:
    smtp.boite.raccrocher = "rcpt"
    courriel = CourrielFactory(territoire=territoire)

    assert envoyer(courriel).etat == EtatCourriel.A_ENVOYER


def test_a_link_cut_after_the_text_leaves_a_doubt(territoire: Territoire, smtp: ServeurCourriel) -> None:
    """The server has it, and never said so: sending again could make two."""
    smtp.boite.raccrocher = "data"
    courriel = CourrielFactory(territoire=territoire)

    assert envoyer(courriel).etat == EtatCourriel.INCERTAIN
    assert len(smtp.boite.recus) == 1
    smtp.boite.raccrocher = ""
    envoi.balayer()
    envoyer(courriel)

    assert len(smtp.boite.recus) == 1
    assert courriel.erreur == transport.INCERTAIN


def test_a_doubtful_mail_leaves_again_only_when_the_coordination_says_so(
    territoire: Territoire, smtp: ServeurCourriel
) -> None:
    courriel = CourrielFactory(territoire=territoire, etat=EtatCourriel.INCERTAIN, tentatives=1)
    assert envoyer(courriel).etat == EtatCourriel.INCERTAIN

    services.renvoyer(acces=acces_coordination(territoire.pk), courriel=courriel)

    assert envoyer(courriel).etat == EtatCourriel.ENVOYE
    assert len(smtp.boite.recus) == 1


def test_a_mail_left_half_way_becomes_doubtful(territoire: Territoire, messages: list) -> None:
    perdu = CourrielFactory(territoire=territoire)
    vivant = CourrielFactory(territoire=territoire)
    for courriel in (perdu, vivant):
        workflow.prendre(courriel.pk)
    Courriel.objects.filter(pk=perdu.pk).update(bail_jusqua=timezone.now() - timedelta(seconds=1))

    envoi.balayer()

    perdu.refresh_from_db()
    vivant.refresh_from_db()
    assert (perdu.etat, vivant.etat) == (EtatCourriel.INCERTAIN, EtatCourriel.EN_COURS)
    assert messages == []


def test_a_sender_who_comes_back_late_tells_the_truth(territoire: Territoire) -> None:
    CourrielFactory(territoire=territoire)
    pris = workflow.prendre(Courriel.objects.get().pk)
    Courriel.objects.update(bail_jusqua=timezone.now() - timedelta(seconds=1))
    workflow.douter_des_perdus(Courriel.objects.all())

    assert workflow.envoye(pris)

    pris.refresh_from_db()
    assert pris.etat == EtatCourriel.ENVOYE


def test_nothing_leaves_before_its_time(territoire: Territoire, smtp: ServeurCourriel, messages: list) -> None:
    courriel = CourrielFactory(territoire=territoire, pas_avant=timezone.now() + timedelta(minutes=1))

    assert envoyer(courriel).etat == EtatCourriel.A_ENVOYER
    envoi.balayer()
    assert messages == []
    with time_machine.travel(timezone.now() + timedelta(seconds=61), tick=False):
        envoi.balayer()

    assert messages == [("apps.courriels.tasks.envoyer", courriel.pk, territoire.pk)]


def test_lost_messages_are_sent_again_in_every_territoire(territoire: Territoire, messages: list) -> None:
    autre = TerritoireFactory(slug="langres", nom="Pays de Langres")
    attendus = []
    for lieu in (territoire, autre, None):
        pk = lieu.pk if lieu else None
        entrer(pk)
        courriel = CourrielFactory(territoire=lieu)
        attendus.append(("apps.courriels.tasks.envoyer", courriel.pk, pk))
    entrer(None)

    envoi.balayer()
    envoi.balayer()

    assert sorted(messages, key=str) == sorted(attendus, key=str)


def test_the_text_of_an_account_mail_is_forgotten_once_it_left(db: None, smtp: ServeurCourriel) -> None:
    entrer(None)
    courriel = services.ecrire_compte(destinataire="a@example.org", sujet="Mot de passe", corps="https://x/cle/")

    assert envoyer(courriel).etat == EtatCourriel.ENVOYE

    assert "https://x/cle/" in smtp.boite.recus[0].get_payload()[0].get_payload()
    assert (courriel.corps, courriel.corps_html) == ("", "")


def test_old_account_mails_are_forgotten_and_those_of_a_territoire_are_not(territoire: Territoire) -> None:
    ici = CourrielFactory(territoire=territoire, etat=EtatCourriel.ENVOYE)
    entrer(None)
    CourrielFactory(territoire=None, etat=EtatCourriel.ENVOYE)
    echec = CourrielFactory(territoire=None, etat=EtatCourriel.ECHEC)

    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        assert envoi.purger() == 1

    assert Courriel.objects.filter(pk=echec.pk).exists()
    entrer(territoire.pk)
    assert Courriel.objects.filter(pk=ici.pk).exists()


def test_without_a_mail_server_the_text_stays_readable(territoire: Territoire) -> None:
    """The demonstration: a backend that hands mails to nobody."""
    courriel = CourrielFactory(territoire=territoire)

    assert envoyer(courriel).etat == EtatCourriel.ENVOYE

    assert len(mail.outbox) == 1
    assert courriel.corps


def test_a_message_that_cannot_be_built_fails_once(territoire: Territoire) -> None:
    courriel = CourrielFactory(territoire=territoire, sujet="deux\nlignes")

    assert envoyer(courriel).etat == EtatCourriel.ECHEC

    assert courriel.erreur == envoi.IMPREVU


def test_the_sweeps_of_mails_are_inscribed() -> None:
    assert balayages["courriels:envoi"] == (envoi.balayer, 30)
    assert balayages["courriels:purge"] == (envoi.purger, 24 * 3600)
