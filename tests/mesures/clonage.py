"""Fill a PostgreSQL database from one territoire made through the services: its rows are copied in SQL.

Generic over the models, so that a new table needs nothing here. A key becomes `base + key * pas + k` in copy k: keys
stay apart, and the copies of one row lie side by side, as in a base where every territoire works every day; a
territoire's rows are then spread over the whole table, which is the hard case. Keys to shared rows (communes) are kept.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.models import UniqueConstraint

from apps.acces.models import Affectation
from apps.comptes.models import Utilisateur
from apps.core import rls
from apps.fiches.models import Numerotation
from apps.personnes.models import TexteAccord
from apps.territoires.models import Territoire

Modele = type[models.Model]
BASE_TERRITOIRES = 10_000_000
BASE_AGRANDIR = 1_000_000_000_000
# What grows with the work; the rest of a territoire is its settings.
APPLICATIONS_DU_TRAVAIL = {
    "courriels", "demandes", "documents", "entreprises", "fiches", "personnes", "porteurs", "tracabilite",
}  # fmt: skip
REGLAGES: set[Modele] = {TexteAccord, Numerotation}


def _suite(texte: str) -> str:
    return f"lpad({texte}, greatest(4, length({texte})), '0')"


def _numero(prefixe: str) -> str:
    suite = _suite("(s.rang + k * 1000)::text")
    return f"'{prefixe}-' || s.annee || '-' || {suite}"


def _recherche(colonne: str, prefixe: str) -> str:
    nouveau = f"lower(replace({_numero(prefixe)}, '-', ' '))"
    return f"left(replace(s.recherche, lower(replace(s.{colonne}, '-', ' ')), {nouveau}), 800)"


# In a copy inside the same territoire, numbers go on.
NUMEROS: dict[tuple[str, str], str] = {
    ("fiches.FicheNavette", "rang"): "s.rang + k * 1000",
    ("fiches.FicheNavette", "numero"): _numero("FN"),
    ("fiches.FicheNavette", "recherche"): _recherche("numero", "FN"),
    ("demandes.Demande", "rang"): "s.rang + k * 1000",
    ("demandes.Demande", "reference"): _numero("D"),
    ("demandes.Demande", "recherche"): _recherche("reference", "D"),
    (
        "entreprises.Entreprise",
        "siret",
    ): "lpad(mod(s.siret::bigint + k * 700000000019, 100000000000000)::text, 14, '0')",
}


@dataclass(frozen=True)
class Copie:
    """Which tables are copied, from which territoire, how often, and how keys move."""

    modeles: dict[str, Modele]
    source: int
    fois: int
    base: int
    ailleurs: bool  # into other territoires, or inside the same one

    def cle(self, colonne: str) -> str:
        return f"{self.base}::bigint + {colonne} * {self.fois + 1} + k"

    def copiee(self, modele: Any) -> bool:
        return modele is not None and modele._meta.db_table in self.modeles

    def expression(self, modele: Modele, champ: Any, uniques: set[str]) -> str:
        """The SQL of one column of the copy of a row `s`, for copy `k`."""
        colonne = f's."{champ.column}"'
        if not self.ailleurs and (propre := NUMEROS.get((modele._meta.label, champ.column))):
            return propre
        if champ.primary_key and not champ.is_relation:
            return self.cle(colonne)
        if champ.is_relation:
            if champ.related_model is Territoire:
                return self.cle(colonne) if self.ailleurs else colonne
            return self.cle(colonne) if self.copiee(champ.related_model) else colonne
        if champ.unique and isinstance(champ, models.UUIDField):
            return "gen_random_uuid()"
        if (champ.unique or champ.name in uniques) and isinstance(champ, models.CharField):
            return f"left('t' || k || '-' || {colonne}, {champ.max_length})"
        return colonne

    def uniques(self, modele: Modele) -> set[str]:
        """Text columns that must differ between two rows of one territoire."""
        if self.ailleurs:
            return set()
        noms: set[str] = set()
        for contrainte in modele._meta.constraints:
            if isinstance(contrainte, UniqueConstraint) and "territoire" in contrainte.fields:
                textes = [n for n in contrainte.fields if isinstance(modele._meta.get_field(n), models.CharField)]
                noms.update(textes[:1])
        return noms

    def executer(self, curseur: Any) -> None:
        for table, modele in self.modeles.items():
            champs = modele._meta.local_concrete_fields
            cle, uniques = modele._meta.pk.column, self.uniques(modele)
            noms = ", ".join(f'"{c.column}"' for c in champs)
            valeurs = ", ".join(self.expression(modele, c, uniques) for c in champs)
            # The series depends on the row, so that the copies of a row are written one after the other.
            curseur.execute(
                f'INSERT INTO "{table}" ({noms}) SELECT {valeurs} '
                f'FROM (SELECT * FROM "{table}" s WHERE {_condition(modele)} ORDER BY {cle}) s '
                f"CROSS JOIN LATERAL generate_series(1, {self.fois} + 0 * s.{cle}) k",
                {"source": self.source},
            )


def _condition(modele: Modele) -> str:
    """Which rows of a table are the territoire's."""
    if modele is Territoire:
        return "s.id = %(source)s"
    if modele is Utilisateur:
        return "s.id IN (SELECT utilisateur_id FROM acces_affectation WHERE territoire_id = %(source)s)"
    for champ in modele._meta.local_concrete_fields:
        if champ.is_relation and champ.related_model is Territoire:
            return f's."{champ.column}" = %(source)s'
    parent = next(
        c for c in modele._meta.local_concrete_fields if c.is_relation and c.related_model in rls.modeles_cloisonnes()
    )
    table = parent.related_model._meta.db_table
    return f's."{parent.column}" IN (SELECT id FROM "{table}" WHERE territoire_id = %(source)s)'


def _tables(modeles: list[Modele]) -> dict[str, Modele]:
    return {m._meta.db_table: m for m in modeles}


@contextmanager
def _sans_index(curseur: Any, tables: Iterable[str]) -> Iterator[None]:
    """Secondary indexes and unique constraints aside: built once at the end, they cost far less than row by row."""
    curseur.execute(
        "SELECT i.indexrelid::regclass::text, i.indrelid::regclass::text, pg_get_indexdef(i.indexrelid), "
        "  c.conname, pg_get_constraintdef(c.oid) "
        "FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype = 'u' "
        "WHERE NOT i.indisprimary AND i.indrelid::regclass::text = ANY(%s)",
        [list(tables)],
    )
    retablir = []
    for index, table, definition, contrainte, regle in curseur.fetchall():
        if contrainte:
            curseur.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{contrainte}"')
            retablir.append(f'ALTER TABLE {table} ADD CONSTRAINT "{contrainte}" {regle}')
        else:
            curseur.execute(f"DROP INDEX {index}")
            retablir.append(definition)
    yield
    curseur.execute("SET maintenance_work_mem = '256MB'")
    for ordre in retablir:
        curseur.execute(ordre)


def _executer(copie: Copie) -> None:
    with connection.cursor() as curseur:
        curseur.execute("SET session_replication_role = replica")  # keys are right by construction
        curseur.execute("SET synchronous_commit = off")
        curseur.execute("SET wal_compression = on")
        # Many territoires make many rows; one that grows does not pay for the indexes of all.
        with _sans_index(curseur, copie.modeles if copie.ailleurs else ()):
            copie.executer(curseur)
        curseur.execute("SET session_replication_role = DEFAULT")


def cloner_territoires(source: Territoire, nombre: int) -> None:
    """Copy the whole territoire, its people included, into `nombre` new ones named t1-…, t2-… and so on."""
    modeles = [
        Territoire,
        Territoire.communes.through,
        Utilisateur,
        Affectation,
        *rls.modeles_cloisonnes(),
        *(lien for lien, _ in rls.liens_cloisonnes()),
    ]
    _executer(Copie(_tables(modeles), source.pk, nombre, BASE_TERRITOIRES, ailleurs=True))


def agrandir(territoire: Territoire, fois: int) -> None:
    """Copy the work of a territoire `fois` times inside itself; its numbers go on, its settings stay."""
    travail = [
        m
        for m in (*rls.modeles_cloisonnes(), *(lien for lien, _ in rls.liens_cloisonnes()))
        if m._meta.app_label in APPLICATIONS_DU_TRAVAIL and m not in REGLAGES
    ]
    _executer(Copie(_tables(travail), territoire.pk, fois, BASE_AGRANDIR, ailleurs=False))


def ranger() -> None:
    """Sequences after the copied keys, statistics, and nothing left for the disk to do."""
    with connection.cursor() as curseur:
        for modele in apps.get_models(include_auto_created=True):
            if modele._meta.managed and isinstance(modele._meta.pk, models.AutoField | models.BigAutoField):
                table = modele._meta.db_table
                curseur.execute(
                    f"SELECT setval(pg_get_serial_sequence('\"{table}\"', '{modele._meta.pk.column}'), "
                    f'greatest(1, (SELECT max("{modele._meta.pk.column}") FROM "{table}")))'
                )
        curseur.execute("VACUUM (ANALYZE)")
        curseur.execute("CHECKPOINT")
