"""Several hands at the very same moment: a decision acts once, every note stands."""

import threading
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import connection

from apps.actions.enums import Porteur
from apps.actions.models import Action
from apps.comites.enums import GenreDecision
from apps.comites.models import PointOrdreDuJour
from apps.comites.services import saisie, tenue
from apps.core.acces import Acces
from apps.core.portee import portee
from apps.fiches.enums import ActionJournal
from apps.fiches.models import EntreeJournal, Orientation
from tests.factories import OrganismeFactory, TerritoireFactory
from tests.outils import entrer

from .factories import InstanceFactory, PointFactory, SeanceFactory

FILS = 8
pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def point() -> PointOrdreDuJour:
    territoire = TerritoireFactory()
    entrer(territoire.pk)
    return PointFactory(seance=SeanceFactory(instance=InstanceFactory(territoire=territoire), en_cours=True))


def ensemble(territoire_id: int, faire: Callable[[int], object]) -> list[Exception]:
    """`faire` in as many threads, all at once; what went wrong."""
    depart, erreurs = threading.Barrier(FILS), []

    def fil(rang: int) -> None:
        try:
            depart.wait(30)
            with portee(territoire_id):
                faire(rang)
        except Exception as erreur:
            erreurs.append(erreur)
        finally:
            connection.close()

    fils = [threading.Thread(target=fil, args=(i,)) for i in range(FILS)]
    for f in fils:
        f.start()
    for f in fils:
        f.join(60)
    return erreurs


def test_a_decision_acts_once_however_many_press(point: PointOrdreDuJour) -> None:
    acces = Acces.systeme(point.territoire_id)
    organisme = OrganismeFactory(territoire=point.territoire)
    saisie.decider(acces=acces, point=point, genre=GenreDecision.ORIENTER, organismes=[organisme.pk])

    assert ensemble(point.territoire_id, lambda _: tenue.traiter(acces=acces, point=point)) == []

    assert Orientation.objects.count() == 1
    assert EntreeJournal.objects.filter(action=ActionJournal.COMITE).count() == 1


def test_every_note_stands(point: PointOrdreDuJour) -> None:
    acces = Acces.systeme(point.territoire_id)

    def noter(rang: int) -> None:
        saisie.noter_synthese(acces=acces, point=point, base="", texte=f"Phrase {rang}.")

    assert ensemble(point.territoire_id, noter) == []

    point.refresh_from_db()
    assert sorted(point.synthese.splitlines()) == [f"Phrase {i}." for i in range(FILS)]


def test_one_action_sent_by_all(point: PointOrdreDuJour) -> None:
    acces, cle = Acces.systeme(point.territoire_id), uuid4()

    def ajouter(_: int) -> None:
        saisie.ajouter_action(
            acces=acces, point=point, cle=cle, libelle="Voir le four", echeance=point.seance.jour,
            porteur=Porteur.COORDINATION,
        )  # fmt: skip

    assert ensemble(point.territoire_id, ajouter) == []

    assert Action.objects.count() == 1
