"""The one table of jobs. The row is the truth; a Celery message only wakes a worker. No personal data in it."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from apps.core.acces import Acces, Role
from apps.core.models import Horodate

from .enums import ETATS_FINIS, EtatTravail


class TravailQuerySet(models.QuerySet["Travail"]):
    def visibles_par(self, acces: Acces) -> "TravailQuerySet":
        """One's own jobs of the territoire; nobody's are the system's."""
        if acces.utilisateur_id is None and acces.role != Role.SYSTEME:
            return self.none()
        return self.filter(territoire=acces.territoire_id, demande_par=acces.utilisateur_id)


class Travail(Horodate):
    NEUTRES: ClassVar[set[str]] = {
        "territoire", "genre", "cle", "etat", "parametres", "resultat", "tentatives", "tentatives_max", "pas_avant",
        "bail_jusqua", "bail_de", "reveille_le", "fait", "total", "message", "erreur", "demande_par", "role",
        "organisme_id", "commence_le", "fini_le", "annulation_demandee", "jeton",
    }  # fmt: skip

    territoire = models.ForeignKey("territoires.Territoire", models.CASCADE, null=True, related_name="+")
    jeton = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    genre = models.CharField(max_length=60)
    cle = models.CharField("clé d’unicité", max_length=200)
    etat = models.CharField(max_length=12, choices=EtatTravail, default=EtatTravail.EN_ATTENTE)
    parametres = models.JSONField(default=dict, help_text="Des identifiants seulement.")
    resultat = models.JSONField(default=dict)
    demande_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    role = models.CharField(max_length=20, blank=True)
    organisme_id = models.BigIntegerField(null=True)
    tentatives = models.PositiveSmallIntegerField(default=0)
    tentatives_max = models.PositiveSmallIntegerField(default=3)
    pas_avant = models.DateTimeField(default=timezone.now)
    bail_jusqua = models.DateTimeField(null=True)
    bail_de = models.CharField(
        max_length=80, blank=True, help_text="Propre à chaque prise : qui l’a perdue n’écrit plus rien."
    )
    reveille_le = models.DateTimeField(null=True, help_text="Dernier message envoyé aux travailleurs.")
    annulation_demandee = models.BooleanField(default=False)
    fait = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.CharField(max_length=300, blank=True)
    erreur = models.CharField(max_length=500, blank=True)
    commence_le = models.DateTimeField(null=True)
    fini_le = models.DateTimeField(null=True)

    objects = TravailQuerySet.as_manager()

    class Meta:
        ordering = ("-cree_le",)
        verbose_name_plural = "travaux"
        indexes = (models.Index(fields=("etat", "pas_avant")), models.Index(fields=("demande_par", "-cree_le")))
        constraints = (
            models.UniqueConstraint(
                fields=("territoire", "cle"), condition=Q(territoire__isnull=False), name="travail_cle_unique"
            ),
            models.UniqueConstraint(
                fields=("cle",), condition=Q(territoire__isnull=True), name="travail_cle_unique_sans_territoire"
            ),
        )

    def __str__(self) -> str:
        return f"{self.genre} {self.pk}"

    def get_absolute_url(self) -> str:
        """Its progress page; only jobs of a territoire have one."""
        return reverse("travaux:detail", args=[self.territoire.slug, self.jeton]) if self.territoire else ""

    def acces(self) -> Acces:
        """Who asked, with the role of that moment: what the executor scopes its querysets with."""
        return Acces(self.demande_par_id, self.territoire_id, Role(self.role or Role.SYSTEME), self.organisme_id)

    @property
    def est_fini(self) -> bool:
        return self.etat in ETATS_FINIS


class Balayage(models.Model):
    """When each regular sweep is due: claimed by one process at a time, whatever the number of schedulers."""

    NEUTRES: ClassVar[set[str]] = {"nom", "prochain_le", "dernier_le"}

    nom = models.CharField(max_length=80, unique=True)
    prochain_le = models.DateTimeField(default=timezone.now)
    dernier_le = models.DateTimeField(null=True)

    class Meta:
        ordering = ("nom",)

    def __str__(self) -> str:
        return self.nom
