"""Asking for work, cancelling it, starting it again."""

from datetime import timedelta

import pytest
from celery import current_app
from django.db import transaction
from django.utils import timezone

from apps.core.acces import Acces, Role
from apps.core.erreurs import TransitionInterdite
from apps.territoires.models import Territoire
from apps.travaux import reveil, services, workflow
from apps.travaux.enums import EtatTravail
from apps.travaux.models import Travail
from tests.factories import TerritoireFactory, UtilisateurFactory
from tests.outils import acces_coordination

from .factories import TravailFactory


def demander(acces: Acces, cle: str = "export:1", **autres) -> Travail:
    return services.demander("essai.compter", cle=cle, parametres={"liste": 4}, acces=acces, **autres)


def test_the_message_leaves_after_the_commit_and_carries_the_id_alone(
    territoire: Territoire, messages: list, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        travail = demander(acces_coordination(territoire.pk))
        assert messages == []

    assert messages == [("apps.travaux.tasks.executer", travail.pk)]


def test_the_same_key_is_the_same_job(
    territoire: Territoire, messages: list, django_capture_on_commit_callbacks
) -> None:
    acces = acces_coordination(territoire.pk)
    with django_capture_on_commit_callbacks(execute=True):
        premier, second = demander(acces), demander(acces)

    assert premier.pk == second.pk
    assert len(messages) == 1


def test_the_same_key_elsewhere_is_another_job(territoire: Territoire) -> None:
    autre = TerritoireFactory(slug="langres", nom="Pays de Langres")

    ici, la_bas = demander(acces_coordination(territoire.pk)), demander(acces_coordination(autre.pk))
    nulle_part = demander(Acces.systeme(None))

    assert len({ici.pk, la_bas.pk, nulle_part.pk}) == 3
    assert demander(Acces.systeme(None)).pk == nulle_part.pk


def test_a_job_for_later_sends_no_message_now(
    territoire: Territoire, messages: list, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        travail = demander(acces_coordination(territoire.pk), pas_avant=timezone.now() + timedelta(hours=1))

    assert messages == []
    assert workflow.prendre(travail.pk, par="essai") is None


def test_an_unknown_kind_is_refused(territoire: Territoire) -> None:
    with pytest.raises(KeyError):
        services.demander("essai.inconnu", cle="x", parametres={}, acces=acces_coordination(territoire.pk))


def test_the_executor_is_given_who_asked(territoire: Territoire) -> None:
    personne = UtilisateurFactory()
    acces = Acces(personne.pk, territoire.pk, Role.REFERENT, organisme_id=12)

    assert demander(acces).acces() == acces


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_fails_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A closed port: the row is there, and the next requests do not even try."""
    essais = []
    origine = current_app.connection_for_write
    monkeypatch.setattr(reveil, "_reprise", 0.0)
    monkeypatch.setattr(
        current_app._get_current_object(),
        "connection_for_write",
        lambda: essais.append(1) or origine("redis://127.0.0.1:9/0"),
    )

    with transaction.atomic():
        premier = demander(Acces.systeme(None))
    with transaction.atomic():
        second = demander(Acces.systeme(None), cle="export:2")

    assert Travail.objects.filter(pk__in=[premier.pk, second.pk], etat=EtatTravail.EN_ATTENTE).count() == 2
    assert len(essais) == 1


def test_cancelling_a_waiting_job_stops_it_at_once(territoire: Territoire) -> None:
    travail = TravailFactory(territoire=territoire)

    etat = services.annuler(acces=travail.acces(), travail=travail)

    assert etat == EtatTravail.ANNULE
    assert workflow.prendre(travail.pk, par="essai") is None


def test_cancelling_a_job_under_way_asks_it_to_stop(territoire: Territoire) -> None:
    travail = TravailFactory(territoire=territoire, en_cours=True)

    etat = services.annuler(acces=travail.acces(), travail=travail)

    assert etat == EtatTravail.EN_COURS
    assert workflow.annulation_demandee(travail)


def test_another_person_cannot_cancel(territoire: Territoire) -> None:
    travail = TravailFactory(territoire=territoire)

    with pytest.raises(Travail.DoesNotExist):
        services.annuler(acces=acces_coordination(territoire.pk, UtilisateurFactory().pk), travail=travail)

    travail.refresh_from_db()
    assert travail.etat == EtatTravail.EN_ATTENTE


def test_a_failed_job_starts_again_from_nothing(
    territoire: Territoire, messages: list, django_capture_on_commit_callbacks
) -> None:
    travail = TravailFactory(territoire=territoire, echoue=True, tentatives=3)

    with django_capture_on_commit_callbacks(execute=True):
        services.relancer(acces=travail.acces(), travail=travail)

    travail.refresh_from_db()
    assert (travail.etat, travail.tentatives, travail.erreur, travail.fini_le) == (EtatTravail.EN_ATTENTE, 0, "", None)
    assert messages == [("apps.travaux.tasks.executer", travail.pk)]


def test_somebody_unknown_sees_no_job_of_nobody(territoire: Territoire) -> None:
    TravailFactory(territoire=territoire, demande_par=None)

    assert not Travail.objects.visibles_par(Acces.demandeur(territoire.pk)).exists()
    assert Travail.objects.visibles_par(Acces.systeme(territoire.pk)).count() == 1


@pytest.mark.parametrize("action", ["annuler", "relancer"])
@pytest.mark.parametrize("etat", list(EtatTravail))
def test_cancel_and_restart_from_every_state(territoire: Territoire, action: str, etat: EtatTravail) -> None:
    travail = TravailFactory(territoire=territoire, etat=etat)
    permis = {
        "annuler": {EtatTravail.EN_ATTENTE, EtatTravail.EN_COURS},
        "relancer": {EtatTravail.ECHOUE, EtatTravail.ANNULE},
    }[action]

    if etat in permis:
        getattr(workflow, action)(travail)
    else:
        with pytest.raises(TransitionInterdite):
            getattr(workflow, action)(travail)
        travail.refresh_from_db()
        assert travail.etat == etat
