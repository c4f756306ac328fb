"""Settings of a territoire, section by section."""

import re
from typing import Any

from django import forms

from apps.core.couleurs import est_lisible
from apps.core.erreurs import ErreurMetier
from apps.referentiels.forms import CommuneField

from .models import Territoire, Theme
from .services import verifier_logo


class SectionForm(forms.ModelForm):
    """One section: fields of the territoire and the version they were read at."""

    titre = ""
    aide = ""
    icone = "sliders"
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version

    def champs(self) -> dict[str, Any]:
        """What the service is to write."""
        return {nom: self.cleaned_data[nom] for nom in self._meta.fields}


class IdentiteForm(SectionForm):
    titre = "Identité et logo"
    aide = "Ce que le public voit en premier."
    icone = "house-door"
    logo_nouveau = forms.FileField(
        label="Logo",
        required=False,
        help_text="PNG ou JPEG, 1 Mo au plus.",
        widget=forms.FileInput(attrs={"accept": ".png,.jpg,.jpeg"}),
    )
    logo_retirer = forms.BooleanField(label="Retirer le logo actuel", required=False)

    class Meta:
        model = Territoire
        fields = ["nom", "genre", "adresse", "telephone", "courriel", "couleur"]
        widgets = {"adresse": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"couleur": "Celle des boutons et des liens, comme #1F5A4C. Vide : le vert du service."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.logo:
            del self.fields["logo_retirer"]

    def clean_couleur(self) -> str:
        couleur = self.cleaned_data["couleur"]
        if couleur and not re.fullmatch(r"#[0-9A-Fa-f]{6}", couleur):
            raise forms.ValidationError("Écrivez la couleur comme #1F5A4C.")
        if couleur and not est_lisible(couleur):
            raise forms.ValidationError("Cette couleur est trop claire pour être lue : choisissez-en une plus foncée.")
        return couleur

    def clean_logo_nouveau(self) -> Any:
        fichier = self.cleaned_data["logo_nouveau"]
        if fichier:
            try:
                verifier_logo(fichier)
            except ErreurMetier as erreur:
                raise forms.ValidationError(erreur.message) from None
        return fichier


class TextesForm(SectionForm):
    titre = "Textes publics"
    aide = "Les pages que lisent les demandeurs."
    icone = "file-earmark-text"

    class Meta:
        model = Territoire
        fields = [
            "presentation",
            "pour_qui",
            "comment_ca_se_passe",
            "axes",
            "horaires",
            "mentions_legales",
            "accessibilite",
        ]
        widgets = {
            "presentation": forms.Textarea(attrs={"rows": 7}),
            "pour_qui": forms.Textarea(attrs={"rows": 4}),
            "comment_ca_se_passe": forms.Textarea(attrs={"rows": 5}),
            "axes": forms.Textarea(attrs={"rows": 5}),
            "horaires": forms.Textarea(attrs={"rows": 3}),
            "mentions_legales": forms.Textarea(attrs={"rows": 10}),
            "accessibilite": forms.Textarea(attrs={"rows": 10}),
        }
        help_texts = {"comment_ca_se_passe": "Une étape par ligne."}


class ConfidentialiteForm(SectionForm):
    titre = "Confidentialité"
    aide = "La base légale et ce que les personnes en lisent."
    icone = "shield-lock"

    class Meta:
        model = Territoire
        fields = [
            "base_legale",
            "responsable_traitement",
            "contact_confidentialite",
            "notice_information",
            "confidentialite_defaut",
        ]
        widgets = {"notice_information": forms.Textarea(attrs={"rows": 18})}
        help_texts = {
            "notice_information": "La modifier, ou changer la base légale, crée une nouvelle version de la notice : "
            "chaque demande garde la trace de celle qui a été lue.",
            "contact_confidentialite": "Une adresse électronique ou postale, montrée au public.",
        }


class DelaisForm(SectionForm):
    titre = "Délais et seuils"
    aide = "Ce qui déclenche les rappels et les avertissements."
    icone = "clock"

    class Meta:
        model = Territoire
        fields = [
            "delai_premier_contact",
            "delai_reponse",
            "jours_sans_nouvelles",
            "jours_alerte_convention",
            "jours_lien_suivi",
            "jours_brouillon",
            "jours_invitation",
            "secondes_annulation",
            "seuil_effectif",
            "age_transmission",
            "objectif_annuel",
            "prefixe_fiche",
        ]


SECTIONS: dict[str, type[SectionForm]] = {
    "identite": IdentiteForm,
    "textes": TextesForm,
    "confidentialite": ConfidentialiteForm,
    "delais": DelaisForm,
}


class ThemeForm(forms.ModelForm):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Theme
        fields = ["nom", "libelle_public"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["version"] = self.instance.version
        else:
            self.fields["libelle_public"].required = False
            self.fields["libelle_public"].help_text = "Tel que le demandeur le lit. Vide : le nom du thème."


class AjoutCommuneForm(forms.Form):
    commune = CommuneField(label="Ajouter une commune")


class RechercheEpciForm(forms.Form):
    epci = forms.CharField(
        label="Ajouter une intercommunalité",
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Grand-Figeac"}),
    )
