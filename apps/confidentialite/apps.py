from importlib import import_module

from django.apps import AppConfig


class ConfidentialiteConfig(AppConfig):
    name = "apps.confidentialite"
    label = "confidentialite"
    verbose_name = "Confidentialité"

    def ready(self) -> None:
        import_module("apps.confidentialite.inscriptions")
