from importlib import import_module

from django.apps import AppConfig


class EssaisConfig(AppConfig):
    """Inscribes the executors of the tests in a process that the tests start."""

    name = "tests.travaux.essais"
    label = "essais"

    def ready(self) -> None:
        executeurs = import_module("apps.core.registres").executeurs
        for genre, executeur in import_module("tests.travaux.essais.executeurs").ESSAIS.items():
            executeurs.inscrire(genre, executeur)
