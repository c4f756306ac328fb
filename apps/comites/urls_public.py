"""Under /<territoire>/, without login: the personal calendar feed, by its secret address."""

from django.urls import path

from .views import agenda

app_name = "agenda"
urlpatterns = [path("<str:secret>.ics", agenda.flux_public, name="flux")]
