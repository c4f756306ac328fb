from django.urls import path

from . import views
from .enums import Nomenclature

app_name = "referentiels"
urlpatterns = [
    path("communes/", views.communes, name="communes"),
    path("naf/", views.naf, name="naf"),
    path("naf/2025/", views.naf, {"nomenclature": Nomenclature.NAF_2025}, name="naf2025"),
]
