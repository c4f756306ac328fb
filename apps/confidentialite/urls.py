from django.urls import path

from . import views

app_name = "confidentialite"
urlpatterns = [
    path("registre/", views.registre_des_traitements, name="registre"),
    path("droits/", views.demandes, name="demandes"),
    path("droits/<str:reference>/", views.demande, name="demande"),
    path("droits/<str:reference>/repondre/", views.repondre, name="repondre"),
    path("droits/<str:reference>/donnees/", views.donnees, name="donnees"),
]
