from importlib import import_module

from django.apps import AppConfig


class AccesConfig(AppConfig):
    name = "apps.acces"
    label = "acces"
    verbose_name = "Accès"

    def ready(self) -> None:
        import_module("apps.acces.inscriptions")
