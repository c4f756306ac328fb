"""Rows a second of the SIRENE import, beside a bare COPY and beside django-import-export's default mode.

    DATABASE_URL=postgres://… .venv/bin/python -m tests.mesures.import_entreprises [rows]

Runs in a database of its own, removed at the end. The import reads both CSV files, joins, checks and writes.
"""

import contextlib
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
os.environ.setdefault("TEST_BASE", "mesure-import")

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.files.base import ContentFile  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test.utils import setup_databases, teardown_databases  # noqa: E402
from import_export.resources import modelresource_factory  # noqa: E402
from tablib import Dataset  # noqa: E402

from apps.core.acces import Acces  # noqa: E402
from apps.core.portee import portee  # noqa: E402
from apps.entreprises.imports import ecriture, sirene  # noqa: E402
from apps.entreprises.models import Entreprise  # noqa: E402
from tests.entreprises.donnees_sirene import COLONNES, COLONNES_NOMS, en_csv, etablissement, unite  # noqa: E402
from tests.factories import TerritoireFactory  # noqa: E402

ROWS = 100_000
LENT = 500
FAUTES = 30


class Annule(Exception):
    """Undoes the transaction."""


def rien(lus: int, taille: int) -> None:
    """No progress bar here."""


def importer(
    etablissements: bytes, noms: bytes, territoire: Any, *, ecarter: bool = False
) -> tuple[sirene.Bilan, ecriture.Ecriture]:
    """What the job does: three readings, the temporary table, the upsert."""
    communes = dict(territoire.communes.values_list("code_insee", "nom"))
    codes, bilan = frozenset(communes), sirene.Bilan()
    sirens = sirene.sirens_du_territoire(ContentFile(etablissements), codes, rien)
    connus = sirene.lire_noms(ContentFile(noms), sirens, rien)
    lus = sirene.lire_etablissements(
        ContentFile(etablissements), communes=codes, noms=connus, formes=frozenset(), bilan=bilan, progres=rien
    )
    with transaction.atomic():
        ecriture.deposer(ecriture.lignes(lus, communes))
        assert ecarter or not bilan.nombre_erreurs
        return bilan, ecriture.ecrire(acces=Acces.systeme(territoire.pk), bilan=bilan)


def copie_nue(lignes: list[tuple[Any, ...]], territoire_id: int) -> None:
    """The floor: the same rows, already read, checked and joined, into a table with the same indexes."""
    colonnes = ", ".join(ecriture.COLONNES)
    with connection.cursor() as curseur:
        curseur.execute("CREATE TEMP TABLE copie_nue (LIKE entreprises_entreprise INCLUDING INDEXES)")
        curseur.execute("SELECT column_name FROM information_schema.columns WHERE table_name = 'copie_nue'")
        for (colonne,) in curseur.fetchall():
            if colonne != "id":
                curseur.execute(f'ALTER TABLE copie_nue ALTER COLUMN "{colonne}" DROP NOT NULL')
        curseur.execute("CREATE TEMP SEQUENCE copie_nue_id")
        curseur.execute("ALTER TABLE copie_nue ALTER COLUMN id SET DEFAULT nextval('copie_nue_id')")
        curseur.execute(f"ALTER TABLE copie_nue ALTER COLUMN territoire_id SET DEFAULT {territoire_id}")
        with curseur.copy(f"COPY copie_nue ({colonnes}) FROM STDIN") as copie:
            for ligne in lignes:
                copie.write_row(ligne)


def import_export(nombre: int, territoire_id: int) -> None:
    """django-import-export as it comes: one look-up and one save a row, no check of ours."""
    champs = ("siret", "nom", "naf_rev2", "adresse", "code_postal", "commune", "territoire")
    ressource = modelresource_factory(
        Entreprise, meta_options={"fields": champs, "import_id_fields": ("siret",), "use_transactions": False}
    )()
    # Its reset of the key's sequence is refused to the application role.
    ressource.after_import = lambda dataset, result, **kwargs: None
    donnees = Dataset(headers=champs)
    for rang in range(nombre):
        e = etablissement(5_000_000 + rang)
        donnees.append([e["siret"], f"Entreprise {rang}", "10.71C", "1 rue du Canal", "46100", "46102", territoire_id])
    resultat = ressource.import_data(donnees, raise_errors=True)
    assert resultat.totals["new"] == nombre, resultat.totals


def mesurer(libelle: str, nombre: int, faire: Callable[[], Any]) -> float:
    debut = time.perf_counter()
    faire()
    duree = time.perf_counter() - debut
    memoire = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    debit = f"{nombre:>8} lignes {duree:>7.2f} s {nombre / duree:>8.0f} lignes/s"
    print(f"{libelle:<46} {debit}   pic {memoire} Mo", flush=True)
    return nombre / duree


def main(nombre: int) -> None:
    """One fresh database, one run of each."""
    lignes = [etablissement(i) for i in range(nombre)]
    fautives = [dict(e) for e in lignes]
    for rang in range(FAUTES):
        fautives[rang * (nombre // FAUTES)]["siret"] = "12345678901234"
    brut, brut_fautif = en_csv(COLONNES, lignes), en_csv(COLONNES, fautives)
    noms = en_csv(COLONNES_NOMS, (unite(i) for i in range(nombre)))
    del lignes, fautives
    print(f"{connection.vendor}, {nombre} établissements, {len(brut) // 1_000_000} + {len(noms) // 1_000_000} Mo")
    territoire = TerritoireFactory()
    with contextlib.suppress(Annule), portee(territoire.pk):
        bilan, _ = importer(brut_fautif, noms, territoire, ecarter=True)
        assert bilan.nombre_erreurs == FAUTES and bilan.erreurs[1]["ligne"] == nombre // FAUTES + 2
        raise Annule
    with portee(territoire.pk):
        mesurer("Import SIRENE (lu, joint, vérifié, écrit)", nombre, lambda: importer(brut, noms, territoire))
        assert Entreprise.objects.count() == nombre
    with portee(territoire.pk):
        mesurer("Le même à nouveau (rien à changer)", nombre, lambda: importer(brut, noms, territoire))
        modifie = brut.replace(b"10.71C", b"10.71D")
        mesurer("Le même, toutes les activités changées", nombre, lambda: importer(modifie, noms, territoire))
        if connection.vendor == "postgresql":
            with connection.cursor() as curseur:
                curseur.execute(f"SELECT {', '.join(ecriture.COLONNES)} FROM entreprises_entreprise")
                pretes = [tuple(en_json(v) for v in ligne) for ligne in curseur.fetchall()]
            mesurer("COPY nu, lignes déjà prêtes", nombre, lambda: copie_nue(pretes, territoire.pk))
            del pretes
        mesurer("django-import-export, réglages par défaut", LENT, lambda: import_export(LENT, territoire.pk))


def en_json(valeur: Any) -> Any:
    """COPY wants JSON as text."""
    return json.dumps(valeur) if isinstance(valeur, list) else valeur


if __name__ == "__main__":
    bases = setup_databases(verbosity=0, interactive=False)
    if connection.vendor == "postgresql":
        connection.settings_dict["OPTIONS"]["assume_role"] = settings.ROLE_APPLICATIF
        connection.close()
    try:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
    finally:
        if connection.vendor == "postgresql":
            connection.settings_dict["OPTIONS"].pop("assume_role", None)
            connection.close()
        teardown_databases(bases, verbosity=0)
