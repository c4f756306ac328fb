from importlib import import_module

from django.apps import AppConfig


class TerritoiresConfig(AppConfig):
    name = "apps.territoires"
    label = "territoires"
    verbose_name = "Territoires"

    def ready(self) -> None:
        import_module("apps.territoires.inscriptions")
