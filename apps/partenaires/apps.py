from importlib import import_module

from django.apps import AppConfig


class PartenairesConfig(AppConfig):
    name = "apps.partenaires"
    label = "partenaires"
    verbose_name = "Partenaires"

    def ready(self) -> None:
        import_module("apps.partenaires.inscriptions")
