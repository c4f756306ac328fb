"""What comes in at the door, not yet a case; the draft of a form; the applicant's tracking link."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.core.acces import Acces, Role
from apps.core.champs import ChoixMultipleField, LigneField, TexteField
from apps.core.models import Horodate, Versionne
from apps.core.texte import chiffres, normaliser
from apps.documents.models import Fichier
from apps.entreprises.models import Entreprise
from apps.fiches.enums import Origine
from apps.fiches.models import FicheNavette
from apps.partenaires.models import Organisme
from apps.personnes.enums import CanalAccord, Portee, PreferenceContact
from apps.personnes.models import Personne
from apps.referentiels.enums import NatureActivite
from apps.referentiels.models import Commune
from apps.territoires.models import DuTerritoire, Theme

from .enums import Canal, EtatDemande, GenreDemande, MotifRefus


class Brouillon(DuTerritoire, Horodate):
    """A form begun: saved at each step, resumable by its link from another device until it expires."""

    PERSONNELLES: ClassVar[set[str]] = {"donnees"}
    NEUTRES: ClassVar[set[str]] = {"cle", "etape", "expire_le", "demande", "lien_envoye_le"}

    cle = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    etape = models.PositiveSmallIntegerField(default=1)
    donnees = models.JSONField(default=dict)
    expire_le = models.DateTimeField()
    lien_envoye_le = models.DateTimeField(null=True)
    demande = models.OneToOneField("Demande", models.SET_NULL, null=True, related_name="brouillon")

    def __str__(self) -> str:
        return str(self.cle)


class PieceBrouillon(DuTerritoire):
    NEUTRES: ClassVar[set[str]] = {"brouillon", "fichier"}

    brouillon = models.ForeignKey(Brouillon, models.CASCADE, related_name="pieces")
    fichier = models.ForeignKey(Fichier, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return str(self.fichier)


class DemandeQuerySet(models.QuerySet["Demande"]):
    def visibles_par(self, acces: Acces) -> "DemandeQuerySet":
        """The coordination sees the territoire's; an accueil or a référent only those that they typed."""
        du_territoire = self.filter(territoire=acces.territoire_id)
        if acces.est_coordination:
            return du_territoire
        if acces.role in (Role.ACCUEIL, Role.REFERENT):
            return du_territoire.filter(saisie_par=acces.utilisateur_id, saisie_role=acces.role)
        return du_territoire.none()

    def a_qualifier(self) -> "DemandeQuerySet":
        """Those that wait for the coordination."""
        return self.filter(etat__in=(EtatDemande.A_QUALIFIER, EtatDemande.A_CONFIRMER))


class Demande(DuTerritoire, Horodate, Versionne):
    """As the applicant said it, kept as sent: what the coordination corrects lives on the person and the enterprise."""

    PERSONNELLES: ClassVar[set[str]] = {
        "civilite", "prenom", "nom", "courriel", "telephone", "telephone_chiffres", "siret", "entreprise_nom",
        "projet", "message", "commune", "commune_libre", "recherche", "prescripteur", "precision", "saisie_par",
        "decidee_par", "personne", "reponse",
    }  # fmt: skip
    NEUTRES: ClassVar[set[str]] = {
        "reference", "annee", "rang", "canal", "origine", "genre", "etat", "natures", "emplois_prevus", "themes",
        "preference_contact", "hors_territoire", "notice_version", "notice_lue_le", "accord_portee",
        "accord_organismes", "accord_comite", "accord_canal", "accord_version", "accord_donne_le", "confirmee_le",
        "recue_le", "rappel_avant", "cle_unicite", "saisie_role", "saisie_organisme", "decidee_le",
        "annulable_jusqua", "motif_refus", "fiche", "entreprise", "retiree_le", "effectif",
    }  # fmt: skip

    reference = models.CharField("référence", max_length=24)
    annee = models.PositiveSmallIntegerField()
    rang = models.PositiveIntegerField()
    canal = models.CharField(max_length=14, choices=Canal, default=Canal.WEB)
    origine = models.CharField(max_length=14, choices=Origine, default=Origine.DIRECTE)
    prescripteur = LigneField("adressée par", max_length=120, blank=True)
    saisie_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    saisie_role = models.CharField(max_length=20, blank=True)
    saisie_organisme = models.ForeignKey(Organisme, models.SET_NULL, null=True, blank=True, related_name="+")
    cle_unicite = models.UUIDField(unique=True, help_text="Une double soumission fait une seule demande.")
    recue_le = models.DateTimeField("reçue le", default=timezone.now)

    civilite = models.CharField("civilité", max_length=4, blank=True, choices=[("M.", "M."), ("Mme", "Mme")])
    prenom = LigneField("prénom", max_length=80, blank=True)
    nom = LigneField(max_length=80)
    courriel = models.EmailField("courriel", blank=True)
    telephone = LigneField("téléphone", max_length=20, blank=True)
    telephone_chiffres = models.CharField(max_length=20, blank=True, editable=False)
    preference_contact = models.CharField("préférence de contact", max_length=12, choices=PreferenceContact, blank=True)
    genre = models.CharField("situation", max_length=14, choices=GenreDemande, blank=True)
    siret = models.CharField("SIRET", max_length=14, blank=True)
    entreprise_nom = LigneField("entreprise", max_length=160, blank=True)
    effectif = models.PositiveIntegerField(null=True, blank=True)
    projet = TexteField("projet", blank=True)
    natures = ChoixMultipleField("nature de l’activité", valeurs=NatureActivite)
    emplois_prevus = models.DecimalField("emplois prévus", max_digits=6, decimal_places=2, null=True, blank=True)
    commune = models.ForeignKey(Commune, models.PROTECT, null=True, blank=True, related_name="+")
    commune_libre = LigneField("commune", max_length=120, blank=True)
    hors_territoire = models.BooleanField(default=False)
    themes = models.ManyToManyField(Theme, blank=True, related_name="+")
    message = TexteField("votre besoin", blank=True)

    notice_version = models.PositiveSmallIntegerField(null=True)
    notice_lue_le = models.DateTimeField(null=True)
    accord_portee = models.CharField(max_length=8, choices=Portee, default=Portee.AUCUNE)
    accord_organismes = models.ManyToManyField(Organisme, blank=True, related_name="+")
    accord_comite = models.BooleanField(default=False)
    accord_canal = models.CharField(max_length=12, choices=CanalAccord, blank=True)
    accord_version = models.PositiveSmallIntegerField(null=True)
    accord_donne_le = models.DateTimeField(null=True, blank=True)
    confirmee_le = models.DateTimeField("confirmée par la personne le", null=True, blank=True)
    rappel_avant = models.DateField("rappel avant le", null=True)

    etat = models.CharField("état", max_length=14, choices=EtatDemande, default=EtatDemande.A_QUALIFIER)
    decidee_le = models.DateTimeField(null=True, blank=True)
    decidee_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    annulable_jusqua = models.DateTimeField(null=True, blank=True)
    motif_refus = models.CharField(max_length=14, choices=MotifRefus, blank=True)
    precision = TexteField("précision", blank=True)
    reponse = TexteField("courriel de réponse", blank=True)
    fiche = models.ForeignKey(FicheNavette, models.PROTECT, null=True, blank=True, related_name="demandes")
    personne = models.ForeignKey(Personne, models.PROTECT, null=True, blank=True, related_name="demandes")
    entreprise = models.ForeignKey(Entreprise, models.PROTECT, null=True, blank=True, related_name="demandes")
    retiree_le = models.DateTimeField(null=True, blank=True)
    recherche = models.CharField(max_length=800, editable=False, blank=True)

    objects = DemandeQuerySet.as_manager()

    class Meta:
        ordering = ("-recue_le",)
        constraints = (
            models.UniqueConstraint(fields=("territoire", "reference"), name="demande_reference_unique"),
            models.CheckConstraint(
                condition=~Q(courriel="") | ~Q(telephone=""),
                name="demande_joignable",
                violation_error_message="Indiquez un courriel ou un téléphone : l’un des deux suffit.",
            ),
        )
        indexes = (
            models.Index(fields=("territoire", "etat", "recue_le")),
            models.Index(fields=("territoire", "-recue_le")),
            models.Index(
                fields=("territoire", "recue_le"),
                condition=Q(etat__in=(EtatDemande.A_QUALIFIER, EtatDemande.A_CONFIRMER)),
                name="demande_a_trier",
            ),
            models.Index(fields=("territoire", "courriel")),
            models.Index(fields=("territoire", "telephone_chiffres")),
            models.Index(fields=("fiche",)),
        )

    def __str__(self) -> str:
        return f"{self.reference} · {self.prenom} {self.nom}"

    @property
    def demandeur(self) -> str:
        """First and last name, as given."""
        return f"{self.prenom} {self.nom}".strip()

    @property
    def partage_permis(self) -> bool:
        """May the accord be acted on? When somebody else typed the request, the person confirms first."""
        return not self.saisie_role or self.confirmee_le is not None

    @property
    def personne_confirmee(self) -> Personne | None:
        """The person that whoever holds the link speaks for.

        Nobody while a joined request waits for the coordination's word: to have typed somebody's telephone proves
        nothing, and must not move their accord.
        """
        if self.etat == EtatDemande.JOINTE and not self.liens.filter(fiche_ouverte=True, personne=None).exists():
            return None
        return self.personne

    @property
    def est_close(self) -> bool:
        """Nothing more is awaited from the door: refused, spam, or withdrawn."""
        return self.retiree_le is not None or self.etat in (
            EtatDemande.REFUSEE,
            EtatDemande.INDESIRABLE,
            EtatDemande.RETIREE,
        )

    def preparer(self) -> None:
        """Fill the columns that search and duplicate detection compare. Services call it before each save."""
        self.telephone_chiffres = chiffres(self.telephone)[-9:]
        self.courriel = self.courriel.strip().lower()
        self.recherche = normaliser(
            self.reference,
            self.prenom,
            self.nom,
            self.prenom,
            self.courriel,
            chiffres(self.telephone),
            self.siret,
            self.entreprise_nom,
            self.commune.nom if self.commune_id else self.commune_libre,
            self.projet[:200],
        )[:800]


class PieceDemande(DuTerritoire, Horodate):
    """A file sent with the request, or added later from the tracking page."""

    NEUTRES: ClassVar[set[str]] = {"demande", "fichier"}

    demande = models.ForeignKey(Demande, models.CASCADE, related_name="pieces")
    fichier = models.ForeignKey(Fichier, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("cree_le",)

    def __str__(self) -> str:
        return str(self.fichier)


class MessageDemandeur(DuTerritoire):
    """What the applicant wrote from the tracking page."""

    PERSONNELLES: ClassVar[set[str]] = {"texte"}
    NEUTRES: ClassVar[set[str]] = {"demande", "quand", "lu_le"}

    demande = models.ForeignKey(Demande, models.CASCADE, related_name="messages")
    quand = models.DateTimeField(auto_now_add=True)
    texte = TexteField()
    lu_le = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-quand",)

    def __str__(self) -> str:
        return f"Message du {self.quand:%d/%m/%Y}"


class LienSuivi(DuTerritoire, Horodate):
    """A long, unguessable, expiring link; kept as a digest only."""

    PERSONNELLES: ClassVar[set[str]] = {"personne"}
    NEUTRES: ClassVar[set[str]] = {
        "demande",
        "empreinte",
        "expire_le",
        "revoque_le",
        "fiche_ouverte",
        "derniere_visite_le",
    }

    demande = models.ForeignKey(Demande, models.CASCADE, related_name="liens")
    personne = models.ForeignKey(
        Personne,
        models.CASCADE,
        null=True,
        related_name="+",
        help_text="Un autre porteur du même projet ; vide : la personne de la demande.",
    )
    empreinte = models.CharField(max_length=64, unique=True)
    expire_le = models.DateTimeField()
    revoque_le = models.DateTimeField(null=True)
    fiche_ouverte = models.BooleanField(
        default=True, help_text="Une demande jointe n’ouvre rien de la fiche avant que la coordination le confirme."
    )
    derniere_visite_le = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"Lien {self.pk}"

    @property
    def est_valable(self) -> bool:
        return self.revoque_le is None and self.expire_le > timezone.now()

    @property
    def de_la_personne(self) -> Personne | None:
        """Whose link it is: another porteur, or the person of the request once triage has found them."""
        return self.personne or self.demande.personne_confirmee
