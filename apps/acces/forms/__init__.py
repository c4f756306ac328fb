from .administration import CoordinateurForm, NomenclatureForm, RechercheForm, TerritoireForm
from .compte import (
    AcceptationForm,
    ActivationForm,
    CodeConfirmationForm,
    CodeForm,
    ConfirmationForm,
    ConnexionForm,
    CoordonneesForm,
    MotDePasseForm,
    NouveauMotDePasseForm,
    OubliForm,
    PremierMotDePasseForm,
)
from .equipe import AbsenceForm, DepartForm, InvitationForm

__all__ = [
    "AbsenceForm", "AcceptationForm", "ActivationForm", "CodeConfirmationForm", "CodeForm", "ConfirmationForm",
    "ConnexionForm", "CoordinateurForm", "CoordonneesForm", "DepartForm", "InvitationForm", "MotDePasseForm",
    "NomenclatureForm", "NouveauMotDePasseForm", "OubliForm", "PremierMotDePasseForm", "RechercheForm",
    "TerritoireForm",
]  # fmt: skip
