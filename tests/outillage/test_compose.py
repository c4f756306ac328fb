"""docker-compose.yml: each part is checked for health, and what it starts exists."""

import shlex
from pathlib import Path

import click
import pytest
import yaml
from celery.bin.celery import celery as ligne_celery
from django.conf import settings
from django.core.management import get_commands, load_command_class
from django.urls import resolve
from gunicorn.config import Config

from config import sante

RACINE = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((RACINE / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
APPLICATION = {"migrations", "web", "travailleur", "travailleur-longs", "planificateur"}
DUREE = {"s": 1, "m": 60}


def mots(commande: list[str]) -> list[str]:
    """The words of a command or of a health check, whichever way it is written."""
    if commande[0] == "CMD-SHELL":
        return shlex.split(commande[1])
    return commande[1:] if commande[0] == "CMD" else commande


def lire_gunicorn(arguments: list[str]) -> None:
    """Refuses an unknown option; the configuration file must exist."""
    options = Config().parser().parse_args(arguments)
    assert (RACINE / options.config).is_file()


def lire_celery(arguments: list[str]) -> None:
    """Refuses an unknown command or option; the application must be found."""
    assert arguments[:2] == ["-A", "config"]
    sous_commande = ligne_celery.commands[arguments[2]]
    with click.Context(ligne_celery) as contexte:
        sous_commande.make_parser(contexte).parse_args(args=list(arguments[3:]))


def lire_python(arguments: list[str]) -> None:
    """A management command, or a script of the project with its arguments."""
    if arguments[0] == "manage.py":
        commande = load_command_class(get_commands()[arguments[1]], arguments[1])
        commande.create_parser("manage.py", arguments[1]).parse_args(arguments[2:])
    else:
        assert (RACINE / arguments[0]).is_file()


LECTEURS = {"gunicorn": lire_gunicorn, "celery": lire_celery, "python": lire_python}


def lire(commande: list[str]) -> None:
    """Parse a command of ours the way its own program would."""
    programme, *arguments = mots(commande)
    LECTEURS[programme](arguments)


@pytest.fixture(autouse=True)
def erreurs_de_lecture(monkeypatch):
    """argparse leaves the process on an unknown option: make it a failure that says so."""
    monkeypatch.setattr("argparse.ArgumentParser.exit", lambda self, code=0, message=None: pytest.fail(message or ""))


def test_expected_services():
    assert set(SERVICES) == {"postgres", "redis"} | APPLICATION


@pytest.mark.parametrize("nom", sorted(set(SERVICES) - {"migrations"}))
def test_every_lasting_service_has_a_health_check(nom):
    controle = SERVICES[nom]["healthcheck"]

    assert mots(controle["test"])
    secondes = {cle: int(controle[cle][:-1]) * DUREE[controle[cle][-1]] for cle in ("interval", "timeout")}
    assert 0 < secondes["timeout"] < secondes["interval"]


@pytest.mark.parametrize("nom", sorted(APPLICATION))
def test_commands_of_the_application_exist(nom):
    lire(SERVICES[nom]["command"])


@pytest.mark.parametrize("nom", sorted(APPLICATION - {"migrations"}))
def test_health_checks_of_the_application_exist(nom):
    lire(SERVICES[nom]["healthcheck"]["test"])


def test_every_queue_has_a_worker_and_every_worker_a_queue():
    ecoutees = [mots(SERVICES[n]["command"])[5] for n in APPLICATION if n.startswith("travailleur")]

    assert sorted(ecoutees) == sorted(q.name for q in settings.CELERY_TASK_QUEUES)
    assert {r["queue"] for r in settings.CELERY_TASK_ROUTES.values()} <= set(ecoutees)


def test_an_unknown_option_is_noticed():
    with pytest.raises(click.NoSuchOption):
        lire(["celery", "-A", "config", "worker", "--inconnue"])
    with pytest.raises(pytest.fail.Exception):
        lire(["gunicorn", "--inconnue"])


def test_web_is_asked_whether_it_is_ready():
    _, _, chemin = mots(SERVICES["web"]["healthcheck"]["test"])[-3:]

    assert resolve(chemin).func is sante.pret
    assert resolve("/vivant").func is sante.vivant


def test_application_waits_for_the_migrations():
    for nom in APPLICATION - {"migrations"}:
        assert SERVICES[nom]["depends_on"]["migrations"] == {"condition": "service_completed_successfully"}
    assert SERVICES["migrations"]["restart"] == "no"


def test_only_the_migrations_log_in_as_the_owner():
    roles = {nom: SERVICES[nom]["environment"]["DATABASE_URL"].split("//")[1].split(":")[0] for nom in APPLICATION}

    assert roles.pop("migrations") == SERVICES["postgres"]["environment"]["POSTGRES_USER"]
    assert set(roles.values()) == {SERVICES["postgres"]["environment"]["SITE_ROLE"]}


def test_nothing_but_the_site_is_reachable_and_only_from_this_machine():
    ports = {nom: service["ports"] for nom, service in SERVICES.items() if "ports" in service}

    assert ports == {"web": ["127.0.0.1:8000:8000"]}


def test_no_secret_is_written_in_the_file():
    for nom, service in SERVICES.items():
        for variable, valeur in service.get("environment", {}).items():
            if "MOT_DE_PASSE" in variable or "PASSWORD" in variable:
                assert str(valeur).startswith("${"), f"{nom} : {variable}"
