from importlib import import_module

from django.apps import AppConfig


class CourrielsConfig(AppConfig):
    name = "apps.courriels"
    label = "courriels"
    verbose_name = "Courriels"

    def ready(self) -> None:
        import_module("apps.courriels.inscriptions")
