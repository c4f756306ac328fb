"""The relevé de décisions and the minutes of a séance."""

from django.urls import path

from ..views import compte_rendu
from . import convertisseurs  # noqa: F401  (registers « seance »)

urlpatterns = [
    path("<seance:numero>/releve/", compte_rendu.releve, name="releve"),
    path("<seance:numero>/releve/envoyer/", compte_rendu.envoyer_releve, name="envoyer_releve"),
    path("<seance:numero>/compte-rendu/", compte_rendu.compte_rendu, name="compte_rendu"),
    path("<seance:numero>/compte-rendu/rediger/", compte_rendu.rediger, name="rediger"),
    path("<seance:numero>/compte-rendu/sections/nouvelle/", compte_rendu.nouvelle_section, name="nouvelle_section"),
    path("<seance:numero>/compte-rendu/sections/<int:pk>/", compte_rendu.section, name="section"),
    path("<seance:numero>/compte-rendu/envoyer/", compte_rendu.envoyer_projet, name="envoyer_projet"),
    path("<seance:numero>/compte-rendu/remarques/", compte_rendu.remarquer, name="remarquer"),
    path("<seance:numero>/compte-rendu/remarques/<int:pk>/", compte_rendu.remarque, name="remarque"),
    path("<seance:numero>/compte-rendu/approuver/", compte_rendu.approuver, name="approuver"),
    path("<seance:numero>/compte-rendu/rectifier/", compte_rendu.rectifier, name="rectifier"),
]
