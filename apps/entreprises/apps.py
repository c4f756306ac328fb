from importlib import import_module

from django.apps import AppConfig


class EntreprisesConfig(AppConfig):
    name = "apps.entreprises"
    label = "entreprises"
    verbose_name = "Entreprises"

    def ready(self) -> None:
        import_module("apps.entreprises.inscriptions")
