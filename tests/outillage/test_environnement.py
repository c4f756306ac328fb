"""scripts/environnement.sh: installs what a lock pins once, then needs neither time nor network."""

import shutil
import subprocess
from pathlib import Path

import pytest

RACINE = Path(__file__).resolve().parents[2]
FAUX_PYTHON = """#!/bin/sh
echo "$*" >> {journal}
case "$*" in *"pip install"*) [ ! -e {panne} ] || exit 1;; esac
"""


@pytest.fixture
def copie(tmp_path):
    """A tree with the script, two locks, and an interpreter that writes down how it was called."""
    for dossier in ("scripts", "requirements", ".venv/bin"):
        (tmp_path / dossier).mkdir(parents=True)
    shutil.copy(RACINE / "scripts" / "environnement.sh", tmp_path / "scripts")
    for nom in ("base", "dev"):
        (tmp_path / "requirements" / f"{nom}.lock").write_text(f"{nom} 1\n")
    python = tmp_path / ".venv" / "bin" / "python"
    python.write_text(FAUX_PYTHON.format(journal=tmp_path / "journal", panne=tmp_path / "panne"))
    python.chmod(0o755)
    return tmp_path


def lancer(copie: Path, *noms: str) -> tuple[int, list[str]]:
    """Exit status, and the locks that were installed."""
    (copie / "journal").unlink(missing_ok=True)
    commande = ["sh", str(copie / "scripts" / "environnement.sh"), *noms]
    code = subprocess.run(commande, capture_output=True, check=False, timeout=30).returncode
    appels = (copie / "journal").read_text().splitlines()
    return code, [appel.split()[-1] for appel in appels if "pip install" in appel]


def test_first_run_installs_and_second_does_not(copie):
    assert lancer(copie, "base", "dev") == (0, ["requirements/base.lock", "requirements/dev.lock"])
    assert lancer(copie, "base", "dev") == (0, [])


def test_changed_lock_installs_again_and_a_new_date_does_not(copie):
    lancer(copie, "base")
    (copie / "requirements" / "base.lock").touch()
    assert lancer(copie, "base") == (0, [])

    (copie / "requirements" / "base.lock").write_text("base 2\n")
    assert lancer(copie, "base") == (0, ["requirements/base.lock"])


def test_failed_install_is_tried_again(copie):
    (copie / "panne").touch()
    assert lancer(copie, "base")[0] != 0

    (copie / "panne").unlink()
    assert lancer(copie, "base") == (0, ["requirements/base.lock"])


def test_hashes_are_required(copie):
    lancer(copie, "base")

    assert "--require-hashes" in (copie / "journal").read_text()
