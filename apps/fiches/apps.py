from importlib import import_module

from django.apps import AppConfig


class FichesConfig(AppConfig):
    name = "apps.fiches"
    label = "fiches"
    verbose_name = "Fiches navettes"

    def ready(self) -> None:
        import_module("apps.fiches.inscriptions")
