from importlib import import_module

from django.apps import AppConfig


class DemandesConfig(AppConfig):
    name = "apps.demandes"
    label = "demandes"
    verbose_name = "Demandes"

    def ready(self) -> None:
        import_module("apps.demandes.inscriptions")
