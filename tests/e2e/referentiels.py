"""National nomenclatures cut down to what the two demonstration Pays need: loaded in a second."""

import csv
import shutil
from pathlib import Path

from apps.referentiels.services import DOSSIER, charger

EPCI = {"200067361", "200072999"}
VOISINES = {"46042"}  # Cahors: out of the territoire


def charger_reduits(dossier: Path) -> None:
    """Write a cut copy of fixtures/referentiels/ into `dossier` and load it."""
    for nom in ("regions", "departements", "epci", "naf_rev2", "categories_juridiques"):
        shutil.copy(DOSSIER / f"{nom}.csv", dossier)
    with (DOSSIER / "communes.csv").open(encoding="utf-8", newline="") as source:
        lecteur = csv.DictReader(source)
        lignes = [x for x in lecteur if x["epci_siren"] in EPCI or x["code_insee"] in VOISINES]
    with (dossier / "communes.csv").open("w", encoding="utf-8", newline="") as sortie:
        ecrivain = csv.DictWriter(sortie, lecteur.fieldnames or [])
        ecrivain.writeheader()
        ecrivain.writerows(lignes)
    charger(dossier)
