"""One meeting, who is expected and what they answered, and the personal calendar feed."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from apps.core.acces import Acces, Role
from apps.core.champs import LigneField
from apps.core.models import Horodate, Versionne
from apps.partenaires.models import Organisme
from apps.territoires.models import DuTerritoire

from ..enums import EtatPresence, PorteeInstance, Reponse, StatutSeance
from .instance import Instance, Membre, Serie

STATUTS_A_VENIR = (StatutSeance.PREPARATION, StatutSeance.CONVOQUEE, StatutSeance.EN_COURS)


class SeanceQuerySet(models.QuerySet["Seance"]):
    def visibles_par(self, acces: Acces) -> "SeanceQuerySet":
        """The coordination sees all; a référent those of the committees its organisme sits on (joint ones included).

        The pilotage sees those of anonymous reach. Whoever may see a séance sees its day and place; what else is opened
        says `permissions`.
        """
        du_territoire = self.filter(territoire=acces.territoire_id)
        if acces.est_coordination:
            return du_territoire
        if acces.est_referent:
            siens = Membre.objects.filter(organisme=acces.organisme_id, retire_le__isnull=True)
            return du_territoire.filter(
                Exists(siens.filter(instance=OuterRef("instance")))
                | Exists(siens.filter(instance=OuterRef("conjointe")))
            )
        if acces.role == Role.PILOTAGE:
            return du_territoire.filter(portee=PorteeInstance.ANONYME)
        return du_territoire.none()

    def a_venir(self) -> "SeanceQuerySet":
        """Not held and not cancelled, the next first."""
        return self.filter(statut__in=STATUTS_A_VENIR).order_by("jour", "heure_debut", "pk")

    def tenues(self) -> "SeanceQuerySet":
        """Held, the last first."""
        return self.filter(statut=StatutSeance.TENUE).order_by("-jour", "-heure_debut", "-pk")


class Seance(DuTerritoire, Horodate, Versionne):
    """`portee` is frozen here: the narrower of the two instances when they meet together.

    `calendrier_uid` and `calendrier_sequence` make the .ics (RFC 5545): one UID for life, a higher sequence at each
    change that members are told of.
    """

    PERSONNELLES: ClassVar[set[str]] = {"secretaire", "motif_annulation"}
    NEUTRES: ClassVar[set[str]] = {
        "numero", "instance", "conjointe", "serie", "portee", "jour", "heure_debut", "heure_fin", "lieu", "visio",
        "statut", "quorum", "calendrier_uid", "calendrier_sequence", "convoquee_le", "rappelee_le", "ouverte_le",
        "terminee_le", "annulee_le", "point_en_cours", "releve_envoye_le",
    }  # fmt: skip

    numero = models.CharField("numéro", max_length=24)
    instance = models.ForeignKey(Instance, models.PROTECT, related_name="seances")
    conjointe = models.ForeignKey(
        Instance, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="réunie avec"
    )
    serie = models.ForeignKey(Serie, models.SET_NULL, null=True, blank=True, related_name="seances")
    portee = models.CharField(max_length=10, choices=PorteeInstance, default=PorteeInstance.NOMINATIVE, editable=False)
    jour = models.DateField("date")
    heure_debut = models.TimeField("de")
    heure_fin = models.TimeField("à")
    lieu = LigneField(max_length=200, blank=True)
    visio = models.URLField("lien de visioconférence", blank=True)
    statut = models.CharField(max_length=12, choices=StatutSeance, default=StatutSeance.PREPARATION)
    secretaire = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="secrétaire de séance",
    )
    quorum = models.PositiveSmallIntegerField(null=True, blank=True)
    calendrier_uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    calendrier_sequence = models.PositiveIntegerField(default=0, editable=False)
    convoquee_le = models.DateTimeField("convoquée le", null=True, editable=False)
    rappelee_le = models.DateTimeField(null=True, editable=False)
    ouverte_le = models.DateTimeField(null=True, editable=False)
    terminee_le = models.DateTimeField(null=True, editable=False)
    annulee_le = models.DateTimeField(null=True, editable=False)
    motif_annulation = LigneField("raison", max_length=240, blank=True)
    point_en_cours = models.ForeignKey(
        "comites.PointOrdreDuJour", models.SET_NULL, null=True, editable=False, related_name="+"
    )
    releve_envoye_le = models.DateTimeField(null=True, editable=False)

    objects = SeanceQuerySet.as_manager()

    class Meta:
        ordering = ("-jour", "-heure_debut", "-pk")
        verbose_name = "séance"
        constraints = (
            models.UniqueConstraint(fields=("territoire", "numero"), name="seance_numero_unique"),
            models.CheckConstraint(
                condition=Q(heure_fin__gt=models.F("heure_debut")),
                name="seance_heures",
                violation_error_message="L’heure de fin suit celle du début.",
            ),
        )
        indexes = (models.Index(fields=("territoire", "statut", "jour")),)

    def __str__(self) -> str:
        return f"{self.instance} du {self.jour:%d/%m/%Y}"

    def get_absolute_url(self) -> str:
        return reverse("comites:seance", args=[self.territoire.slug, self.numero])

    @property
    def debut(self) -> datetime:
        """Aware, in the site's time zone."""
        return timezone.make_aware(datetime.combine(self.jour, self.heure_debut))

    @property
    def fin(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.jour, self.heure_fin))

    @property
    def minutes(self) -> int:
        return int((self.fin - self.debut).total_seconds() // 60)

    @property
    def est_anonyme(self) -> bool:
        return self.portee == PorteeInstance.ANONYME

    @property
    def est_figee(self) -> bool:
        """The ordre du jour was frozen at convening; what comes later is marked."""
        return self.convoquee_le is not None

    @property
    def cle(self) -> str:
        """How documents and actions name it: « seance:12 »."""
        return f"seance:{self.pk}"


class Presence(DuTerritoire, Horodate):
    """One that is expected: an organisme, a person of the pilotage, or a guest by name. Answer, then presence.

    Names are those of that day: « présence quasi permanente » is counted from these rows, year after year.
    """

    PERSONNELLES: ClassVar[set[str]] = {
        "utilisateur", "nom", "fonction", "courriel", "represente_par", "personnes", "repondue_par", "note",
    }  # fmt: skip
    NEUTRES: ClassVar[set[str]] = {
        "seance", "organisme", "organisme_nom", "est_invite", "reponse", "repondue_le", "etat", "arrivee_le",
        "depart_le", "exemplaire", "version",
    }  # fmt: skip

    seance = models.ForeignKey(Seance, models.CASCADE, related_name="presences")
    organisme = models.ForeignKey(Organisme, models.PROTECT, null=True, blank=True, related_name="+")
    organisme_nom = models.CharField(max_length=160, blank=True)
    utilisateur = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    est_invite = models.BooleanField("invité", default=False)
    nom = LigneField(max_length=120, blank=True)
    fonction = LigneField(max_length=120, blank=True)
    courriel = models.EmailField(blank=True)
    reponse = models.CharField("réponse", max_length=10, choices=Reponse, default=Reponse.ATTENDUE)
    represente_par = LigneField("représenté par", max_length=160, blank=True)
    repondue_le = models.DateTimeField(null=True, editable=False)
    repondue_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    etat = models.CharField("présence", max_length=10, choices=EtatPresence, default=EtatPresence.ATTENDU)
    personnes = LigneField("qui est là", max_length=240, blank=True)
    arrivee_le = models.DateTimeField("arrivée", null=True, blank=True, help_text="Après l’ouverture de la séance.")
    depart_le = models.DateTimeField("départ", null=True, blank=True, help_text="Avant la fin de la séance.")
    note = LigneField(max_length=240, blank=True)
    exemplaire = models.PositiveSmallIntegerField("numéro d’exemplaire", null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ("est_invite", "organisme_nom", "nom", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("seance", "organisme"), condition=Q(organisme__isnull=False), name="presence_organisme_unique"
            ),
            models.UniqueConstraint(
                fields=("seance", "utilisateur"),
                condition=Q(utilisateur__isnull=False),
                name="presence_personne_unique",
            ),
            models.CheckConstraint(
                condition=Q(organisme__isnull=False) | Q(utilisateur__isnull=False) | ~Q(nom=""),
                name="presence_quelqu_un",
            ),
        )

    def __str__(self) -> str:
        return self.organisme_nom or self.nom


class AbonnementAgenda(DuTerritoire, Horodate):
    """A person's subscribable calendar: a secret address, kept as a digest, revoked by its holder or at departure."""

    PERSONNELLES: ClassVar[set[str]] = {"utilisateur"}
    NEUTRES: ClassVar[set[str]] = {"affectation_id", "empreinte", "revoque_le", "lu_le"}

    utilisateur = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    affectation_id = models.BigIntegerField(help_text="Le rôle dans lequel elle s’est abonnée.")
    empreinte = models.CharField("SHA-256 de l’adresse secrète", max_length=64, unique=True)
    revoque_le = models.DateTimeField(null=True)
    lu_le = models.DateTimeField("dernière lecture", null=True)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("territoire", "utilisateur"), condition=Q(revoque_le__isnull=True), name="abonnement_unique"
            ),
        )

    def __str__(self) -> str:
        return f"Agenda {self.pk}"
