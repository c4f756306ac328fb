"""The documents of a séance, under /<territoire>/espace/comites/."""

from django.urls import path

from ..views import documents
from . import convertisseurs  # noqa: F401  (registers « seance »)

urlpatterns = [
    path("<seance:numero>/documents/", documents.documents, name="documents"),
    path("<seance:numero>/documents/<slug:genre>/", documents.demander, name="demander_document"),
]
