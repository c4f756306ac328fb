"""National nomenclatures, shared by every territoire: INSEE's codes are the keys."""

from typing import ClassVar

from django.db import models

from apps.core.texte import normaliser

from .enums import Nomenclature


class Region(models.Model):
    NEUTRES: ClassVar[set[str]] = {"code", "nom"}

    code = models.CharField(max_length=3, primary_key=True)
    nom = models.CharField(max_length=80)

    class Meta:
        ordering = ("nom",)

    def __str__(self) -> str:
        return self.nom


class Departement(models.Model):
    NEUTRES: ClassVar[set[str]] = {"code", "nom", "region"}

    code = models.CharField(max_length=3, primary_key=True)
    nom = models.CharField(max_length=80)
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="departements")

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.nom} ({self.code})"


class Epci(models.Model):
    NEUTRES: ClassVar[set[str]] = {"siren", "nom", "genre", "population", "recherche"}

    siren = models.CharField("SIREN", max_length=9, primary_key=True)
    nom = models.CharField(max_length=160)
    genre = models.CharField(max_length=10)
    population = models.PositiveIntegerField(default=0)
    recherche = models.CharField(max_length=200, editable=False)

    class Meta:
        ordering = ("nom",)
        verbose_name = "intercommunalité"

    def __str__(self) -> str:
        return self.nom


class CommuneQuerySet(models.QuerySet["Commune"]):
    def commencant_par(self, saisie: str) -> "CommuneQuerySet":
        """Communes whose name, post code or INSEE code starts with what was typed, the largest first."""
        mot = normaliser(saisie)
        if not mot:
            return self.none()
        if mot.isdigit():
            return self.filter(
                models.Q(codes_postaux__startswith=mot) | models.Q(codes_postaux__contains=f"|{mot}")
            ).order_by("-population")
        return self.filter(recherche__startswith=mot).order_by("-population")


class Commune(models.Model):
    """A commune in force, by INSEE code. A post code is never a key: 46100 is Figeac's, and Faycelles' INSEE code."""

    NEUTRES: ClassVar[set[str]] = {
        "code_insee", "nom", "recherche", "codes_postaux", "departement", "population", "epci", "siren",
    }  # fmt: skip

    code_insee = models.CharField("code INSEE", max_length=5, primary_key=True)
    nom = models.CharField(max_length=80)
    recherche = models.CharField(max_length=100, editable=False, db_index=True)
    codes_postaux = models.CharField("codes postaux", max_length=200, blank=True, help_text="Séparés par « | ».")
    departement = models.ForeignKey(Departement, models.PROTECT, related_name="communes")
    population = models.PositiveIntegerField(default=0)
    epci = models.ForeignKey(Epci, models.PROTECT, null=True, blank=True, related_name="communes")
    siren = models.CharField(max_length=9, blank=True)

    objects = CommuneQuerySet.as_manager()

    class Meta:
        ordering = ("recherche",)

    def __str__(self) -> str:
        return f"{self.nom} ({self.code_postal or self.code_insee})"

    @property
    def code_postal(self) -> str:
        """The first post code."""
        return self.codes_postaux.split("|")[0]


class Naf(models.Model):
    """A sub-class of one nomenclature. NAF 2025 is filled when the administrator loads INSEE's file."""

    NEUTRES: ClassVar[set[str]] = {
        "nomenclature", "code", "libelle", "division", "division_libelle", "section", "section_libelle", "recherche",
    }  # fmt: skip

    nomenclature = models.CharField(max_length=8, choices=Nomenclature)
    code = models.CharField(max_length=6)
    libelle = models.CharField(max_length=255)
    division = models.CharField(max_length=2, blank=True)
    division_libelle = models.CharField(max_length=255, blank=True)
    section = models.CharField(max_length=1, blank=True)
    section_libelle = models.CharField(max_length=255, blank=True)
    recherche = models.CharField(max_length=300, editable=False)

    class Meta:
        ordering = ("nomenclature", "code")
        constraints = (models.UniqueConstraint(fields=("nomenclature", "code"), name="naf_unique"),)

    def __str__(self) -> str:
        return f"{self.code} {self.libelle}"


class CategorieJuridique(models.Model):
    NEUTRES: ClassVar[set[str]] = {"code", "niveau", "libelle"}

    code = models.CharField(max_length=4, primary_key=True)
    niveau = models.PositiveSmallIntegerField()
    libelle = models.CharField(max_length=255)

    class Meta:
        ordering = ("code",)
        verbose_name = "forme juridique"

    def __str__(self) -> str:
        return self.libelle
