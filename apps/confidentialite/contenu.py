"""All that is held about one person, gathered from the models themselves so that nothing new is forgotten."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

from apps.core.affichage import date_longue
from apps.core.models import champs_declares
from apps.fiches.models import FicheNavette
from apps.personnes.models import Personne

from .mots import COPIES, titre_du_champ

# Written for machines: a normalised copy, an internal key.
TECHNIQUES = COPIES | {"empreinte", "cle_unicite", "version"}


@dataclass(frozen=True)
class Section:
    """Rows of one kind: each a list of (words, value)."""

    titre: str
    lignes: list[list[tuple[str, str]]]


def _valeur(objet: models.Model, champ: Any) -> str:
    if champ.choices:
        return str(getattr(objet, f"get_{champ.name}_display")())
    valeur = getattr(objet, champ.name)
    if valeur is None or valeur == "" or valeur == []:
        return ""
    if isinstance(champ, models.DateField):
        return date_longue(valeur, avec_jour=False)
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, list):
        return ", ".join(str(v) for v in valeur)
    return str(valeur)


def _ligne(objet: models.Model) -> list[tuple[str, str]]:
    """What a row says: its declared personal fields, and the plain facts about them (dates, states)."""
    personnels, neutres = champs_declares(type(objet))
    paires = []
    for champ in objet._meta.concrete_fields:
        dit = champ.name in personnels or (champ.name in neutres and not isinstance(champ, models.JSONField))
        if not dit or champ.name in TECHNIQUES or champ.primary_key:
            continue
        if valeur := _valeur(objet, champ):
            paires.append((titre_du_champ(champ), valeur))
    return paires


def _rattaches(cible: type[models.Model], cles: list[Any], territoire_id: int) -> Iterator[Section]:
    """Every row of the project's models that points to one of these objects."""
    for modele in apps.get_models():
        if not modele.__module__.startswith("apps.") or modele is cible or modele.__module__.startswith(__package__):
            continue
        for cle in modele._meta.concrete_fields:
            if not cle.is_relation or cle.related_model is not cible:
                continue
            relies = [c.name for c in modele._meta.concrete_fields if c.is_relation]
            lignes = modele._default_manager.filter(
                territoire=territoire_id, **{f"{cle.name}__in": cles}
            ).select_related(*relies)
            if rendues := [_ligne(o) for o in lignes[:2000]]:
                yield Section(str(modele._meta.verbose_name_plural).capitalize(), rendues)


def rassembler(personne: Personne) -> list[Section]:
    """The person, all that points to them, the fiches of which they are an applicant and all that hangs on those."""
    territoire_id = personne.territoire_id
    sections = [Section("Identité et contact", [_ligne(personne)])]
    sections += _rattaches(Personne, [personne.pk], territoire_id)
    fiches = list(
        FicheNavette.objects.filter(territoire=territoire_id, demandeurs__personne=personne).select_related(
            "entreprise", "projet", "responsable", "territoire"
        )
    )
    if fiches:
        sections.append(Section("Fiches navettes", [_ligne(f) for f in fiches]))
        sections += _rattaches(FicheNavette, [f.pk for f in fiches], territoire_id)
    return sections
