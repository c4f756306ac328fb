from django.apps import AppConfig


class ListesConfig(AppConfig):
    name = "apps.listes"
    label = "listes"
    verbose_name = "Listes"
