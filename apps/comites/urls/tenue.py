"""Addresses: tenue."""

from django.urls import URLPattern, path

from ..views import tenue, tenue_ecran, tenue_presences
from . import convertisseurs  # noqa: F401

urlpatterns: list[URLPattern] = [
    path("<seance:numero>/ouvrir/", tenue.ouvrir, name="ouvrir"),
    path("<seance:numero>/tenir/", tenue.tenir, name="tenir"),
    path("<seance:numero>/tenir/etat/", tenue_ecran.etat, name="etat_tenue"),
    path("<seance:numero>/tenir/reconnexion/", tenue_ecran.reconnexion, name="reconnexion"),
    path("<seance:numero>/tenir/presences/", tenue_presences.presences, name="presences"),
    path("<seance:numero>/tenir/<int:pk>/", tenue.point, name="point"),
    path("<seance:numero>/tenir/<int:pk>/ici/", tenue.placer, name="placer"),
    path("<seance:numero>/tenir/<int:pk>/actions/<int:action>/retirer/", tenue.retirer_action, name="retirer_action"),
    path(
        "<seance:numero>/tenir/<int:pk>/actions/<int:action>/orienter/", tenue.orienter_action, name="orienter_action"
    ),
    path("<seance:numero>/terminer/", tenue.terminer, name="terminer"),
    path("<seance:numero>/reprendre/", tenue.reprendre, name="reprendre"),
    path("<seance:numero>/projection/", tenue_ecran.projection, name="projection"),
]
