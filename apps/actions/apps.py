from importlib import import_module

from django.apps import AppConfig


class ActionsConfig(AppConfig):
    name = "apps.actions"
    label = "actions"
    verbose_name = "Actions"

    def ready(self) -> None:
        import_module("apps.actions.inscriptions")
