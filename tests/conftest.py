"""The databases, the scope of each test, and what a test may not do."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from apps.acces.models import Affectation
from apps.core.acces import Role
from apps.territoires.models import Territoire

from . import modeles
from .factories import AffectationFactory, TerritoireFactory
from .outils import entrer

CHROMIUM = next(
    (
        c
        for c in (os.environ.get("CHROMIUM", ""), "/usr/bin/chromium", "/usr/bin/chromium-browser")
        if c and Path(c).exists()
    ),
    "",
)
ECARTES = pytest.StashKey[int]()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What needs PostgreSQL is left out on SQLite, what needs a browser where there is none: said, never skipped."""
    ecartes = [
        i
        for i in items
        if (i.get_closest_marker("postgresql") and not settings.EST_POSTGRESQL)
        or (i.get_closest_marker("navigateur") and not CHROMIUM)
    ]
    if ecartes:
        items[:] = [i for i in items if i not in set(ecartes)]
        config.hook.pytest_deselected(items=ecartes)
        if hasattr(config, "workeroutput"):
            config.workeroutput["ecartes"] = len(ecartes)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Each xdist worker deselects the same tests and prints nothing: the controller prints their number."""
    node.config.stash[ECARTES] = getattr(node, "workeroutput", {}).get("ecartes", 0)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    nombre = len(terminalreporter.stats.get("deselected", [])) or terminalreporter.config.stash.get(ECARTES, 0)
    if nombre:
        terminalreporter.write_line(f"{nombre} tests laissés de côté : ils demandent PostgreSQL ou un navigateur.")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if modeles.url_postgresql() and not hasattr(session.config, "workerinput"):
        modeles.effacer_les_modeles()
    rapporteur = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and rapporteur and rapporteur.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        rapporteur.write_line("Un test ignoré fait échouer l’intégration continue.")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Workers side by side migrate one base and copy it; a run of one process migrates its own."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        yield
        return
    modele = modeles.base_migree(tmp_path_factory)
    reglages = connection.settings_dict["TEST"]
    if connection.vendor == "postgresql":
        reglages["TEMPLATE"] = modeles.nom_migree()
        yield
        return
    fichier = Path(reglages["NAME"])
    modeles.copier_fichier(modele, fichier)
    yield
    fichier.unlink(missing_ok=True)


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb: bool) -> bool:
    """The copied file is there already: Django would erase it first."""
    return django_db_keepdb or ("PYTEST_XDIST_WORKER" in os.environ and connection.vendor == "sqlite")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: object) -> Iterator[None]:
    """The owner has created the database: from here on the tests are the application role, which is filtered."""
    if connection.vendor != "postgresql":
        yield
        connection.close()
        return
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        with connection.cursor() as curseur:
            # Emptying the tables between transactional tests is the test suite's own right, never the application's.
            curseur.execute(f'GRANT TRUNCATE ON ALL TABLES IN SCHEMA public TO "{settings.ROLE_APPLICATIF}"')
        connection.settings_dict["OPTIONS"]["assume_role"] = settings.ROLE_APPLICATIF
        connection.close()
    yield
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        connection.settings_dict["OPTIONS"].pop("assume_role", None)
        connection.close()


@pytest.fixture
def territoire(db: None) -> Iterator[Territoire]:
    """Figeac, entered."""
    objet = TerritoireFactory()
    entrer(objet.pk)
    yield objet
    entrer(None)


@pytest.fixture
def coordination(territoire: Territoire) -> Affectation:
    """The coordinatrice of Figeac."""
    return AffectationFactory(territoire=territoire, role=Role.COORDINATION)


@pytest.fixture
def referent(territoire: Territoire) -> Affectation:
    """A référent of a member organisme of Figeac."""
    return AffectationFactory(territoire=territoire, referent=True)


@pytest.fixture
def connecter() -> Callable[[Affectation], Client]:
    """A browser logged in as the person of an affectation."""

    def ouvrir(affectation: Affectation) -> Client:
        client = Client()
        client.force_login(affectation.utilisateur)
        return client

    return ouvrir
