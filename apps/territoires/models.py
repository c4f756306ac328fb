"""The tenant: one Pays, its communes, its themes, and every delay and threshold that it may set."""

from pathlib import PurePosixPath
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.urls import reverse

from apps.core.champs import LigneField, TexteField
from apps.core.models import Horodate, Versionne
from apps.referentiels.models import Commune

from .enums import SLUGS_RESERVES, BaseLegale, GenreTerritoire


def verifier_slug(slug: str) -> None:
    """Refuse the words that address something else."""
    if slug in SLUGS_RESERVES:
        raise ValidationError("Ce mot est réservé : choisissez une autre adresse.")


def _delai(libelle: str, defaut: int, aide: str = "", maximum: int = 365) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(
        libelle, default=defaut, help_text=aide, validators=[MinValueValidator(1), MaxValueValidator(maximum)]
    )


class Territoire(Horodate, Versionne):
    NEUTRES: ClassVar[set[str]] = {
        "slug", "nom", "genre", "communes", "adresse", "telephone", "courriel", "logo", "couleur", "est_actif",
        "presentation", "pour_qui", "comment_ca_se_passe", "axes", "horaires", "mentions_legales", "accessibilite",
        "notice_information", "notice_version", "base_legale", "responsable_traitement", "contact_confidentialite",
        "prefixe_fiche", "confidentialite_defaut", "seuil_effectif", "age_transmission", "delai_premier_contact",
        "delai_reponse", "jours_sans_nouvelles", "jours_alerte_convention", "jours_lien_suivi", "jours_brouillon",
        "jours_invitation", "secondes_annulation", "objectif_annuel",
    }  # fmt: skip

    slug = models.SlugField(
        "adresse", unique=True, validators=[verifier_slug], help_text="Premier mot des adresses : /figeac/"
    )
    nom = LigneField(max_length=120)
    genre = models.CharField(max_length=10, choices=GenreTerritoire, default=GenreTerritoire.PAYS)
    communes = models.ManyToManyField(Commune, related_name="territoires", blank=True)
    adresse = TexteField(blank=True)
    telephone = LigneField("téléphone", max_length=20, blank=True)
    courriel = models.EmailField("courriel", blank=True)
    logo = models.FileField(upload_to="logos/", blank=True)
    couleur = models.CharField(
        "couleur principale",
        max_length=7,
        blank=True,
        validators=[RegexValidator(r"^#[0-9A-Fa-f]{6}$", "Écrivez la couleur comme #1F5A4C.")],
    )
    est_actif = models.BooleanField("actif", default=True)

    presentation = TexteField("présentation du service", blank=True)
    pour_qui = TexteField("pour qui", blank=True)
    comment_ca_se_passe = TexteField("comment ça se passe", blank=True)
    axes = TexteField("axes de travail", blank=True, help_text="Un par ligne.")
    horaires = TexteField("permanences et horaires", blank=True)
    mentions_legales = TexteField("mentions légales", blank=True)
    accessibilite = TexteField("déclaration d’accessibilité", blank=True)

    base_legale = models.CharField("base légale", max_length=12, choices=BaseLegale, default=BaseLegale.MISSION)
    responsable_traitement = LigneField("responsable du traitement", max_length=200, blank=True)
    contact_confidentialite = LigneField("contact pour les données personnelles", max_length=200, blank=True)
    notice_information = TexteField("notice d’information", blank=True)
    notice_version = models.PositiveSmallIntegerField("version de la notice", default=1, editable=False)

    prefixe_fiche = models.CharField(
        "préfixe des fiches",
        max_length=6,
        default="FN",
        validators=[RegexValidator(r"^[A-Z]{1,6}$", "De une à six lettres capitales.")],
    )
    confidentialite_defaut = models.CharField(
        "confidentialité d’une nouvelle fiche",
        max_length=12,
        default="partenaires",
        choices=[
            ("coordination", "Coordination"),
            ("partenaires", "Partenaires concernés"),
            ("comite", "Comité technique"),
        ],
    )
    seuil_effectif = _delai("seuil d’effectif d’une TPE", 20, "Au-dessus : un avertissement, pas un refus.", 5000)
    age_transmission = _delai("âge de sensibilisation à la transmission", 50, maximum=99)
    delai_premier_contact = _delai("premier contact (jours ouvrés)", 5)
    delai_reponse = _delai("réponse d’un partenaire (jours ouvrés)", 5)
    jours_sans_nouvelles = _delai("fiche sans nouvelles après (jours)", 30)
    jours_alerte_convention = _delai("alerte de fin de convention (jours)", 60)
    jours_lien_suivi = _delai("validité d’un lien de suivi (jours)", 180, maximum=730)
    jours_brouillon = _delai("reprise d’une demande commencée (jours)", 7)
    jours_invitation = _delai("validité d’une invitation (jours)", 14)
    secondes_annulation = _delai("délai pour annuler un tri (secondes)", 60, maximum=600)
    objectif_annuel = models.PositiveIntegerField("objectif annuel d’accompagnements", default=110)

    class Meta:
        ordering = ("nom",)

    def __str__(self) -> str:
        return self.nom

    @property
    def logo_url(self) -> str:
        """The public address of the logo, or nothing."""
        if not self.logo:
            return ""
        empreinte = PurePosixPath(self.logo.name).stem.rpartition("-")[2]
        return reverse("habillage:logo", args=[self.slug, empreinte])

    @property
    def feuille_url(self) -> str:
        """The public address of the stylesheet of its colour, or nothing when it keeps the service's green."""
        return reverse("habillage:couleurs", args=[self.slug, self.couleur[1:]]) if self.couleur else ""


class DuTerritoire(models.Model):
    """Base of every tenant row: it carries its own territoire, and the database itself keeps it apart."""

    NEUTRES: ClassVar[set[str]] = {"territoire"}

    territoire = models.ForeignKey(Territoire, models.PROTECT, related_name="+", editable=False)

    class Meta:
        abstract = True


class Theme(DuTerritoire, Versionne):
    """A kind of need, in the partners' words and in the applicants'."""

    NEUTRES: ClassVar[set[str]] = {"nom", "libelle_public", "ordre", "est_actif"}

    nom = LigneField(max_length=80)
    libelle_public = LigneField("en mots simples", max_length=120, help_text="Tel que le demandeur le lit.")
    ordre = models.PositiveSmallIntegerField(default=0)
    est_actif = models.BooleanField("proposé", default=True)

    class Meta:
        ordering = ("ordre", "nom")
        verbose_name = "thème"
        constraints = (
            models.UniqueConstraint(
                fields=("territoire", "nom"), name="theme_unique", violation_error_message="Ce thème existe déjà."
            ),
        )

    def __str__(self) -> str:
        return self.nom
