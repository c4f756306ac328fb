"""A person who logs in, by e-mail. What they may do is an affectation (see acces)."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from apps.core.champs import LigneField


class UtilisateurManager(BaseUserManager["Utilisateur"]):
    def create_user(self, courriel: str, password: str | None = None, **champs: Any) -> "Utilisateur":
        """A person with an e-mail kept in lower case; without a password they cannot log in yet."""
        utilisateur = self.model(courriel=courriel.strip().lower(), **champs)
        if password:
            utilisateur.set_password(password)
        else:
            utilisateur.set_unusable_password()
        utilisateur.save(using=self._db)
        return utilisateur

    def get_by_natural_key(self, username: str | None) -> "Utilisateur":
        return self.get(courriel__iexact=username)


class Utilisateur(AbstractBaseUser):
    PERSONNELLES: ClassVar[set[str]] = {"courriel", "prenom", "nom", "civilite", "telephone", "fonction", "last_login"}
    NEUTRES: ClassVar[set[str]] = {"password", "is_active", "est_administrateur", "inscrit_le", "desactive_le"}

    courriel = models.EmailField("adresse électronique", unique=True)
    civilite = models.CharField("civilité", max_length=4, blank=True, choices=[("M.", "M."), ("Mme", "Mme")])
    prenom = LigneField("prénom", max_length=80, blank=True)
    nom = LigneField(max_length=80, blank=True)
    telephone = LigneField("téléphone", max_length=20, blank=True)
    fonction = LigneField(max_length=120, blank=True)
    is_active = models.BooleanField("actif", default=True)
    est_administrateur = models.BooleanField(
        "administrateur de plateforme",
        default=False,
        help_text="Comptes et territoires ; jamais le contenu des fiches.",
    )
    inscrit_le = models.DateTimeField(default=timezone.now, editable=False)
    desactive_le = models.DateTimeField(null=True, blank=True, editable=False)

    objects = UtilisateurManager()

    USERNAME_FIELD = "courriel"
    EMAIL_FIELD = "courriel"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ("nom", "prenom")
        constraints = (
            models.UniqueConstraint(
                Lower("courriel"),
                name="utilisateur_courriel_unique",
                violation_error_message="Un compte existe déjà avec cette adresse.",
            ),
        )

    def __str__(self) -> str:
        return self.get_full_name() or self.courriel

    def get_full_name(self) -> str:
        return f"{self.prenom} {self.nom}".strip()

    def get_short_name(self) -> str:
        return self.prenom or self.nom

    @property
    def nom_formel(self) -> str:
        """« M. Pons », as a partner is named on a page; the whole name when no civility is known."""
        return f"{self.civilite} {self.nom}" if self.civilite and self.nom else str(self)
