"""Addresses of the committees: each subject brings its own list."""

from . import calendrier, compte_rendu, documents, ordre, tenue

app_name = "comites"
urlpatterns = [
    *calendrier.urlpatterns,
    *ordre.urlpatterns,
    *tenue.urlpatterns,
    *compte_rendu.urlpatterns,
    *documents.urlpatterns,
]
