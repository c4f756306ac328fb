"""The site as a separate process on its own copy of a prepared base, on SQLite or PostgreSQL."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from tests.outillage.processus import RACINE, Processus, environnement, port_libre

DUREE_PREPARATION = 150


class Base:
    """A prepared base, and copies of it. DATABASE_URL of the tests' own environment says which engine."""

    def __init__(self, dossier: Path) -> None:
        self.url = os.environ.get("DATABASE_URL", "") if "postgres" in os.environ.get("DATABASE_URL", "") else ""
        self.modele = dossier / "modele"
        self.modele.mkdir()
        self.noms: list[str] = []
        self.prefixe = f"e2e_{os.environ.get('TEST_BASE', 'suite')}_{os.getpid()}"
        env = self._environnement(self.modele, self._creer("modele"))
        sortie = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "tests.e2e.preparer"],
            env=env, cwd=RACINE, capture_output=True, text=True, timeout=DUREE_PREPARATION, check=False,
        )  # fmt: skip
        assert sortie.returncode == 0, sortie.stderr[-3000:]
        self.sessions: dict[str, str] = json.loads(sortie.stdout.splitlines()[-1])

    def copier(self, dossier: Path, nom: str) -> dict[str, str]:
        """The environment of a site on a fresh copy."""
        shutil.copytree(self.modele, dossier)
        return self._environnement(dossier, self._creer(nom, modele=f"{self.prefixe}_modele"))

    def _environnement(self, dossier: Path, url: str) -> dict[str, str]:
        valeurs = {
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "VAR_DIR": str(dossier),
            "FORMULAIRE_SECONDES_MIN": "0",
            "LOG_FORMAT": "texte",
            "LOG_LEVEL": "WARNING",
            "EMAIL_URL": "dummymail://",
        }
        if url:
            valeurs["DATABASE_URL"] = url
        if "REDIS_URL" in os.environ:
            valeurs |= {"REDIS_URL": os.environ["REDIS_URL"], "REDIS_PREFIXE": f"{self.prefixe}-{dossier.name}"}
        return environnement(**valeurs)

    def _creer(self, nom: str, modele: str = "") -> str:
        """A database on the server of DATABASE_URL, copied from `modele`; nothing on SQLite, where a file is copied."""
        if not self.url:
            return ""
        nom = f"{self.prefixe}_{nom}"
        ordre = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(nom))
        if modele:
            ordre += sql.SQL(" TEMPLATE {}").format(sql.Identifier(modele))
        with psycopg.connect(self._url("postgres"), autocommit=True) as liaison:
            liaison.execute(ordre)
        self.noms.append(nom)
        return self._url(nom)

    def _url(self, nom: str) -> str:
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{nom}"))

    def effacer(self) -> None:
        if not self.noms:
            return
        with psycopg.connect(self._url("postgres"), autocommit=True) as liaison:
            for nom in self.noms:
                liaison.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(nom)))


class Site:
    """One running site; `adresse` without a final slash."""

    def __init__(self, base: Base, dossier: Path, nom: str) -> None:
        self.sessions = base.sessions
        port = port_libre()
        self.adresse = f"http://127.0.0.1:{port}"
        env = base.copier(dossier / nom, nom)
        self.var = dossier / nom
        self.url = env.get("DATABASE_URL", "")
        env |= {"SITE_URL": self.adresse, "TRAVAILLEUR_INTEGRE": "1"}
        commande = [sys.executable, "-W", "ignore", "-m", "gunicorn", "--config", "config/gunicorn.py"]
        self.processus = Processus([*commande, "--bind", f"127.0.0.1:{port}"], env=env, journal=dossier / f"{nom}.log")
        self.processus.attendre(self._est_pret, "site")

    def _est_pret(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.adresse}/pret", timeout=5) as reponse:
                return reponse.status == 200
        except (OSError, urllib.error.HTTPError):
            return False

    def lire(self, requete: str, *parametres: Any) -> list[tuple[Any, ...]]:
        """Ask the base directly, as its owner: what a mail said, a session's key. « %s » stands for a value."""
        if self.url:
            with psycopg.connect(self.url) as liaison:
                return liaison.execute(requete, parametres).fetchall()  # type: ignore[arg-type]
        with closing(sqlite3.connect(f"file:{self.var}/guichet.sqlite3?mode=ro", uri=True)) as liaison:
            return liaison.execute(requete.replace("%s", "?"), parametres).fetchall()

    def arreter(self) -> None:
        """At once: its base goes with it."""
        self.processus.achever()
