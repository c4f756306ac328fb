"""`manage.py purger_traces`: forgets the access log beyond twelve months. Runs as the owner of the tables."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from apps.tracabilite.services import purger_anciennes


class Command(BaseCommand):
    help = (
        "Efface du journal des accès ce qui a plus de douze mois. Se lance avec l’adresse du propriétaire des tables."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        role = connection.settings_dict["OPTIONS"].pop("assume_role", None)
        if role:
            # A connection made before would keep the application role, which may only add lines.
            connection.close()
        try:
            nombre = purger_anciennes()
        finally:
            if role:
                connection.settings_dict["OPTIONS"]["assume_role"] = role
                connection.close()
        if options["verbosity"]:
            self.stdout.write(
                f"{nombre} ligne{'s' if nombre > 1 else ''} du journal des accès effacée{'s' if nombre > 1 else ''}."
            )
