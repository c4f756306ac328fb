"""The minutes: a section, the delay, a remark and its answer, the approval, a correction."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.fiches.forms.communs import AvecVersion, champ_date, champ_texte

NUMEROS = "Citez une fiche par son numéro : chacun lit le nom à côté, s’il a le droit de la lire."
LONGUEUR = 40_000


class SectionForm(AvecVersion):
    """The text of a section; the title of a fiche's is the fiche's own."""

    titre = forms.CharField(label="Titre", max_length=200)
    texte = champ_texte("Texte", required=False, lignes=14, maximum=LONGUEUR, help_text=NUMEROS)

    def __init__(self, *args: Any, avec_titre: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not avec_titre:
            del self.fields["titre"]


class NouvelleSectionForm(forms.Form):
    titre = forms.CharField(label="Titre", max_length=200, help_text="« Questions diverses »")
    apres = forms.TypedChoiceField(label="Après", required=False, coerce=int, empty_value=None)
    texte = champ_texte("Texte", required=False, lignes=10, maximum=LONGUEUR, help_text=NUMEROS)

    def __init__(self, *args: Any, sections: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        champ: Any = self.fields["apres"]
        champ.choices = [("", "À la fin"), *sections]
        champ.sans_mention = True


class ProjetForm(AvecVersion):
    """« Open to remarks for n days »."""

    jusquau = champ_date("Remarques reçues jusqu’au")

    def clean_jusquau(self) -> date:
        jour = self.cleaned_data["jusquau"]
        if jour < timezone.localdate():
            raise ValidationError("Choisissez une date à venir.")
        return jour


class RemarqueForm(forms.Form):
    section = forms.TypedChoiceField(label="Sur quoi", required=False, coerce=int, empty_value=None)
    texte = champ_texte(
        "Votre remarque", lignes=6, help_text="Dites ce qui serait à changer, et comment vous l’écririez."
    )

    def __init__(self, *args: Any, sections: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        champ: Any = self.fields["section"]
        champ.choices = [("", "L’ensemble du compte rendu"), *sections]
        champ.sans_mention = True


class SuiteForm(forms.Form):
    """What is done of a remark; `traitee_le` is the answer that the page showed, if any."""

    retenue = forms.ChoiceField(
        label="Cette remarque est", choices=[("oui", "Retenue"), ("non", "Non retenue")], widget=forms.RadioSelect
    )
    suite = forms.CharField(
        label="Suite donnée", required=False, max_length=240,
        help_text="Son auteur la lira. Nécessaire quand la remarque n’est pas retenue.",
    )  # fmt: skip
    traitee_le = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["retenue"].descriptions = {  # type: ignore[attr-defined]
            "oui": "Modifiez ensuite la section, si ce n’est déjà fait.",
            "non": "Dites pourquoi, en un mot.",
        }

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        if donnees.get("retenue") == "non" and not donnees.get("suite", "").strip():
            self.add_error("suite", "Dites en un mot pourquoi la remarque n’est pas retenue.")
        return donnees


class ApprobationForm(AvecVersion):
    """`en`: the number of the séance that approves; empty once the delay is over."""

    en = forms.CharField(required=False, widget=forms.HiddenInput)


class RectificationForm(forms.Form):
    texte = champ_texte(
        "Rectification", lignes=6,
        help_text="Elle sera datée et signée, se lira à la suite du compte rendu, et ne changera plus.",
    )  # fmt: skip
