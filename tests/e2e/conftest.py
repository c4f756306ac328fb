"""One Chromium a run, one site a module, each on a fresh copy of a base prepared once."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.conftest import CHROMIUM

from .site import Base, Site
from .visiteur import Visiteur

OPTIONS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
BUREAU, TELEPHONE = 1440, 360
HAUTEURS = {BUREAU: 900, TELEPHONE: 740}


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Base]:
    """The prepared base."""
    prepare = Base(tmp_path_factory)
    yield prepare
    prepare.effacer()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as outil:
        navigateur = outil.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield navigateur
        navigateur.close()


@pytest.fixture(scope="module")
def site(base: Base, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site of a module."""
    nom = request.module.__name__.rpartition(".")[2]
    lance = Site(base, tmp_path_factory.mktemp(nom), nom)
    yield lance
    lance.arreter()


@pytest.fixture
def visiter(site: Site, chromium: Browser) -> Iterator[Callable[..., Visiteur]]:
    """Somebody in front of a browser of their own, logged in with `courriel` when it is given."""
    contextes = []
    visiteurs = []

    def ouvrir(courriel: str = "", largeur: int = BUREAU, *, scripts: bool = True) -> Visiteur:
        contexte = chromium.new_context(
            viewport={"width": largeur, "height": HAUTEURS[largeur]}, locale="fr-FR", timezone_id="Europe/Paris",
            java_script_enabled=scripts, has_touch=largeur == TELEPHONE,
        )  # fmt: skip
        contextes.append(contexte)
        if courriel:
            cle = site.sessions[f"{courriel}@example.org"]
            contexte.add_cookies([{"name": "guichet_session", "value": cle, "url": site.adresse}])
        visiteurs.append(Visiteur(contexte, site.adresse, largeur, scripts=scripts))
        return visiteurs[-1]

    yield ouvrir
    for contexte in contextes:
        contexte.close()
    assert [e for v in visiteurs for e in v.ennuis] == []


@pytest.fixture
def budget(record_property: Callable[[str, object], None]) -> Callable[[str, int, int, str], None]:
    """Check a budget of clicks, and have it printed at the end of the run."""

    def tenir(tache: str, compte: int, maximum: int, unite: str = "clics") -> None:
        record_property(
            "budget", f"{tache} : {compte} {unite if compte > 1 else unite.rstrip('s')} (au plus {maximum})"
        )
        assert compte <= maximum, f"{tache} : {compte} {unite}, au plus {maximum}"

    return tenir


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The budgets as counted, whichever worker counted them."""
    lignes = [
        valeur
        for rapport in terminalreporter.stats.get("passed", [])
        for nom, valeur in rapport.user_properties
        if nom == "budget" and rapport.when == "call"
    ]
    if lignes:
        terminalreporter.section("budgets de clics")
        for ligne in dict.fromkeys(lignes):
            terminalreporter.write_line(ligne)
