"""A browser in words."""

import re

from django import template

register = template.Library()

NAVIGATEURS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


@register.filter
def appareil_lisible(agent: str) -> str:
    """« Firefox sur Windows »; what cannot be read is a device of an unknown kind."""
    navigateur = next((nom for marque, nom in NAVIGATEURS if re.search(rf"\b{marque}\b", agent or "")), "")
    systeme = next((nom for marque, nom in SYSTEMES if marque in (agent or "")), "")
    return " sur ".join(filter(None, (navigateur, systeme))) or "Appareil inconnu"
