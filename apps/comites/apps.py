from importlib import import_module

from django.apps import AppConfig


class ComitesConfig(AppConfig):
    name = "apps.comites"
    label = "comites"
    verbose_name = "Comités"

    def ready(self) -> None:
        import_module("apps.comites.inscriptions")
