from django.urls import path

from . import views

app_name = "personnes"
urlpatterns = [
    path("texte-accord/", views.texte_accord, name="texte_accord"),
    path("fusions/<int:fusion>/defaire/", views.defaire_fusion, name="defaire_fusion"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/modifier/", views.modifier, name="modifier"),
    path("<int:pk>/accord/", views.donner_accord, name="donner_accord"),
    path("<int:pk>/accord/formulaire/", views.formulaire_accord, name="formulaire_accord"),
    path("<int:pk>/accord/<int:accord>/retirer/", views.retirer_accord, name="retirer_accord"),
    path("<int:pk>/accord/<int:accord>/preuve/", views.preuve_accord, name="preuve_accord"),
    path("<int:pk>/fusionner/", views.fusionner, name="fusionner"),
    path("<int:pk>/fusionner/<int:autre>/", views.fusionner_avec, name="fusionner_avec"),
]
