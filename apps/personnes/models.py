"""A person and their contact details, and what they agreed to share."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.champs import LigneField, TexteField
from apps.core.models import Horodate, Versionne
from apps.core.texte import chiffres, normaliser
from apps.documents.models import Fichier
from apps.partenaires.models import Organisme
from apps.referentiels.models import Commune
from apps.territoires.models import DuTerritoire

from .enums import CanalAccord, GenreFusion, Portee, PreferenceContact, Situation


class PersonneQuerySet(models.QuerySet["Personne"]):
    def visibles_par(self, acces: Acces) -> "PersonneQuerySet":
        """The coordination only: anybody else meets a person through a fiche that they may read."""
        du_territoire = self.filter(territoire=acces.territoire_id)
        return du_territoire if acces.est_coordination else du_territoire.none()

    def actives(self) -> "PersonneQuerySet":
        """Those not merged into another."""
        return self.filter(fusionnee_dans__isnull=True)


class FusionQuerySet(models.QuerySet["Fusion"]):
    def visibles_par(self, acces: Acces) -> "FusionQuerySet":
        """The coordination alone merges, and reads what was merged."""
        du_territoire = self.filter(territoire=acces.territoire_id)
        return du_territoire if acces.est_coordination else du_territoire.none()

    def en_vigueur(self) -> "FusionQuerySet":
        """Those that were not undone."""
        return self.filter(defaite_le__isnull=True)


class Personne(DuTerritoire, Horodate, Versionne):
    PERSONNELLES: ClassVar[set[str]] = {
        "civilite", "prenom", "nom", "courriel", "telephone", "telephone_2", "adresse", "code_postal", "commune",
        "annee_naissance", "situation", "preference_contact", "note", "recherche", "telephone_chiffres",
        "nom_normalise",
    }  # fmt: skip
    NEUTRES: ClassVar[set[str]] = {"fusionnee_dans"}

    civilite = models.CharField("civilité", max_length=4, blank=True, choices=[("M.", "M."), ("Mme", "Mme")])
    prenom = LigneField("prénom", max_length=80, blank=True)
    nom = LigneField(max_length=80)
    courriel = models.EmailField("courriel", blank=True)
    telephone = LigneField("téléphone", max_length=20, blank=True)
    telephone_2 = LigneField("autre téléphone", max_length=20, blank=True)
    telephone_chiffres = models.CharField(max_length=20, blank=True, editable=False)
    adresse = TexteField(blank=True)
    code_postal = LigneField("code postal", max_length=10, blank=True)
    commune = models.ForeignKey(Commune, models.PROTECT, null=True, blank=True, related_name="+")
    annee_naissance = models.PositiveSmallIntegerField("année de naissance", null=True, blank=True)
    situation = models.CharField(max_length=18, choices=Situation, blank=True)
    preference_contact = models.CharField("préférence de contact", max_length=12, choices=PreferenceContact, blank=True)
    note = TexteField(blank=True)
    nom_normalise = models.CharField(max_length=165, blank=True, editable=False)
    recherche = models.CharField(max_length=400, editable=False, blank=True)
    fusionnee_dans = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, editable=False, related_name="absorbees"
    )

    objects = PersonneQuerySet.as_manager()

    class Meta:
        ordering = ("nom_normalise", "pk")
        indexes = (
            models.Index(fields=("territoire", "courriel")),
            models.Index(fields=("territoire", "telephone_chiffres")),
            models.Index(fields=("territoire", "nom_normalise")),
        )

    def __str__(self) -> str:
        return f"{self.prenom} {self.nom}".strip()

    @property
    def age(self) -> int | None:
        """The age reached this year; None when the year of birth is not known."""
        return timezone.localdate().year - self.annee_naissance if self.annee_naissance else None

    def preparer(self) -> None:
        """Fill the columns that search and duplicate detection compare. Services call it before each save."""
        self.telephone_chiffres = chiffres(self.telephone)[-9:]
        self.courriel = self.courriel.strip().lower()
        self.nom_normalise = normaliser(self.nom, self.prenom)[:165]
        commune = self.commune.nom if self.commune_id else ""
        self.recherche = normaliser(
            self.prenom,
            self.nom,
            self.prenom,
            self.courriel,
            chiffres(self.telephone),
            chiffres(self.telephone_2),
            commune,
        )[:400]


class Fusion(DuTerritoire, Horodate):
    """One entreprise or personne merged into another, with all that is needed to undo it exactly."""

    PERSONNELLES: ClassVar[set[str]] = {"avant", "apres", "faite_par", "libelle"}
    NEUTRES: ClassVar[set[str]] = {"genre", "conservee_id", "absorbee_id", "deplacements", "defaite_le", "defaite_par"}

    genre = models.CharField(max_length=12, choices=GenreFusion)
    conservee_id = models.BigIntegerField()
    absorbee_id = models.BigIntegerField()
    libelle = models.CharField(max_length=200, blank=True, help_text="Le nom de l’absorbée, le jour de la fusion.")
    avant = models.JSONField(default=dict, help_text="Les champs de la conservée avant la fusion.")
    apres = models.JSONField(default=dict, help_text="Les mêmes, juste après.")
    deplacements = models.JSONField(default=dict, help_text="Par rattachement, les identifiants déplacés.")
    faite_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    defaite_le = models.DateTimeField(null=True)
    defaite_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = FusionQuerySet.as_manager()

    class Meta:
        ordering = ("-cree_le", "-pk")
        indexes = (models.Index(fields=("territoire", "genre", "conservee_id")),)

    def __str__(self) -> str:
        return f"Fusion {self.pk}"


class TexteAccord(DuTerritoire):
    """A numbered version of the words that applicants agree to; never changed once used."""

    NEUTRES: ClassVar[set[str]] = {"version", "texte", "depuis"}

    version = models.PositiveSmallIntegerField()
    texte = TexteField()
    depuis = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-version",)
        constraints = (models.UniqueConstraint(fields=("territoire", "version"), name="texte_accord_unique"),)

    def __str__(self) -> str:
        return f"Version {self.version}"


class AccordQuerySet(models.QuerySet["Accord"]):
    def visibles_par(self, acces: Acces) -> "AccordQuerySet":
        """The coordination; a partner meets an accord through the fiche that it opens."""
        du_territoire = self.filter(territoire=acces.territoire_id)
        return du_territoire if acces.est_coordination else du_territoire.none()

    def en_vigueur(self) -> "AccordQuerySet":
        """Neither withdrawn nor replaced."""
        return self.filter(retire_le__isnull=True, remplace_le__isnull=True)


class Accord(DuTerritoire, Horodate):
    """What one person agreed to share, when, by which channel and on which words. Replaced, never changed."""

    PERSONNELLES: ClassVar[set[str]] = {"personne", "preuve", "saisi_par"}
    NEUTRES: ClassVar[set[str]] = {
        "portee", "organismes", "comite", "donne_le", "canal", "texte", "retire_le", "retire_canal", "remplace_le",
    }  # fmt: skip

    personne = models.ForeignKey(Personne, models.CASCADE, related_name="accords")
    portee = models.CharField("portée", max_length=8, choices=Portee, default=Portee.AUCUNE)
    organismes = models.ManyToManyField(Organisme, blank=True, related_name="+")
    comite = models.BooleanField("comité technique", default=False)
    donne_le = models.DateTimeField("donné le")
    canal = models.CharField(max_length=12, choices=CanalAccord)
    texte = models.ForeignKey(TexteAccord, models.PROTECT, null=True, related_name="+")
    preuve = models.ForeignKey(Fichier, models.PROTECT, null=True, blank=True, related_name="+")
    saisi_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    retire_le = models.DateTimeField("retiré le", null=True, blank=True)
    retire_canal = models.CharField(max_length=12, choices=CanalAccord, blank=True)
    remplace_le = models.DateTimeField("remplacé le", null=True, blank=True)

    objects = AccordQuerySet.as_manager()

    class Meta:
        ordering = ("-donne_le",)

    def __str__(self) -> str:
        return f"Accord du {self.donne_le:%d/%m/%Y}"

    @property
    def est_en_vigueur(self) -> bool:
        return self.retire_le is None and self.remplace_le is None

    def couvre(self, organisme_id: int) -> bool:
        """May the case be shared with this organisme?"""
        if not self.est_en_vigueur:
            return False
        if self.portee == Portee.TOUS:
            return True
        return self.portee == Portee.NOMMES and any(o.pk == organisme_id for o in self.organismes.all())
