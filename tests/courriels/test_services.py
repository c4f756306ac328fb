"""Writing into the outbox."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from apps.core.erreurs import ErreurMetier, TransitionInterdite
from apps.courriels import services, workflow
from apps.courriels.models import Courriel, EtatCourriel
from apps.territoires.models import Territoire
from tests.factories import TerritoireFactory
from tests.outils import acces_coordination, entrer

from .factories import CourrielFactory

TEXTE = """\
Sujet : Votre demande {{ reference }}

Bonjour {{ nom }},

Suivez-la ici : {{ site_url }}/figeac/suivi/abc/?a=1&b=2

{% include "courriels/_signature.txt" with pourquoi="Vous avez déposé une demande." %}
"""


@pytest.fixture(autouse=True)
def gabarits(tmp_path: Path, settings: Any) -> Path:
    """A folder of templates for the test."""
    dossier = tmp_path / "courriels"
    dossier.mkdir()
    (dossier / "essai.txt").write_text(TEXTE, encoding="utf-8")
    (dossier / "sans_sujet.txt").write_text("Bonjour,\n", encoding="utf-8")
    modeles = [{**settings.TEMPLATES[0], "DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}]
    settings.TEMPLATES = modeles
    settings.SITE_URL = "https://guichet.example.org/"
    return dossier


def ecrire(territoire: Territoire, **autres) -> Courriel:
    champs = {
        "gabarit": "essai",
        "destinataire": "jeanne.martin@example.org",
        "donnees": {"reference": "DEM-2026-0007", "nom": "l’Épicerie <b>d'Ici</b> & Cie"},
        "cle": "demande:7:",
        "territoire_id": territoire.pk,
    }
    return services.ecrire(**{**champs, **autres})


def test_a_mail_is_worded_at_once_as_plain_text(territoire: Territoire) -> None:
    courriel = ecrire(territoire)

    assert courriel.sujet == "Votre demande DEM-2026-0007"
    assert courriel.corps.startswith("Bonjour l’Épicerie <b>d'Ici</b> & Cie,\n\nSuivez-la ici : https://guichet")
    assert courriel.corps.count("Pays de Figeac") == 1
    assert "05 65 00 00 00" in courriel.corps
    assert "Vous avez déposé une demande." in courriel.corps
    assert courriel.etat == EtatCourriel.A_ENVOYER


def test_the_html_part_is_escaped_and_its_links_work(territoire: Territoire) -> None:
    html = ecrire(territoire).corps_html

    assert "&lt;b&gt;d&#x27;Ici&lt;/b&gt; &amp; Cie" in html
    assert '<a href="https://guichet.example.org/figeac/suivi/abc/?a=1&amp;b=2"' in html
    assert "<img" not in html
    assert "style" not in html


def test_the_message_leaves_after_the_commit_with_ids_alone(
    territoire: Territoire, messages: list, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        courriel = ecrire(territoire)
        assert messages == []

    assert messages == [("apps.courriels.tasks.envoyer", courriel.pk, territoire.pk)]


def test_the_same_key_is_the_same_mail(
    territoire: Territoire, messages: list, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        premier = ecrire(territoire)
        second = ecrire(territoire, donnees={"reference": "autre", "nom": "autre"})

    assert premier.pk == second.pk
    assert second.sujet == "Votre demande DEM-2026-0007"
    assert len(messages) == 1


def test_the_same_key_elsewhere_is_another_mail(territoire: Territoire) -> None:
    """Also within the scope of the first: the outbox opens the scope of the mail by itself."""
    autre = TerritoireFactory(slug="langres", nom="Pays de Langres")
    ici = ecrire(territoire)

    la_bas = ecrire(autre)

    assert la_bas.pk != ici.pk
    assert "Pays de Langres" in la_bas.corps
    assert Courriel.objects.filter(territoire=territoire).count() == 1


def test_a_cause_that_fails_leaves_no_mail(territoire: Territoire) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        ecrire(territoire)
        raise ZeroDivisionError

    assert not Courriel.objects.exists()


def test_what_waits_is_cancelled_and_can_be_worded_anew(territoire: Territoire) -> None:
    """A refusal undone within the minute, then made again with other words: the second must leave."""
    courriel = ecrire(territoire, pas_avant=timezone.now() + timedelta(minutes=1))

    assert services.annuler(cle_prefixe="demande:7:", territoire_id=territoire.pk) == 1
    repris = ecrire(territoire, donnees={"reference": "DEM-2", "nom": "Jeanne"}, destinataire="autre@example.org")

    assert repris.pk == courriel.pk
    assert (repris.etat, repris.sujet) == (EtatCourriel.A_ENVOYER, "Votre demande DEM-2")
    assert repris.destinataire == "autre@example.org"
    assert repris.pas_avant <= timezone.now()


def test_cancelling_touches_neither_what_left_nor_the_others(territoire: Territoire) -> None:
    autre = TerritoireFactory(slug="langres", nom="Pays de Langres")
    CourrielFactory(territoire=territoire, cle="demande:7:accuse", etat=EtatCourriel.ENVOYE)
    CourrielFactory(territoire=territoire, cle="demande:70:accuse")
    entrer(autre.pk)
    la_bas = CourrielFactory(territoire=autre, cle="demande:7:accuse")
    entrer(territoire.pk)

    assert services.annuler(cle_prefixe="demande:7:", territoire_id=territoire.pk) == 0

    entrer(autre.pk)
    la_bas.refresh_from_db()
    assert la_bas.etat == EtatCourriel.A_ENVOYER


@pytest.mark.parametrize("adresse", ["", "personne", "a@b\nBcc: c@example.org", "a@example.org, b@example.org"])
def test_an_address_that_is_not_one_is_refused(territoire: Territoire, adresse: str) -> None:
    with pytest.raises(ErreurMetier):
        ecrire(territoire, destinataire=adresse)


def test_a_subject_stays_on_one_line(territoire: Territoire) -> None:
    courriel = services.deposer(
        gabarit="essai",
        sujet="Un\r\nBcc: tous@example.org\x00  objet",
        corps="Bonjour",
        destinataire="a@example.org",
        cle="x",
        territoire_id=territoire.pk,
    )

    assert courriel.sujet == "Un Bcc: tous@example.org objet"


def test_a_template_without_a_subject_is_an_error(territoire: Territoire) -> None:
    with pytest.raises(ValueError, match="Sujet"):
        ecrire(territoire, gabarit="sans_sujet")


def test_account_mails_are_of_no_territoire(territoire: Territoire) -> None:
    courriel = services.ecrire_compte(destinataire="a@example.org", sujet="Mot de passe", corps="https://x/reset/1/")

    assert courriel.territoire_id is None
    assert not Courriel.objects.visibles_par(acces_coordination(territoire.pk)).exists()


@pytest.mark.parametrize("etat", list(EtatCourriel))
def test_resend_and_cancel_from_every_state(territoire: Territoire, etat: EtatCourriel) -> None:
    acces = acces_coordination(territoire.pk)
    renvoyable = {EtatCourriel.ECHEC, EtatCourriel.INCERTAIN, EtatCourriel.ANNULE}
    for action, permis in ((services.renvoyer, renvoyable), (services.annuler_un, {EtatCourriel.A_ENVOYER})):
        courriel = CourrielFactory(territoire=territoire, etat=etat, tentatives=4)
        if etat in permis:
            action(acces=acces, courriel=courriel)
            continue
        with pytest.raises(TransitionInterdite):
            action(acces=acces, courriel=courriel)
        courriel.refresh_from_db()
        assert courriel.etat == etat


def test_a_mail_sent_again_keeps_its_message_id(territoire: Territoire) -> None:
    courriel = CourrielFactory(territoire=territoire, etat=EtatCourriel.INCERTAIN, tentatives=1)

    services.renvoyer(acces=acces_coordination(territoire.pk), courriel=courriel)

    repris = workflow.prendre(courriel.pk)
    assert repris is not None
    assert repris.identifiant_message == courriel.identifiant_message
