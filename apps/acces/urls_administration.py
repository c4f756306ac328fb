"""The administration of the platform, under /administration/."""

from django.urls import path

from .views import administration

app_name = "administration"
urlpatterns = [
    path("", administration.territoires, name="territoires"),
    path("territoires/nouveau/", administration.territoire_creer, name="territoire_creer"),
    path("territoires/<int:pk>/", administration.territoire, name="territoire"),
    path("territoires/<int:pk>/coordination/", administration.coordinateur, name="coordinateur"),
    path("comptes/", administration.comptes, name="comptes"),
    path("comptes/<int:pk>/", administration.compte, name="compte"),
    path("comptes/<int:pk>/agir/", administration.compte_action, name="compte_action"),
    path("nomenclatures/", administration.nomenclatures, name="nomenclatures"),
]
