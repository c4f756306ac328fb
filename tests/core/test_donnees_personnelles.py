"""Every field of every model is declared personal data, or not: nobody forgets to think about a new one."""

import pytest
from django.apps import apps
from django.db import models

from apps.core.models import champs_declares

MODELES = [m for m in apps.get_models(include_auto_created=False) if m.__module__.startswith("apps.")]


def champs_propres(modele: type[models.Model]) -> set[str]:
    """The names of its own fields, forward many-to-many included; keys of the machine are left out."""
    return {
        f.name
        for f in (*modele._meta.concrete_fields, *modele._meta.many_to_many)
        if not (f.primary_key and isinstance(f, models.AutoField)) and not getattr(f.remote_field, "parent_link", False)
    }


def ecarts(modele: type[models.Model]) -> dict[str, set[str]]:
    """What is declared neither way, both ways, or for a field that does not exist."""
    personnelles, neutres = champs_declares(modele)
    propres = champs_propres(modele)
    trouves = {
        "ni l’un ni l’autre": propres - personnelles - neutres,
        "les deux": personnelles & neutres,
        "inconnus": (personnelles | neutres) - propres - {"id"},
    }
    return {quoi: noms for quoi, noms in trouves.items() if noms}


@pytest.mark.parametrize("modele", MODELES, ids=lambda m: m._meta.label)
def test_every_field_is_declared_personal_or_not(modele: type[models.Model]) -> None:
    assert ecarts(modele) == {}


def test_there_are_models_to_check() -> None:
    assert len(MODELES) > 30


def test_a_forgotten_a_doubtful_and_a_vanished_field_are_all_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    modele = apps.get_model("documents", "Fichier")
    monkeypatch.setattr(modele, "NEUTRES", modele.NEUTRES - {"cle"} | {"nom", "disparu"})
    assert ecarts(modele) == {"ni l’un ni l’autre": {"cle"}, "les deux": {"nom"}, "inconnus": {"disparu"}}
