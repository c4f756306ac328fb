from django.urls import path

from . import views

app_name = "listes"
urlpatterns = [
    path("enregistrer/", views.enregistrer, name="enregistrer"),
    path("<int:pk>/renommer/", views.renommer, name="renommer"),
    path("<int:pk>/partager/", views.partager, name="partager"),
    path("<int:pk>/supprimer/", views.supprimer, name="supprimer"),
]
