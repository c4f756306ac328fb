"""One search for every model that has a normalised `recherche` column."""

from typing import TypeVar

from django.db import models
from django.db.models import Q, QuerySet

from .texte import chiffres, normaliser

__all__ = ["filtrer", "normaliser"]
M = TypeVar("M", bound=models.Model)
MOTS_MAX = 8


def filtrer(queryset: QuerySet[M], saisie: str, champ: str = "recherche") -> QuerySet[M]:
    """Rows that hold every typed word, accents and case ignored; all rows for an empty search.

    A search made of digits only (telephone, SIRET) is compared joined.
    LIKE on one column: under row-level security PostgreSQL reads the territoire's rows first and would not use a
    trigram index, because LIKE is not leak-proof.
    """
    mots = normaliser(saisie).split()
    joints = chiffres(saisie)
    if joints and len(joints) >= 4 and not any(c.isalpha() for c in saisie) and "-" not in saisie:
        mots = [joints]
    condition = Q()
    for mot in mots[:MOTS_MAX]:
        condition &= Q(**{f"{champ}__contains": mot})
    return queryset.filter(condition)
