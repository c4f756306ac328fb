from django.urls import path

from .views import contacts, fusions, imports, repertoire

app_name = "entreprises"
urlpatterns = [
    path("", repertoire.liste, name="liste"),
    path("nouvelle/", repertoire.creer, name="creer"),
    path("imports/", imports.imports, name="imports"),
    path("imports/sirene/", imports.sirene, name="sirene"),
    path("imports/modele.<str:genre>", imports.modele_import, name="modele_import"),
    path("imports/<int:pk>/", imports.un_import, name="import"),
    path("imports/<int:pk>/confirmer/", imports.confirmer_import, name="confirmer_import"),
    path("imports/<int:pk>/abandonner/", imports.abandonner_import, name="abandonner_import"),
    path("fusions/<int:fusion>/defaire/", fusions.defaire_fusion, name="defaire_fusion"),
    path("<int:pk>/", repertoire.detail, name="detail"),
    path("<int:pk>/modifier/", repertoire.modifier, name="modifier"),
    path("<int:pk>/fusionner/", fusions.fusionner, name="fusionner"),
    path("<int:pk>/fusionner/<int:autre>/", fusions.fusionner_avec, name="fusionner_avec"),
    path("<int:pk>/contacts/ajouter/", contacts.ajouter_contact, name="ajouter_contact"),
    path("<int:pk>/contacts/<int:lien>/", contacts.modifier_contact, name="modifier_contact"),
    path("<int:pk>/contacts/<int:lien>/retirer/", contacts.retirer_contact, name="retirer_contact"),
]
