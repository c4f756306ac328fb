from importlib import import_module

from django.apps import AppConfig


class PorteursConfig(AppConfig):
    name = "apps.porteurs"
    label = "porteurs"
    verbose_name = "Porteurs de projet"

    def ready(self) -> None:
        import_module("apps.porteurs.inscriptions")
