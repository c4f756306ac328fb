"""Propose, close, reopen, follow up."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.documents.forms import FichiersField
from apps.partenaires.models import Organisme

from ..enums import (
    Aboutissement,
    MotifCloture,
)
from ..models import Suivi
from .communs import RAPPEL, AvecVersion, champ_date, champ_texte


class PropositionForm(forms.Form):
    motif = forms.ChoiceField(label="Comment elle se termine", choices=MotifCloture.choices, widget=forms.RadioSelect)
    note = champ_texte("Pour la coordination", required=False, help_text=RAPPEL, lignes=3)


class RouvrirForm(forms.Form):
    motif = forms.CharField(label="Pourquoi", max_length=200, help_text="Gardé au journal de la fiche.")


def _decimal(label: str, chiffres: int, help_text: str = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=Decimal(0),
        max_digits=chiffres,
        decimal_places=2,
        localize=True,
        help_text=help_text,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )


def _montant(label: str) -> forms.DecimalField:
    return _decimal(label, 12)


def _emplois(label: str) -> forms.DecimalField:
    return _decimal(label, 6)


class ClotureForm(AvecVersion):
    motif = forms.ChoiceField(label="Comment elle se termine", choices=MotifCloture.choices, widget=forms.RadioSelect)
    aboutissements = forms.MultipleChoiceField(
        label="Ce qui a abouti", choices=Aboutissement.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    emplois_crees = _emplois("Emplois créés (ETP)")
    emplois_maintenus = _emplois("Emplois maintenus (ETP)")
    investissement = _montant("Investissement (€)")
    constate_le = champ_date("Constaté le", required=False)
    preuve = forms.CharField(
        label="Preuve", required=False, max_length=200, help_text="Extrait Kbis, contrat, attestation…"
    )
    preuve_fichier = FichiersField(required=False, maximum=1, label="Pièce qui le prouve")
    note = champ_texte("Bilan", required=False, help_text=RAPPEL, lignes=4)
    annoncee = forms.BooleanField(
        label="Annoncer la clôture",
        required=False,
        help_text="Un courriel part au demandeur et aux partenaires. Sinon, la clôture est silencieuse.",
    )
    message = champ_texte(
        "Message au demandeur", required=False, lignes=4, help_text="Un texte simple part si vous ne dites rien."
    )

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        if donnees.get("motif") == MotifCloture.ABOUTIE and not donnees.get("aboutissements"):
            self.add_error("aboutissements", "Dites ce qui a abouti.")
        return donnees


class AideForm(forms.Form):
    """One line of help obtained; an empty line is nothing."""

    financeur = forms.ModelChoiceField(
        label="Partenaire", queryset=Organisme.objects.none(), required=False, empty_label="Autre financeur"
    )
    financeur_nom = forms.CharField(label="Autre financeur", required=False, max_length=120)
    nature = forms.CharField(label="Nature", required=False, max_length=120, help_text="Prêt d’honneur, subvention…")
    montant = _montant("Montant (€)")
    obtenue_le = champ_date("Obtenue le", required=False)

    def __init__(self, *args: Any, organismes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["financeur"].queryset = organismes  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        remplie = any(donnees.get(n) for n in ("financeur", "financeur_nom", "nature", "obtenue_le"))
        if donnees.get("montant") is None and remplie and "montant" not in self.errors:
            self.add_error("montant", "Indiquez le montant de cette aide.")
        if donnees.get("montant") is not None and not (donnees.get("financeur") or donnees.get("financeur_nom")):
            self.add_error("financeur", "Dites qui a accordé cette aide.")
        return donnees


AidesFormSet = forms.formset_factory(AideForm, extra=3, max_num=12, validate_max=True)


class SuiviForm(forms.Form):
    DEVENIR = (("oui", "Toujours en activité"), ("non", "N’est plus en activité"), ("injoignable", "Injoignable"))

    devenir = forms.ChoiceField(label="Où en est l’entreprise", choices=DEVENIR, widget=forms.RadioSelect)
    fait_le = champ_date("Noté le", initial=timezone.localdate)
    emplois = _emplois("Emplois (ETP)")
    note = champ_texte("Note", required=False, help_text=RAPPEL, lignes=3)

    def clean_fait_le(self) -> date:
        jour = self.cleaned_data["fait_le"]
        if jour > timezone.localdate():
            raise ValidationError("Cette date est à venir.")
        return jour

    def donnees(self) -> dict[str, Any]:
        c = self.cleaned_data
        return {
            "fait_le": c["fait_le"],
            "est_active": {"oui": True, "non": False}.get(c["devenir"]),
            "injoignable": c["devenir"] == "injoignable",
            "emplois": c["emplois"],
            "note": c["note"],
        }

    @classmethod
    def de(cls, suivi: Suivi) -> dict[str, Any]:
        """What a follow-up already noted shows again."""
        if suivi.fait_le is None:
            return {}
        devenir = "injoignable" if suivi.injoignable else {True: "oui", False: "non"}.get(suivi.est_active, "")  # type: ignore[arg-type]
        return {"devenir": devenir, "fait_le": suivi.fait_le, "emplois": suivi.emplois, "note": suivi.note}
