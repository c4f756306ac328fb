from importlib import import_module

from django.apps import AppConfig


class TravauxConfig(AppConfig):
    name = "apps.travaux"
    label = "travaux"
    verbose_name = "Travaux"

    def ready(self) -> None:
        import_module("apps.travaux.inscriptions")
