"""`manage.py demo`: prepares once, keeps what is there, finds a port, stops whole."""

import json
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request

import pytest
from django.core.management import CommandError, call_command

from apps.core.management.commands import demo
from tests.factories import TerritoireFactory

from .processus import RACINE, Processus, environnement, port_libre

SANS_PANGO = """
import builtins, sys
importer = builtins.__import__
def sans_weasyprint(nom, *args, **kwargs):
    if nom.partition(".")[0] == "weasyprint":
        raise OSError("cannot load library 'libpango-1.0-0'")
    return importer(nom, *args, **kwargs)
builtins.__import__ = sans_weasyprint
"""
PREPARER = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.factories import TerritoireFactory
TerritoireFactory(slug="garde", nom="Pays gardé")
"""


@pytest.fixture
def commandes(monkeypatch):
    """The commands that the demonstration calls, written down instead of run; a failing one raises."""
    appels: list[str] = []

    def noter(nom: str, **options: object) -> None:
        appels.append(nom)

    monkeypatch.setattr(demo, "call_command", noter)
    return appels


@pytest.mark.django_db
def test_empty_base_is_filled(commandes, settings):
    settings.DEMONSTRATION = True

    call_command("demo", sans_servir=True)

    assert commandes == ["migrate", "charger_referentiels", "charger_demonstration"]


@pytest.mark.django_db
def test_filled_base_is_kept(commandes, settings):
    settings.DEMONSTRATION = True
    TerritoireFactory()

    call_command("demo", sans_servir=True)

    assert commandes == ["migrate"]


def test_refused_outside_the_demonstration(commandes, settings):
    settings.DEMONSTRATION = False

    with pytest.raises(CommandError, match="démonstration"):
        call_command("demo", recommencer=True)

    assert commandes == []


def test_next_port_when_the_first_is_taken():
    with demo.prendre_port(port_libre()) as premiere:
        port = premiere.getsockname()[1]
        with demo.prendre_port(port) as seconde:
            assert port < seconde.getsockname()[1] < port + demo.PORTS_ESSAYES


def test_no_port_at_all_is_said(monkeypatch):
    monkeypatch.setattr(demo, "PORTS_ESSAYES", 1)
    with demo.prendre_port(port_libre()) as premiere, pytest.raises(CommandError, match="Aucun port libre"):
        demo.prendre_port(premiere.getsockname()[1])


def test_logins_are_printed(capsys, settings, tmp_path):
    settings.BASE_DIR = tmp_path
    (tmp_path / demo.COMPTES).parent.mkdir(parents=True)
    compte = {"courriel": "claire.vidal@example.org", "mot_de_passe": "un mot de passe", "qui": "Coordination"}
    (tmp_path / demo.COMPTES).write_text(json.dumps([compte]), encoding="utf-8")

    demo.Command().annoncer("http://127.0.0.1:8000/")

    lignes = capsys.readouterr().out.splitlines()
    assert any("http://127.0.0.1:8000/" in ligne for ligne in lignes)
    assert any(all(valeur in ligne for valeur in compte.values()) for ligne in lignes)


@pytest.fixture
def sans_pango(tmp_path, monkeypatch):
    """Every Python started from here on finds no Pango."""
    (tmp_path / "sitecustomize.py").write_text(SANS_PANGO)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


def test_pango_is_found_where_it_is():
    assert demo.pango_present()


def test_missing_pango_is_noticed(sans_pango):
    assert not demo.pango_present()
    assert "apt-get install libpango" in demo.PANGO
    assert "brew install pango" in demo.PANGO


def test_everything_loads_without_pango(sans_pango, tmp_path):
    """Addresses, views and services included: `check` imports them all."""
    env = environnement(PYTHONPATH=str(tmp_path), VAR_DIR=str(tmp_path), DJANGO_SETTINGS_MODULE="config.settings.dev")
    commande = [sys.executable, "-W", "ignore", "manage.py", "check"]

    resultat = subprocess.run(commande, env=env, cwd=RACINE, capture_output=True, text=True, timeout=60, check=False)

    assert resultat.returncode == 0, resultat.stderr


@pytest.fixture(scope="module")
def env(tmp_path_factory):
    """A base of the demonstration, on SQLite, that somebody has worked in."""
    dossier = str(tmp_path_factory.mktemp("var"))
    valeurs = environnement(VAR_DIR=dossier, DJANGO_SETTINGS_MODULE="config.settings.dev")
    subprocess.run([sys.executable, "-c", PREPARER], env=valeurs, cwd=RACINE, check=True, timeout=120)
    return valeurs


def statut(adresse: str) -> int | None:
    """The site's answer, None while there is none."""
    try:
        with urllib.request.urlopen(adresse, timeout=30) as reponse:
            return reponse.status
    except urllib.error.HTTPError as erreur:
        return erreur.code
    except OSError:
        return None


@pytest.mark.xdist_group("demo")
@pytest.mark.parametrize("fin", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_serves_then_leaves_no_process_behind(env, fin, tmp_path):
    """Ctrl-C, a termination and a closed terminal."""
    with socket.create_server(("127.0.0.1", 0)) as occupe:
        port = occupe.getsockname()[1]
        commande = [sys.executable, "manage.py", "demo", "--port", str(port)]
        site = Processus(commande, env=env, journal=tmp_path / "demo")
        try:
            site.attendre(lambda: "Ctrl-C" in site.sortie, "démonstration")
            adresse = re.search(r"http://127\.0\.0\.1:(\d+)/", site.sortie)
            assert f"Le port {port} est pris" in site.sortie
            assert adresse
            assert int(adresse[1]) > port

            site.attendre(lambda: statut(f"{adresse[0]}pret") == 200, "site")
            assert statut(f"{adresse[0]}static/css/guichet.css") == 200
            assert "Chargement" not in site.sortie

            site.arreter(fin)
            assert not site.survivants()
            assert "Traceback" not in site.sortie
        finally:
            site.achever()
