"""Who holds which role where, who is away, who was invited."""

import uuid
from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.core.acces import Acces, Role
from apps.core.champs import LigneField
from apps.core.models import Horodate
from apps.partenaires.models import Organisme
from apps.territoires.models import DuTerritoire, Territoire

ROLES_AFFECTES = [Role.COORDINATION, Role.REFERENT, Role.TECHNICIEN, Role.ACCUEIL, Role.PILOTAGE, Role.DPO]
ROLES_PARTENAIRES = [Role.REFERENT, Role.TECHNICIEN]
CHOIX_ROLES = [(r.value, r.label) for r in ROLES_AFFECTES]


class Qualite(models.TextChoices):
    """Both have the same rights; the titulaire is addressed first."""

    TITULAIRE = "titulaire", "Titulaire"
    SUPPLEANT = "suppleant", "Suppléant"


class AffectationQuerySet(models.QuerySet["Affectation"]):
    def actives(self) -> "AffectationQuerySet":
        """In force: agreed by the coordination, not ended, of a person who may log in."""
        return self.filter(terminee_le__isnull=True, accordee_le__isnull=False, utilisateur__is_active=True)

    def visibles_par(self, acces: Acces) -> "AffectationQuerySet":
        """The coordination and the administrator see the territoire's; a partner those of its organisme."""
        du_territoire = self.filter(territoire=acces.territoire_id)
        if acces.est_coordination or acces.role in (Role.ADMINISTRATEUR, Role.DPO):
            return du_territoire
        if acces.est_partenaire:
            return du_territoire.filter(organisme=acces.organisme_id)
        return du_territoire.filter(utilisateur=acces.utilisateur_id)


class Affectation(Horodate):
    """A role on a territoire. Read before the territoire is known, hence without row-level security."""

    PERSONNELLES: ClassVar[set[str]] = {"utilisateur"}
    NEUTRES: ClassVar[set[str]] = {
        "territoire", "role", "organisme", "qualite", "lieu", "accordee_le", "accordee_par", "terminee_le",
        "est_choisie",
    }  # fmt: skip

    utilisateur = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="affectations")
    territoire = models.ForeignKey(Territoire, models.PROTECT, related_name="affectations")
    role = models.CharField("rôle", max_length=20, choices=CHOIX_ROLES)
    organisme = models.ForeignKey(Organisme, models.PROTECT, null=True, blank=True, related_name="affectations")
    qualite = models.CharField("qualité", max_length=10, choices=Qualite, default=Qualite.TITULAIRE)
    lieu = LigneField(
        "lieu d’accueil", max_length=120, blank=True, help_text="Mairie ou France Services, pour l’accueil."
    )
    accordee_le = models.DateTimeField("accordée le", null=True, blank=True)
    accordee_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    terminee_le = models.DateTimeField("terminée le", null=True, blank=True)
    est_choisie = models.BooleanField(
        "rôle choisi", default=False, help_text="Celui dans lequel la personne travaille, quand elle en a plusieurs."
    )

    objects = AffectationQuerySet.as_manager()

    class Meta:
        ordering = ("territoire", "role", "utilisateur__nom")
        constraints = (
            models.CheckConstraint(
                condition=(Q(role__in=["referent", "technicien"]) & Q(organisme__isnull=False))
                | (~Q(role__in=["referent", "technicien"]) & Q(organisme__isnull=True)),
                name="affectation_organisme",
                violation_error_message="Un référent ou un technicien appartient à un organisme, et lui seul.",
            ),
            models.UniqueConstraint(
                fields=("utilisateur", "territoire", "role", "organisme"),
                condition=Q(terminee_le__isnull=True, organisme__isnull=False),
                name="affectation_unique_organisme",
                violation_error_message="Cette personne a déjà ce rôle dans cet organisme.",
            ),
            models.UniqueConstraint(
                fields=("utilisateur", "territoire", "role"),
                condition=Q(terminee_le__isnull=True, organisme__isnull=True),
                name="affectation_unique",
                violation_error_message="Cette personne a déjà ce rôle ici.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.utilisateur} · {self.get_role_display()}"

    @property
    def est_active(self) -> bool:
        """In force (see `actives`)."""
        return self.accordee_le is not None and self.terminee_le is None and self.utilisateur.is_active

    def acces(self) -> Acces:
        """The frozen value that querysets, permissions and services are given."""
        return Acces(self.utilisateur_id, self.territoire_id, Role(self.role), self.organisme_id, self.pk)


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def visibles_par(self, acces: Acces) -> "AbsenceQuerySet":
        """The coordination sees all; a partner those of its organisme."""
        du_territoire = self.filter(territoire=acces.territoire_id)
        if acces.est_coordination:
            return du_territoire
        if acces.est_partenaire:
            return du_territoire.filter(affectation__organisme=acces.organisme_id)
        return du_territoire.none()

    def le(self, jour: date | None = None) -> "AbsenceQuerySet":
        """Those that hold that day (today by default)."""
        jour = jour or timezone.localdate()
        return self.filter(du__lte=jour, au__gte=jour)


class Absence(DuTerritoire, Horodate):
    """Dates when somebody is away: they change who is addressed, never who has rights."""

    PERSONNELLES: ClassVar[set[str]] = {"affectation", "remplacant", "du", "au"}

    affectation = models.ForeignKey(Affectation, models.CASCADE, related_name="absences")
    remplacant = models.ForeignKey(
        Affectation, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="remplacé par"
    )
    du = models.DateField()
    au = models.DateField("jusqu’au (compris)")

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        ordering = ("du",)
        constraints = (
            models.CheckConstraint(
                condition=Q(au__gte=models.F("du")),
                name="absence_dates",
                violation_error_message="Le retour ne peut précéder le départ.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.affectation.utilisateur}, du {self.du:%d/%m} au {self.au:%d/%m/%Y}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visibles_par(self, acces: Acces) -> "InvitationQuerySet":
        """The coordination sees the territoire's; a référent those of its organisme."""
        du_territoire = self.filter(territoire=acces.territoire_id)
        if acces.est_coordination:
            return du_territoire
        if acces.est_referent:
            return du_territoire.filter(organisme=acces.organisme_id)
        return du_territoire.none()

    def en_attente(self) -> "InvitationQuerySet":
        """Neither accepted nor cancelled; perhaps expired, and then to be sent again."""
        return self.filter(acceptee_le__isnull=True, annulee_le__isnull=True)


class Invitation(Horodate):
    """Single use, kept as a digest of its key only."""

    PERSONNELLES: ClassVar[set[str]] = {"courriel", "prenom", "nom", "civilite", "telephone", "fonction"}
    NEUTRES: ClassVar[set[str]] = {
        "territoire", "role", "organisme", "qualite", "lieu", "invitee_par", "empreinte", "expire_le", "envoyee_le",
        "envois", "acceptee_le", "annulee_le", "utilisateur", "a_accorder",
    }  # fmt: skip

    territoire = models.ForeignKey(Territoire, models.CASCADE, related_name="+")
    courriel = models.EmailField("adresse électronique")
    civilite = models.CharField("civilité", max_length=4, blank=True, choices=[("M.", "M."), ("Mme", "Mme")])
    prenom = LigneField("prénom", max_length=80)
    nom = LigneField(max_length=80)
    telephone = LigneField("téléphone", max_length=20, blank=True)
    fonction = LigneField(max_length=120, blank=True)
    role = models.CharField("rôle", max_length=20, choices=CHOIX_ROLES)
    organisme = models.ForeignKey(Organisme, models.CASCADE, null=True, blank=True, related_name="+")
    qualite = models.CharField("qualité", max_length=10, choices=Qualite, default=Qualite.TITULAIRE)
    lieu = LigneField("lieu d’accueil", max_length=120, blank=True)
    invitee_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    empreinte = models.CharField(max_length=64, unique=True)
    envoyee_le = models.DateTimeField(null=True)
    envois = models.PositiveSmallIntegerField(default=0)
    expire_le = models.DateTimeField()
    acceptee_le = models.DateTimeField(null=True)
    annulee_le = models.DateTimeField(null=True)
    a_accorder = models.BooleanField(
        default=False, help_text="Proposée par un partenaire : le rôle attend l’accord de la coordination."
    )
    utilisateur = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ("-cree_le",)

    def __str__(self) -> str:
        return f"{self.prenom} {self.nom}".strip() or self.courriel

    @property
    def est_utilisable(self) -> bool:
        return self.acceptee_le is None and self.annulee_le is None and self.expire_le > timezone.now()


class FormulaireGarde(models.Model):
    """A POST whose login had expired: kept an hour, without passwords, shown refilled to the same person, never run."""

    PERSONNELLES: ClassVar[set[str]] = {"donnees", "utilisateur"}
    NEUTRES: ClassVar[set[str]] = {"cle", "chemin", "expire_le", "cree_le"}

    cle = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    utilisateur = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    chemin = models.CharField(max_length=500)
    donnees = models.JSONField(default=dict)
    cree_le = models.DateTimeField(auto_now_add=True)
    expire_le = models.DateTimeField()

    def __str__(self) -> str:
        return self.chemin
