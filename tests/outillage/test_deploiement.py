"""What docker-compose.yml starts, started by hand on the PostgreSQL and Redis named, and checked the same way."""

import http.client
import os
import re
import socket
import subprocess
from pathlib import Path

import psycopg
import pytest
import yaml
from psycopg import sql

from .processus import RACINE, Processus, environnement, port_libre

pytestmark = [pytest.mark.postgresql, pytest.mark.xdist_group("deploiement")]

COMPOSE = yaml.safe_load((RACINE / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
HOTE = "guichet.example.org"
SUFFIXE = "_".join(filter(None, [os.environ.get("TEST_BASE"), os.environ.get("PYTEST_XDIST_WORKER", "seul")]))
BASE, ROLE_SITE, ROLE_APPLICATIF = f"deploiement_{SUFFIXE}", f"deploiement_site_{SUFFIXE}", f"deploiement_app_{SUFFIXE}"


def executer(connexion: psycopg.Connection, modele: str, nom: str) -> None:
    connexion.execute(sql.SQL(modele).format(sql.Identifier(nom)))


def nettoyer(connexion: psycopg.Connection) -> None:
    executer(connexion, "DROP DATABASE IF EXISTS {} WITH (FORCE)", BASE)
    executer(connexion, "DROP ROLE IF EXISTS {}", ROLE_SITE)
    executer(connexion, "DROP ROLE IF EXISTS {}", ROLE_APPLICATIF)


@pytest.fixture(scope="module")
def bases():
    """Addresses of one empty database: as its owner, and as the role that the site logs in with."""
    serveur = os.environ["DATABASE_URL"].rpartition("/")[0]
    with psycopg.connect(f"{serveur}/postgres", autocommit=True) as connexion:
        nettoyer(connexion)
        executer(connexion, "CREATE DATABASE {}", BASE)
        infos = connexion.info
        roles = environnement(
            PGHOST=infos.host,
            PGPORT=str(infos.port),
            PGPASSWORD=infos.password or "",
            POSTGRES_USER=infos.user,
            POSTGRES_DB=BASE,
            SITE_ROLE=ROLE_SITE,
            SITE_MOT_DE_PASSE="essai",
            ROLE_APPLICATIF=ROLE_APPLICATIF,
        )
        subprocess.run(["sh", str(RACINE / "scripts" / "compose" / "roles.sh")], env=roles, check=True, timeout=60)
        yield f"{serveur}/{BASE}", f"postgres://{ROLE_SITE}:essai@{infos.host}:{infos.port}/{BASE}"
        nettoyer(connexion)


@pytest.fixture(scope="module")
def env(bases, tmp_path_factory):
    """The environment of a part, as compose gives it."""
    dossier = tmp_path_factory.mktemp("deploiement")
    return environnement(
        DJANGO_SETTINGS_MODULE="config.settings.production",
        SECRET_KEY="essai-0123456789-0123456789-0123456789-0123456789-0123",
        DATABASE_URL=bases[1],
        REDIS_URL=os.environ["REDIS_URL"],
        REDIS_PREFIXE=f"deploiement-{SUFFIXE}",
        ROLE_APPLICATIF=ROLE_APPLICATIF,
        EMAIL_URL="smtp://127.0.0.1:9",
        ALLOWED_HOSTS=HOTE,
        SITE_URL=f"https://{HOTE}",
        PROXYS_DE_CONFIANCE="1",
        VAR_DIR=str(dossier),
        STATIC_ROOT=str(dossier / "statiques"),
        WEB_ADRESSE=f"127.0.0.1:{port_libre()}",
        WEB_PROCESSUS="2",
        WEB_FILS="4",
        HOSTNAME=socket.gethostname(),
    )


def lancer(commande: list[str], env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(commande, env=env, cwd=RACINE, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def migree(bases, env):
    """The base after the one-shot migrations, and the static files of the image."""
    migrations = lancer(COMPOSE["migrations"]["command"], {**env, "DATABASE_URL": bases[0]})
    assert migrations.returncode == 0, migrations.stderr
    statiques = lancer(["python", "manage.py", "collectstatic", "--noinput"], env)
    assert statiques.returncode == 0, statiques.stderr
    return env


@pytest.fixture
def demarrer(tmp_path):
    """Starts a service of the compose file; ends it after the test."""
    lances = []

    def _demarrer(nom: str, env: dict[str, str], *, remplacer: dict[str, str] | None = None) -> Processus:
        commande = [(remplacer or {}).get(mot, mot) for mot in COMPOSE[nom]["command"]]
        processus = Processus(commande, env=env, journal=tmp_path / nom)
        lances.append(processus)
        return processus

    yield _demarrer
    for processus in lances:
        processus.achever()


def en_forme(nom: str, env: dict[str, str], *, remplacer: dict[str, str] | None = None) -> bool:
    """The service's own health check, run beside it."""
    genre, *mots = COMPOSE[nom]["healthcheck"]["test"]
    mots = [(remplacer or {}).get(mot, mot) for mot in mots]
    commande = ["sh", "-c", mots[0].replace("$$", "$")] if genre == "CMD-SHELL" else mots
    return lancer(commande, env).returncode == 0


def demander(env: dict[str, str], chemin: str, **entetes: str) -> tuple[int, str]:
    """Status and body of a page of the site, asked as the proxy would; redirections are not followed."""
    liaison = http.client.HTTPConnection(env["WEB_ADRESSE"], timeout=30)
    try:
        liaison.request("GET", chemin, headers={"Host": HOTE, **entetes})
        reponse = liaison.getresponse()
        return reponse.status, reponse.read().decode()
    finally:
        liaison.close()


def test_site_serves_and_stops(migree, demarrer):
    site = demarrer("web", migree)
    site.attendre(lambda: en_forme("web", migree), "site")

    assert demander(migree, "/vivant") == (200, "vivant\n")
    assert demander(migree, "/pret") == (200, "prêt\n")
    statut, page = demander(migree, "/page-inconnue/", **{"X-Forwarded-Proto": "https"})
    assert statut == 404
    feuilles = re.findall(r'href="(/static/css/guichet\.[0-9a-f]+\.css)"', page)
    assert [demander(migree, feuille, **{"X-Forwarded-Proto": "https"})[0] for feuille in feuilles] == [200], page
    assert site.arreter() == 0
    assert not site.survivants()


def test_site_is_not_ready_before_the_migrations(bases, migree, demarrer):
    """Alive all the same: a restart would not help. The page says nothing of why."""
    with psycopg.connect(bases[0], autocommit=True) as connexion:
        ligne = connexion.execute(
            "DELETE FROM django_migrations WHERE id = (SELECT max(id) FROM django_migrations)"
            " RETURNING app, name, applied"
        ).fetchone()
        try:
            site = demarrer("web", migree)
            site.attendre(lambda: en_forme_vivant(migree), "site")

            assert demander(migree, "/pret") == (503, "indisponible\n")
            assert not en_forme("web", migree)
        finally:
            connexion.execute("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)", ligne)

    assert demander(migree, "/pret") == (200, "prêt\n")


def en_forme_vivant(env: dict[str, str]) -> bool:
    try:
        return demander(env, "/vivant")[0] == 200
    except OSError:
        return False


def test_site_is_alive_but_not_ready_without_its_database(migree, demarrer):
    sans_base = {**migree, "DATABASE_URL": f"postgres://personne@127.0.0.1:{port_libre()}/absente"}
    site = demarrer("web", sans_base)
    site.attendre(lambda: en_forme_vivant(sans_base), "site")

    assert demander(sans_base, "/pret") == (503, "indisponible\n")
    assert "base (OperationalError)" in site.sortie


def test_worker_answers_and_stops(migree, demarrer):
    assert not en_forme("travailleur", migree)

    travailleur = demarrer("travailleur", migree)
    travailleur.attendre(lambda: en_forme("travailleur", migree), "travailleur")

    assert travailleur.arreter() == 0
    assert not travailleur.survivants()


def test_scheduler_writes_its_state_and_stops(migree, demarrer, tmp_path):
    etat = {"/tmp/planificateur": str(tmp_path / "etat" / "planificateur")}
    Path(etat["/tmp/planificateur"]).parent.mkdir()
    assert not en_forme("planificateur", migree, remplacer=etat)

    planificateur = demarrer("planificateur", migree, remplacer=etat)
    planificateur.attendre(lambda: en_forme("planificateur", migree, remplacer=etat), "planificateur")

    assert planificateur.arreter() == 0
    assert not planificateur.survivants()


def test_site_role_owns_nothing_and_reads_nothing_by_itself(bases, migree):
    with psycopg.connect(bases[1]) as connexion:
        possede = connexion.execute("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole").fetchone()
        assert possede == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connexion.execute("SELECT * FROM territoires_territoire")
