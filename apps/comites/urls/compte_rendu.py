"""Addresses: compte_rendu."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
