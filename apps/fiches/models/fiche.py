"""The fiche navette, its needs, who asks, and who may read it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.champs import ChoixMultipleField, LigneField, TexteField
from apps.core.models import Horodate, Versionne
from apps.entreprises.models import Entreprise
from apps.partenaires.models import Organisme
from apps.personnes.models import Accord, Personne
from apps.porteurs.models import Projet
from apps.territoires.models import DuTerritoire, Theme

from ..enums import (
    Aboutissement,
    Confidentialite,
    EtatFiche,
    EtatOrientation,
    MotifCloture,
    MotifPartage,
    Origine,
    Priorite,
    StatutFiche,
)


class PartageQuerySet(models.QuerySet["Partage"]):
    def en_cours(self) -> "PartageQuerySet":
        """Opened and not closed."""
        return self.filter(jusqua__isnull=True)

    def pour(self, acces: Acces) -> "PartageQuerySet":
        """Those that a partner holds in this capacity: its organisme's, and what that organisme handed to the person.

        Somebody who worked for another organisme, or still does, reads nothing here of what was handed to them there.
        """
        if not acces.est_partenaire:
            return self.none()
        confiee = FicheNavette._meta.get_field("orientations").related_model.objects.filter(  # type: ignore[union-attr]
            fiche=OuterRef("fiche"), organisme=acces.organisme_id, technicien=acces.utilisateur_id
        )
        siens = Q(utilisateur=acces.utilisateur_id) & Q(
            Exists(confiee.exclude(etat__in=(EtatOrientation.ANNULEE, EtatOrientation.DECLINEE)))
        )
        return self.filter(siens | Q(organisme=acces.organisme_id) if acces.est_referent else siens)


class FicheQuerySet(models.QuerySet["FicheNavette"]):
    def visibles_par(self, acces: Acces) -> "FicheQuerySet":
        """The coordination sees its territoire; a partner what a current Partage opens; anybody else no fiche."""
        du_territoire = self.filter(territoire=acces.territoire_id)
        if acces.est_coordination:
            return du_territoire
        if not acces.est_partenaire:
            return du_territoire.none()
        partages = Partage.objects.en_cours().pour(acces).filter(fiche=OuterRef("pk"))
        return du_territoire.exclude(confidentialite=Confidentialite.COORDINATION).filter(Exists(partages))


class Numerotation(DuTerritoire):
    """The last rank given in a series and a year: locked, so that numbers have neither gap nor double."""

    NEUTRES: ClassVar[set[str]] = {"serie", "annee", "dernier"}

    serie = models.CharField(max_length=6)
    annee = models.PositiveSmallIntegerField()
    dernier = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("territoire", "serie", "annee"), name="numerotation_unique"),)

    def __str__(self) -> str:
        return f"{self.serie}-{self.annee}-{self.dernier:04d}"


class FicheNavette(DuTerritoire, Horodate, Versionne):
    PERSONNELLES: ClassVar[set[str]] = {
        "titre", "attente_quoi", "motif_reouverture", "resume_sans_nom", "recherche", "cloture_note",
        "cloture_proposee_note", "responsable", "cloture_proposee_par", "prescripteur",
    }  # fmt: skip
    NEUTRES: ClassVar[set[str]] = {
        "numero", "annee", "rang", "entreprise", "projet", "statut", "etat", "etat_depuis", "confidentialite",
        "priorite", "origine", "suivie_seule", "attente_jusquau", "reponse_attendue_le", "derniere_activite_le",
        "premier_contact_avant", "premier_contact_le", "ouverte_le", "cloturee_le", "motif_cloture", "aboutissements",
        "cloture_annoncee", "cloture_proposee_le", "cloture_proposee_motif",
    }  # fmt: skip

    numero = models.CharField("numéro", max_length=24)
    annee = models.PositiveSmallIntegerField()
    rang = models.PositiveIntegerField()
    titre = LigneField(max_length=160)
    entreprise = models.ForeignKey(Entreprise, models.PROTECT, null=True, blank=True, related_name="fiches")
    projet = models.ForeignKey(Projet, models.PROTECT, null=True, blank=True, related_name="fiches")
    statut = models.CharField(max_length=10, choices=StatutFiche, default=StatutFiche.OUVERTE)
    etat = models.CharField("état", max_length=18, choices=EtatFiche, default=EtatFiche.A_ORIENTER)
    etat_depuis = models.DateTimeField(default=timezone.now)
    confidentialite = models.CharField(
        "confidentialité", max_length=12, choices=Confidentialite, default=Confidentialite.PARTENAIRES
    )
    priorite = models.CharField("priorité", max_length=8, choices=Priorite, default=Priorite.NORMALE)
    origine = models.CharField(max_length=14, choices=Origine, default=Origine.DIRECTE)
    prescripteur = LigneField("adressée par", max_length=120, blank=True)
    responsable = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="personne en charge",
    )
    suivie_seule = models.BooleanField("suivie par la coordination seule", default=False)
    resume_sans_nom = TexteField(
        "résumé sans nom", blank=True, help_text="Pour demander un avis quand l’accord ne couvre pas le partage."
    )

    attente_quoi = LigneField("ce qui est attendu du demandeur", max_length=200, blank=True)
    attente_jusquau = models.DateField("attendu jusqu’au", null=True, blank=True)
    reponse_attendue_le = models.DateField(
        null=True, blank=True, editable=False, help_text="La plus proche des réponses attendues."
    )
    premier_contact_avant = models.DateField(null=True, blank=True)
    premier_contact_le = models.DateField(null=True, blank=True)
    derniere_activite_le = models.DateTimeField(default=timezone.now)
    ouverte_le = models.DateTimeField(default=timezone.now)

    cloturee_le = models.DateTimeField(null=True, blank=True)
    motif_cloture = models.CharField(max_length=16, choices=MotifCloture, blank=True)
    aboutissements = ChoixMultipleField("nature de l’aboutissement", valeurs=Aboutissement)
    cloture_note = TexteField(blank=True)
    cloture_annoncee = models.BooleanField("clôture annoncée", default=False)
    motif_reouverture = LigneField(max_length=200, blank=True)
    cloture_proposee_le = models.DateTimeField(null=True, blank=True)
    cloture_proposee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    cloture_proposee_motif = models.CharField(max_length=16, choices=MotifCloture, blank=True)
    cloture_proposee_note = TexteField(blank=True)
    recherche = models.CharField(max_length=800, editable=False, blank=True)

    objects = FicheQuerySet.as_manager()

    class Meta:
        ordering = ("-annee", "-rang")
        verbose_name = "fiche navette"
        verbose_name_plural = "fiches navettes"
        constraints = (
            models.UniqueConstraint(fields=("territoire", "numero"), name="fiche_numero_unique"),
            models.UniqueConstraint(fields=("territoire", "annee", "rang"), name="fiche_rang_unique"),
            models.CheckConstraint(
                condition=Q(statut="cloturee", cloturee_le__isnull=False)
                | ~Q(statut="cloturee") & Q(cloturee_le__isnull=True),
                name="fiche_cloture_datee",
            ),
        )
        indexes = (
            models.Index(fields=("territoire", "etat", "-annee", "-rang")),
            models.Index(fields=("territoire", "statut")),
            models.Index(fields=("territoire", "cloturee_le")),
            models.Index(fields=("territoire", "-derniere_activite_le")),
            models.Index(fields=("territoire", "reponse_attendue_le")),
            models.Index(fields=("territoire", "entreprise")),
            models.Index(fields=("territoire", "projet")),
        )

    def __str__(self) -> str:
        return f"{self.numero} · {self.titre}"

    def get_absolute_url(self) -> str:
        return reverse("fiches:detail", args=[self.territoire.slug, self.numero])

    @property
    def est_ouverte(self) -> bool:
        """Still followed: open, or waiting for the applicant."""
        return self.statut in (StatutFiche.OUVERTE, StatutFiche.EN_ATTENTE)


class Besoin(DuTerritoire, Horodate, Versionne):
    """One need: its theme, the applicant's own words, the coordination's analysis."""

    PERSONNELLES: ClassVar[set[str]] = {"paroles", "analyse"}
    NEUTRES: ClassVar[set[str]] = {"fiche", "theme", "ordre", "est_satisfait"}

    fiche = models.ForeignKey(FicheNavette, models.CASCADE, related_name="besoins")
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="+", verbose_name="thème")
    paroles = TexteField("mots du demandeur", blank=True)
    analyse = TexteField(blank=True)
    ordre = models.PositiveSmallIntegerField(default=0)
    est_satisfait = models.BooleanField("satisfait", null=True, blank=True)

    class Meta:
        ordering = ("ordre", "pk")

    def __str__(self) -> str:
        return str(self.theme)


class Demandeur(DuTerritoire, Horodate):
    """A person on whose behalf the fiche is open, with their own accord."""

    PERSONNELLES: ClassVar[set[str]] = {"personne"}
    NEUTRES: ClassVar[set[str]] = {"fiche", "est_principal", "accord", "confirme_le"}

    fiche = models.ForeignKey(FicheNavette, models.CASCADE, related_name="demandeurs")
    personne = models.ForeignKey(Personne, models.PROTECT, related_name="demandes_fiches")
    est_principal = models.BooleanField("principal", default=False)
    accord = models.ForeignKey(
        Accord, models.SET_NULL, null=True, blank=True, related_name="+", help_text="Celui en vigueur, s’il en est un."
    )
    confirme_le = models.DateTimeField(
        null=True, blank=True, help_text="Quand un tiers a saisi la demande : le jour où la personne l’a confirmée."
    )

    class Meta:
        ordering = ("-est_principal", "pk")
        constraints = (
            models.UniqueConstraint(fields=("fiche", "personne"), name="demandeur_unique"),
            models.UniqueConstraint(
                fields=("fiche",), condition=Q(est_principal=True), name="demandeur_principal_unique"
            ),
        )

    def __str__(self) -> str:
        return str(self.personne)


class Partage(DuTerritoire):
    """What opens a fiche to a reader outside the coordination: to an organisme's référents, or to one person."""

    PERSONNELLES: ClassVar[set[str]] = {"utilisateur"}
    NEUTRES: ClassVar[set[str]] = {"fiche", "organisme", "motif", "depuis", "jusqua", "peut_ecrire"}

    fiche = models.ForeignKey(FicheNavette, models.CASCADE, related_name="partages")
    organisme = models.ForeignKey(Organisme, models.PROTECT, null=True, related_name="+")
    utilisateur = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    motif = models.CharField(max_length=14, choices=MotifPartage)
    peut_ecrire = models.BooleanField(default=True)
    depuis = models.DateTimeField(default=timezone.now)
    jusqua = models.DateTimeField(null=True)

    objects = PartageQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(organisme__isnull=False, utilisateur__isnull=True)
                | Q(organisme__isnull=True, utilisateur__isnull=False),
                name="partage_a_quelqu_un",
            ),
            models.UniqueConstraint(
                fields=("fiche", "organisme", "motif"),
                condition=Q(jusqua__isnull=True, organisme__isnull=False),
                name="partage_organisme_unique",
            ),
            models.UniqueConstraint(
                fields=("fiche", "utilisateur", "motif"),
                condition=Q(jusqua__isnull=True, utilisateur__isnull=False),
                name="partage_utilisateur_unique",
            ),
        )
        indexes = (
            models.Index(
                fields=("organisme", "fiche"), condition=Q(jusqua__isnull=True), name="partage_organisme_en_cours"
            ),
            models.Index(
                fields=("utilisateur", "fiche"), condition=Q(jusqua__isnull=True), name="partage_utilisateur_en_cours"
            ),
        )

    def __str__(self) -> str:
        return f"{self.fiche_id} → {self.organisme_id or self.utilisateur_id}"
