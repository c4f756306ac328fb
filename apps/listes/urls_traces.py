"""The access log, under /<territoire>/espace/traces/."""

from django.urls import path

from . import traces

app_name = "tracabilite"
urlpatterns = [path("", traces.liste, name="liste")]
