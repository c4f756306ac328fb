"""Who does what by when, on a fiche or in general, and the checklists that a fiche can take."""

import uuid
from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.champs import LigneField, TexteField
from apps.core.models import Horodate, Versionne
from apps.core.texte import normaliser
from apps.fiches.models import FicheNavette
from apps.partenaires.models import Organisme
from apps.territoires.models import DuTerritoire, Theme

from .enums import OUVERTS, EtatAction, Porteur


class ActionQuerySet(models.QuerySet["Action"]):
    def visibles_par(self, acces: Acces) -> "ActionQuerySet":
        """The coordination sees all. A partner: those of the fiches that it reads, and its own general ones.

        A technicien sees of the general ones those that bear their name. Nobody reads through an action what the fiche
        itself keeps from them: an action held by an organisme that does not read the fiche waits for its orientation.
        A reserved one is read by its holder alone.
        """
        du_territoire = self.filter(territoire=acces.territoire_id)
        if acces.est_coordination:
            return du_territoire
        if not acces.est_partenaire:
            return du_territoire.none()
        siennes = Q(fiche__isnull=True, organisme=acces.organisme_id)
        if not acces.est_referent:
            siennes &= Q(responsable=acces.utilisateur_id)
        lues = Q(fiche__in=FicheNavette.objects.visibles_par(acces).values("pk"))
        return du_territoire.filter(siennes | lues & (Q(reservee=False) | Q(organisme=acces.organisme_id)))

    def ouvertes(self) -> "ActionQuerySet":
        """Neither done nor given up."""
        return self.filter(etat__in=OUVERTS)

    def en_retard(self, jour: date | None = None) -> "ActionQuerySet":
        """Still open, their day past (today by default)."""
        return self.ouvertes().filter(echeance__lt=jour or timezone.localdate())

    def de_l_organisme(self, organisme_id: int) -> "ActionQuerySet":
        """« Nos actions » of a partner."""
        return self.filter(porteur=Porteur.ORGANISME, organisme=organisme_id)


class Action(DuTerritoire, Horodate, Versionne):
    """One thing to do, by one holder, for one day. `echeance_initiale` is the first day promised, never changed."""

    PERSONNELLES: ClassVar[set[str]] = {
        "libelle", "responsable", "responsable_nom", "resultat", "motif_abandon", "cree_par", "terminee_par",
        "recherche",
    }  # fmt: skip
    NEUTRES: ClassVar[set[str]] = {
        "jeton", "fiche", "porteur", "organisme", "organisme_nom", "etat", "echeance", "echeance_initiale", "reports",
        "origine", "origine_dite", "liste_dite", "commencee_le", "terminee_le", "veille_rappelee_le",
        "retard_rappele_le", "dite_faite_le", "reservee",
    }  # fmt: skip

    jeton = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    fiche = models.ForeignKey(FicheNavette, models.CASCADE, null=True, blank=True, related_name="+")
    porteur = models.CharField(max_length=12, choices=Porteur, default=Porteur.ORGANISME)
    organisme = models.ForeignKey(Organisme, models.PROTECT, null=True, blank=True, related_name="+")
    organisme_nom = models.CharField(max_length=160, blank=True, editable=False, help_text="Son nom de ce jour-là.")
    responsable = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="confiée à"
    )
    responsable_nom = models.CharField(max_length=170, blank=True, editable=False)
    libelle = LigneField("ce qu’il y a à faire", max_length=240)
    etat = models.CharField("état", max_length=10, choices=EtatAction, default=EtatAction.A_FAIRE)
    echeance = models.DateField("pour le")
    echeance_initiale = models.DateField("première date", editable=False)
    reports = models.PositiveSmallIntegerField(default=0, editable=False)
    resultat = TexteField("ce qui a été obtenu", blank=True)
    motif_abandon = TexteField("pourquoi elle est abandonnée", blank=True)
    origine = models.CharField(
        max_length=60, blank=True, editable=False, help_text="D’où elle vient, par une clé : « seance:12 »."
    )
    origine_dite = models.CharField(
        max_length=160, blank=True, editable=False, help_text="En mots : « Comité technique du 5 mars 2026 »."
    )
    liste_dite = models.CharField(
        max_length=120, blank=True, editable=False, help_text="La liste type dont elle vient."
    )
    cree_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    commencee_le = models.DateTimeField(null=True, editable=False)
    terminee_le = models.DateTimeField("faite ou abandonnée le", null=True, editable=False)
    terminee_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    veille_rappelee_le = models.DateTimeField(null=True, editable=False)
    retard_rappele_le = models.DateTimeField(null=True, editable=False)
    dite_faite_le = models.DateTimeField(
        null=True, editable=False, help_text="Le demandeur l’a dit faite ; la coordination vérifie."
    )
    reservee = models.BooleanField(
        "réservée", default=False, editable=False, help_text="Lue par la coordination et par son porteur seulement."
    )
    recherche = models.CharField(max_length=500, editable=False, blank=True)

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering = ("echeance", "pk")
        indexes = (
            models.Index(fields=("territoire", "etat", "echeance")),
            models.Index(fields=("organisme", "etat", "echeance")),
            models.Index(fields=("territoire", "origine")),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(porteur="organisme", organisme__isnull=False)
                | (~Q(porteur="organisme") & Q(organisme__isnull=True)),
                name="action_porteur",
                violation_error_message="Choisissez le partenaire qui porte cette action.",
            ),
            models.CheckConstraint(
                condition=~Q(porteur="demandeur", fiche__isnull=True),
                name="action_demandeur_d_une_fiche",
                violation_error_message="Le demandeur ne peut porter qu’une action de sa fiche.",
            ),
            models.CheckConstraint(
                condition=~Q(etat="abandonnee", motif_abandon=""),
                name="action_abandon_motive",
                violation_error_message="Dites pourquoi cette action est abandonnée.",
            ),
            models.CheckConstraint(
                condition=Q(etat__in=["a_faire", "en_cours"], terminee_le__isnull=True)
                | Q(etat__in=["faite", "abandonnee"], terminee_le__isnull=False),
                name="action_fin_datee",
            ),
            models.CheckConstraint(
                condition=Q(reports=0, echeance=F("echeance_initiale")) | Q(reports__gt=0), name="action_report_compte"
            ),
        )

    def __str__(self) -> str:
        return self.libelle

    def get_absolute_url(self) -> str:
        return reverse("actions:detail", args=[self.territoire.slug, self.jeton])

    @property
    def est_ouverte(self) -> bool:
        return self.etat in OUVERTS

    @property
    def est_en_retard(self) -> bool:
        return self.est_ouverte and self.echeance < timezone.localdate()

    @property
    def jours_de_retard(self) -> int:
        return max(0, (timezone.localdate() - self.echeance).days) if self.est_ouverte else 0

    @property
    def est_reportee(self) -> bool:
        return self.echeance != self.echeance_initiale

    @property
    def est_dite_faite(self) -> bool:
        """Its applicant says so, nobody has looked yet."""
        return self.est_ouverte and self.dite_faite_le is not None

    def calculer_recherche(self) -> str:
        """What the search compares."""
        numero = self.fiche.numero if self.fiche is not None else ""
        return normaliser(self.libelle, self.qui, numero, self.origine_dite)[:500]

    @property
    def qui(self) -> str:
        """The holder in words, under the name of that day."""
        if self.porteur == Porteur.ORGANISME:
            return self.organisme_nom or str(self.organisme)
        return Porteur(self.porteur).label


class ReportAction(DuTerritoire):
    """One postponement: from which day to which, why, by whom."""

    PERSONNELLES: ClassVar[set[str]] = {"motif", "par"}
    NEUTRES: ClassVar[set[str]] = {"action", "de", "vers", "quand"}

    action = models.ForeignKey(Action, models.CASCADE, related_name="historique_reports")
    de = models.DateField()
    vers = models.DateField("nouvelle date")
    motif = LigneField(max_length=240, blank=True)
    par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    quand = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("quand", "pk")

    def __str__(self) -> str:
        return f"{self.de:%d/%m/%Y} → {self.vers:%d/%m/%Y}"


class ListeTypeQuerySet(models.QuerySet["ListeType"]):
    def visibles_par(self, acces: Acces) -> "ListeTypeQuerySet":
        """The coordination writes and uses them."""
        du_territoire = self.filter(territoire=acces.territoire_id)
        return du_territoire if acces.est_coordination else du_territoire.none()


class ListeType(DuTerritoire, Versionne):
    """A checklist that a fiche can take: « Reprise : évaluation, plan de financement, … »."""

    NEUTRES: ClassVar[set[str]] = {"nom", "theme", "est_active"}

    nom = LigneField(max_length=120)
    theme = models.ForeignKey(Theme, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="thème")
    est_active = models.BooleanField("proposée", default=True)

    objects = ListeTypeQuerySet.as_manager()

    class Meta:
        ordering = ("nom",)
        constraints = (
            models.UniqueConstraint(
                fields=("territoire", "nom"),
                name="liste_type_unique",
                violation_error_message="Une liste porte déjà ce nom.",
            ),
        )

    def __str__(self) -> str:
        return self.nom


class EtapeType(DuTerritoire):
    """One line of a checklist; `delai` is in working days after the fiche takes the list."""

    NEUTRES: ClassVar[set[str]] = {"liste", "ordre", "libelle", "porteur", "organisme", "delai"}

    liste = models.ForeignKey(ListeType, models.CASCADE, related_name="etapes")
    ordre = models.PositiveSmallIntegerField(default=0)
    libelle = LigneField("ce qu’il y a à faire", max_length=240)
    porteur = models.CharField(max_length=12, choices=Porteur, default=Porteur.COORDINATION)
    organisme = models.ForeignKey(Organisme, models.PROTECT, null=True, blank=True, related_name="+")
    delai = models.PositiveSmallIntegerField("délai (jours ouvrés)", default=10)

    class Meta:
        ordering = ("ordre", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(porteur="organisme", organisme__isnull=False)
                | (~Q(porteur="organisme") & Q(organisme__isnull=True)),
                name="etape_type_porteur",
                violation_error_message="Choisissez le partenaire de cette étape.",
            ),
        )

    def __str__(self) -> str:
        return self.libelle
