"""`manage.py charger_referentiels`: communes, intercommunalities, NAF and legal forms, from fixtures/referentiels/."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.referentiels.services import charger


class Command(BaseCommand):
    help = "Charge les nomenclatures nationales, ou les met à jour. Peut être relancée sans risque."

    def handle(self, *args: Any, **options: Any) -> None:
        bilan = charger()
        if options["verbosity"]:
            for nom, nombre in bilan.items():
                self.stdout.write(f"{nom} : {nombre}")
