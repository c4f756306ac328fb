"""Files received and documents made: stored under unguessable names, served only by the app that owns the link."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.champs import LigneField
from apps.core.models import Horodate
from apps.territoires.models import DuTerritoire
from apps.travaux.enums import EtatTravail
from apps.travaux.models import Travail

from .enums import EtatDocument, Variante


def chemin(fichier: "Fichier", _nom: str) -> str:
    """Nothing of the sender’s name in the path; one folder a territoire, split in 256."""
    return f"{fichier.territoire_id}/{fichier.cle.hex[:2]}/{fichier.cle.hex}"


class Fichier(DuTerritoire, Horodate):
    PERSONNELLES: ClassVar[set[str]] = {"nom", "contenu", "depose_par"}
    NEUTRES: ClassVar[set[str]] = {"cle", "type_mime", "taille", "empreinte", "supprime_le"}

    cle = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    nom = models.CharField(max_length=150)
    type_mime = models.CharField(max_length=120)
    taille = models.PositiveIntegerField(help_text="En octets.")
    empreinte = models.CharField("SHA-256", max_length=64)
    contenu = models.FileField(upload_to=chemin, max_length=200)
    depose_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    supprime_le = models.DateTimeField(null=True)

    class Meta:
        ordering = ("cree_le",)

    def __str__(self) -> str:
        return self.nom


ETATS_DU_TRAVAIL = {
    EtatTravail.EN_ATTENTE: EtatDocument.ATTENTE,
    EtatTravail.EN_COURS: EtatDocument.EN_COURS,
    EtatTravail.REUSSI: EtatDocument.PRET,
    EtatTravail.ECHOUE: EtatDocument.ECHEC,
    EtatTravail.ANNULE: EtatDocument.ANNULE,
}


class DocumentQuerySet(models.QuerySet["Document"]):
    def visibles_par(self, acces: Acces) -> "DocumentQuerySet":
        """The coordination sees those of its territoire, anybody else what they asked for themselves.

        Its owner (the séance, the fiche) opens it to others, through its own permission.
        """
        du_territoire = self.filter(territoire=acces.territoire_id)
        if acces.est_coordination:
            return du_territoire
        if acces.utilisateur_id is None:
            return du_territoire.none()
        return du_territoire.filter(demande_par=acces.utilisateur_id)

    def vivants(self) -> "DocumentQuerySet":
        """Neither expired nor purged."""
        return self.filter(expire_le__gt=timezone.now(), purge_le__isnull=True)


class Document(DuTerritoire, Horodate):
    """One document asked for: by whom, of what, for which audience, with the data frozen at that moment.

    Its state is its job's. `donnees` and the file go when it expires; the row stays, without personal data.
    """

    PERSONNELLES: ClassVar[set[str]] = {"titre", "donnees", "demande_par", "fichier"}
    NEUTRES: ClassVar[set[str]] = {
        "jeton", "genre", "cle", "objet", "audience", "audience_dite", "variante", "travail", "pages", "expire_le",
        "purge_le",
    }  # fmt: skip

    jeton = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    genre = models.CharField(max_length=60)
    cle = models.CharField(
        "clé d’unicité", max_length=200, help_text="Genre, objet, audience et empreinte de ce qui y entre."
    )
    titre = LigneField(max_length=200)
    objet = models.CharField(max_length=60, help_text="Ce dont il est fait, par une clé : « seance:12 ».")
    audience = models.CharField(max_length=40)
    audience_dite = models.CharField(max_length=160)
    variante = models.CharField(max_length=8, choices=Variante, default=Variante.LECTURE)
    donnees = models.JSONField(default=dict, help_text="Figées à la demande.")
    demande_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    travail = models.ForeignKey(Travail, models.PROTECT, null=True, related_name="+")
    fichier = models.ForeignKey(Fichier, models.PROTECT, null=True, related_name="+")
    pages = models.PositiveIntegerField(null=True)
    expire_le = models.DateTimeField()
    purge_le = models.DateTimeField(null=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ("-cree_le", "-pk")
        indexes = (models.Index(fields=("territoire", "objet", "-cree_le")),)
        constraints = (
            models.UniqueConstraint(
                fields=("territoire", "cle"), condition=Q(purge_le__isnull=True), name="document_cle_unique"
            ),
        )

    def __str__(self) -> str:
        return self.titre

    def get_absolute_url(self) -> str:
        return reverse("documents:detail", args=[self.territoire.slug, self.jeton])

    @property
    def etat(self) -> EtatDocument:
        """What its asker reads. Read `travail` with it (select_related)."""
        if self.purge_le is not None or self.expire_le <= timezone.now():
            return EtatDocument.EXPIRE
        if self.travail is None:  # an old job is forgotten before its document
            return EtatDocument.PRET if self.fichier_id else EtatDocument.ECHEC
        return ETATS_DU_TRAVAIL[EtatTravail(self.travail.etat)]

    @property
    def est_pret(self) -> bool:
        return self.etat == EtatDocument.PRET and self.fichier_id is not None


class PartiePDF(DuTerritoire, Horodate):
    """One rendered part of documents (a fiche's sheet), kept under the digest of all that makes it.

    The digest holds the content, the template's version, WeasyPrint's, the fonts, the branding and the audience: a part
    is never shown to another audience than the one it was made for. The file is written whole or not at all.
    """

    PERSONNELLES: ClassVar[set[str]] = {"contenu"}
    NEUTRES: ClassVar[set[str]] = {"empreinte", "taille", "pages", "utilisee_le"}

    empreinte = models.CharField("SHA-256", max_length=64)
    contenu = models.FileField(max_length=200)
    taille = models.PositiveIntegerField(help_text="En octets.")
    pages = models.PositiveSmallIntegerField()
    utilisee_le = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("territoire", "empreinte"), name="partie_pdf_unique"),)

    def __str__(self) -> str:
        return self.empreinte[:12]
