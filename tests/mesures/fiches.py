"""`python -m tests.mesures.fiches`: the same pages on small and large bases, visits interleaved; prints one table.

Builds four PostgreSQL bases beside the one that DATABASE_URL names (guichet_mesures_…), and drops them at the end:
100 fiches in one territoire, 10,000 in fifteen, 10,000 in a single one, 1,000,000 in 1,500 of which one has 10,000.
Each base is answered by its own process, under the application role, through every middleware. Counted: all SQL but
savepoints.

--garder keeps the bases · --reprendre measures those that were kept · --plans MS also prints the plans slower than that
--fiches N makes the large base smaller · --tours N visits less.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

RACINE = Path(__file__).resolve().parents[2]
PREFIXE = "guichet_mesures_"
PAR_TERRITOIRE = 667
GROSSIR = 14  # fifteen times 667: 10,005
SQL_MAX = {"fiche": 12, "fiche du référent": 12}
SQL_MAX_LISTE = 8
LISTES = {"demandes", "fiches", "fiches, recherche", "fiches du référent"}
RATIO_MAX = 1.5
# Columns compared: the million to a hundred fiches, at both sizes of a territoire; then to the same territoire alone.
RATIOS = (("667 : 1 M / 100", 2, 0), ("10 005 : 1 M / 100", 4, 0), ("10 005 : 1 M / seul", 4, 3))
# The site as it is served: no DEBUG, no worker inside, the application role, a connection that stays.
ENVIRONNEMENT = {
    "DJANGO_SETTINGS_MODULE": "config.settings.dev",
    "VAR_DIR": str(Path(tempfile.gettempdir()) / "guichet-mesures"),
    "REDIS_URL": "",
    "TRAVAILLEUR_INTEGRE": "0",
    "LOG_LEVEL": "ERROR",
}


@dataclass(frozen=True)
class Cible:
    """A territoire of a base, as a column of the table."""

    base: str
    territoire: str
    titre: str


def cibles(territoires: int) -> list[Cible]:
    """Smallest first. The measured territoires are copies, spread over their tables as in a base that has lived."""
    fiches = f"{territoires * PAR_TERRITOIRE:,}".replace(",", "\u202f")
    return [
        Cible("petite", "temoin", "100 fiches"),
        Cible("moyenne", "t7-temoin", "10\u202f005, dont 667"),
        Cible("grande", f"t{territoires // 2}-temoin", f"{fiches}, dont 667"),
        Cible("seule", "temoin", "10\u202f005, toutes"),
        Cible("grande", "t1-temoin", f"{fiches}, dont 10\u202f005"),
    ]


class Serveur:
    """The PostgreSQL server of DATABASE_URL: makes and drops bases, and gives their addresses."""

    def __init__(self, url: str) -> None:
        self.url = url

    def adresse(self, base: str) -> str:
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{PREFIXE}{base}"))

    def ordonner(self, ordre: str, *noms: str) -> None:
        connexion = psycopg.connect(urlunsplit(urlsplit(self.url)._replace(path="/postgres")), autocommit=True)
        with connexion:
            connexion.execute(sql.SQL(ordre).format(*(sql.Identifier(PREFIXE + n) for n in noms)))

    def creer(self, base: str, modele: str | None = None) -> None:
        self.ordonner("DROP DATABASE IF EXISTS {} WITH (FORCE)", base)
        if modele:
            self.ordonner("CREATE DATABASE {} TEMPLATE {}", base, modele)
        else:
            self.ordonner("CREATE DATABASE {}", base)

    def enfant(self, base: str, *arguments: str, **options: Any) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.mesures.enfant", "base", *arguments],
            cwd=RACINE,
            env={**os.environ, **ENVIRONNEMENT, "DATABASE_URL": self.adresse(base)},
            text=True,
            **options,
        )

    def faire(self, base: str, *arguments: object) -> None:
        debut = time.monotonic()
        processus = self.enfant(base, *map(str, arguments))
        if processus.wait():
            raise SystemExit(f"{base} : {arguments[0]} a échoué.")
        dire(f"{base} : {' '.join(map(str, arguments))} en {time.monotonic() - debut:.0f} s")


def dire(texte: str) -> None:
    print(texte, file=sys.stderr, flush=True)


def batir(serveur: Serveur, territoires: int) -> None:
    """The four bases; the témoin is built once and copied."""
    serveur.creer("petite")
    serveur.faire("petite", "construire", 100)
    serveur.creer("temoin")
    serveur.faire("temoin", "construire", PAR_TERRITOIRE)
    for base in ("moyenne", "seule", "grande"):
        serveur.creer(base, "temoin")
    serveur.faire("moyenne", "cloner", 14)
    serveur.faire("seule", "agrandir", GROSSIR, "temoin")
    # The témoin is one of them, and one counts for fifteen.
    serveur.faire("grande", "cloner", territoires - 1 - GROSSIR)
    serveur.faire("grande", "agrandir", GROSSIR, "t1-temoin")


Mesures = dict[tuple[str, int], tuple[float, set[int]]]


class Mesure:
    """One process per base, asked in turn."""

    def __init__(self, serveur: Serveur, colonnes: list[Cible]) -> None:
        self.colonnes = colonnes
        self.processus = {
            base: serveur.enfant(base, "servir", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            for base in {c.base for c in colonnes}
        }

    def demander(self, cible: Cible, page: str, **reste: Any) -> dict[str, Any]:
        processus = self.processus[cible.base]
        processus.stdin.write(json.dumps({"territoire": cible.territoire, "page": page, **reste}) + "\n")
        processus.stdin.flush()
        ligne = processus.stdout.readline()
        if not ligne:
            raise SystemExit(f"{cible.base} : la page « {page} » ne répond pas.")
        return json.loads(ligne)

    def fermer(self) -> None:
        for processus in self.processus.values():
            processus.stdin.close()
            processus.wait()

    def mesurer(self, pages: list[str], tours: int) -> Mesures:
        """By page and column: the median in ms, and the numbers of queries met. The first visits are not counted."""
        temps: dict[tuple[str, int], list[float]] = {}
        comptes: dict[tuple[str, int], set[int]] = {}
        for tour in range(tours + 1):
            for page in pages:
                for rang, cible in enumerate(self.colonnes):
                    reponse = self.demander(cible, page, fois=3)
                    if tour:
                        temps.setdefault((page, rang), []).extend(reponse["ms"])
                        comptes.setdefault((page, rang), set()).update(reponse["sql"])
        return {cle: (statistics.median(valeurs), comptes[cle]) for cle, valeurs in temps.items()}


def tableau(pages: list[str], colonnes: list[Cible], mesures: Mesures) -> str:
    """Markdown: times in ms, the ratios of the largest base to the smaller ones, and the number of queries."""
    titres = ["Page", *(c.titre for c in colonnes), *(nom for nom, _, _ in RATIOS), "SQL"]
    lignes = [f"| {' | '.join(titres)} |", f"|---|{'---:|' * (len(titres) - 1)}"]
    for page in pages:
        temps = [mesures[page, rang][0] for rang in range(len(colonnes))]
        sql_vus = sorted(set().union(*(mesures[page, rang][1] for rang in range(len(colonnes)))))
        cellules = [
            page,
            *(f"{t:.0f}" for t in temps),
            *(f"{temps[grande] / temps[petite]:.2f}".replace(".", ",") for _, grande, petite in RATIOS),
            "–".join(map(str, sorted({sql_vus[0], sql_vus[-1]}))),
        ]
        lignes.append(f"| {' | '.join(cellules)} |")
    return "\n".join(lignes)


def ecarts(pages: list[str], mesures: Mesures, colonnes: int) -> list[str]:
    """What is not as it should be."""
    trouves = []
    for page in pages:
        sql_vus = set().union(*(mesures[page, rang][1] for rang in range(colonnes)))
        if len(sql_vus) > 1:
            trouves.append(f"{page} : de {min(sql_vus)} à {max(sql_vus)} requêtes")
        limite = SQL_MAX.get(page, SQL_MAX_LISTE if page in LISTES else None)
        if limite and max(sql_vus) > limite:
            trouves.append(f"{page} : {max(sql_vus)} requêtes, au plus {limite} voulues")
        for nom, grande, petite in RATIOS:
            ratio = mesures[page, grande][0] / mesures[page, petite][0]
            if ratio > RATIO_MAX:
                trouves.append(f"{page} ({nom}) : {ratio:.2f}".replace(".", ","))
    return trouves


def machine() -> str:
    """One line: the day, the machine, the versions."""
    coeurs, charge = os.cpu_count(), os.getloadavg()[0]
    modele = next(
        (
            ligne.split(":", 1)[1].strip()
            for ligne in Path("/proc/cpuinfo").read_text().splitlines()
            if ligne.startswith("model name")
        ),
        platform.machine(),
    )
    return (
        f"{date.today():%d/%m/%Y} · {coeurs} cœurs {modele}, charge {charge:.1f} · Python {platform.python_version()}"
    )


def main() -> int:
    analyse = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    analyse.add_argument("--garder", action="store_true")
    analyse.add_argument("--reprendre", action="store_true")
    analyse.add_argument("--plans", type=float, metavar="MS")
    analyse.add_argument("--fiches", type=int, default=1_000_000)
    analyse.add_argument("--tours", type=int, default=12)
    analyse.add_argument("--pages", default="", help="séparées par des points-virgules ; toutes sans cela")
    options = analyse.parse_args()
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        raise SystemExit("Ces mesures demandent PostgreSQL : DATABASE_URL=postgres://… make mesures")
    serveur, territoires = Serveur(url), max(40, round(options.fiches / PAR_TERRITOIRE))
    colonnes = cibles(territoires)
    pages = [p.strip() for p in options.pages.split(";") if p.strip()] or [
        "accueil", "demandes", "fiches", "fiches, recherche", "recherche", "fiche", "accueil du référent",
        "fiches du référent", "fiche du référent",
    ]  # fmt: skip
    if not options.reprendre:
        batir(serveur, territoires)
    mesure = Mesure(serveur, colonnes)
    try:
        mesures = mesure.mesurer(pages, options.tours)
        if options.plans is not None:
            for page in pages:
                for cible in colonnes[2:]:
                    for plan in mesure.demander(cible, page, seuil=options.plans)["plans"]:
                        print(f"\n### {page} · {cible.titre}\n{plan}")
    finally:
        mesure.fermer()
        if not (options.garder or options.reprendre):
            for base in ("petite", "temoin", "moyenne", "seule", "grande"):
                serveur.ordonner("DROP DATABASE IF EXISTS {} WITH (FORCE)", base)
    print(f"{machine()}\n\n{tableau(pages, colonnes, mesures)}")
    trouves = ecarts(pages, mesures, len(colonnes))
    print("\n" + ("\n".join(f"À voir : {e}" for e in trouves) if trouves else "Tout est dans les limites voulues."))
    return 1 if trouves else 0


if __name__ == "__main__":
    raise SystemExit(main())
