"""Addresses of the documents made here; what each was made of says who may see it."""

from django.urls import path

from . import views

app_name = "documents"
urlpatterns = [
    path("<uuid:jeton>/", views.detail, name="detail"),
    path("<uuid:jeton>/avancement/", views.avancement, name="avancement"),
    path("<uuid:jeton>/annuler/", views.annuler, name="annuler"),
    path("<uuid:jeton>/relancer/", views.relancer, name="relancer"),
    path("<uuid:jeton>/voir/", views.voir, name="voir"),
    path("<uuid:jeton>/telecharger/", views.telecharger, name="telecharger"),
]
