"""The ordre du jour, what is said and decided on each point, and the anonymous versions for the élus."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.actions.models import Action
from apps.core.acces import Acces
from apps.core.champs import LigneField, TexteField
from apps.core.models import Horodate, Versionne
from apps.fiches.enums import MotifCloture
from apps.fiches.models import FicheNavette
from apps.partenaires.models import Organisme
from apps.territoires.models import DuTerritoire

from ..enums import EtatPoint, GenreDecision, ModePoint, NaturePoint, TraitementPoint
from .seance import Seance


class PointQuerySet(models.QuerySet["PointOrdreDuJour"]):
    def visibles_par(self, acces: Acces) -> "PointQuerySet":
        """The coordination sees all; a member what was frozen or added since, and its own; no reserved point.

        An anonymous séance shows its members the topics and the reviewed versions, never a fiche (see permissions).
        """
        du_territoire = self.filter(territoire=acces.territoire_id)
        if acces.est_coordination:
            return du_territoire
        inscrits = Q(etat=EtatPoint.INSCRIT, seance__convoquee_le__isnull=False) & ~Q(mode=ModePoint.RESERVE)
        siens = Q(propose_par_organisme=acces.organisme_id, propose_par_organisme__isnull=False)
        return du_territoire.filter(inscrits | siens, seance__in=Seance.objects.visibles_par(acces).values("pk"))

    def inscrits(self) -> "PointQuerySet":
        """On the agenda, in its order."""
        return self.filter(etat=EtatPoint.INSCRIT).order_by("ordre", "pk")


class PointOrdreDuJour(DuTerritoire, Horodate, Versionne):
    """`version` guards the synthèse: two note-takers never overwrite each other."""

    PERSONNELLES: ClassVar[set[str]] = {"titre", "question", "synthese", "propose_par", "raison"}
    NEUTRES: ClassVar[set[str]] = {
        "seance", "ordre", "nature", "traitement", "mode", "etat", "fiche", "action", "minutes", "rapporteur",
        "propose_par_organisme", "ajoute_apres_gel", "traite_le", "origine", "propose_par_systeme",
    }  # fmt: skip

    seance = models.ForeignKey(Seance, models.CASCADE, related_name="points")
    ordre = models.PositiveSmallIntegerField(default=0)
    nature = models.CharField(max_length=14, choices=NaturePoint, default=NaturePoint.FICHE)
    traitement = models.CharField(
        "genre de point", max_length=12, choices=TraitementPoint, default=TraitementPoint.A_TRAITER
    )
    mode = models.CharField(max_length=10, choices=ModePoint, default=ModePoint.NOMINATIF)
    etat = models.CharField("état", max_length=8, choices=EtatPoint, default=EtatPoint.INSCRIT)
    fiche = models.ForeignKey(FicheNavette, models.CASCADE, null=True, blank=True, related_name="+")
    action = models.ForeignKey(
        Action,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="L’action en retard, s’il en est une.",
    )
    titre = LigneField(
        max_length=200, blank=True, help_text="D’un sujet libre ; une fiche est nommée par la sienne, à la lecture."
    )
    question = TexteField("question au comité", blank=True)
    raison = LigneField("proposé parce que", max_length=300, blank=True)
    origine = models.CharField(
        max_length=80, blank=True, editable=False, help_text="Clé de la proposition, pour ne pas la faire deux fois."
    )
    minutes = models.PositiveSmallIntegerField("durée prévue (minutes)", default=10)
    rapporteur = models.ForeignKey(Organisme, models.PROTECT, null=True, blank=True, related_name="+")
    propose_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    propose_par_organisme = models.ForeignKey(Organisme, models.SET_NULL, null=True, related_name="+")
    propose_par_systeme = models.BooleanField(default=False, editable=False)
    ajoute_apres_gel = models.BooleanField("ajouté après la convocation", default=False, editable=False)
    synthese = TexteField("synthèse de la discussion", blank=True)
    traite_le = models.DateTimeField("traité le", null=True, editable=False)

    objects = PointQuerySet.as_manager()

    class Meta:
        ordering = ("ordre", "pk")
        verbose_name = "point"
        constraints = (
            models.UniqueConstraint(
                fields=("seance", "fiche"),
                condition=Q(fiche__isnull=False) & ~Q(etat="ecarte"),
                name="point_fiche_unique",
                violation_error_message="Cette fiche est déjà à l’ordre du jour.",
            ),
            models.CheckConstraint(
                condition=Q(nature="fiche", fiche__isnull=False) | ~Q(nature="fiche"), name="point_fiche_nommee"
            ),
            models.CheckConstraint(
                condition=~Q(nature="sujet", titre=""),
                name="point_sujet_titre",
                violation_error_message="Donnez un titre à ce sujet.",
            ),
        )
        indexes = (models.Index(fields=("seance", "etat", "ordre")), models.Index(fields=("fiche", "seance")))

    def __str__(self) -> str:
        return self.titre or (str(self.fiche) if self.fiche_id else self.get_nature_display())


class Decision(DuTerritoire, Horodate, Versionne):
    """What the committee decides on a point. It acts once (`appliquee_le`); a correction is another decision."""

    PERSONNELLES: ClassVar[set[str]] = {"motif", "prise_par", "precision"}
    NEUTRES: ClassVar[set[str]] = {
        "point", "genre", "revoir_le", "organismes", "motif_cloture", "attendu_le", "appliquee_le", "remplacee_le",
        "effets",
    }  # fmt: skip

    point = models.ForeignKey(PointOrdreDuJour, models.CASCADE, related_name="decisions")
    genre = models.CharField("décision", max_length=10, choices=GenreDecision)
    motif = TexteField("raison", blank=True)
    precision = LigneField(
        "précision", max_length=240, blank=True, help_text="Les pièces attendues, ou ce qui est décidé d’autre."
    )
    organismes = models.ManyToManyField(Organisme, blank=True, related_name="+", verbose_name="vers")
    motif_cloture = models.CharField("la fiche se clôt comme", max_length=16, choices=MotifCloture, blank=True)
    attendu_le = models.DateField("pour le", null=True, blank=True)
    revoir_le = models.DateField("à revoir le", null=True, blank=True)
    prise_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    appliquee_le = models.DateTimeField(null=True, editable=False)
    remplacee_le = models.DateTimeField(null=True, editable=False)
    effets = models.JSONField(
        default=list,
        editable=False,
        help_text="Ce qu’elle a fait ou n’a pu faire : [{« fait » : vrai, « texte » : …}].",
    )

    class Meta:
        ordering = ("pk",)
        verbose_name = "décision"
        constraints = (
            models.UniqueConstraint(
                fields=("point",), condition=Q(remplacee_le__isnull=True), name="decision_en_vigueur_unique"
            ),
        )

    def __str__(self) -> str:
        return self.get_genre_display()


class ActionDePoint(DuTerritoire):
    """An action written down on a point: the upper app holds the link.

    `cle` is the note-taker's own, given before sending: what is sent again after a network cut acts once.
    """

    NEUTRES: ClassVar[set[str]] = {"point", "action", "cle"}

    point = models.ForeignKey(PointOrdreDuJour, models.CASCADE, related_name="actions")
    action = models.OneToOneField(Action, models.CASCADE, related_name="+")
    cle = models.UUIDField(null=True, unique=True, editable=False)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return str(self.action)


class VersionAnonymeQuerySet(models.QuerySet["VersionAnonyme"]):
    def visibles_par(self, acces: Acces) -> "VersionAnonymeQuerySet":
        """The coordination writes them; the members of an anonymous séance read the reviewed ones, on its page."""
        du_territoire = self.filter(territoire=acces.territoire_id)
        return du_territoire if acces.est_coordination else du_territoire.none()


class VersionAnonyme(DuTerritoire, Horodate, Versionne):
    """A summary of a fiche written for the élus: reviewed by another reading before anybody sees it.

    Beside it stand only the EPCI, the NAF section and the theme: nothing typed elsewhere is shown to them.
    """

    PERSONNELLES: ClassVar[set[str]] = {"texte", "redigee_par", "relue_par"}
    NEUTRES: ClassVar[set[str]] = {"fiche", "relue_le"}

    fiche = models.OneToOneField(FicheNavette, models.CASCADE, related_name="+")
    texte = TexteField("résumé pour les élus")
    redigee_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    relue_le = models.DateTimeField("relue le", null=True, blank=True)
    relue_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = VersionAnonymeQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Version anonyme {self.pk}"

    @property
    def est_relue(self) -> bool:
        return self.relue_le is not None
