from django.urls import path

from . import views

app_name = "courriels"
urlpatterns = [
    path("", views.liste, name="liste"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/annuler/", views.annuler, name="annuler"),
    path("<int:pk>/renvoyer/", views.renvoyer, name="renvoyer"),
]
