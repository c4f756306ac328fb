"""Send to a partner, answer, write one's section, hand over."""

from typing import Any

from django import forms

from apps.acces.models import Affectation
from apps.comptes.models import Utilisateur
from apps.core.acces import Acces, Role
from apps.core.texte import nettoyer
from apps.partenaires.models import Organisme

from ..enums import (
    GenreOrientation,
    MotifDeclin,
    ResultatOrientation,
)
from ..models import FicheNavette, Orientation
from .communs import RAPPEL, AvecVersion, PersonneField, champ_date, champ_texte


class OrienterForm(forms.Form):
    """Whom to address, how, with which words."""

    organismes = forms.ModelMultipleChoiceField(
        label="Partenaires",
        queryset=Organisme.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choisissez au moins un partenaire."},
    )
    genre = forms.ChoiceField(
        label="Pour",
        choices=GenreOrientation.choices,
        initial=GenreOrientation.ACCOMPAGNEMENT,
        widget=forms.RadioSelect,
    )
    message = champ_texte("Message aux partenaires", required=False, help_text=RAPPEL, lignes=3)
    sur_resume = forms.BooleanField(
        label="Demander un avis sur un résumé sans nom",
        required=False,
        help_text="Le partenaire ne lit que le résumé, les thèmes et l’intercommunalité.",
    )
    resume_sans_nom = champ_texte(
        "Résumé sans nom",
        required=False,
        lignes=4,
        help_text="Ni nom, ni adresse, ni ce qui permettrait de reconnaître.",
    )

    def __init__(self, *args: Any, acces: Acces, fiche: FicheNavette, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organismes"].queryset = Organisme.objects.visibles_par(acces).filter(est_actif=True)  # type: ignore[attr-defined]
        self.fields["resume_sans_nom"].initial = fiche.resume_sans_nom
        self.fields["genre"].descriptions = {  # type: ignore[attr-defined]
            GenreOrientation.ACCOMPAGNEMENT: "Il prend en charge ou décline, et accompagne.",
            GenreOrientation.AVIS: "Il donne son avis, ou décline.",
            GenreOrientation.INFORMATION: "Il lit ; rien n’est attendu de lui.",
        }

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        if donnees.get("sur_resume"):
            donnees["genre"] = GenreOrientation.AVIS
            if not nettoyer(donnees.get("resume_sans_nom", "")):
                self.add_error("resume_sans_nom", "Écrivez le résumé que le partenaire lira.")
        return donnees


class DeclinerForm(forms.Form):
    motif = forms.ChoiceField(label="Pourquoi", choices=MotifDeclin.choices, widget=forms.RadioSelect)
    precision = champ_texte("Précision", required=False, help_text=f"Lue par la coordination. {RAPPEL}", lignes=3)


class PriseEnChargeForm(forms.Form):
    """Nothing is asked; both fields may be left for later."""

    reference_partenaire = forms.CharField(label="Votre référence de dossier", required=False, max_length=60)


class AvisForm(AvecVersion):
    avis = champ_texte("Votre avis", help_text=RAPPEL, lignes=6)


class TerminerForm(AvecVersion):
    resultat = forms.ChoiceField(
        label="Comment cela se termine", choices=ResultatOrientation.choices, widget=forms.RadioSelect
    )
    aide_apportee = champ_texte("L’aide apportée", required=False, help_text=RAPPEL, lignes=5)

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        if donnees.get("resultat") == ResultatOrientation.AIDE and not nettoyer(donnees.get("aide_apportee", "")):
            self.add_error("aide_apportee", "Dites en une phrase quelle aide a été apportée.")
        return donnees


class SectionForm(AvecVersion):
    """The partner's own words, while its part runs."""

    avis = champ_texte("Votre avis", required=False, help_text=RAPPEL, lignes=5)
    aide_apportee = champ_texte("L’aide apportée", required=False, help_text=RAPPEL, lignes=5)
    prochaine_etape = forms.CharField(
        label="Ce qui est prévu", required=False, max_length=200, help_text="Par exemple : évaluer le fonds."
    )
    prochaine_etape_le = champ_date("Prévu le", required=False)
    reference_partenaire = forms.CharField(label="Votre référence de dossier", required=False, max_length=60)

    def __init__(self, *args: Any, orientation: Orientation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        inutile = "aide_apportee" if orientation.genre == GenreOrientation.AVIS else "avis"
        del self.fields[inutile]

    def valeurs(self) -> dict[str, Any]:
        return {n: v for n, v in self.cleaned_data.items() if n != "version"}


class ConfierForm(forms.Form):
    technicien = PersonneField(
        label="Confier à",
        queryset=Utilisateur.objects.none(),
        required=False,
        empty_label="Personne : garder le dossier",
    )

    def __init__(self, *args: Any, orientation: Orientation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        actives = Affectation.objects.actives().filter(
            organisme=orientation.organisme_id, territoire=orientation.territoire_id, role=Role.TECHNICIEN
        )
        self.fields["technicien"].queryset = Utilisateur.objects.filter(pk__in=actives.values("utilisateur"))  # type: ignore[attr-defined]
        self.fields["technicien"].initial = orientation.technicien_id
