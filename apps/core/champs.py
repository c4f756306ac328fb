"""Fields of ours: clean text, and lists of choices kept as JSON."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from .texte import nettoyer


class TexteField(models.TextField):
    """A text kept in NFC without control characters."""

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return nettoyer(value) if isinstance(value, str) else value


class LigneField(models.CharField):
    """One line kept in NFC without control characters."""

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return nettoyer(value) if isinstance(value, str) else value


class ChoixMultipleField(models.JSONField):
    """Several of the given choices, kept as a JSON list in the order of the choices."""

    def __init__(self, *args: Any, valeurs: Any = (), **kwargs: Any) -> None:
        self.valeurs = [tuple(c) for c in (valeurs.choices if hasattr(valeurs, "choices") else valeurs)]
        kwargs.setdefault("default", list)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs["valeurs"] = self.valeurs
        return name, path, args, kwargs

    def formfield(self, form_class: Any = None, choices_form_class: Any = None, **kwargs: Any) -> Any:
        kwargs.pop("form_class", None)
        return forms.MultipleChoiceField(
            choices=self.valeurs,
            required=not self.blank,
            label=kwargs.get("label", self.verbose_name.capitalize()),
            help_text=kwargs.get("help_text", self.help_text),
            initial=kwargs.get("initial", list),
            widget=kwargs.get("widget", forms.CheckboxSelectMultiple),
        )

    def validate(self, value: Any, model_instance: Any) -> None:
        super().validate(value, model_instance)
        inconnues = set(value or []) - {c for c, _ in self.valeurs}
        if inconnues:
            raise ValidationError("Choix inconnu : %(v)s.", params={"v": ", ".join(map(str, inconnues))})

    def libelles(self, valeurs: list[str]) -> list[str]:
        """The words for the kept codes."""
        noms = dict(self.valeurs)
        return [noms.get(v, v) for v in valeurs]


class SiteField(models.URLField):
    """The address of a website; « exemple.fr » is read as https."""

    def formfield(self, form_class: Any = None, choices_form_class: Any = None, **kwargs: Any) -> Any:
        return super().formfield(**{"assume_scheme": "https", **kwargs})
