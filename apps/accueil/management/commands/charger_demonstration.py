"""`manage.py charger_demonstration`: the invented Pays de Figeac, and a second one that shows that nothing crosses."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.accueil.demonstration.chargement import charger, effacer, territoires_presents


class Command(BaseCommand):
    help = "Charge les données de démonstration (personnes et entreprises inventées). Sans effet si elles sont déjà là."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--recommencer", action="store_true", help="efface d’abord ces deux territoires")
        parser.add_argument("--leger", action="store_true", help="peu d’entreprises et de fiches, pour des essais")

    def handle(self, *args: Any, **options: Any) -> None:
        presents = territoires_presents()
        if presents and not options["recommencer"]:
            self.stdout.write(f"Déjà là : {', '.join(t.nom for t in presents)}. Rien n’a été changé.")
            return
        if presents:
            effacer()
        bilan = charger(leger=options["leger"])
        if options["verbosity"]:
            for nom, nombre in bilan.items():
                self.stdout.write(f"{nom} : {nombre}")
