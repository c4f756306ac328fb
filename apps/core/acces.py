"""Who is asking: one frozen value of ids, made once a request, handed down to querysets, permissions and services."""

from dataclasses import dataclass

from django.db import models


class Role(models.TextChoices):
    """What a person may be on a territoire. The last three are never given to an affectation."""

    COORDINATION = "coordination", "Coordination"
    REFERENT = "referent", "Référent"
    TECHNICIEN = "technicien", "Technicien"
    ACCUEIL = "accueil", "Accueil"
    PILOTAGE = "pilotage", "Pilotage"
    DPO = "dpo", "Délégué à la protection des données"
    ADMINISTRATEUR = "administrateur", "Administrateur de plateforme"
    SYSTEME = "systeme", "Système"
    DEMANDEUR = "demandeur", "Demandeur"
    AUCUN = "aucun", "Aucun rôle"


@dataclass(frozen=True, slots=True)
class Acces:
    """The person, the territoire, the one active role there and, for partners, the organisme."""

    utilisateur_id: int | None = None
    territoire_id: int | None = None
    role: Role = Role.AUCUN
    organisme_id: int | None = None
    affectation_id: int | None = None

    @classmethod
    def systeme(cls, territoire_id: int | None) -> "Acces":
        """For commands and jobs: everything of one territoire, and nobody's name in the journal."""
        return cls(territoire_id=territoire_id, role=Role.SYSTEME)

    @classmethod
    def demandeur(cls, territoire_id: int) -> "Acces":
        """For the public form and the tracking page: opens no queryset by itself."""
        return cls(territoire_id=territoire_id, role=Role.DEMANDEUR)

    @property
    def est_coordination(self) -> bool:
        return self.role in (Role.COORDINATION, Role.SYSTEME)

    @property
    def est_partenaire(self) -> bool:
        """A référent or a technicien, of a known organisme."""
        return self.role in (Role.REFERENT, Role.TECHNICIEN) and self.organisme_id is not None

    @property
    def est_referent(self) -> bool:
        return self.role == Role.REFERENT and self.organisme_id is not None

    @property
    def est_anonyme(self) -> bool:
        return self.utilisateur_id is None
