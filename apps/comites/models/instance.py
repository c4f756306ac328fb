"""A committee: who sits on it, who is invited, what its members may read, when it usually meets."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.core.acces import Acces, Role
from apps.core.champs import ChoixMultipleField, LigneField
from apps.core.models import Horodate, Versionne
from apps.partenaires.models import Organisme
from apps.territoires.models import DuTerritoire

from ..enums import GenreInstance, JourSemaine, PorteeInstance, RangMois


class InstanceQuerySet(models.QuerySet["Instance"]):
    def visibles_par(self, acces: Acces) -> "InstanceQuerySet":
        """The coordination sees all; a référent those its organisme sits on; anybody else those they sit on in person.

        The pilotage sees every instance that reads figures and anonymous versions.
        """
        du_territoire = self.filter(territoire=acces.territoire_id)
        if acces.est_coordination:
            return du_territoire
        return du_territoire.filter(siege(acces)).distinct()


def siege(acces: Acces, prefixe: str = "") -> Q:
    """The condition « this person sits on it », on an Instance or, with `prefixe`, on what leads to one."""
    if acces.est_referent:
        return Q(**{f"{prefixe}membres__organisme": acces.organisme_id, f"{prefixe}membres__retire_le": None})
    if acces.role == Role.PILOTAGE:
        return Q(**{f"{prefixe}portee": PorteeInstance.ANONYME})
    return Q(pk__in=[])


class Instance(DuTerritoire, Horodate, Versionne):
    """`quorum` is the number of members present or represented without whom it does not decide; empty: none asked."""

    NEUTRES: ClassVar[set[str]] = {
        "nom", "genre", "portee", "est_active", "lieu", "visio", "duree", "quorum", "jours_remarques",
        "jours_convocation",
    }  # fmt: skip

    nom = LigneField(max_length=120)
    genre = models.CharField(max_length=10, choices=GenreInstance, default=GenreInstance.TECHNIQUE)
    portee = models.CharField(
        "ce que ses membres lisent", max_length=10, choices=PorteeInstance, default=PorteeInstance.NOMINATIVE
    )
    lieu = LigneField("lieu habituel", max_length=200, blank=True)
    visio = models.URLField("lien de visioconférence", blank=True)
    duree = models.PositiveSmallIntegerField("durée (minutes)", default=150)
    quorum = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Vide : aucun quorum n’est demandé.")
    jours_convocation = models.PositiveSmallIntegerField("convocation avant la séance (jours)", default=7)
    jours_remarques = models.PositiveSmallIntegerField("remarques sur le projet de compte rendu (jours)", default=10)
    est_active = models.BooleanField("active", default=True)

    objects = InstanceQuerySet.as_manager()

    class Meta:
        ordering = ("genre", "nom")
        constraints = (
            models.UniqueConstraint(
                fields=("territoire", "nom"), name="instance_unique", violation_error_message="Ce nom est déjà pris."
            ),
            models.CheckConstraint(
                condition=Q(genre="technique") | Q(portee="anonyme"),
                name="instance_nominative_technique",
                violation_error_message="Seul un comité technique lit des fiches nommées.",
            ),
        )

    def __str__(self) -> str:
        return self.nom

    @property
    def est_anonyme(self) -> bool:
        return self.portee == PorteeInstance.ANONYME


class Membre(DuTerritoire, Horodate):
    """An organisme that sits (its référents, titulaire then suppléant, speak for it), or one person of the pilotage."""

    PERSONNELLES: ClassVar[set[str]] = {"utilisateur"}
    NEUTRES: ClassVar[set[str]] = {"instance", "organisme", "retire_le"}

    instance = models.ForeignKey(Instance, models.CASCADE, related_name="membres")
    organisme = models.ForeignKey(Organisme, models.PROTECT, null=True, blank=True, related_name="+")
    utilisateur = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="personne"
    )
    retire_le = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(organisme__isnull=False, utilisateur__isnull=True)
                | Q(organisme__isnull=True, utilisateur__isnull=False),
                name="membre_quelqu_un",
                violation_error_message="Choisissez un organisme ou une personne.",
            ),
            models.UniqueConstraint(
                fields=("instance", "organisme"),
                condition=Q(retire_le__isnull=True, organisme__isnull=False),
                name="membre_organisme_unique",
                violation_error_message="Cet organisme siège déjà.",
            ),
            models.UniqueConstraint(
                fields=("instance", "utilisateur"),
                condition=Q(retire_le__isnull=True, utilisateur__isnull=False),
                name="membre_personne_unique",
                violation_error_message="Cette personne siège déjà.",
            ),
        )

    def __str__(self) -> str:
        return str(self.organisme or self.utilisateur)


class InvitePermanent(DuTerritoire, Horodate):
    """Somebody from outside, without an account, invited to every séance of an instance: a mail, never a fiche."""

    PERSONNELLES: ClassVar[set[str]] = {"nom", "courriel", "fonction"}
    NEUTRES: ClassVar[set[str]] = {"instance", "organisme_dit"}

    instance = models.ForeignKey(Instance, models.CASCADE, related_name="invites")
    nom = LigneField(max_length=120)
    fonction = LigneField(max_length=120, blank=True)
    organisme_dit = LigneField("organisme", max_length=120, blank=True)
    courriel = models.EmailField("courriel", blank=True)

    class Meta:
        ordering = ("nom",)

    def __str__(self) -> str:
        return self.nom


class Serie(DuTerritoire, Horodate):
    """« 1st and 3rd Thursday, 9:30 to 12:00, Figeac », from one day to another; a public holiday is left out."""

    NEUTRES: ClassVar[set[str]] = {
        "instance", "rangs", "jour_semaine", "heure_debut", "heure_fin", "lieu", "visio", "du", "au",
    }  # fmt: skip

    instance = models.ForeignKey(Instance, models.CASCADE, related_name="series")
    rangs = ChoixMultipleField("rangs dans le mois", valeurs=RangMois)
    jour_semaine = models.PositiveSmallIntegerField("jour", choices=JourSemaine, default=JourSemaine.JEUDI)
    heure_debut = models.TimeField("de")
    heure_fin = models.TimeField("à")
    lieu = LigneField(max_length=200, blank=True)
    visio = models.URLField("lien de visioconférence", blank=True)
    du = models.DateField("du")
    au = models.DateField("au")

    class Meta:
        ordering = ("-du", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(au__gte=models.F("du")),
                name="serie_dates",
                violation_error_message="La fin ne peut précéder le début.",
            ),
            models.CheckConstraint(
                condition=Q(heure_fin__gt=models.F("heure_debut")),
                name="serie_heures",
                violation_error_message="L’heure de fin suit celle du début.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.instance}, {self.du:%d/%m/%Y} - {self.au:%d/%m/%Y}"
