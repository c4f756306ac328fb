"""Row-level security, provisioned after each migration for every model that carries a territoire."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, models
from django.db.backends.base.base import BaseDatabaseWrapper

COURANT = "(SELECT NULLIF(current_setting('app.territoire', true), '')::bigint)"
# Read before the territoire is known, or across territoires by the sweepers; they hold no case data.
SANS_CLOISON = {
    "acces.Affectation",
    "acces.Invitation",
    "travaux.Travail",
}


def modeles_cloisonnes() -> list[type[models.Model]]:
    """Every concrete model with a `territoire` of its own, but the few that are read before it is known."""
    return [
        m
        for m in apps.get_models()
        if m._meta.managed
        and m._meta.label not in SANS_CLOISON
        and any(f.name == "territoire" and f.is_relation for f in m._meta.local_fields)
    ]


def liens_cloisonnes() -> list[tuple[Any, Any]]:
    """Automatic many-to-many tables of cloistered models, with their key to the row that carries the territoire."""
    liens = []
    for modele in modeles_cloisonnes():
        for champ in modele._meta.local_many_to_many:
            through = champ.remote_field.through
            if through._meta.auto_created:
                cle = next(f for f in through._meta.fields if getattr(f, "related_model", None) is modele)
                liens.append((through, cle))
    return liens


def _politique(curseur, table: str, condition: str) -> None:
    curseur.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
    curseur.execute(f'DROP POLICY IF EXISTS territoire ON "{table}"')
    curseur.execute(f'CREATE POLICY territoire ON "{table}" USING ({condition}) WITH CHECK ({condition})')


def preparer_role(connexion: BaseDatabaseWrapper) -> None:
    """Create the application role and let the owner assume it. Idempotent, safe beside another migration."""
    role = settings.ROLE_APPLICATIF
    with connexion.cursor() as curseur:
        curseur.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if curseur.fetchone():
            return
        try:
            curseur.execute(f'CREATE ROLE "{role}" NOLOGIN NOSUPERUSER NOBYPASSRLS')
            curseur.execute(f'GRANT "{role}" TO CURRENT_USER')
        except DatabaseError:
            curseur.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            if not curseur.fetchone():
                raise


def cloisonner(connexion: BaseDatabaseWrapper) -> None:
    """Grant the application role its tables and put a policy on every cloistered one."""
    role = settings.ROLE_APPLICATIF
    with connexion.cursor() as curseur:
        curseur.execute(f'GRANT USAGE ON SCHEMA public TO "{role}"')
        curseur.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "{role}"')
        # Imports stage their rows in temporary tables.
        base = connexion.settings_dict["NAME"]
        curseur.execute(f'GRANT TEMPORARY ON DATABASE "{base}" TO "{role}"')
        curseur.execute(f'GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO "{role}"')
        for modele in modeles_cloisonnes():
            nul = modele._meta.get_field("territoire").null
            egal = "IS NOT DISTINCT FROM" if nul else "="
            _politique(curseur, modele._meta.db_table, f"territoire_id {egal} {COURANT}")
        for through, cle in liens_cloisonnes():
            parent = cle.related_model._meta
            _politique(
                curseur,
                through._meta.db_table,
                f'EXISTS (SELECT 1 FROM "{parent.db_table}" p WHERE p."{parent.pk.column}" = "{cle.column}")',
            )
        for modele in apps.get_models():
            if getattr(modele, "AJOUT_SEUL", False):
                curseur.execute(f'REVOKE UPDATE, DELETE ON "{modele._meta.db_table}" FROM "{role}"')
