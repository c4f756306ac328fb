"""Abstract bases. They declare which of their own fields are personal data; every model does the same for its own."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F
from django.db.models.functions import Now

from .erreurs import VersionPerimee


class Horodate(models.Model):
    """When the row came and when it last changed."""

    NEUTRES: ClassVar[set[str]] = {"cree_le", "modifie_le"}

    cree_le = models.DateTimeField("créé le", auto_now_add=True)
    modifie_le = models.DateTimeField("modifié le", auto_now=True)

    class Meta:
        abstract = True


class Versionne(models.Model):
    """Edited by several people: the form carries `version` and a stale one is refused."""

    NEUTRES: ClassVar[set[str]] = {"version"}

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    def enregistrer_version(self, version: int | None, champs: dict[str, Any]) -> Self:
        """Write `champs` if `version` is still the stored one, in one UPDATE; give back the fresh object.

        Raises VersionPerimee, with the stored object, when it is stale; an absent version is stale.
        """
        modele = type(self)
        if any(f.name == "modifie_le" for f in modele._meta.fields):
            champs = {**champs, "modifie_le": Now()}
        touchees = modele._default_manager.filter(pk=self.pk, version=version if version is not None else -1).update(
            **champs, version=F("version") + 1
        )
        actuel = modele._default_manager.get(pk=self.pk)
        if not touchees:
            raise VersionPerimee(actuel=actuel)
        return actuel


def champs_declares(modele: type[models.Model]) -> tuple[set[str], set[str]]:
    """The personal and the neutral fields that a model and its bases declare."""
    personnelles: set[str] = set()
    neutres: set[str] = set()
    for classe in modele.__mro__:
        personnelles |= set(vars(classe).get("PERSONNELLES", ()))
        neutres |= set(vars(classe).get("NEUTRES", ()))
    return personnelles, neutres
