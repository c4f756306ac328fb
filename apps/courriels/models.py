"""The outbox: a mail is a row written in the transaction of its cause, sent after commit, retried, never sent twice."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.models import Horodate


class EtatCourriel(models.TextChoices):
    A_ENVOYER = "a_envoyer", "À envoyer"
    EN_COURS = "en_cours", "En cours d’envoi"
    ENVOYE = "envoye", "Envoyé"
    ECHEC = "echec", "Échec"
    INCERTAIN = "incertain", "Envoi incertain"
    ANNULE = "annule", "Annulé"


class CourrielQuerySet(models.QuerySet["Courriel"]):
    def visibles_par(self, acces: Acces) -> "CourrielQuerySet":
        """The coordination sees its territoire's outbox; nobody else does."""
        du_territoire = self.filter(territoire=acces.territoire_id)
        return du_territoire if acces.est_coordination else du_territoire.none()


class Courriel(Horodate):
    """`territoire` is empty for account mails only (invitation, password)."""

    PERSONNELLES: ClassVar[set[str]] = {"destinataire", "sujet", "corps", "corps_html", "calendrier"}
    NEUTRES: ClassVar[set[str]] = {
        "territoire", "cle", "gabarit", "etat", "pas_avant", "tentatives", "erreur", "envoye_le", "bail_jusqua",
        "bail_de", "reveille_le", "identifiant_message", "repondre_a", "objet", "objet_id",
    }  # fmt: skip

    territoire = models.ForeignKey("territoires.Territoire", models.PROTECT, null=True, related_name="+")
    cle = models.CharField("clé d’unicité", max_length=200)
    destinataire = models.EmailField()
    repondre_a = models.EmailField(blank=True)
    sujet = models.CharField(max_length=200)
    corps = models.TextField()
    corps_html = models.TextField(blank=True)
    calendrier = models.TextField(
        blank=True, help_text="Une invitation au format iCalendar (RFC 5545), jointe au message ; sans nom de personne."
    )
    gabarit = models.CharField(max_length=80)
    objet = models.CharField(max_length=60, blank=True, help_text="Ce dont il est la suite, par exemple « fiche ».")
    objet_id = models.CharField(max_length=60, blank=True)
    etat = models.CharField(max_length=10, choices=EtatCourriel, default=EtatCourriel.A_ENVOYER)
    pas_avant = models.DateTimeField(default=timezone.now)
    tentatives = models.PositiveSmallIntegerField(default=0)
    bail_jusqua = models.DateTimeField(null=True)
    bail_de = models.CharField(max_length=32, blank=True, help_text="Propre à chaque essai d’envoi.")
    reveille_le = models.DateTimeField(null=True, help_text="Dernier message envoyé aux travailleurs.")
    envoye_le = models.DateTimeField(null=True)
    identifiant_message = models.CharField(max_length=200, unique=True)
    erreur = models.CharField(max_length=500, blank=True)

    objects = CourrielQuerySet.as_manager()

    class Meta:
        ordering = ("-cree_le",)
        indexes = (models.Index(fields=("etat", "pas_avant")), models.Index(fields=("territoire", "objet", "objet_id")))
        constraints = (
            models.UniqueConstraint(
                fields=("territoire", "cle"), condition=Q(territoire__isnull=False), name="courriel_cle_unique"
            ),
            models.UniqueConstraint(
                fields=("cle",), condition=Q(territoire__isnull=True), name="courriel_cle_unique_sans_territoire"
            ),
        )

    def __str__(self) -> str:
        return f"{self.gabarit} {self.pk}"
