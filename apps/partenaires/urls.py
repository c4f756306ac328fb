"""The partners, under /<territoire>/espace/partenaires/."""

from django.urls import path

from . import views

app_name = "partenaires"
urlpatterns = [
    path("", views.liste, name="liste"),
    path("nouveau/", views.creer, name="creer"),
    path("couverture/", views.couverture, name="couverture"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/modifier/", views.modifier, name="modifier"),
    path("<int:pk>/renommer/", views.renommer, name="renommer"),
    path("<int:pk>/anciens-noms/", views.ancien_nom, name="ancien_nom"),
    path("<int:pk>/anciens-noms/<int:nom_pk>/retirer/", views.retirer_ancien_nom, name="retirer_ancien_nom"),
    path("<int:pk>/conventions/", views.convention, name="convention"),
    path("<int:pk>/conventions/<int:convention_pk>/", views.fichier_convention, name="fichier_convention"),
    path("<int:pk>/conventions/<int:convention_pk>/retirer/", views.retirer_convention, name="retirer_convention"),
]
