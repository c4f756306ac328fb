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

import psycopg
import pytest

from tests import modeles
from tests.outillage.processus import RACINE, Processus, environnement, port_libre

DUREE_PREPARATION = 150


class Base:
    """A base prepared once a run, whichever worker comes first, and copies of it. DATABASE_URL says which engine."""

    def __init__(self, fabrique: pytest.TempPathFactory) -> None:
        dossier = modeles.dossier_commun(fabrique) / "demonstration"
        self.modele = dossier / "var"
        self.noms: list[str] = []
        self.prefixe = f"e2e_{modeles.SUITE}_{os.getpid()}"
        with modeles.une_fois(dossier) as a_faire:
            if a_faire:
                self._preparer(fabrique, dossier)
        self.sessions: dict[str, str] = json.loads((dossier / "sessions.json").read_text(encoding="utf-8"))

    def _preparer(self, fabrique: pytest.TempPathFactory, dossier: Path) -> None:
        """The demonstration set on a migrated base, and a session for each login."""
        migree = modeles.base_migree(fabrique)
        self.modele.mkdir()
        url = ""
        if modeles.url_postgresql():
            modeles.effacer_base(modeles.nom_demonstration())
            modeles.creer_base(modeles.nom_demonstration(), modeles.nom_migree())
            url = modeles.url_de(modeles.nom_demonstration())
        else:
            modeles.copier_fichier(migree, self.modele / "guichet.sqlite3")
        sortie = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "tests.e2e.preparer"], env=self._environnement(self.modele, url),
            cwd=RACINE, capture_output=True, text=True, timeout=DUREE_PREPARATION, check=False,
        )  # fmt: skip
        assert sortie.returncode == 0, sortie.stderr[-3000:]
        (dossier / "sessions.json").write_text(sortie.stdout.splitlines()[-1], encoding="utf-8")

    def copier(self, dossier: Path, nom: str) -> dict[str, str]:
        """The environment of a site on a fresh copy."""
        shutil.copytree(self.modele, dossier)
        if not modeles.url_postgresql():
            return self._environnement(dossier, "")
        base = f"{self.prefixe}_{nom}"
        modeles.creer_base(base, modeles.nom_demonstration())
        self.noms.append(base)
        return self._environnement(dossier, modeles.url_de(base))

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

    def effacer(self) -> None:
        for nom in self.noms:
            modeles.effacer_base(nom)


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
