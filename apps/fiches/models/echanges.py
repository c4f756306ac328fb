"""What happened: échanges, pièces, and the frozen journal."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.champs import LigneField, TexteField
from apps.core.models import Horodate, Versionne
from apps.documents.models import Fichier
from apps.partenaires.models import Organisme
from apps.territoires.models import DuTerritoire

from ..enums import ActionJournal, GenreEchange, MotifPartage, Visibilite
from .fiche import FicheNavette, Partage


class DeFicheQuerySet(models.QuerySet):
    """Rows of a fiche with a `visibilite` and an `organisme`, their author's."""

    def visibles_par(self, acces: Acces) -> "DeFicheQuerySet":
        """Of the fiches that `acces` may read: one's own organisme's rows, and those whose visibility reaches one.

        A partner of the fiche reads « partenaires » and « comité »; a reader by the committee only « comité ».
        """
        du_territoire = self.filter(territoire=acces.territoire_id)
        if acces.est_coordination:
            return du_territoire
        lisibles = FicheNavette.objects.visibles_par(acces)
        partages = Partage.objects.en_cours().pour(acces).exclude(motif=MotifPartage.COMITE)
        return du_territoire.filter(fiche__in=lisibles.values("pk")).filter(
            Q(visibilite=Visibilite.COMITE)
            | Q(organisme=acces.organisme_id, organisme__isnull=False)
            | Q(visibilite=Visibilite.PARTENAIRES, fiche__in=partages.values("fiche"))
        )


class Echange(DuTerritoire, Horodate, Versionne):
    """A call, a visit, a meeting, a note: dated, by whom, seen by whom. A late entry keeps both dates."""

    PERSONNELLES: ClassVar[set[str]] = {"texte", "auteur", "auteur_nom", "avec_demandeur", "participants_dits"}
    NEUTRES: ClassVar[set[str]] = {
        "fiche",
        "genre",
        "survenu_le",
        "a_une_heure",
        "organisme",
        "organisme_nom",
        "visibilite",
        "supprime_le",
    }

    fiche = models.ForeignKey(FicheNavette, models.CASCADE, related_name="echanges")
    genre = models.CharField(max_length=12, choices=GenreEchange, default=GenreEchange.APPEL)
    survenu_le = models.DateTimeField("survenu le", default=timezone.now)
    a_une_heure = models.BooleanField("heure connue", default=False)
    auteur = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    auteur_nom = models.CharField(max_length=170, blank=True)
    organisme = models.ForeignKey(Organisme, models.SET_NULL, null=True, related_name="+")
    organisme_nom = models.CharField(max_length=60, blank=True)
    avec_demandeur = models.BooleanField("avec le demandeur", default=True)
    participants_dits = models.CharField(
        max_length=500, blank=True, editable=False, help_text="Les participants, sous leurs noms de ce jour-là."
    )
    texte = TexteField(blank=True)
    visibilite = models.CharField("visibilité", max_length=12, choices=Visibilite, default=Visibilite.PARTENAIRES)
    supprime_le = models.DateTimeField(null=True, editable=False)

    objects = DeFicheQuerySet.as_manager()

    class Meta:
        ordering = ("-survenu_le", "-pk")
        indexes = (models.Index(fields=("fiche", "-survenu_le")),)

    def __str__(self) -> str:
        return f"{self.get_genre_display()} du {self.survenu_le:%d/%m/%Y}"


class Participant(DuTerritoire):
    """Somebody else at the échange: an organisme, or a name."""

    PERSONNELLES: ClassVar[set[str]] = {"nom"}
    NEUTRES: ClassVar[set[str]] = {"echange", "organisme"}

    echange = models.ForeignKey(Echange, models.CASCADE, related_name="participants")
    organisme = models.ForeignKey(Organisme, models.PROTECT, null=True, blank=True, related_name="+")
    nom = LigneField(max_length=120, blank=True)

    def __str__(self) -> str:
        return self.nom or str(self.organisme)


class EntreeJournal(DuTerritoire):
    """One change, frozen: who, of which body under the name of its day, when, what."""

    PERSONNELLES: ClassVar[set[str]] = {"auteur", "auteur_nom", "texte", "motif"}
    NEUTRES: ClassVar[set[str]] = {
        "fiche",
        "quand",
        "organisme",
        "organisme_nom",
        "action",
        "depuis",
        "vers",
        "visibilite",
        "orientation",
    }

    fiche = models.ForeignKey(FicheNavette, models.CASCADE, related_name="journal")
    quand = models.DateTimeField(default=timezone.now)
    auteur = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    auteur_nom = models.CharField(max_length=170, blank=True)
    organisme = models.ForeignKey(Organisme, models.SET_NULL, null=True, related_name="+")
    organisme_nom = models.CharField(max_length=60, blank=True)
    action = models.CharField(max_length=14, choices=ActionJournal)
    depuis = models.CharField(max_length=20, blank=True)
    vers = models.CharField(max_length=20, blank=True)
    orientation = models.ForeignKey("fiches.Orientation", models.SET_NULL, null=True, related_name="+")
    texte = models.TextField()
    motif = models.TextField(blank=True)
    visibilite = models.CharField(max_length=12, choices=Visibilite, default=Visibilite.PARTENAIRES)

    objects = DeFicheQuerySet.as_manager()

    class Meta:
        ordering = ("-quand", "-pk")
        indexes = (models.Index(fields=("fiche", "-quand")),)

    def __str__(self) -> str:
        return self.texte


class PieceFiche(DuTerritoire, Horodate):
    """A file of the fiche, and who reads it."""

    PERSONNELLES: ClassVar[set[str]] = {"fichier", "titre", "depose_par", "depose_par_nom"}
    NEUTRES: ClassVar[set[str]] = {"fiche", "echange", "organisme", "visibilite", "retiree_le", "du_demandeur"}

    fiche = models.ForeignKey(FicheNavette, models.CASCADE, related_name="pieces")
    fichier = models.ForeignKey(Fichier, models.PROTECT, related_name="+")
    titre = LigneField(max_length=150, blank=True)
    echange = models.ForeignKey(Echange, models.SET_NULL, null=True, blank=True, related_name="pieces")
    depose_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    depose_par_nom = models.CharField(max_length=170, blank=True)
    organisme = models.ForeignKey(Organisme, models.SET_NULL, null=True, related_name="+")
    du_demandeur = models.BooleanField("déposée par le demandeur", default=False)
    visibilite = models.CharField("visibilité", max_length=12, choices=Visibilite, default=Visibilite.PARTENAIRES)
    retiree_le = models.DateTimeField(null=True, editable=False)

    objects = DeFicheQuerySet.as_manager()

    class Meta:
        ordering = ("-cree_le",)

    def __str__(self) -> str:
        return self.titre or str(self.fichier)
