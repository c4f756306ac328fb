from django.apps import AppConfig


class ReferentielsConfig(AppConfig):
    name = "apps.referentiels"
    label = "referentiels"
    verbose_name = "Nomenclatures"
