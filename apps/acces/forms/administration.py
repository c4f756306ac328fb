"""Forms of the administration of the platform."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apps.referentiels.models import Commune, Epci
from apps.territoires.models import Territoire

EPCIS = 3


class TerritoireForm(forms.ModelForm):
    """What the administrator holds of a territoire; the rest is its coordination's own settings."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    communes_une_a_une = forms.CharField(
        label="Autres communes",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Codes INSEE, séparés par des espaces ou des virgules. Le code postal n’en est pas un.",
    )

    class Meta:
        model = Territoire
        fields = ("nom", "slug", "genre", "est_actif")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["nom"].label = "Nom"
        self.fields[
            "est_actif"
        ].help_text = "Décoché : plus personne n’y entre, pages publiques comprises ; rien n’est effacé."
        for rang in range(1, EPCIS + 1):
            self.fields[f"epci_{rang}"] = forms.CharField(
                label="Intercommunalité" if rang == 1 else f"Intercommunalité, n° {rang}",
                required=False,
                help_text="Tapez son nom, puis choisissez dans la liste : toutes ses communes viennent."
                if rang == 1
                else "",
                widget=forms.TextInput(attrs={"list": "epcis", "autocomplete": "off"}),
            )
        if self.instance.pk:
            self.fields["version"].initial = self.instance.version
            codes = self.instance.communes.values_list("code_insee", flat=True)
            self.fields["communes_une_a_une"].initial = " ".join(codes)
            self.fields["communes_une_a_une"].label = "Communes"

    def _epci(self, nom: str) -> Epci | None:
        saisie = self.cleaned_data.get(nom, "").strip()
        if not saisie:
            return None
        siren = re.match(r"\d{9}", saisie)
        trouves = Epci.objects.filter(pk=siren[0]) if siren else Epci.objects.filter(nom__iexact=saisie)
        if len(trouves) != 1:
            raise ValidationError({nom: "Choisissez l’intercommunalité dans la liste."})
        return trouves[0]

    def clean_communes_une_a_une(self) -> list[Commune]:
        codes = {c.upper() for c in re.split(r"[\s,;]+", self.cleaned_data["communes_une_a_une"]) if c}
        trouvees = list(Commune.objects.filter(pk__in=codes))
        inconnus = sorted(codes - {c.pk for c in trouvees})
        if inconnus:
            raise ValidationError(f"Codes inconnus : {', '.join(inconnus[:10])}.")
        return trouvees

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        donnees["epcis"] = [e for e in (self._epci(f"epci_{r}") for r in range(1, EPCIS + 1)) if e]
        if not self.errors and not donnees["epcis"] and not donnees.get("communes_une_a_une"):
            raise ValidationError(
                "Un territoire a au moins une commune : choisissez une intercommunalité ou un code INSEE."
            )
        return donnees

    def champs(self) -> dict[str, Any]:
        """The territoire's own columns."""
        return {nom: self.cleaned_data[nom] for nom in self.Meta.fields}


class CoordinateurForm(forms.Form):
    prenom = forms.CharField(label="Prénom", max_length=80)
    nom = forms.CharField(label="Nom", max_length=80)
    courriel = forms.EmailField(label="Adresse électronique")


class RechercheForm(forms.Form):
    q = forms.CharField(
        label="Nom ou adresse", required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    etat = forms.ChoiceField(
        label="État",
        required=False,
        choices=[
            ("", "Tous"),
            ("actifs", "Actifs"),
            ("desactives", "Désactivés"),
            ("administration", "Administration"),
        ],
    )


class NomenclatureForm(forms.Form):
    fichier = forms.FileField(label="Fichier de la NAF 2025", help_text="Le fichier de l’INSEE, en CSV ou en XLSX.")
