"""Forms of projets: they parse and validate, services write."""

from typing import Any, ClassVar

from django import forms

from apps.core.acces import Acces
from apps.entreprises.forms import champ_date
from apps.entreprises.models import Entreprise
from apps.personnes.edition import VersionForm
from apps.personnes.enums import Situation
from apps.personnes.models import Personne
from apps.referentiels.forms import CommuneField, NafField, SiretField

from .models import Projet

PERSONNE = ("civilite", "prenom", "nom", "courriel", "telephone", "situation")


class ProjetForm(VersionForm):
    commune = CommuneField(required=False, label="Commune du projet")
    naf_prevue = NafField(required=False, label="Code NAF prévu")
    commence_le = champ_date("Commencé le")
    echeance = champ_date("Échéance souhaitée")

    class Meta:
        model = Projet
        fields = (
            "titre", "genre", "description", "commune", "natures", "naf_prevue", "emplois_prevus", "investissement",
            "commence_le", "echeance",
        )  # fmt: skip
        widgets: ClassVar[dict[str, Any]] = {
            "description": forms.Textarea(attrs={"rows": 4}),
            # A number control refuses the comma that people type.
            "emplois_prevus": forms.TextInput(attrs={"inputmode": "decimal"}),
            "investissement": forms.TextInput(attrs={"inputmode": "decimal"}),
        }
        localized_fields = ("emplois_prevus", "investissement")

    def __init__(self, *args: Any, territoire: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["commune"].territoire = territoire  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        propres = super().clean() or self.cleaned_data
        for nom in ("emplois_prevus", "investissement"):
            if propres.get(nom) is not None and propres[nom] < 0:
                self.add_error(nom, "Ce nombre ne peut pas être négatif.")
        debut, fin = propres.get("commence_le"), propres.get("echeance")
        if debut and fin and fin < debut:
            self.add_error("echeance", "L’échéance vient après le début.")
        return propres


class PorteurForm(forms.Form):
    """A new person, or one already known (`personne`)."""

    civilite = forms.ChoiceField(label="Civilité", choices=[("", "—"), ("Mme", "Mme"), ("M.", "M.")], required=False)
    prenom = forms.CharField(label="Prénom", max_length=80, required=False)
    nom = forms.CharField(label="Nom", max_length=80)
    courriel = forms.EmailField(label="Courriel", required=False)
    telephone = forms.CharField(
        label="Téléphone", max_length=20, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    situation = forms.ChoiceField(label="Situation", choices=[("", "Non précisée"), *Situation.choices], required=False)

    def personne(self) -> dict[str, Any]:
        """What describes the person."""
        return {n: self.cleaned_data[n] for n in PERSONNE}


class ChoixPersonneForm(forms.Form):
    """A person of the territoire, by its key."""

    personne = forms.ModelChoiceField(queryset=Personne.objects.none())

    def __init__(self, *args: Any, acces: Acces, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        connues = Personne.objects.visibles_par(acces).actives()
        self.fields["personne"].queryset = connues  # type: ignore[attr-defined]


class StadeForm(forms.Form):
    """The next stage, among those that may follow."""

    stade = forms.ChoiceField(label="Nouveau stade")
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, suites: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stade"].choices = [(s.value, s.label) for s in suites]  # type: ignore[attr-defined]


class NaissanceForm(forms.Form):
    """The entreprise that the projet becomes: a new one, or one already in the directory."""

    entreprise = forms.ModelChoiceField(
        label="Entreprise déjà au répertoire",
        queryset=Entreprise.objects.none(),
        required=False,
        widget=forms.HiddenInput,
    )
    nom = forms.CharField(label="Nom de l’entreprise", max_length=160)
    siret = SiretField(required=False, help_text="14 chiffres ; laissez vide si l’immatriculation est en cours.")
    commune = CommuneField(required=False)
    creee_le = champ_date("Créée ou reprise le")

    def __init__(self, *args: Any, acces: Acces, territoire: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["commune"].territoire = territoire  # type: ignore[attr-defined]
        connues = Entreprise.objects.visibles_par(acces).actives()
        self.fields["entreprise"].queryset = connues  # type: ignore[attr-defined]
