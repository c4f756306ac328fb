"""Invented SIRENE files, with the columns that INSEE's stocks have today and a few unknown ones."""

import csv
import io
import zipfile
from collections.abc import Iterable
from typing import Any

from tests.entreprises.factories import siret

COLONNES = [
    "siren", "nic", "siret", "statutDiffusionEtablissement", "dateCreationEtablissement", "trancheEffectifsEtablissement",
    "anneeEffectifsEtablissement", "activitePrincipaleRegistreMetiersEtablissement", "identifiantInconnuDemain",
    "numeroVoieEtablissement", "indiceRepetitionEtablissement", "typeVoieEtablissement", "libelleVoieEtablissement",
    "codePostalEtablissement", "libelleCommuneEtablissement", "codeCommuneEtablissement", "dateDebut",
    "etatAdministratifEtablissement", "enseigne1Etablissement", "denominationUsuelleEtablissement",
    "activitePrincipaleEtablissement", "nomenclatureActivitePrincipaleEtablissement", "caractereEmployeurEtablissement",
    "activitePrincipaleNAF25Etablissement",
]  # fmt: skip
COLONNES_NOMS = [
    "siren", "statutDiffusionUniteLegale", "prenomUsuelUniteLegale", "nomUniteLegale", "nomUsageUniteLegale",
    "denominationUniteLegale", "categorieJuridiqueUniteLegale", "colonneInconnue",
]  # fmt: skip


def etablissement(rang: int, **autres: Any) -> dict[str, Any]:
    numero = siret(rang)
    return {
        "siren": numero[:9], "nic": numero[9:], "siret": numero, "statutDiffusionEtablissement": "O",
        "dateCreationEtablissement": "2015-03-01", "trancheEffectifsEtablissement": "02", "anneeEffectifsEtablissement": "2023",
        "numeroVoieEtablissement": str(rang % 90 + 1), "typeVoieEtablissement": "RUE", "libelleVoieEtablissement": "DU CANAL",
        "codePostalEtablissement": "46100", "libelleCommuneEtablissement": "FIGEAC", "codeCommuneEtablissement": "46102",
        "dateDebut": "2020-01-01", "etatAdministratifEtablissement": "A", "activitePrincipaleEtablissement": "10.71C",
        "nomenclatureActivitePrincipaleEtablissement": "NAFRev2", "activitePrincipaleNAF25Etablissement": "10.71Y", **autres,
    }  # fmt: skip


def unite(rang: int, **autres: Any) -> dict[str, Any]:
    return {"siren": siret(rang)[:9], "statutDiffusionUniteLegale": "O", "denominationUniteLegale": f"ÉPICERIE DU CÉLÉ {rang}",
            "categorieJuridiqueUniteLegale": "5499", **autres}  # fmt: skip


def en_csv(
    colonnes: list[str], lignes: Iterable[dict[str, Any]], *, encodage: str = "utf-8", separateur: str = ","
) -> bytes:
    sortie = io.StringIO(newline="")
    ecrivain = csv.DictWriter(sortie, colonnes, restval="", delimiter=separateur, lineterminator="\n")
    ecrivain.writeheader()
    ecrivain.writerows(lignes)
    return sortie.getvalue().encode(encodage)


def en_zip(contenu: bytes, nom: str = "StockEtablissement_utf8.csv") -> bytes:
    sortie = io.BytesIO()
    with zipfile.ZipFile(sortie, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(nom, contenu)
    return sortie.getvalue()
