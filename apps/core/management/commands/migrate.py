"""Django's migrate, run as the owner of the tables, then the cloistering of every tenant table."""

from typing import Any

from django.core.management.commands.migrate import Command as Migrate
from django.db import connections

from apps.core import rls


class Command(Migrate):
    help = "Applique les migrations, puis les droits du rôle applicatif et la sécurité par ligne (PostgreSQL)."

    def handle(self, *args: Any, **options: Any) -> None:
        connexion = connections[options["database"]]
        if connexion.vendor != "postgresql":
            super().handle(*args, **options)
            return
        role = connexion.settings_dict["OPTIONS"].pop("assume_role", None)
        connexion.close()
        try:
            rls.preparer_role(connexion)
            super().handle(*args, **options)
            rls.cloisonner(connexion)
        finally:
            if role:
                connexion.settings_dict["OPTIONS"]["assume_role"] = role
                connexion.close()
