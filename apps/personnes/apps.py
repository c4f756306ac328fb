from importlib import import_module

from django.apps import AppConfig


class PersonnesConfig(AppConfig):
    name = "apps.personnes"
    label = "personnes"
    verbose_name = "Personnes"

    def ready(self) -> None:
        import_module("apps.personnes.inscriptions")
