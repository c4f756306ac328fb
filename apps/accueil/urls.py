from django.urls import path

from . import views

app_name = "accueil"
urlpatterns = [
    path("", views.accueil, name="accueil"),
    path("a-traiter/", views.a_traiter, name="a_traiter"),
    path("recherche/", views.recherche, name="recherche"),
    path("chiffres/", views.chiffres, name="chiffres"),
    path("aide/", views.aide, name="aide"),
]
