"""Faults of the outbox: a worker killed while the server holds the text. Nobody receives a mail twice."""

import os
import signal

import pytest
from django.db import transaction

from apps.core.portee import portee
from apps.courriels import services
from apps.courriels.models import Courriel, EtatCourriel
from apps.territoires.models import Territoire
from tests.courriels.serveur import ServeurCourriel
from tests.factories import TerritoireFactory
from tests.outils import acces_coordination
from tests.travaux.lanceur import Lanceur

pytestmark = pytest.mark.postgresql


def deposer(territoire: Territoire, cle: str) -> Courriel:
    with transaction.atomic(), portee(territoire.pk):
        return services.deposer(
            gabarit="essai",
            sujet="Votre demande",
            corps="Bonjour",
            destinataire="jeanne.martin@example.org",
            cle=cle,
            territoire_id=territoire.pk,
        )


def etats(territoire: Territoire) -> list[str]:
    with portee(territoire.pk):
        return list(Courriel.objects.order_by("pk").values_list("etat", flat=True))


def test_a_mail_cut_in_the_middle_is_shown_as_doubtful_and_never_sent_again_by_itself(
    lanceur: Lanceur, smtp: ServeurCourriel
) -> None:
    territoire = TerritoireFactory()
    envois = {"EMAIL_URL": f"smtp://127.0.0.1:{smtp.port}"}
    smtp.boite.feu.clear()
    premier = lanceur.travailleur(**envois)
    courriel = deposer(territoire, "coupe")
    lanceur.attendre(smtp.boite.pret.is_set, "le serveur n’a rien reçu")
    assert etats(territoire) == [EtatCourriel.EN_COURS]

    os.killpg(premier.popen.pid, signal.SIGKILL)
    smtp.boite.feu.set()
    with portee(territoire.pk):
        Courriel.objects.update(bail_jusqua=None)
    lanceur.travailleur(**envois)
    lanceur.planificateur(**envois)
    lanceur.attendre(lambda: etats(territoire) == [EtatCourriel.INCERTAIN], "le courriel n’est pas incertain")
    suivant = deposer(territoire, "suivant")
    lanceur.attendre(lambda: etats(territoire)[1] == EtatCourriel.ENVOYE, "le suivant n’est pas parti")

    recus = [recu["Message-ID"] for recu in smtp.boite.recus]
    assert recus.count(courriel.identifiant_message) <= 1
    assert recus.count(suivant.identifiant_message) == 1
    avant = recus.count(courriel.identifiant_message)

    with transaction.atomic(), portee(territoire.pk):
        services.renvoyer(acces=acces_coordination(territoire.pk), courriel=courriel)
    lanceur.attendre(lambda: etats(territoire)[0] == EtatCourriel.ENVOYE, "le renvoi n’est pas parti")

    recus = [recu["Message-ID"] for recu in smtp.boite.recus]
    assert recus.count(courriel.identifiant_message) == avant + 1


def test_thirty_mails_and_two_workers_leave_once_each(lanceur: Lanceur, smtp: ServeurCourriel) -> None:
    """The first attempts are refused for a while: the sweep tries them again."""
    territoire = TerritoireFactory()
    smtp.boite.reponses_data = ["451 plus tard"] * 5
    envois = {"EMAIL_URL": f"smtp://127.0.0.1:{smtp.port}"}
    for _ in range(2):
        lanceur.travailleur(**envois)
    lanceur.planificateur(**envois)
    courriels = [deposer(territoire, f"foule:{rang}") for rang in range(30)]

    def tous_essayes() -> bool:
        with portee(territoire.pk):
            return not Courriel.objects.filter(tentatives=0).exists()

    lanceur.attendre(tous_essayes, "tous n’ont pas été essayés")
    lanceur.attendre(lambda: etats(territoire).count(EtatCourriel.ENVOYE) == 25, "25 devaient partir")
    with portee(territoire.pk):
        Courriel.objects.filter(etat=EtatCourriel.A_ENVOYER).update(pas_avant="2020-01-01T00:00Z")
    lanceur.attendre(lambda: etats(territoire).count(EtatCourriel.ENVOYE) == 30, "5 devaient repartir")

    assert sorted(r["Message-ID"] for r in smtp.boite.recus) == sorted(c.identifiant_message for c in courriels)
