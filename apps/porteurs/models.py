"""A projet and the people who carry it, with or without a company."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.core.acces import Acces
from apps.core.champs import ChoixMultipleField, LigneField, TexteField
from apps.core.models import Horodate, Versionne
from apps.entreprises.models import Entreprise
from apps.personnes.models import Personne
from apps.referentiels.enums import NatureActivite
from apps.referentiels.models import Commune
from apps.territoires.models import DuTerritoire

from .enums import GenreProjet, StadeProjet


class ProjetQuerySet(models.QuerySet["Projet"]):
    def visibles_par(self, acces: Acces) -> "ProjetQuerySet":
        """The coordination only: a partner reads a projet through its fiche."""
        du_territoire = self.filter(territoire=acces.territoire_id)
        return du_territoire if acces.est_coordination else du_territoire.none()


class Projet(DuTerritoire, Horodate, Versionne):
    PERSONNELLES: ClassVar[set[str]] = {"titre", "description", "recherche"}
    NEUTRES: ClassVar[set[str]] = {
        "genre", "stade", "commune", "natures", "naf_prevue",
        "emplois_prevus", "investissement", "commence_le", "echeance",
        "entreprise",
    }  # fmt: skip

    titre = LigneField(max_length=160)
    genre = models.CharField("nature du projet", max_length=14, choices=GenreProjet)
    stade = models.CharField(max_length=16, choices=StadeProjet, default=StadeProjet.IDEE)
    description = TexteField(blank=True)
    commune = models.ForeignKey(Commune, models.PROTECT, null=True, blank=True, related_name="+")
    natures = ChoixMultipleField("activité prévue", valeurs=NatureActivite)
    naf_prevue = models.CharField("code NAF prévu", max_length=6, blank=True)
    emplois_prevus = models.DecimalField("emplois prévus", max_digits=6, decimal_places=2, null=True, blank=True)
    investissement = models.DecimalField(
        "investissement prévu (€)", max_digits=12, decimal_places=2, null=True, blank=True
    )
    commence_le = models.DateField("commencé le", null=True, blank=True)
    echeance = models.DateField("échéance souhaitée", null=True, blank=True)
    entreprise = models.ForeignKey(
        Entreprise,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="projets",
        help_text="Née du projet, ou qu’il concerne.",
    )
    recherche = models.CharField(max_length=600, editable=False, blank=True)

    objects = ProjetQuerySet.as_manager()

    class Meta:
        ordering = ("-cree_le",)
        indexes = (models.Index(fields=("territoire", "-cree_le")),)

    def __str__(self) -> str:
        return self.titre


class Porteur(DuTerritoire, Horodate):
    """Who carries the projet: a couple, a GAEC, associates; one of them principal."""

    PERSONNELLES: ClassVar[set[str]] = {"personne"}
    NEUTRES: ClassVar[set[str]] = {"projet", "est_principal"}

    projet = models.ForeignKey(Projet, models.CASCADE, related_name="porteurs")
    personne = models.ForeignKey(Personne, models.PROTECT, related_name="portages")
    est_principal = models.BooleanField("principal", default=False)

    class Meta:
        ordering = ("-est_principal", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("projet", "personne"),
                name="porteur_unique",
                violation_error_message="Cette personne porte déjà ce projet.",
            ),
            models.UniqueConstraint(
                fields=("projet",),
                condition=Q(est_principal=True),
                name="porteur_principal_unique",
                violation_error_message="Un projet a un seul porteur principal.",
            ),
        )

    def __str__(self) -> str:
        return str(self.personne)


class Etape(DuTerritoire):
    """A change of stage, frozen: how the projet went from idea to enterprise."""

    PERSONNELLES: ClassVar[set[str]] = {"auteur"}
    NEUTRES: ClassVar[set[str]] = {"projet", "stade", "quand"}

    projet = models.ForeignKey(Projet, models.CASCADE, related_name="etapes")
    stade = models.CharField(max_length=16, choices=StadeProjet)
    quand = models.DateTimeField(auto_now_add=True)
    auteur = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ("quand",)

    def __str__(self) -> str:
        return self.get_stade_display()
