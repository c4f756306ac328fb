from django.urls import path

from . import views

app_name = "porteurs"
urlpatterns = [
    path("", views.liste, name="liste"),
    path("nouveau/", views.creer, name="creer"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/modifier/", views.modifier, name="modifier"),
    path("<int:pk>/stade/", views.changer_stade, name="changer_stade"),
    path("<int:pk>/entreprise/", views.devenir_entreprise, name="devenir_entreprise"),
    path("<int:pk>/porteurs/ajouter/", views.ajouter_porteur, name="ajouter_porteur"),
    path("<int:pk>/porteurs/<int:porteur>/principal/", views.designer_principal, name="designer_principal"),
    path("<int:pk>/porteurs/<int:porteur>/retirer/", views.retirer_porteur, name="retirer_porteur"),
]
