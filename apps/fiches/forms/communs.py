"""What the forms of the fiche share: fields worded once, and the version."""

from typing import Any

from django import forms

from ..enums import (
    Visibilite,
)

RAPPEL = "Factuel, lisible par l’intéressé, ni santé ni vie privée."
DESCRIPTIONS_VISIBILITE = {
    Visibilite.COORDINATION: "Lu par la coordination, et par votre organisme si vous êtes partenaire.",
    Visibilite.PARTENAIRES: "Lu aussi par les partenaires à qui la fiche est adressée.",
    Visibilite.COMITE: "Lu aussi par les membres du comité technique, quand la fiche y passe.",
}
JOUR = {"type": "date"}


def champ_date(label: str, *, required: bool = True, help_text: str = "", initial: Any = None) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        initial=initial,
        widget=forms.DateInput(attrs=JOUR, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={"invalid": "Écrivez la date comme 25/12/2026."},
    )


def champ_texte(label: str, *, required: bool = True, help_text: str = "", lignes: int = 4, maximum: int = 5000) -> Any:
    return forms.CharField(
        label=label,
        required=required,
        help_text=help_text,
        max_length=maximum,
        widget=forms.Textarea(attrs={"rows": lignes}),
    )


def champ_visibilite() -> forms.ChoiceField:
    champ = forms.ChoiceField(
        label="Qui lira",
        choices=Visibilite.choices,
        initial=Visibilite.PARTENAIRES,
        widget=forms.RadioSelect,
    )
    champ.descriptions = DESCRIPTIONS_VISIBILITE  # type: ignore[attr-defined]
    return champ


class AvecVersion(forms.Form):
    """Carries the version that was shown; absent, it is as stale."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class PersonneField(forms.ModelChoiceField):
    """A person by their name."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj)
