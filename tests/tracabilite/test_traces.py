"""The access log: written, read by the officer, exported, forgotten after a year."""

import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connections, transaction
from django.test import Client
from django.utils import timezone

from apps.acces.models import Affectation
from apps.core.acces import Role
from apps.core.portee import portee
from apps.territoires.models import Territoire
from apps.tracabilite import services
from apps.tracabilite.models import GenreAcces, Trace
from apps.tracabilite.services import tracer
from tests.factories import AffectationFactory, TerritoireFactory

URL = "/figeac/espace/traces/"


@pytest.fixture
def dpo(territoire: Territoire, connecter: Callable) -> Client:
    return connecter(AffectationFactory(territoire=territoire, role=Role.DPO))


@pytest.fixture
def traces(coordination: Affectation, referent: Affectation) -> None:
    tracer(acces=coordination.acces(), objet="fiche", objet_id=1, libelle="FN-2026-0001", auteur="Claire Vidal")
    tracer(
        acces=referent.acces(), genre=GenreAcces.TELECHARGEMENT, objet="piece", objet_id=7, libelle="FN-2026-0002",
        auteur="Marc Pons",
    )  # fmt: skip


def vieillir(jours: int) -> None:
    """As the owner: the application may not change a line."""
    with transaction.atomic(), services.proprietaire():
        Trace.objects.update(quand=timezone.now() - timedelta(days=jours))


def test_the_officer_reads_what_the_coordination_read(dpo: Client, traces: None) -> None:
    texte = dpo.get(URL).content.decode()
    assert "Claire Vidal" in texte and "FN-2026-0001" in texte and "Coordination" in texte and "Téléchargement" in texte


@pytest.mark.parametrize(
    ("requete", "present", "absent"),
    [
        ("personne=vidal", "FN-2026-0001", "FN-2026-0002"),
        ("sur=0002", "FN-2026-0002", "FN-2026-0001"),
        ("sur=piece", "FN-2026-0002", "FN-2026-0001"),
        ("genre=lecture", "FN-2026-0001", "FN-2026-0002"),
        ("role=referent", "FN-2026-0002", "FN-2026-0001"),
    ],
)
def test_it_is_filtered(dpo: Client, traces: None, requete: str, present: str, absent: str) -> None:
    texte = dpo.get(f"{URL}?{requete}").content.decode()
    assert present in texte and absent not in texte


def test_it_is_filtered_by_date(dpo: Client, traces: None) -> None:
    vieillir(10)
    limite = timezone.localdate() - timedelta(days=5)
    assert "Aucun résultat" in dpo.get(f"{URL}?du={limite:%Y-%m-%d}").content.decode()
    assert "FN-2026-0001" in dpo.get(f"{URL}?au={limite:%Y-%m-%d}").content.decode()


def test_its_export_is_itself_traced(dpo: Client, traces: None) -> None:
    assert "FN-2026-0001" in dpo.get(URL + "?export=csv").content.decode("utf-8-sig")
    assert Trace.objects.filter(genre="export", objet="liste:traces", role="dpo").count() == 1


@pytest.mark.parametrize("role", [Role.COORDINATION, Role.ACCUEIL, Role.PILOTAGE])
def test_nobody_else_reads_it(connecter: Callable, territoire: Territoire, traces: None, role: Role) -> None:
    client = connecter(AffectationFactory(territoire=territoire, role=role))
    assert client.get(URL).status_code == 403
    assert client.get(URL + "?export=csv").status_code == 403


def test_the_officer_of_another_territoire_reads_nothing_of_it(connecter: Callable, traces: None) -> None:
    autre = TerritoireFactory(slug="langres", nom="Langres")
    with portee(autre.pk):
        la_bas = AffectationFactory(territoire=autre, role=Role.DPO)
    client = connecter(la_bas)
    assert "FN-2026" not in client.get("/langres/espace/traces/").content.decode()
    assert client.get(URL).status_code == 404


def test_twelve_months_are_kept(traces: None, coordination: Affectation) -> None:
    vieillir(367)
    tracer(acces=coordination.acces(), objet="fiche", objet_id=9)
    autre = TerritoireFactory(slug="langres", nom="Langres")
    with portee(autre.pk):
        tracer(acces=AffectationFactory(territoire=autre).acces(), objet="fiche", objet_id=3)
        vieillir(400)
    # On SQLite the second call aged every line; on PostgreSQL the owner sees every territoire too.
    tracer(acces=coordination.acces(), objet="fiche", objet_id=10)
    assert services.purger_anciennes() == 4
    assert [t.objet_id for t in Trace.objects.all()] == ["10"]


def test_the_command_says_how_many(
    traces: None, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    vieillir(400)
    # The test's own transaction must survive: the command closes its connection to drop the application role.
    monkeypatch.setattr(connections["default"], "close", lambda: None)
    call_command("purger_traces")
    assert capsys.readouterr().out == "2 lignes du journal des accès effacées.\n"
    assert not Trace.objects.exists()


def test_a_sweep_without_the_right_says_what_to_schedule(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuser() -> int:
        raise DatabaseError("permission denied")

    monkeypatch.setattr(services, "purger_anciennes", refuser)
    with caplog.at_level(logging.WARNING):
        assert services.balayer_anciennes() == 0
    assert "purger_traces" in caplog.text


@pytest.mark.postgresql
@pytest.mark.parametrize("verbe", ["update", "delete"])
def test_the_application_role_only_adds(traces: None, verbe: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Trace.objects.update(auteur="Personne") if verbe == "update" else Trace.objects.all().delete()
    assert Trace.objects.count() == 2
