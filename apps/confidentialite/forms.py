"""Input of the requests for rights."""

from typing import Any

from django import forms
from django.utils import timezone

from apps.core.recherche import filtrer
from apps.personnes.models import Personne
from apps.territoires.models import Territoire

from .enums import Droit
from .models import DemandeDroit

JOUR = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _pas_dans_le_futur(jour: Any) -> Any:
    if jour and jour > timezone.localdate():
        raise forms.ValidationError("Cette date est à venir : indiquez le jour où cela s’est passé.")
    return jour


class EnregistrerForm(forms.Form):
    droit = forms.ChoiceField(label="Droit exercé", choices=Droit.choices)
    nom = forms.CharField(label="Nom de la personne", max_length=160)
    contact = forms.CharField(label="Comment lui répondre", max_length=200, help_text="Courriel, téléphone ou adresse.")
    recue_le = forms.DateField(label="Reçue le", widget=JOUR, initial=timezone.localdate)
    precision = forms.CharField(label="Ce qui est demandé", required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def clean_recue_le(self) -> Any:
        return _pas_dans_le_futur(self.cleaned_data["recue_le"])


class InstruireForm(forms.ModelForm):
    """Who it is, among the people of the territoire whose name looks alike."""

    personne = forms.ModelChoiceField(
        label="La personne, au guichet",
        queryset=Personne.objects.none(),
        required=False,
        empty_label="Pas encore trouvée",
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = DemandeDroit
        fields = ("personne", "identite_verifiee_le", "prolongee", "motif_prolongation")
        widgets = {"identite_verifiee_le": JOUR}

    def __init__(self, *args: Any, territoire: Territoire, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        connues = Personne.objects.filter(territoire=territoire, fusionnee_dans__isnull=True)
        ressemblantes = filtrer(connues, self.instance.nom).values("pk")[:50]
        self.fields["personne"].queryset = connues.filter(
            pk__in=[p["pk"] for p in ressemblantes] + [self.instance.personne_id]
        )
        self.initial["version"] = self.instance.version

    def clean_identite_verifiee_le(self) -> Any:
        return _pas_dans_le_futur(self.cleaned_data["identite_verifiee_le"])

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        if donnees.get("prolongee") and not donnees.get("motif_prolongation"):
            self.add_error(
                "motif_prolongation", "Dites pourquoi deux mois de plus sont nécessaires : la personne doit le savoir."
            )
        return donnees


class RepondreForm(forms.Form):
    reponse = forms.CharField(
        label="Réponse faite",
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Gardée comme preuve ; elle n’est pas envoyée d’ici.",
    )
    refusee = forms.BooleanField(
        label="La demande est refusée", required=False, help_text="La réponse dit pourquoi, et comment saisir la CNIL."
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
