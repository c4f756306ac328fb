"""Files received: checked, stored under an unguessable name, served only by the app that owns the link."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from apps.core.models import Horodate
from apps.territoires.models import DuTerritoire


def chemin(fichier: "Fichier", _nom: str) -> str:
    """Nothing of the sender’s name in the path; one folder a territoire, split in 256."""
    return f"{fichier.territoire_id}/{fichier.cle.hex[:2]}/{fichier.cle.hex}"


class Fichier(DuTerritoire, Horodate):
    PERSONNELLES: ClassVar[set[str]] = {"nom", "contenu", "depose_par"}
    NEUTRES: ClassVar[set[str]] = {"cle", "type_mime", "taille", "empreinte", "supprime_le"}

    cle = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    nom = models.CharField(max_length=150)
    type_mime = models.CharField(max_length=120)
    taille = models.PositiveIntegerField(help_text="En octets.")
    empreinte = models.CharField("SHA-256", max_length=64)
    contenu = models.FileField(upload_to=chemin, max_length=200)
    depose_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    supprime_le = models.DateTimeField(null=True)

    class Meta:
        ordering = ("cree_le",)

    def __str__(self) -> str:
        return self.nom
