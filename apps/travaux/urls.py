from django.urls import path

from . import views

app_name = "travaux"
urlpatterns = [
    path("", views.liste, name="liste"),
    path("<uuid:jeton>/", views.detail, name="detail"),
    path("<uuid:jeton>/avancement/", views.avancement, name="avancement"),
    path("<uuid:jeton>/annuler/", views.annuler, name="annuler"),
    path("<uuid:jeton>/relancer/", views.relancer, name="relancer"),
]
