"""Forms of the partners. They parse and validate; the services write."""

from typing import Any

from django import forms

from apps.core.acces import Acces
from apps.documents.forms import FichiersField
from apps.territoires.models import Territoire, Theme

from .enums import GenreConvention
from .models import Organisme


def _date(libelle: str, *, aide: str = "", requise: bool = True) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date", "class": "court"}, format="%Y-%m-%d")
    return forms.DateField(label=libelle, help_text=aide, required=requise, widget=widget)


class OrganismeForm(forms.ModelForm):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Organisme
        fields = (
            "nom", "nom_court", "nom_depuis", "genre", "statut", "themes", "natures", "publics", "communes", "adresse",
            "telephone", "courriel", "site", "presentation", "est_actif",
        )  # fmt: skip

    def __init__(self, *args: Any, acces: Acces, territoire: Territoire, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        themes = forms.ModelMultipleChoiceField(
            Theme.objects.filter(territoire=acces.territoire_id, est_actif=True),
            required=False,
            label="Thèmes couverts",
            widget=forms.CheckboxSelectMultiple,
        )
        communes = forms.ModelMultipleChoiceField(
            territoire.communes.order_by("recherche"),
            required=False,
            label="Communes couvertes",
            help_text="Aucune cochée : tout le territoire.",
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields["themes"], self.fields["communes"] = themes, communes
        for nom in ("themes", "communes", "natures", "publics"):
            self.fields[nom].sans_mention = True  # type: ignore[attr-defined]
        self.fields["nom_depuis"].widget = forms.DateInput(attrs={"type": "date", "class": "court"}, format="%Y-%m-%d")
        self.fields[
            "natures"
        ].help_text = (
            "Aucune cochée : toutes. C’est elle qui choisit entre chambre de métiers, CCI et chambre d’agriculture."
        )
        self.fields["adresse"].widget.attrs["rows"] = 3
        self.fields["presentation"].widget.attrs["rows"] = 4
        self.fields["nom"].label, self.fields["genre"].label = "Nom", "Genre"
        self.fields["telephone"].widget.input_type = "tel"
        self.fields[
            "est_actif"
        ].help_text = "Décoché : on ne lui oriente plus rien ; les anciennes fiches gardent son nom."
        if self.instance.pk:
            self.fields["version"].initial = self.instance.version

    def valeurs(self) -> dict[str, Any]:
        """What the services take, without the version."""
        return {nom: self.cleaned_data[nom] for nom in self.Meta.fields}


class RenommerForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    nom = forms.CharField(label="Nouveau nom", max_length=160)
    nom_court = forms.CharField(label="Nouveau nom court", max_length=40)
    le = _date("À partir du", aide="Avant ce jour, les fiches montrent encore l’ancien nom.")


class AncienNomForm(forms.Form):
    nom = forms.CharField(label="Nom d’alors", max_length=160)
    nom_court = forms.CharField(label="Nom court", max_length=40, required=False)
    du = _date("Depuis le", aide="Vide : on ne sait pas.", requise=False)
    au = _date("Jusqu’au", aide="Le jour où le nom suivant commence.")


class ConventionForm(forms.Form):
    genre = forms.ChoiceField(label="Nature", choices=GenreConvention.choices)
    signee_le = _date("Signée le")
    valable_jusquau = _date("Valable jusqu’au", aide="Vide : sans terme.", requise=False)
    note = forms.CharField(label="Note", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    fichier = FichiersField(maximum=1, required=False, label="Document signé")

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        signee, fin = donnees.get("signee_le"), donnees.get("valable_jusquau")
        if signee and fin and fin < signee:
            self.add_error("valable_jusquau", "La fin ne peut précéder la signature.")
        return donnees

    def valeurs(self) -> dict[str, Any]:
        """What the service takes: one file or none."""
        fichiers = self.cleaned_data["fichier"]
        return {**self.cleaned_data, "fichier": fichiers[0] if fichiers else None}
