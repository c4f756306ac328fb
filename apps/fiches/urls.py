"""Under /<territoire>/espace/fiches/. A fiche is named by its number, an orientation by its key."""

from django.urls import path

from .views import cloture, detail, echanges, edition, impression, orientations

app_name = "fiches"
urlpatterns = [
    path("", detail.liste, name="liste"),
    path("orientations/<int:pk>/", orientations.reponse, name="reponse"),
    path("orientations/<int:pk>/decliner/", orientations.decliner, name="decliner"),
    path("orientations/<int:pk>/avis/", orientations.rendre_avis, name="rendre_avis"),
    path("orientations/<int:pk>/terminer/", orientations.terminer, name="terminer"),
    path("orientations/<int:pk>/section/", orientations.section, name="section"),
    path("orientations/<int:pk>/confier/", orientations.confier, name="confier"),
    path("orientations/<int:pk>/relancer/", orientations.relancer, name="relancer"),
    path("orientations/<int:pk>/annuler/", orientations.annuler, name="annuler"),
    path("orientations/<int:pk>/repondre/<slug:action>/", orientations.repondre, name="repondre"),
    path("<str:numero>/", detail.detail, name="detail"),
    path("<str:numero>/modifier/", edition.modifier, name="modifier"),
    path("<str:numero>/besoins/", edition.besoins, name="besoins"),
    path("<str:numero>/besoins/<int:pk>/", edition.besoin, name="besoin"),
    path("<str:numero>/orienter/", orientations.orienter, name="orienter"),
    path("<str:numero>/echanges/", echanges.noter, name="noter"),
    path("<str:numero>/echanges/<int:pk>/", echanges.modifier, name="modifier_echange"),
    path("<str:numero>/echanges/<int:pk>/retirer/", echanges.retirer, name="retirer_echange"),
    path("<str:numero>/pieces/", echanges.ajouter_piece, name="ajouter_piece"),
    path("<str:numero>/pieces/<uuid:cle>/", echanges.piece, name="piece"),
    path("<str:numero>/pieces/<uuid:cle>/retirer/", echanges.retirer_piece, name="retirer_piece"),
    path("<str:numero>/imprimer/", impression.imprimer, name="imprimer"),
    path("<str:numero>/attendre/", edition.attendre, name="attendre"),
    path("<str:numero>/reprendre/", edition.reprendre, name="reprendre"),
    path("<str:numero>/demandeurs/", edition.demandeurs, name="demandeurs"),
    path("<str:numero>/accord/<int:personne>/", edition.accord, name="accord"),
    path("<str:numero>/accord/<int:personne>/retirer/", edition.retirer_accord, name="retirer_accord"),
    path("<str:numero>/cloturer/", cloture.cloturer, name="cloturer"),
    path("<str:numero>/proposer-cloture/", cloture.proposer, name="proposer_cloture"),
    path("<str:numero>/rouvrir/", cloture.rouvrir, name="rouvrir"),
    path("<str:numero>/suivis/<int:mois>/", cloture.suivi, name="suivi"),
]
