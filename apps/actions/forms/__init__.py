"""Forms of the actions: they parse and validate, and write nothing."""

from .actions import AbandonForm, ActionForm, ConfierForm, FaireForm, ModifierForm, ReporterForm
from .listes import ListeTypeForm, PrendreForm, lire_etapes

__all__ = [
    "AbandonForm",
    "ActionForm",
    "ConfierForm",
    "FaireForm",
    "ListeTypeForm",
    "ModifierForm",
    "PrendreForm",
    "ReporterForm",
    "lire_etapes",
]
