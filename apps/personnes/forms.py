"""Forms of persons and accords: they parse and validate, services write."""

from datetime import datetime, time
from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from apps.documents.forms import FichiersField
from apps.partenaires.models import Organisme
from apps.referentiels.forms import CommuneField

from .edition import VersionForm
from .enums import CanalAccord, Portee
from .models import Personne


class PersonneForm(VersionForm):
    commune = CommuneField(required=False)
    annee_naissance = forms.IntegerField(label="Année de naissance", required=False, min_value=1900, max_value=2100)

    class Meta:
        model = Personne
        fields = (
            "civilite", "prenom", "nom", "courriel", "telephone", "telephone_2", "preference_contact", "commune",
            "adresse", "code_postal", "annee_naissance", "situation", "note",
        )  # fmt: skip
        widgets: ClassVar[dict[str, Any]] = {
            "adresse": forms.Textarea(attrs={"rows": 2}),
            "note": forms.Textarea(attrs={"rows": 3}),
            "telephone": forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
            "telephone_2": forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
        }

    def __init__(self, *args: Any, territoire: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["commune"].territoire = territoire  # type: ignore[attr-defined]
        self.fields["note"].help_text = "Factuelle, lisible par l’intéressé : ni santé ni vie privée."

    def clean_annee_naissance(self) -> int | None:
        annee = self.cleaned_data["annee_naissance"]
        if annee and annee > timezone.localdate().year:
            raise forms.ValidationError("Cette année n’est pas encore venue.")
        return annee


class AccordForm(forms.Form):
    """What a person agrees to, said in another way than on the public form."""

    portee = forms.ChoiceField(label="Partager avec", choices=Portee.choices, widget=forms.RadioSelect)
    organismes = forms.ModelMultipleChoiceField(
        label="Lesquels",
        queryset=Organisme.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Si l’accord ne vaut que pour certains partenaires.",
    )
    comite = forms.BooleanField(label="D’accord pour que le comité technique en parle", required=False)
    canal = forms.ChoiceField(
        label="Comment l’accord a été donné",
        choices=[c for c in CanalAccord.choices if c[0] in ("telephone", "papier", "entretien")],
        widget=forms.RadioSelect,
    )
    le = forms.DateField(
        label="Donné le",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
    )
    preuve = FichiersField(maximum=1, required=False, label="Formulaire signé, numérisé")

    def __init__(self, *args: Any, organismes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organismes"].queryset = organismes  # type: ignore[attr-defined]
        self.fields["le"].initial = timezone.localdate

    def clean_le(self) -> datetime:
        """Today is now; another day is its noon."""
        jour = self.cleaned_data["le"]
        if jour > timezone.localdate():
            raise forms.ValidationError("Cette date est dans le futur.")
        if jour == timezone.localdate():
            return timezone.now()
        return timezone.make_aware(datetime.combine(jour, time(12)))

    def clean(self) -> dict[str, Any]:
        propres = super().clean() or self.cleaned_data
        if propres.get("portee") == Portee.NOMMES and not propres.get("organismes"):
            self.add_error("organismes", "Choisissez au moins un partenaire.")
        if propres.get("canal") == CanalAccord.PAPIER and not propres.get("preuve") and "preuve" not in self.errors:
            self.add_error("preuve", "Joignez le formulaire signé : il est la preuve de l’accord.")
        return propres


class RetraitForm(forms.Form):
    canal = forms.ChoiceField(
        label="Comment la personne l’a demandé",
        choices=[c for c in CanalAccord.choices if c[0] in ("telephone", "papier", "entretien")],
        widget=forms.RadioSelect,
    )


class TexteAccordForm(forms.Form):
    texte = forms.CharField(
        label="Texte de l’accord",
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=5000,
        help_text="Publier un nouveau texte en fait une nouvelle version. Les accords déjà donnés gardent la leur.",
    )


class FusionForm(forms.Form):
    """Field by field, which of the two values is kept. `choix`: apps.personnes.fusion.Choix."""

    def __init__(self, *args: Any, choix: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for c in choix:
            options = zip(("conservee", "absorbee"), c.textes, strict=True)
            self.fields[c.nom] = forms.ChoiceField(
                label=c.libelle[:1].upper() + c.libelle[1:],
                choices=[(valeur, texte or "(vide)") for valeur, texte in options],
                widget=forms.RadioSelect,
                initial=c.propose,
            )
