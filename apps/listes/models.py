"""Saved views of the lists: a name for a set of filters, own or shared."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.core.acces import Acces
from apps.core.champs import LigneField
from apps.core.models import Horodate
from apps.territoires.models import DuTerritoire


class VueQuerySet(models.QuerySet["VueEnregistree"]):
    def visibles_par(self, acces: Acces) -> "VueQuerySet":
        """One's own views, and those shared with one's role."""
        return self.filter(territoire=acces.territoire_id).filter(
            Q(proprietaire=acces.utilisateur_id) | Q(est_partagee=True, role=acces.role)
        )


class VueEnregistree(DuTerritoire, Horodate):
    PERSONNELLES: ClassVar[set[str]] = {"proprietaire", "requete"}
    NEUTRES: ClassVar[set[str]] = {"liste", "nom", "role", "est_partagee", "ordre"}

    proprietaire = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    role = models.CharField(max_length=20, help_text="Le rôle dont les membres voient une vue partagée.")
    liste = models.CharField(max_length=30)
    nom = LigneField(max_length=60)
    requete = models.CharField(max_length=1000, blank=True, help_text="Les filtres et le tri, comme dans l’adresse.")
    est_partagee = models.BooleanField("partagée", default=False)
    ordre = models.PositiveSmallIntegerField(default=0)

    objects = VueQuerySet.as_manager()

    class Meta:
        ordering = ("ordre", "nom")
        verbose_name = "vue enregistrée"
        constraints = (
            models.UniqueConstraint(
                fields=("territoire", "proprietaire", "liste", "nom"),
                name="vue_unique",
                violation_error_message="Vous avez déjà une vue de ce nom.",
            ),
        )

    def __str__(self) -> str:
        return self.nom
