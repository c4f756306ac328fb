"""`python -m tests.mesures.dossier`: a dossier assembled from parts, beside one WeasyPrint document of the same content.

Each figure comes from a fresh process, Django loaded, WeasyPrint not yet; the ways take turns and medians are compared.
Cold: no part is kept. Warm: all are but three, which changed. Peaks are those of the largest process; « calcul » is the processor's time of all of them, less disturbed by neighbours.

--tours N repeats less or more · --fiches N makes the large dossier smaller · --sans-grand leaves it out.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from .fiches import dire, machine

RACINE = Path(__file__).resolve().parents[2]
PETIT, GRAND = 50, 1000
FROID_MAX, TIEDE_MAX, TAILLE_MAX, PIC_MAX = 0.7, 0.1, 1.5, 400


@dataclass
class Releve:
    """What one way of making the dossier cost, turn after turn."""

    titre: str
    secondes: list[float] = field(default_factory=list)
    calculs: list[float] = field(default_factory=list)
    octets: int = 0
    pages: int = 0
    pic: int = 0

    def noter(self, mesure: dict[str, float]) -> None:
        self.secondes.append(mesure["s"])
        self.calculs.append(mesure["calcul"])
        self.octets, self.pages = int(mesure["octets"]), int(mesure["pages"])
        self.pic = max(self.pic, int(mesure["pic"]))
        dire(f"{self.titre} : {mesure['s']:.2f} s, {mesure['calcul']:.2f} s de calcul, {mesure['pic']:.0f} Mo")

    @property
    def mediane(self) -> float:
        return statistics.median(self.secondes)

    @property
    def calcul(self) -> float:
        return statistics.median(self.calculs)


class Banc:
    """A base and a storage of their own, and the processes that work on them."""

    def __init__(self, dossier: Path) -> None:
        self.dossier = dossier
        self.faire("preparer")
        self.faire("assembler", 1)

    def faire(self, *arguments: object) -> dict[str, float]:
        environnement = {
            **{cle: valeur for cle, valeur in os.environ.items() if cle not in ("DATABASE_URL", "REDIS_URL")},
            "DJANGO_SETTINGS_MODULE": "tests.mesures.reglages_dossier",
            "VAR_DIR": str(self.dossier),
            "LOG_LEVEL": "ERROR",
        }
        commande = [sys.executable, "-m", "tests.mesures.enfant", "parties", *map(str, arguments)]
        sortie = subprocess.run(
            commande, cwd=RACINE, env=environnement, stdout=subprocess.PIPE, text=True, check=True
        ).stdout
        return json.loads(sortie) if sortie.strip() else {}

    def oublier(self) -> None:
        """No part is kept any more; the fonts at fixed weights are, made once for an installation."""
        for parties in (self.dossier / "fichiers").glob("*/parties"):
            shutil.rmtree(parties)


def mesurer(banc: Banc, nombre: int, tours: int, *, tours_du_temoin: int, a_froid: bool) -> tuple[Releve, ...]:
    """The ways, in turn: one document, all parts to lay out, three parts to lay out."""
    un, froid, tiede = Releve("Un document WeasyPrint"), Releve("Assemblé à froid"), Releve("Assemblé, 3 changées")
    banc.oublier()
    for tour in range(1, tours + 1):
        if tour <= tours_du_temoin:
            un.noter(banc.faire("temoin", nombre))
        if a_froid or tour == 1:
            banc.oublier()
            froid.noter(banc.faire("assembler", nombre))
        tiede.noter(banc.faire("assembler", nombre, tour))
    return un, froid, tiede


def virgule(nombre: float, decimales: int = 2) -> str:
    return f"{nombre:.{decimales}f}".replace(".", ",")


def lignes(nombre: int, releves: tuple[Releve, ...]) -> list[str]:
    un = releves[0]
    trouvees = []
    for r in releves:
        valeurs = (r.mediane, r.mediane / un.mediane, r.calcul, r.calcul / un.calcul)
        cellules = [f"{nombre} fiches, {r.pages} pages", r.titre, *(virgule(v) for v in valeurs), str(r.pic)]
        cellules += [virgule(r.octets / 1e6), virgule(r.octets / un.octets)]
        trouvees.append(f"| {' | '.join(cellules)} |")
    return trouvees


def ecarts(nombre: int, releves: tuple[Releve, ...], *, grand: bool) -> list[str]:
    """What misses its aim."""
    un, froid, tiede = releves
    vus = [
        ("tiède", tiede.mediane / un.mediane, TIEDE_MAX),
        ("taille", tiede.octets / un.octets, TAILLE_MAX),
        ("Mo", max(froid.pic, tiede.pic), PIC_MAX),
    ]
    if not grand:
        vus.append(("à froid", froid.mediane / un.mediane, FROID_MAX))
    return [f"{nombre} fiches, {nom} : {virgule(v)} pour {virgule(m)}" for nom, v, m in vus if v > m]


def main() -> int:
    analyse = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    analyse.add_argument("--tours", type=int, default=5)
    analyse.add_argument("--fiches", type=int, default=GRAND)
    analyse.add_argument("--sans-grand", action="store_true")
    options = analyse.parse_args()
    with tempfile.TemporaryDirectory(prefix="guichet-dossier-") as dossier:
        banc = Banc(Path(dossier))
        mesures = [(PETIT, mesurer(banc, PETIT, options.tours, tours_du_temoin=options.tours, a_froid=True))]
        if not options.sans_grand:
            tours = min(3, options.tours)
            mesures.append((options.fiches, mesurer(banc, options.fiches, tours, tours_du_temoin=1, a_froid=False)))
    titres = [
        "Dossier",
        "Façon",
        "Secondes",
        "Ratio",
        "Calcul (s)",
        "Ratio de calcul",
        "Pic (Mo)",
        "Fichier (Mo)",
        "Ratio de taille",
    ]
    print(f"{machine()}\n\n| {' | '.join(titres)} |\n|---|---|{'---:|' * 7}")
    trouves = []
    for nombre, releves in mesures:
        print("\n".join(lignes(nombre, releves)))
        trouves += ecarts(nombre, releves, grand=nombre != PETIT)
    print("\n" + ("\n".join(f"À voir : {e}" for e in trouves) if trouves else "Tout est dans les limites voulues."))
    return 1 if trouves else 0


if __name__ == "__main__":
    raise SystemExit(main())
