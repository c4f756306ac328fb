"""The very small enterprises of a territoire, who speaks for them, and how they came in."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.champs import ChoixMultipleField, LigneField, SiteField, TexteField
from apps.core.models import Horodate, Versionne
from apps.core.texte import chiffres, normaliser
from apps.documents.models import Fichier
from apps.personnes.models import Personne
from apps.referentiels.enums import PLANCHER_TRANCHE, NatureActivite, TrancheEffectif
from apps.referentiels.models import CategorieJuridique, Commune
from apps.territoires.models import DuTerritoire
from apps.travaux.models import Travail

from .enums import EtatImport, EtatSiret, GenreImport, SourceEntreprise


class EntrepriseQuerySet(models.QuerySet["Entreprise"]):
    def visibles_par(self, acces: Acces) -> "EntrepriseQuerySet":
        """The coordination sees all. A référent sees those of the public register, never partial-diffusion ones.

        One without a SIRET stands in no register: that it is known here would tell that somebody came to the service.
        """
        du_territoire = self.filter(territoire=acces.territoire_id)
        if acces.est_coordination:
            return du_territoire
        if acces.est_referent:
            return du_territoire.filter(est_diffusible=True, siret__isnull=False)
        return du_territoire.none()

    def actives(self) -> "EntrepriseQuerySet":
        """Those not merged into another."""
        return self.filter(fusionnee_dans__isnull=True)


class Entreprise(DuTerritoire, Horodate, Versionne):
    PERSONNELLES: ClassVar[set[str]] = {
        "siret", "siren", "nom", "nom_normalise", "enseigne", "enseigne_normalisee", "adresse", "code_postal",
        "telephone", "courriel", "recherche", "recherche_publique", "note",
    }  # fmt: skip
    NEUTRES: ClassVar[set[str]] = {
        "etat_siret", "categorie_juridique", "natures", "naf_rev2", "naf_2025", "effectif", "effectif_annee", "tranche",
        "tranche_annee", "commune", "site", "est_diffusible", "est_active", "cessee_le", "creee_le", "source",
        "fusionnee_dans", "dirigeant_age_transmission",
    }  # fmt: skip

    etat_siret = models.CharField("SIRET", max_length=10, choices=EtatSiret, default=EtatSiret.INCONNU)
    siret = models.CharField("SIRET", max_length=14, null=True, blank=True)
    siren = models.CharField("SIREN", max_length=9, blank=True)
    nom = LigneField(max_length=160)
    nom_normalise = models.CharField(max_length=160, editable=False, blank=True)
    enseigne = LigneField(max_length=160, blank=True)
    enseigne_normalisee = models.CharField(max_length=160, editable=False, blank=True)
    categorie_juridique = models.ForeignKey(
        CategorieJuridique, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="forme juridique"
    )
    natures = ChoixMultipleField("nature de l’activité", valeurs=NatureActivite)
    naf_rev2 = models.CharField("code NAF rév. 2", max_length=6, blank=True)
    naf_2025 = models.CharField("code NAF 2025", max_length=6, blank=True)
    effectif = models.PositiveIntegerField(null=True, blank=True)
    effectif_annee = models.PositiveSmallIntegerField("année de l’effectif", null=True, blank=True)
    tranche = models.CharField("tranche d’effectif", max_length=2, choices=TrancheEffectif, blank=True)
    tranche_annee = models.PositiveSmallIntegerField("année de la tranche", null=True, blank=True)
    commune = models.ForeignKey(Commune, models.PROTECT, null=True, blank=True, related_name="+")
    adresse = TexteField(blank=True)
    code_postal = LigneField("code postal", max_length=10, blank=True)
    telephone = LigneField("téléphone", max_length=20, blank=True)
    courriel = models.EmailField("courriel", blank=True)
    site = SiteField("site internet", blank=True)
    est_diffusible = models.BooleanField(
        "diffusible",
        default=True,
        help_text="Décochée : diffusion partielle à l’INSEE, jamais montrée aux partenaires.",
    )
    est_active = models.BooleanField("active", default=True)
    creee_le = models.DateField("créée le", null=True, blank=True)
    cessee_le = models.DateField("cessée le", null=True, blank=True)
    note = TexteField(blank=True)
    source = models.CharField(max_length=8, choices=SourceEntreprise, default=SourceEntreprise.SAISIE)
    dirigeant_age_transmission = models.BooleanField(
        "dirigeant de plus de 50 ans",
        default=False,
        editable=False,
        help_text="Tenue à jour chaque nuit et à chaque changement de dirigeant.",
    )
    recherche = models.CharField(max_length=600, editable=False, blank=True)
    recherche_publique = models.CharField(
        max_length=300, editable=False, blank=True, help_text="Nom, SIRET et commune seulement, pour les référents."
    )
    fusionnee_dans = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, editable=False, related_name="absorbees"
    )

    objects = EntrepriseQuerySet.as_manager()

    class Meta:
        ordering = ("nom_normalise", "pk")
        indexes = (
            models.Index(fields=("territoire", "nom_normalise", "id")),
            models.Index(fields=("territoire", "enseigne_normalisee")),
            models.Index(fields=("territoire", "commune")),
            models.Index(fields=("territoire", "courriel")),
            models.Index(fields=("territoire", "siren")),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("territoire", "siret"),
                condition=Q(fusionnee_dans__isnull=True, siret__isnull=False),
                name="entreprise_siret_unique",
                violation_error_message="Une entreprise de ce territoire porte déjà ce SIRET.",
            ),
            models.CheckConstraint(condition=~Q(siret=""), name="entreprise_siret_jamais_vide"),
        )

    def __str__(self) -> str:
        return self.enseigne or self.nom

    def preparer(self) -> None:
        """Fill the columns that search and duplicate detection compare. Called before each save."""
        self.siret = self.siret or None
        if self.siret:
            self.siren, self.etat_siret = self.siret[:9], EtatSiret.CONNU
        elif self.etat_siret == EtatSiret.CONNU:
            self.etat_siret = EtatSiret.INCONNU
        self.courriel = self.courriel.strip().lower()
        self.nom_normalise = normaliser(self.nom)[:160]
        self.enseigne_normalisee = normaliser(self.enseigne)[:160]
        commune = self.commune.nom if self.commune_id else ""
        self.recherche = normaliser(
            self.nom, self.enseigne, self.siret or self.siren, commune, chiffres(self.telephone), self.courriel
        )[:600]
        self.recherche_publique = normaliser(self.nom, self.siret or self.siren, commune)[:300]

    def depasse_seuil(self, seuil: int) -> bool:
        """At or above the territoire's threshold, by number when known, else by tranche."""
        if self.effectif is not None:
            return self.effectif >= seuil
        return bool(self.tranche) and PLANCHER_TRANCHE[self.tranche] >= seuil


class Interlocuteur(DuTerritoire, Horodate):
    """A person who heads an enterprise or speaks for it."""

    PERSONNELLES: ClassVar[set[str]] = {"personne", "fonction"}
    NEUTRES: ClassVar[set[str]] = {"entreprise", "est_dirigeant", "est_principal", "jusquau"}

    entreprise = models.ForeignKey(Entreprise, models.CASCADE, related_name="interlocuteurs")
    personne = models.ForeignKey(Personne, models.PROTECT, related_name="fonctions")
    fonction = LigneField(max_length=80, blank=True)
    est_dirigeant = models.BooleanField("dirigeant", default=True)
    est_principal = models.BooleanField("contact principal", default=False)
    jusquau = models.DateField("jusqu’au", null=True, blank=True)

    class Meta:
        ordering = ("-est_principal", "-est_dirigeant", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("entreprise", "personne"),
                name="interlocuteur_unique",
                violation_error_message="Cette personne est déjà liée à l’entreprise.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.personne}"

    def depasse_age(self, age: int, jour: date | None = None) -> bool:
        """Over `age` years this year: of interest for transmission."""
        naissance = self.personne.annee_naissance
        return self.est_dirigeant and naissance is not None and (jour or timezone.localdate()).year - naissance > age


class ImportEntreprisesQuerySet(models.QuerySet["ImportEntreprises"]):
    def visibles_par(self, acces: Acces) -> "ImportEntreprisesQuerySet":
        """The coordination alone imports."""
        du_territoire = self.filter(territoire=acces.territoire_id)
        return du_territoire if acces.est_coordination else du_territoire.none()


class ImportEntreprises(DuTerritoire, Horodate):
    """One import: its files, its preview, its counts. Nothing is written to the enterprises before it is confirmed."""

    PERSONNELLES: ClassVar[set[str]] = {"demande_par", "erreurs", "apercu"}
    NEUTRES: ClassVar[set[str]] = {
        "genre", "etat", "fichier", "fichier_noms", "encodage", "separateur", "lignes", "comptes", "message",
        "termine_le", "ecarter_erreurs", "travail",
    }  # fmt: skip

    genre = models.CharField(max_length=8, choices=GenreImport)
    etat = models.CharField("état", max_length=10, choices=EtatImport, default=EtatImport.RECU)
    fichier = models.ForeignKey(Fichier, models.PROTECT, related_name="+")
    fichier_noms = models.ForeignKey(
        Fichier, models.PROTECT, null=True, blank=True, related_name="+", help_text="StockUniteLegale, pour les noms."
    )
    encodage = models.CharField(max_length=20, blank=True)
    separateur = models.CharField("séparateur", max_length=1, blank=True)
    lignes = models.PositiveIntegerField(default=0)
    comptes = models.JSONField(
        default=dict, help_text="Combien de créées, mises à jour, inchangées, écartées par motif."
    )
    erreurs = models.JSONField(default=list, help_text="Les premières erreurs, par numéro de ligne.")
    apercu = models.JSONField(default=list, help_text="Les premières lignes qui changeraient quelque chose.")
    ecarter_erreurs = models.BooleanField(
        "écarter les lignes en erreur",
        default=False,
        help_text="Fichiers SIRENE : nul ne corrige le fichier de l’INSEE.",
    )
    message = models.CharField(max_length=500, blank=True)
    travail = models.ForeignKey(Travail, models.SET_NULL, null=True, related_name="+")
    demande_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    termine_le = models.DateTimeField(null=True)

    objects = ImportEntreprisesQuerySet.as_manager()

    class Meta:
        ordering = ("-cree_le",)

    def __str__(self) -> str:
        return f"Import du {self.cree_le:%d/%m/%Y}"
