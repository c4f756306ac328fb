"""The partner bodies of a territoire: their names over the years, what they cover, the convention that binds them."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from apps.core.acces import Acces, Role
from apps.core.champs import ChoixMultipleField, LigneField, SiteField, TexteField
from apps.core.models import Horodate, Versionne
from apps.core.texte import normaliser
from apps.documents.models import Fichier
from apps.referentiels.enums import NatureActivite, Public
from apps.referentiels.models import Commune
from apps.territoires.models import DuTerritoire, Theme

from .enums import GenreConvention, GenreOrganisme, StatutPartenaire


class OrganismeQuerySet(models.QuerySet["Organisme"]):
    def visibles_par(self, acces: Acces) -> "OrganismeQuerySet":
        """Whoever works on the territoire sees its partners; the applicant and the administrator see none here."""
        du_territoire = self.filter(territoire=acces.territoire_id)
        if acces.role in (Role.AUCUN, Role.DEMANDEUR, Role.ADMINISTRATEUR):
            return du_territoire.none()
        return du_territoire

    def avec_convention(self, jour: date | None = None) -> "OrganismeQuerySet":
        """Adds `a_convention`: a convention or an engagement is in force that day (today by default)."""
        jour = jour or timezone.localdate()
        en_vigueur = Convention.objects.filter(organisme=OuterRef("pk")).en_vigueur(jour)
        return self.annotate(a_convention=Exists(en_vigueur))


class Organisme(DuTerritoire, Horodate, Versionne):
    NEUTRES: ClassVar[set[str]] = {
        "nom", "nom_court", "genre", "statut", "adresse", "telephone", "courriel", "site", "themes", "communes",
        "publics", "natures", "presentation", "est_actif", "recherche", "nom_depuis",
    }  # fmt: skip

    nom = LigneField(max_length=160)
    nom_court = LigneField("nom court", max_length=40)
    nom_depuis = models.DateField("porte ce nom depuis", null=True, blank=True)
    genre = models.CharField(max_length=14, choices=GenreOrganisme, default=GenreOrganisme.AUTRE)
    statut = models.CharField(max_length=8, choices=StatutPartenaire, default=StatutPartenaire.MEMBRE)
    adresse = TexteField(blank=True)
    telephone = LigneField("téléphone", max_length=20, blank=True)
    courriel = models.EmailField("courriel", blank=True)
    site = SiteField(blank=True)
    presentation = TexteField("présentation", blank=True, help_text="Lue sur la page publique.")
    themes = models.ManyToManyField(Theme, blank=True, related_name="organismes", verbose_name="thèmes couverts")
    communes = models.ManyToManyField(
        Commune,
        blank=True,
        related_name="+",
        verbose_name="communes couvertes",
        help_text="Aucune : tout le territoire.",
    )
    publics = ChoixMultipleField("publics", valeurs=Public, help_text="Aucun coché : tous.")
    natures = ChoixMultipleField("natures d’activité", valeurs=NatureActivite, help_text="Aucune cochée : toutes.")
    est_actif = models.BooleanField("actif", default=True)
    recherche = models.CharField(max_length=400, editable=False, blank=True)

    objects = OrganismeQuerySet.as_manager()

    class Meta:
        ordering = ("nom",)
        constraints = (
            models.UniqueConstraint(
                fields=("territoire", "nom"),
                name="organisme_unique",
                violation_error_message="Un organisme porte déjà ce nom.",
            ),
        )

    def __str__(self) -> str:
        return self.nom_court or self.nom

    def nom_le(self, jour: date | None) -> str:
        """The short name that the body bore that day: an old fiche shows the name of its day.

        Reads `anciens_noms`, to be prefetched on lists.
        """
        if jour is not None:
            for ancien in self.anciens_noms.all():
                if (ancien.du is None or ancien.du <= jour) and jour < ancien.au:
                    return ancien.nom_court or ancien.nom
        return str(self)

    def calculer_recherche(self) -> str:
        return normaliser(self.nom, self.nom_court, *(a.nom for a in self.anciens_noms.all()))[:400]


class AncienNom(DuTerritoire):
    """A former name: borne from `du` (unknown when empty) until the day before `au`."""

    NEUTRES: ClassVar[set[str]] = {"organisme", "nom", "nom_court", "du", "au"}

    organisme = models.ForeignKey(Organisme, models.CASCADE, related_name="anciens_noms")
    nom = LigneField(max_length=160)
    nom_court = LigneField("nom court", max_length=40, blank=True)
    du = models.DateField(null=True, blank=True)
    au = models.DateField("jusqu’au")

    class Meta:
        ordering = ("au",)

    def __str__(self) -> str:
        return self.nom


class ConventionQuerySet(models.QuerySet["Convention"]):
    def visibles_par(self, acces: Acces) -> "ConventionQuerySet":
        """The coordination sees all; a partner its own."""
        du_territoire = self.filter(territoire=acces.territoire_id)
        if acces.est_coordination:
            return du_territoire
        if acces.est_partenaire:
            return du_territoire.filter(organisme=acces.organisme_id)
        return du_territoire.none()

    def en_vigueur(self, jour: date) -> "ConventionQuerySet":
        """Signed, begun and not yet over that day."""
        return self.filter(signee_le__lte=jour).filter(Q(valable_jusquau__isnull=True) | Q(valable_jusquau__gte=jour))


class Convention(DuTerritoire, Horodate):
    NEUTRES: ClassVar[set[str]] = {"organisme", "genre", "signee_le", "valable_jusquau", "fichier", "note"}

    organisme = models.ForeignKey(Organisme, models.CASCADE, related_name="conventions")
    genre = models.CharField(max_length=12, choices=GenreConvention, default=GenreConvention.CONVENTION)
    signee_le = models.DateField("signée le")
    valable_jusquau = models.DateField("valable jusqu’au", null=True, blank=True)
    fichier = models.ForeignKey(Fichier, models.PROTECT, null=True, blank=True, related_name="+")
    note = TexteField(blank=True)

    objects = ConventionQuerySet.as_manager()

    class Meta:
        ordering = ("-signee_le",)
        constraints = (
            models.CheckConstraint(
                condition=Q(valable_jusquau__isnull=True) | Q(valable_jusquau__gte=models.F("signee_le")),
                name="convention_dates",
                violation_error_message="La fin ne peut précéder la signature.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_genre_display()} du {self.signee_le:%d/%m/%Y}"
