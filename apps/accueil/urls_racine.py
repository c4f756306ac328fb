from django.urls import path

from . import views

app_name = "racine"
urlpatterns = [path("", views.racine, name="racine")]
