"""How a fiche ended: results with their proof, help obtained, and the follow-ups years after."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from apps.core.champs import LigneField, TexteField
from apps.core.models import Horodate
from apps.documents.models import Fichier
from apps.partenaires.models import Organisme
from apps.territoires.models import DuTerritoire

from .fiche import FicheNavette


class Resultat(DuTerritoire, Horodate):
    """Jobs in full-time equivalents, money in euros."""

    NEUTRES: ClassVar[set[str]] = {
        "fiche",
        "constate_le",
        "emplois_crees",
        "emplois_maintenus",
        "investissement",
        "preuve",
        "preuve_fichier",
    }

    fiche = models.OneToOneField(FicheNavette, models.CASCADE, related_name="resultat")
    constate_le = models.DateField("constaté le")
    emplois_crees = models.DecimalField("emplois créés (ETP)", max_digits=6, decimal_places=2, default=0)
    emplois_maintenus = models.DecimalField("emplois maintenus (ETP)", max_digits=6, decimal_places=2, default=0)
    investissement = models.DecimalField("investissement (€)", max_digits=12, decimal_places=2, null=True, blank=True)
    preuve = LigneField("preuve", max_length=200, blank=True, help_text="Extrait Kbis, contrat, attestation…")
    preuve_fichier = models.ForeignKey(Fichier, models.PROTECT, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return f"Résultat de {self.fiche_id}"


class AideObtenue(DuTerritoire):
    """Help obtained from a funder: a partner, or another by its name."""

    NEUTRES: ClassVar[set[str]] = {"fiche", "financeur", "financeur_nom", "montant", "obtenue_le", "nature"}

    fiche = models.ForeignKey(FicheNavette, models.CASCADE, related_name="aides")
    financeur = models.ForeignKey(Organisme, models.PROTECT, null=True, blank=True, related_name="+")
    financeur_nom = LigneField("financeur", max_length=120, blank=True)
    nature = LigneField(max_length=120, blank=True)
    montant = models.DecimalField("montant (€)", max_digits=12, decimal_places=2)
    obtenue_le = models.DateField("obtenue le", null=True, blank=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(montant__gte=0), name="aide_positive"),)

    def __str__(self) -> str:
        return f"{self.financeur_nom} {self.montant}"


class Suivi(DuTerritoire, Horodate):
    """A follow-up 6, 12, 24 or 36 months after a success, planned by closing itself."""

    PERSONNELLES: ClassVar[set[str]] = {"note", "fait_par"}
    NEUTRES: ClassVar[set[str]] = {
        "fiche",
        "mois",
        "prevu_le",
        "fait_le",
        "est_active",
        "emplois",
        "annule_le",
        "injoignable",
    }

    fiche = models.ForeignKey(FicheNavette, models.CASCADE, related_name="suivis")
    mois = models.PositiveSmallIntegerField()
    prevu_le = models.DateField("prévu le")
    fait_le = models.DateField("fait le", null=True, blank=True)
    fait_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    est_active = models.BooleanField("toujours en activité", null=True, blank=True)
    injoignable = models.BooleanField(default=False)
    emplois = models.DecimalField("emplois (ETP)", max_digits=6, decimal_places=2, null=True, blank=True)
    note = TexteField(blank=True)
    annule_le = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("prevu_le",)
        constraints = (models.UniqueConstraint(fields=("fiche", "mois"), name="suivi_unique"),)
        indexes = (
            models.Index(
                fields=("territoire", "prevu_le"),
                condition=models.Q(fait_le__isnull=True, annule_le__isnull=True),
                name="suivi_a_faire",
            ),
        )

    def __str__(self) -> str:
        return f"Suivi à {self.mois} mois"
