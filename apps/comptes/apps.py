from django.apps import AppConfig


class ComptesConfig(AppConfig):
    name = "apps.comptes"
    label = "comptes"
    verbose_name = "Comptes"
