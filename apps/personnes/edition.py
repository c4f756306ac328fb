"""What the pages of persons, entreprises and projets share: two editors, and panels brought by upper apps."""

from copy import copy
from typing import Any

from django import forms
from django.db import models
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from apps.core.registres import Registre

from .fusion import texte_de


class VersionForm(forms.ModelForm):
    """A form that carries the version of what it edits; `version_lue` gives it back to the service."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial.setdefault("version", self.instance.version)

    def donnees(self) -> dict[str, Any]:
        """The cleaned fields, without the version."""
        return {nom: valeur for nom, valeur in self.cleaned_data.items() if nom != "version"}

    @property
    def version_lue(self) -> int | None:
        return self.cleaned_data.get("version")

    def reprendre(self, actuel: models.Model) -> list[dict[str, str]]:
        """After a VersionPerimee: the fields that differ, in words, and the form ready to be sent again."""
        differences = []
        for nom, valeur in self.donnees().items():
            if valeur == getattr(actuel, nom):
                continue
            voulu = copy(actuel)
            setattr(voulu, nom, valeur)
            differences.append(
                {
                    "libelle": str(self.fields[nom].label or nom),
                    "le_votre": texte_de(voulu, nom) or "(vide)",
                    "enregistre": texte_de(actuel, nom) or "(vide)",
                }
            )
        donnees: Any = self.data
        self.data = donnees = donnees.copy()
        donnees[self.add_prefix("version")] = str(actuel.version)  # type: ignore[attr-defined]
        return differences


def panneaux(request: HttpRequest, registre: Registre[Any], objet: models.Model) -> list[SafeString]:
    """The panels that upper apps add to the page of an object, each scoped by its owner."""
    rendus = []
    for _cle, fabriquer in registre:
        trouve = fabriquer(request.acces, objet)  # type: ignore[attr-defined]
        if trouve is not None:
            gabarit, contexte = trouve
            rendus.append(mark_safe(render_to_string(gabarit, contexte, request=request)))
    return rendus
