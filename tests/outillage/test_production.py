"""Production refuses to start on a missing or unsafe value, and names the variable."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

RACINE = Path(__file__).resolve().parents[2]
COMPLET = {
    "SECRET_KEY": "essai-0123456789-0123456789-0123456789-0123456789-0123",
    "DATABASE_URL": "sqlite:///:memory:",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "EMAIL_URL": "smtp://127.0.0.1:25",
    "ALLOWED_HOSTS": "guichet.example.org",
    "SITE_URL": "https://guichet.example.org",
}


def demarrer(valeurs: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Load the production settings in a process that has these values and nothing else."""
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(RACINE), "PYTHONDONTWRITEBYTECODE": "1", **valeurs}
    code = "import config.settings.production as p; print(p.DEBUG, p.DEMONSTRATION, p.SECOND_FACTEUR_FACULTATIF)"
    return subprocess.run(
        [sys.executable, "-c", code], env=env, cwd="/", capture_output=True, text=True, timeout=60, check=False
    )


def test_complete_values_start_hardened():
    resultat = demarrer(COMPLET)

    assert resultat.returncode == 0, resultat.stderr
    assert resultat.stdout.split() == ["False", "False", "False"]


@pytest.mark.parametrize("variable", sorted(COMPLET))
def test_missing_variable_is_named(variable):
    resultat = demarrer({nom: valeur for nom, valeur in COMPLET.items() if nom != variable})

    assert resultat.returncode != 0
    message = resultat.stderr.strip().splitlines()[-1]
    assert "ImproperlyConfigured" in message
    assert variable in message
    assert not any(autre in message for autre in COMPLET if autre != variable)


@pytest.mark.parametrize(
    ("variable", "valeur"),
    [
        ("SECRET_KEY", "court"),
        ("SECRET_KEY", "demonstration-seulement-jamais-en-production-0000000000"),
        ("SECOND_FACTEUR_FACULTATIF", "1"),
    ],
)
def test_unsafe_value_is_refused(variable, valeur):
    resultat = demarrer({**COMPLET, variable: valeur})

    assert resultat.returncode != 0
    assert variable in resultat.stderr.strip().splitlines()[-1]
