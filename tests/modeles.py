"""What a run makes once and copies afterwards: a migrated base. Migrating takes a quarter of a minute, copying a moment.

Workers of one run find each other through the folder that pytest gives to the run.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

RACINE = Path(__file__).resolve().parents[1]
SUITE = os.environ.get("TEST_BASE", "suite")
DUREE_MIGRATIONS = 180
MARQUE = "fait"


def url_postgresql() -> str:
    """DATABASE_URL when it names PostgreSQL, else nothing."""
    url = os.environ.get("DATABASE_URL", "")
    return url if url.startswith("postgres") else ""


def dossier_commun(fabrique: pytest.TempPathFactory) -> Path:
    """The folder of the whole run, the same for all workers."""
    base = fabrique.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@contextmanager
def une_fois(dossier: Path) -> Iterator[bool]:
    """True for the first worker that comes, which makes what `dossier` holds; the others wait, then find it made."""
    dossier.mkdir(exist_ok=True)
    with (dossier / "verrou").open("w") as verrou:
        fcntl.flock(verrou, fcntl.LOCK_EX)
        yield not (dossier / MARQUE).exists()
        (dossier / MARQUE).touch()


def ordonner(modele: str, *noms: str) -> None:
    """An order of the server's owner about databases."""
    with psycopg.connect(url_postgresql(), autocommit=True) as liaison:
        liaison.execute(sql.SQL(modele).format(*map(sql.Identifier, noms)))


def url_de(nom: str) -> str:
    """DATABASE_URL of another database of the same server."""
    return urlunsplit(urlsplit(url_postgresql())._replace(path=f"/{nom}"))


def creer_base(nom: str, modele: str = "template1") -> None:
    ordonner("CREATE DATABASE {} TEMPLATE {}", nom, modele)


def effacer_base(nom: str) -> None:
    ordonner("DROP DATABASE IF EXISTS {} WITH (FORCE)", nom)


def nom_migree() -> str:
    """The migrated database on PostgreSQL."""
    return f"test_guichet_{SUITE}_migree"


def nom_demonstration() -> str:
    """The one that the browser tests start from, on PostgreSQL."""
    return f"test_guichet_{SUITE}_demonstration"


def effacer_les_modeles() -> None:
    """At the end of the run, by its controller."""
    for nom in (nom_migree(), nom_demonstration()):
        effacer_base(nom)


def base_migree(fabrique: pytest.TempPathFactory) -> Path:
    """The migrated SQLite file; on PostgreSQL there is none, and `nom_migree` names the database."""
    dossier = dossier_commun(fabrique) / "migree"
    with une_fois(dossier) as a_faire:
        if a_faire:
            _migrer(dossier)
    return dossier / "guichet.sqlite3"


def _migrer(dossier: Path) -> None:
    """As production does it, as the owner of the tables, in a process of its own."""
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test", "VAR_DIR": str(dossier)}
    env.pop("DATABASE_URL", None)
    if url_postgresql():
        effacer_base(nom_migree())
        creer_base(nom_migree())
        env["DATABASE_URL"] = url_de(nom_migree())
    commande = [sys.executable, "-W", "ignore", "manage.py", "migrate", "--no-input", "--verbosity", "0"]
    sortie = subprocess.run(
        commande, env=env, cwd=RACINE, capture_output=True, text=True, timeout=DUREE_MIGRATIONS, check=False
    )
    assert sortie.returncode == 0, sortie.stderr[-3000:]


def copier_fichier(modele: Path, vers: Path) -> None:
    """An SQLite base, which nobody has open."""
    vers.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(modele, vers)
