"""The README's configuration table knows every variable that the code reads, and no other."""

import re
from pathlib import Path

RACINE = Path(__file__).resolve().parents[2]
LECTURE = re.compile(
    r"""(?:env(?:\.\w+)?\(|environ\.get\(|environ\.setdefault\(|environ\[)\s*["']([A-Z][A-Z0-9_]+)["']"""
)
# Set by pytest-xdist itself.
HORS_TABLE = {"PYTEST_XDIST_WORKER"}


def lues() -> set[str]:
    """Variables read by the settings, the server, the tests' own configuration and the compose file."""
    fichiers = [*(RACINE / "config").rglob("*.py"), RACINE / "scripts" / "sante.py"]
    noms = {nom for fichier in fichiers for nom in LECTURE.findall(fichier.read_text(encoding="utf-8"))}
    return noms | set(re.findall(r"\$\{([A-Z_]+)", (RACINE / "docker-compose.yml").read_text(encoding="utf-8")))


def documentees() -> set[str]:
    """First column of the table."""
    section = (RACINE / "README.md").read_text(encoding="utf-8").split("\n## Configuration\n")[1].split("\n## ")[0]
    return set(re.findall(r"^\| `([A-Z_]+)` \|", section, re.MULTILINE))


def test_every_variable_read_is_documented():
    assert lues() - HORS_TABLE - documentees() == set()


def test_every_documented_variable_is_read():
    """But the one that the tests alone read."""
    assert documentees() - lues() <= {"CHROMIUM"}


def test_commands_of_the_readme_exist():
    cibles = set(re.findall(r"^([a-z-]+):", (RACINE / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

    nommees = set(re.findall(r"\bmake ([a-z]+)\b", (RACINE / "README.md").read_text(encoding="utf-8")))

    assert {"demo", "test"} <= nommees <= cibles
