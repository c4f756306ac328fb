"""Filters of a list: each one is a field of the visible form, a condition, words for its chip and, if asked, counters.

A condition is a `Q` without a join to many rows (use Exists or a subquery), so that all counters hold in one query.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q

from apps.core.acces import Acces
from apps.core.affichage import date_courte
from apps.core.texte import normaliser

Choix = Iterable[tuple[Any, str]] | Callable[[Acces], Iterable[tuple[Any, str]]]
Condition = str | Callable[[Any], Q]


class Filtre:
    """Base. `compte`: show one counter a choice above the table; they follow the other filters."""

    compte = False
    multiple = False

    def __init__(self, cle: str, libelle: str, condition: Condition, *, aide: str = "") -> None:
        self.cle, self.libelle, self._condition, self.aide = cle, libelle, condition, aide

    def champ(self, acces: Acces) -> forms.Field:
        """The form field, not required."""
        raise NotImplementedError

    def condition(self, valeur: Any) -> Q:
        """What the rows must satisfy for this cleaned value."""
        return Q(**{self._condition: valeur}) if isinstance(self._condition, str) else self._condition(valeur)

    def puces(self, champ: forms.Field, valeur: Any) -> list[tuple[str, str]]:
        """(raw value, words) of each removable chip."""
        return [(str(valeur), str(valeur))]

    def options(self, champ: forms.Field) -> list[tuple[str, str, Any]]:
        """(raw value, words, cleaned value) of each choice that has a counter."""
        return []


class FiltreChoix(Filtre):
    """One of some choices, or several with `multiple` (any of them). Choices may be made from the `acces`."""

    def __init__(
        self,
        cle: str,
        libelle: str,
        choix: Choix,
        condition: Condition,
        *,
        multiple: bool = False,
        compte: bool = False,
        tous: str = "Tous",
        aide: str = "",
    ) -> None:
        super().__init__(cle, libelle, condition, aide=aide)
        self.choix, self.multiple, self.compte, self.tous = choix, multiple, compte, tous

    def champ(self, acces: Acces) -> forms.Field:
        valeurs = self.choix(acces) if callable(self.choix) else self.choix
        choix = [(str(v), libelle) for v, libelle in valeurs if str(v) != ""]
        if self.multiple:
            # With counters, these are what one clicks; the form only keeps the choice.
            champ = forms.MultipleChoiceField(
                choices=choix,
                required=False,
                label=self.libelle,
                help_text=self.aide,
                widget=forms.MultipleHiddenInput if self.compte else forms.CheckboxSelectMultiple,
                error_messages={"invalid_choice": "« %(value)s » n’est pas un choix possible."},
            )
            champ.tous = self.tous  # type: ignore[attr-defined]
            return champ
        return forms.ChoiceField(
            choices=[("", self.tous), *choix],
            required=False,
            label=self.libelle,
            help_text=self.aide,
            error_messages={"invalid_choice": "« %(value)s » n’est pas un choix possible."},
        )

    def condition(self, valeur: Any) -> Q:
        if not self.multiple:
            return super().condition(valeur)
        ensemble = Q()
        for une in valeur:
            ensemble |= super().condition(une)
        return ensemble

    def puces(self, champ: forms.Field, valeur: Any) -> list[tuple[str, str]]:
        noms = dict(champ.choices)  # type: ignore[attr-defined]
        return [(str(v), str(noms.get(v, v))) for v in (valeur if self.multiple else [valeur])]

    def options(self, champ: forms.Field) -> list[tuple[str, str, Any]]:
        return [
            (str(v), str(libelle), [v] if self.multiple else v)
            for v, libelle in champ.choices  # type: ignore[attr-defined]
            if v != ""
        ]


class FiltreOuiNon(FiltreChoix):
    """Yes, no, or both."""

    def __init__(
        self, cle: str, libelle: str, condition: Q, *, oui: str = "Oui", non: str = "Non", compte: bool = False
    ) -> None:
        super().__init__(
            cle, libelle, [("oui", oui), ("non", non)], lambda v: condition if v == "oui" else ~condition, compte=compte
        )


class FiltreDate(Filtre):
    """A day; the condition is a lookup such as « recue_le__date__gte »."""

    def champ(self, acces: Acces) -> forms.Field:
        return forms.DateField(
            required=False,
            label=self.libelle,
            help_text=self.aide,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            input_formats=["%Y-%m-%d", "%d/%m/%Y"],
            error_messages={"invalid": "Écrivez la date comme 25/12/2026."},
        )

    def puces(self, champ: forms.Field, valeur: date) -> list[tuple[str, str]]:
        return [(valeur.isoformat(), date_courte(valeur))]


class FiltreTexte(Filtre):
    """Words typed freely; compared without accents when the condition bears on a normalised column."""

    def champ(self, acces: Acces) -> forms.Field:
        return forms.CharField(required=False, label=self.libelle, help_text=self.aide, max_length=100)


class FiltreChamp(Filtre):
    """Any form field: `fabrique` makes it from the acces, `dire` turns its cleaned value into words for the chip."""

    def __init__(
        self,
        cle: str,
        libelle: str,
        condition: Condition,
        fabrique: Callable[[Acces], forms.Field],
        dire: Callable[[Any], str] = str,
    ) -> None:
        super().__init__(cle, libelle, condition)
        self.fabrique, self.dire = fabrique, dire

    def champ(self, acces: Acces) -> forms.Field:
        champ = self.fabrique(acces)
        champ.required, champ.label = False, self.libelle
        return champ

    def puces(self, champ: forms.Field, valeur: Any) -> list[tuple[str, str]]:
        return [("", self.dire(valeur))]


def _instantane(champ: forms.Field) -> dict[str, str]:
    """What asks for the results again: typing in a text, changing anything else.

    Each control asks for itself: on the whole form, leaving the search field would ask once more, and replace the
    results under the hand of who clicks in them.
    """
    if champ.widget.is_hidden:
        return {}
    texte = getattr(champ.widget, "input_type", "") in ("text", "search") or champ.widget.attrs.get("type") == "search"
    return {
        "hx-get": "?fragment=1",
        "hx-include": "closest form",
        "hx-target": "#resultats",
        "hx-sync": "closest form:replace",
        "hx-indicator": "closest form",
        "hx-trigger": "input changed delay:300ms" if texte and champ.widget.attrs.get("type") != "date" else "change",
    }


class FormulaireFiltres(forms.Form):
    """The visible filters, the search first, the sort kept hidden. Bound to the address."""

    def __init__(
        self, donnees: Any, *, filtres: Iterable[Filtre], acces: Acces, recherche: str, tris: Iterable[str]
    ) -> None:
        super().__init__(donnees, auto_id="filtre_%s")
        self.use_required_attribute = False
        if recherche:
            self.fields["q"] = forms.CharField(
                required=False,
                label=recherche,
                max_length=100,
                widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
            )
        for filtre in filtres:
            self.fields[filtre.cle] = filtre.champ(acces)
        permis = [("", "")] + [(s + t, t) for t in tris for s in ("", "-")]
        self.fields["tri"] = forms.ChoiceField(
            choices=permis,
            required=False,
            label="Tri",
            widget=forms.HiddenInput,
            error_messages={"invalid_choice": "« %(value)s » n’est pas un tri possible."},
        )
        for champ in self.fields.values():
            # Every filter is optional: saying so beside each would be noise.
            champ.sans_mention = True  # type: ignore[attr-defined]
            champ.widget.attrs.update(_instantane(champ))

    def clean_q(self) -> str:
        saisie = " ".join(self.cleaned_data["q"].split())
        if saisie and not normaliser(saisie):
            raise forms.ValidationError("Tapez au moins une lettre ou un chiffre.")
        return saisie
