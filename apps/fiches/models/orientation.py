"""The fiche sent to one partner, what it answered, and its section of the fiche."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.champs import LigneField, TexteField
from apps.core.models import Horodate, Versionne
from apps.partenaires.models import Organisme
from apps.territoires.models import DuTerritoire

from ..enums import Confidentialite, EtatOrientation, GenreOrientation, MotifDeclin, ResultatOrientation
from .fiche import FicheNavette


class OrientationQuerySet(models.QuerySet["Orientation"]):
    def visibles_par(self, acces: Acces) -> "OrientationQuerySet":
        """A partner's own answers, déclinées included, annulées not; the coordination sees all.

        A technicien sees what was handed to them.
        """
        du_territoire = self.filter(territoire=acces.territoire_id)
        if acces.est_coordination:
            return du_territoire
        if not acces.est_partenaire:
            return du_territoire.none()
        siennes = du_territoire.filter(organisme=acces.organisme_id).exclude(etat=EtatOrientation.ANNULEE)
        siennes = siennes.exclude(fiche__confidentialite=Confidentialite.COORDINATION, sur_resume=False)
        return siennes if acces.est_referent else siennes.filter(technicien=acces.utilisateur_id)

    def en_attente(self) -> "OrientationQuerySet":
        """Sent, an answer is owed (an information is never chased)."""
        return self.filter(etat=EtatOrientation.ENVOYEE).exclude(genre=GenreOrientation.INFORMATION)


class Orientation(DuTerritoire, Horodate, Versionne):
    """One of three paths: accompagnement, avis, information (see workflow)."""

    PERSONNELLES: ClassVar[set[str]] = {
        "message", "precision_declin", "avis", "aide_apportee", "reference_partenaire", "referent",
        "referent_remplace", "technicien", "repondue_par", "signee_par", "envoyee_par", "prochaine_etape",
    }  # fmt: skip
    NEUTRES: ClassVar[set[str]] = {
        "fiche", "organisme", "genre", "etat", "etat_precedent", "sur_resume", "envoyee_le", "reponse_attendue_le",
        "repondue_le", "prise_en_charge_le", "terminee_le", "annulee_le", "resultat", "motif_declin", "signee_le",
        "premier_contact_le", "prochaine_etape_le", "organisme_nom", "relancee_le", "relances", "raison",
    }  # fmt: skip

    fiche = models.ForeignKey(FicheNavette, models.CASCADE, related_name="orientations")
    organisme = models.ForeignKey(Organisme, models.PROTECT, related_name="orientations")
    organisme_nom = models.CharField(
        max_length=160, blank=True, editable=False, help_text="Le nom du partenaire, le jour de l’envoi."
    )
    genre = models.CharField(max_length=14, choices=GenreOrientation, default=GenreOrientation.ACCOMPAGNEMENT)
    etat = models.CharField(max_length=16, choices=EtatOrientation, default=EtatOrientation.ENVOYEE)
    etat_precedent = models.CharField(max_length=16, choices=EtatOrientation, blank=True, editable=False)
    raison = LigneField("proposé parce que", max_length=300, blank=True)
    message = TexteField("message au partenaire", blank=True)
    sur_resume = models.BooleanField("sur un résumé sans nom", default=False)
    referent = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="adressée à"
    )
    referent_remplace = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="en remplacement de",
        help_text="Le titulaire absent, le jour de l’envoi.",
    )
    technicien = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="confiée à"
    )
    envoyee_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    envoyee_le = models.DateTimeField("envoyée le", default=timezone.now)
    reponse_attendue_le = models.DateField("réponse attendue le", null=True, blank=True)
    relancee_le = models.DateTimeField("relancée le", null=True, blank=True)
    relances = models.PositiveSmallIntegerField(default=0)
    repondue_le = models.DateTimeField("répondue le", null=True, blank=True)
    repondue_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    prise_en_charge_le = models.DateTimeField("prise en charge le", null=True, blank=True)
    terminee_le = models.DateTimeField("terminée le", null=True, blank=True)
    annulee_le = models.DateTimeField("annulée le", null=True, blank=True)
    motif_declin = models.CharField("raison", max_length=14, choices=MotifDeclin, blank=True)
    precision_declin = TexteField("précision", blank=True)
    resultat = models.CharField("résultat", max_length=14, choices=ResultatOrientation, blank=True)
    avis = TexteField(blank=True)
    aide_apportee = TexteField("aide apportée", blank=True)
    reference_partenaire = LigneField("référence chez le partenaire", max_length=60, blank=True)
    premier_contact_le = models.DateField("premier contact le", null=True, blank=True)
    prochaine_etape = LigneField("prochaine étape", max_length=200, blank=True)
    prochaine_etape_le = models.DateField("prévue le", null=True, blank=True)
    signee_le = models.DateTimeField("signée le", null=True, blank=True)
    signee_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = OrientationQuerySet.as_manager()

    class Meta:
        ordering = ("envoyee_le", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("fiche", "organisme"),
                condition=~Q(etat__in=["annulee", "declinee", "terminee", "avis_rendu", "lue"]),
                name="orientation_en_cours_unique",
                violation_error_message="Cette fiche est déjà chez ce partenaire.",
            ),
            models.CheckConstraint(
                condition=Q(
                    genre="accompagnement", etat__in=["envoyee", "prise_en_charge", "terminee", "declinee", "annulee"]
                )
                | Q(genre="avis", etat__in=["envoyee", "avis_rendu", "declinee", "annulee"])
                | Q(genre="information", etat__in=["envoyee", "lue", "annulee"]),
                name="orientation_chemin",
                violation_error_message="Cet état n’existe pas pour ce genre d’orientation.",
            ),
            models.CheckConstraint(
                condition=~Q(etat="declinee", motif_declin=""),
                name="orientation_declin_motive",
                violation_error_message="Dites pourquoi vous déclinez.",
            ),
            models.CheckConstraint(
                condition=~Q(etat="terminee", resultat=""),
                name="orientation_fin_qualifiee",
                violation_error_message="Dites comment l’accompagnement se termine.",
            ),
        )
        indexes = (
            models.Index(fields=("organisme", "etat")),
            models.Index(fields=("territoire", "etat", "reponse_attendue_le")),
        )

    def __str__(self) -> str:
        return f"{self.nom_du_jour} · {self.get_genre_display()}"

    @property
    def nom_du_jour(self) -> str:
        """The partner's name on the day it was addressed."""
        return self.organisme_nom or str(self.organisme)
