"""`manage.py charger_naf2025 FICHIER`: the labels of NAF 2025, from INSEE's own file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.core.erreurs import ErreurMetier
from apps.referentiels.services import charger_naf2025


class Command(BaseCommand):
    help = "Charge les libellés de la NAF 2025 depuis le fichier de l’INSEE (CSV ou XLSX)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("fichier", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with options["fichier"].open("rb") as fichier:
                bilan = charger_naf2025(fichier)
        except OSError as erreur:
            raise CommandError(f"Le fichier ne peut pas être lu : {erreur}.") from erreur
        except ErreurMetier as erreur:
            raise CommandError(erreur.message) from erreur
        if options["verbosity"]:
            self.stdout.write(
                f"NAF 2025 : {bilan.total} sous-classes, {bilan.ajoutees} ajoutées, {bilan.modifiees} modifiées."
            )
