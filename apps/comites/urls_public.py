"""Under /<territoire>/, without login: the personal calendar feed, by its secret address."""

from django.urls import URLPattern

app_name = "agenda"
urlpatterns: list[URLPattern] = []
