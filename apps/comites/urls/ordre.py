"""The ordre du jour of a séance, fiches put forward for it, and the anonymous versions for the élus."""

from django.urls import path

from ..views import ordre, proposer, versions
from . import convertisseurs  # noqa: F401  (registers « seance »)

urlpatterns = [
    path("<seance:numero>/ordre-du-jour/", ordre.page, name="ordre"),
    path("<seance:numero>/ordre-du-jour/propositions/", ordre.accepter, name="accepter"),
    path("<seance:numero>/ordre-du-jour/fiche/", ordre.ajouter_fiche, name="ajouter_fiche"),
    path("<seance:numero>/ordre-du-jour/sujet/", ordre.ajouter_sujet, name="ajouter_sujet"),
    path("<seance:numero>/ordre-du-jour/<int:pk>/", ordre.modifier_point, name="modifier_point"),
    path("<seance:numero>/ordre-du-jour/<int:pk>/ordonner/", ordre.ordonner, name="ordonner"),
    path("<seance:numero>/ordre-du-jour/<int:pk>/retirer/", ordre.retirer_point, name="retirer_point"),
    path("<seance:numero>/ordre-du-jour/<int:pk>/remettre/", ordre.remettre_point, name="remettre_point"),
    path("<seance:numero>/proposer/", proposer.depuis_seance, name="proposer"),
    path("fiches/<str:fiche>/", proposer.depuis_fiche, name="proposer_fiche"),
    path("versions/<str:fiche>/", versions.ecrire, name="version_anonyme"),
    path("versions/<str:fiche>/relire/", versions.relire, name="relire_version"),
]
