"""What a person asks of their own data, and by when it must be answered."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.core.acces import Acces, Role
from apps.core.champs import LigneField, TexteField
from apps.core.models import Horodate, Versionne
from apps.personnes.models import Personne
from apps.territoires.models import DuTerritoire

from .enums import OUVERTES, Droit, EtatDemandeDroit


class DemandeDroitQuerySet(models.QuerySet["DemandeDroit"]):
    def visibles_par(self, acces: Acces) -> "DemandeDroitQuerySet":
        """The data protection officer answers; the coordination, which often receives them, sees and records them."""
        du_territoire = self.filter(territoire=acces.territoire_id)
        return du_territoire if acces.est_coordination or acces.role == Role.DPO else du_territoire.none()

    def ouvertes(self) -> "DemandeDroitQuerySet":
        """Those that still wait for an answer."""
        return self.filter(etat__in=OUVERTES)


class DemandeDroit(DuTerritoire, Horodate, Versionne):
    """A request for access, rectification, erasure…: one month to answer, three when prolonged (RGPD, art. 12.3)."""

    PERSONNELLES: ClassVar[set[str]] = {
        "nom",
        "contact",
        "personne",
        "precision",
        "reponse",
        "saisie_par",
        "repondue_par",
    }
    NEUTRES: ClassVar[set[str]] = {
        "reference", "droit", "etat", "recue_le", "echeance", "prolongee", "motif_prolongation", "identite_verifiee_le",
        "repondue_le",
    }  # fmt: skip

    reference = models.CharField("référence", max_length=24)
    droit = models.CharField(max_length=14, choices=Droit, default=Droit.ACCES)
    nom = LigneField("nom du demandeur", max_length=160)
    contact = LigneField("comment lui répondre", max_length=200)
    precision = TexteField("ce qui est demandé", blank=True)
    recue_le = models.DateField("reçue le")
    echeance = models.DateField("à répondre avant le", editable=False)
    prolongee = models.BooleanField("prolongée de deux mois", default=False)
    motif_prolongation = LigneField("raison de la prolongation", max_length=200, blank=True)
    identite_verifiee_le = models.DateField("identité vérifiée le", null=True, blank=True)
    personne = models.ForeignKey(Personne, models.SET_NULL, null=True, blank=True, related_name="+")
    etat = models.CharField("état", max_length=10, choices=EtatDemandeDroit, default=EtatDemandeDroit.RECUE)
    reponse = TexteField("réponse", blank=True)
    repondue_le = models.DateField("répondue le", null=True, blank=True)
    saisie_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    repondue_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = DemandeDroitQuerySet.as_manager()

    class Meta:
        ordering = ("echeance",)
        verbose_name = "demande de droits"
        verbose_name_plural = "demandes de droits"
        constraints = (
            models.UniqueConstraint(fields=("territoire", "reference"), name="demande_droit_reference_unique"),
            models.CheckConstraint(
                condition=Q(etat__in=OUVERTES, repondue_le__isnull=True)
                | ~Q(etat__in=OUVERTES) & Q(repondue_le__isnull=False),
                name="demande_droit_reponse_datee",
            ),
        )

    def __str__(self) -> str:
        return f"{self.reference} · {self.get_droit_display()}"

    @property
    def est_ouverte(self) -> bool:
        return self.etat in OUVERTES

    def est_en_retard(self, jour: date) -> bool:
        """Open past its term."""
        return self.est_ouverte and self.echeance < jour
