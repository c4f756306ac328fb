"""Open to all, under /<territoire>/: what the pages of a territoire wear."""

from django.urls import path

from . import views

app_name = "habillage"
urlpatterns = [
    path("logo/<slug:empreinte>/", views.logo, name="logo"),
    path("couleurs/<slug:couleur>.css", views.couleurs, name="couleurs"),
]
