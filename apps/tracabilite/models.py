"""The append-only log of who read, printed, exported or downloaded what. The coordination's readings are in it too."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from apps.core.acces import Acces, Role
from apps.territoires.models import DuTerritoire


class GenreAcces(models.TextChoices):
    LECTURE = "lecture", "Lecture"
    IMPRESSION = "impression", "Impression"
    EXPORT = "export", "Export"
    TELECHARGEMENT = "telechargement", "Téléchargement"
    RECHERCHE = "recherche", "Recherche"
    REFUS = "refus", "Refus"


class TraceQuerySet(models.QuerySet["Trace"]):
    def visibles_par(self, acces: Acces) -> "TraceQuerySet":
        """The data protection officer alone reads the log."""
        du_territoire = self.filter(territoire=acces.territoire_id)
        return du_territoire if acces.role in (Role.DPO, Role.SYSTEME) else du_territoire.none()


class Trace(DuTerritoire):
    """One access. Rows are only ever added: the application role has no right to change or delete them."""

    AJOUT_SEUL: ClassVar[bool] = True
    PERSONNELLES: ClassVar[set[str]] = {"utilisateur", "auteur"}
    NEUTRES: ClassVar[set[str]] = {"quand", "role", "organisme_id", "genre", "objet", "objet_id", "libelle", "requete"}

    quand = models.DateTimeField(auto_now_add=True)
    utilisateur = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    auteur = models.CharField(max_length=170, blank=True)
    role = models.CharField(max_length=20)
    organisme_id = models.BigIntegerField(null=True)
    genre = models.CharField(max_length=16, choices=GenreAcces)
    objet = models.CharField(max_length=60)
    objet_id = models.CharField(max_length=60, blank=True)
    libelle = models.CharField(max_length=200, blank=True, help_text="Un numéro ou un titre de liste, jamais un nom.")
    requete = models.CharField(max_length=64, blank=True)

    objects = TraceQuerySet.as_manager()

    class Meta:
        ordering = ("-quand",)
        indexes = (
            models.Index(fields=("territoire", "-quand")),
            models.Index(fields=("territoire", "objet", "objet_id")),
        )

    def __str__(self) -> str:
        return f"{self.quand:%Y-%m-%d %H:%M} {self.genre} {self.objet} {self.libelle}"
