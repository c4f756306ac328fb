"""Forms of the fiche: they parse and validate, and never write."""

from .cloture import AidesFormSet, ClotureForm, PropositionForm, RouvrirForm, SuiviForm
from .communs import RAPPEL, PersonneField
from .echanges import EchangeForm, EchangeModifierForm, EchangeRapideForm, PieceForm
from .edition import AccordForm, AttenteForm, BesoinForm, DemandeurForm, FicheForm, coordinateurs
from .orientation import AvisForm, ConfierForm, DeclinerForm, OrienterForm, SectionForm, TerminerForm

__all__ = [
    "RAPPEL",
    "AccordForm",
    "AidesFormSet",
    "AttenteForm",
    "AvisForm",
    "BesoinForm",
    "ClotureForm",
    "ConfierForm",
    "DeclinerForm",
    "DemandeurForm",
    "EchangeForm",
    "EchangeModifierForm",
    "EchangeRapideForm",
    "FicheForm",
    "OrienterForm",
    "PersonneField",
    "PieceForm",
    "PropositionForm",
    "RouvrirForm",
    "SectionForm",
    "SuiviForm",
    "TerminerForm",
    "coordinateurs",
]
