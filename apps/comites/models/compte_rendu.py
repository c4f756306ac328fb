"""The minutes: sections, remarks while they are « projet », then frozen, numbered, corrected by dated additions."""

from datetime import date, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.champs import LigneField, TexteField
from apps.core.models import Horodate, Versionne
from apps.partenaires.models import Organisme
from apps.territoires.models import DuTerritoire

from ..enums import ModePoint, StatutCompteRendu
from .ordre import PointOrdreDuJour
from .seance import Seance


class CompteRenduQuerySet(models.QuerySet["CompteRendu"]):
    def visibles_par(self, acces: Acces) -> "CompteRenduQuerySet":
        """The coordination sees all; the members of the séance once it was sent as « projet »."""
        du_territoire = self.filter(territoire=acces.territoire_id)
        if acces.est_coordination:
            return du_territoire
        return du_territoire.exclude(statut=StatutCompteRendu.BROUILLON).filter(
            seance__in=Seance.objects.visibles_par(acces).values("pk")
        )


class CompteRendu(DuTerritoire, Horodate, Versionne):
    """Names fiches by number: names are resolved when it is read, for whoever reads, so that an erasure reaches it."""

    PERSONNELLES: ClassVar[set[str]] = {"envoye_par", "approuve_par"}
    NEUTRES: ClassVar[set[str]] = {
        "seance", "statut", "numero", "envoye_le", "remarques_jusquau", "approuve_le", "approuve_en",
    }  # fmt: skip

    seance = models.OneToOneField(Seance, models.PROTECT, related_name="compte_rendu")
    statut = models.CharField(max_length=10, choices=StatutCompteRendu, default=StatutCompteRendu.BROUILLON)
    numero = models.CharField("numéro", max_length=24, blank=True)
    envoye_le = models.DateTimeField("envoyé le", null=True, editable=False)
    envoye_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    remarques_jusquau = models.DateField("remarques jusqu’au", null=True)
    approuve_le = models.DateTimeField("approuvé le", null=True, editable=False)
    approuve_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    approuve_en = models.ForeignKey(
        Seance, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="approuvé à la séance"
    )

    objects = CompteRenduQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        verbose_name = "compte rendu"
        constraints = (
            models.UniqueConstraint(
                fields=("territoire", "numero"), condition=~Q(numero=""), name="compte_rendu_numero_unique"
            ),
            models.CheckConstraint(
                condition=~Q(statut="approuve") | ~Q(numero=""), name="compte_rendu_approuve_numerote"
            ),
        )

    def __str__(self) -> str:
        return self.numero or f"Compte rendu {self.pk}"

    @property
    def est_fige(self) -> bool:
        return self.statut == StatutCompteRendu.APPROUVE

    @property
    def remarques_ouvertes(self) -> bool:
        """« Projet », and the last day for remarks has not gone by."""
        return (
            self.statut == StatutCompteRendu.PROJET
            and self.remarques_jusquau is not None
            and timezone.localdate() <= self.remarques_jusquau
        )

    @property
    def jour_propose(self) -> date:
        """The last day for remarks: the one announced while it runs, else the committee's delay from today."""
        if self.remarques_ouvertes and self.remarques_jusquau is not None:
            return self.remarques_jusquau
        return timezone.localdate() + timedelta(days=self.seance.instance.jours_remarques)


class DeCompteRenduQuerySet(models.QuerySet):
    """Rows of minutes."""

    def visibles_par(self, acces: Acces) -> "DeCompteRenduQuerySet":
        """Those of the minutes that `acces` may open."""
        comptes_rendus = CompteRendu.objects.visibles_par(acces).values("pk")
        return self.filter(territoire=acces.territoire_id, compte_rendu__in=comptes_rendus)


class SectionQuerySet(DeCompteRenduQuerySet):
    def visibles_par(self, acces: Acces) -> "SectionQuerySet":
        """Without those of reserved points for a member."""
        siennes = super().visibles_par(acces)
        return siennes if acces.est_coordination else siennes.exclude(point__mode=ModePoint.RESERVE)


class RemarqueQuerySet(DeCompteRenduQuerySet):
    def visibles_par(self, acces: Acces) -> "RemarqueQuerySet":
        """The coordination reads all; a member its organisme's, somebody of the pilotage their own."""
        remarques = super().visibles_par(acces)
        if acces.est_coordination:
            return remarques
        if acces.est_referent:
            return remarques.filter(organisme=acces.organisme_id)
        return remarques.filter(auteur=acces.utilisateur_id, auteur__isnull=False)


class SectionCompteRendu(DuTerritoire, Horodate, Versionne):
    """One part of the minutes, plain text; that of a point shows its decision and actions beside it.

    `releve` keeps these as they were at the approval: what becomes of them later is told elsewhere.
    """

    PERSONNELLES: ClassVar[set[str]] = {"titre", "texte", "releve"}
    NEUTRES: ClassVar[set[str]] = {"compte_rendu", "ordre", "point"}

    compte_rendu = models.ForeignKey(CompteRendu, models.CASCADE, related_name="sections")
    ordre = models.PositiveSmallIntegerField(default=0)
    point = models.ForeignKey(PointOrdreDuJour, models.PROTECT, null=True, blank=True, related_name="+")
    titre = LigneField(max_length=200, blank=True)
    texte = TexteField(blank=True)
    releve = models.JSONField(default=dict, blank=True, editable=False)

    objects = SectionQuerySet.as_manager()

    class Meta:
        ordering = ("ordre", "pk")

    def __str__(self) -> str:
        return self.titre or f"Section {self.ordre}"


class RemarqueCompteRendu(DuTerritoire, Horodate):
    """What a member asks to change while it is « projet », and what the coordination did of it."""

    PERSONNELLES: ClassVar[set[str]] = {"auteur", "auteur_nom", "texte", "suite"}
    NEUTRES: ClassVar[set[str]] = {"compte_rendu", "section", "organisme", "organisme_nom", "traitee_le", "retenue"}

    compte_rendu = models.ForeignKey(CompteRendu, models.CASCADE, related_name="remarques")
    section = models.ForeignKey(SectionCompteRendu, models.SET_NULL, null=True, blank=True, related_name="+")
    auteur = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    auteur_nom = models.CharField(max_length=170, blank=True)
    organisme = models.ForeignKey(Organisme, models.SET_NULL, null=True, related_name="+")
    organisme_nom = models.CharField(max_length=160, blank=True)
    texte = TexteField("remarque")
    retenue = models.BooleanField(null=True)
    suite = LigneField("suite donnée", max_length=240, blank=True)
    traitee_le = models.DateTimeField(null=True, editable=False)

    objects = RemarqueQuerySet.as_manager()

    class Meta:
        ordering = ("cree_le", "pk")

    def __str__(self) -> str:
        return f"Remarque {self.pk}"

    @property
    def jeton(self) -> str:
        """Which answer a page shows: another one written meanwhile has another moment."""
        return self.traitee_le.isoformat() if self.traitee_le else ""

    @property
    def reponse(self) -> str:
        return {True: "oui", False: "non", None: ""}[self.retenue]


class AdditionCompteRendu(DuTerritoire):
    """A dated correction of approved minutes: added under them, never changed."""

    PERSONNELLES: ClassVar[set[str]] = {"texte", "auteur", "auteur_nom"}
    NEUTRES: ClassVar[set[str]] = {"compte_rendu", "quand"}

    compte_rendu = models.ForeignKey(CompteRendu, models.CASCADE, related_name="additions")
    texte = TexteField("rectification")
    quand = models.DateTimeField(default=timezone.now)
    auteur = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    auteur_nom = models.CharField(max_length=170, blank=True)

    objects = DeCompteRenduQuerySet.as_manager()

    class Meta:
        ordering = ("quand", "pk")

    def __str__(self) -> str:
        return f"Rectification du {self.quand:%d/%m/%Y}"
