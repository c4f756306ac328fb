from importlib import import_module

from django.apps import AppConfig


class TracabiliteConfig(AppConfig):
    name = "apps.tracabilite"
    label = "tracabilite"
    verbose_name = "Traçabilité"

    def ready(self) -> None:
        import_module("apps.tracabilite.inscriptions")
