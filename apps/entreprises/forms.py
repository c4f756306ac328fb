"""Forms of entreprises: they parse and validate, services write."""

from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from apps.core.acces import Acces
from apps.personnes.edition import VersionForm
from apps.personnes.models import Personne
from apps.referentiels.enums import Nomenclature
from apps.referentiels.forms import CategorieJuridiqueField, CommuneField, NafField, SirenField, SiretField

from .enums import EtatSiret, GenreImport
from .models import Entreprise


def champ_date(libelle: str) -> forms.DateField:
    """A day, not required, as the browser's own control."""
    return forms.DateField(
        label=libelle,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
    )


class EntrepriseForm(VersionForm):
    etat_siret = forms.ChoiceField(
        label="Numéro SIRET", choices=EtatSiret.choices, widget=forms.RadioSelect, initial=EtatSiret.CONNU
    )
    siret = SiretField(required=False, help_text="14 chiffres. Les espaces sont acceptés.")
    siren = SirenField(required=False, label="SIREN", help_text="9 chiffres, si le SIRET n’est pas connu.")
    categorie_juridique = CategorieJuridiqueField(required=False)
    naf_rev2 = NafField(required=False, nomenclature=Nomenclature.NAF_REV2, label="Code NAF rév. 2")
    naf_2025 = NafField(required=False, nomenclature=Nomenclature.NAF_2025, label="Code NAF 2025")
    commune = CommuneField(required=False)
    creee_le = champ_date("Créée le")
    cessee_le = champ_date("Cessée le")

    class Meta:
        model = Entreprise
        fields = (
            "nom", "enseigne", "commune", "adresse", "code_postal", "etat_siret", "siret", "siren",
            "categorie_juridique", "natures", "naf_rev2", "naf_2025", "effectif", "effectif_annee", "tranche",
            "tranche_annee", "telephone", "courriel", "site", "creee_le", "est_active", "cessee_le",
            "est_diffusible", "note",
        )  # fmt: skip
        widgets: ClassVar[dict[str, Any]] = {
            "adresse": forms.Textarea(attrs={"rows": 2}),
            "note": forms.Textarea(attrs={"rows": 3}),
            "telephone": forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
            "effectif": forms.NumberInput(attrs={"min": 0}),
            "effectif_annee": forms.NumberInput(attrs={"min": 1990, "max": 2100}),
            "tranche_annee": forms.NumberInput(attrs={"min": 1990, "max": 2100}),
        }

    def __init__(self, *args: Any, territoire: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["commune"].territoire = territoire  # type: ignore[attr-defined]
        self.fields["nom"].label = "Nom ou raison sociale"
        self.fields["est_active"].label = "Toujours en activité"
        self.fields["est_diffusible"].label = "Visible des partenaires (champs du registre public)"
        self.fields["note"].help_text = "Factuelle, lisible par l’intéressé : ni santé ni vie privée."

    # The service says better who holds a SIRET already, and within the territoire only.
    def validate_unique(self) -> None:
        return

    def validate_constraints(self) -> None:
        return

    def clean_siret(self) -> str | None:
        return self.cleaned_data["siret"] or None

    def clean(self) -> dict[str, Any]:
        propres = super().clean() or self.cleaned_data
        siret, etat = propres.get("siret"), propres.get("etat_siret")
        if "siret" not in self.errors and etat == EtatSiret.CONNU and not siret:
            self.add_error("siret", "Saisissez le SIRET, ou choisissez « SIRET inconnu » ci-dessus.")
        if siret:
            propres["etat_siret"], propres["siren"] = EtatSiret.CONNU, siret[:9]
        for annee in ("effectif_annee", "tranche_annee"):
            if propres.get(annee) and not 1990 <= propres[annee] <= timezone.localdate().year:
                self.add_error(annee, "Cette année n’est pas possible.")
        if propres.get("effectif") is not None and not propres.get("effectif_annee"):
            propres["effectif_annee"] = timezone.localdate().year
        if propres.get("cessee_le") and propres.get("est_active"):
            self.add_error("cessee_le", "Une entreprise cessée n’est plus en activité : décochez la case au-dessus.")
        return propres


class InterlocuteurForm(forms.Form):
    """Somebody who heads the entreprise or speaks for it: a new person, or one already known (`personne`)."""

    civilite = forms.ChoiceField(label="Civilité", choices=[("", "—"), ("Mme", "Mme"), ("M.", "M.")], required=False)
    prenom = forms.CharField(label="Prénom", max_length=80, required=False)
    nom = forms.CharField(label="Nom", max_length=80)
    courriel = forms.EmailField(label="Courriel", required=False)
    telephone = forms.CharField(
        label="Téléphone", max_length=20, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    annee_naissance = forms.IntegerField(label="Année de naissance", required=False, min_value=1900, max_value=2100)
    fonction = forms.CharField(
        label="Fonction", max_length=80, required=False, help_text="Gérante, conjoint, comptable…"
    )
    est_dirigeant = forms.BooleanField(label="Dirige l’entreprise", required=False, initial=True)
    est_principal = forms.BooleanField(label="Contact principal", required=False)

    def personne(self) -> dict[str, Any]:
        """What describes the person."""
        noms = ("civilite", "prenom", "nom", "courriel", "telephone", "annee_naissance")
        return {n: self.cleaned_data[n] for n in noms}

    def lien(self) -> dict[str, Any]:
        """What describes the link."""
        return {n: self.cleaned_data[n] for n in ("fonction", "est_dirigeant", "est_principal")}


class LienForm(forms.Form):
    """The link of a known person with the entreprise."""

    fonction = forms.CharField(label="Fonction", max_length=80, required=False)
    est_dirigeant = forms.BooleanField(label="Dirige l’entreprise", required=False)
    est_principal = forms.BooleanField(label="Contact principal", required=False)


class PersonneConnueForm(forms.Form):
    """A person of the territoire, by its key."""

    personne = forms.ModelChoiceField(queryset=Personne.objects.none())

    def __init__(self, *args: Any, acces: Acces, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        connues = Personne.objects.visibles_par(acces).actives()
        self.fields["personne"].queryset = connues  # type: ignore[attr-defined]


class TableauForm(forms.Form):
    fichier = forms.FileField(
        label="Tableau d’entreprises",
        help_text="CSV ou XLSX, 5 000 lignes au plus. La première ligne nomme les colonnes.",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )
    genre = GenreImport.FICHIER


class SireneForm(forms.Form):
    fichier = forms.FileField(
        label="Fichier StockEtablissement",
        help_text="Fichier de l’INSEE, CSV ou zip.",
        widget=forms.FileInput(attrs={"accept": ".csv,.zip"}),
    )
    fichier_noms = forms.FileField(
        label="Fichier StockUniteLegale",
        required=False,
        help_text="C’est lui qui porte les noms. Sans lui, seules les entreprises à enseigne sont importées.",
        widget=forms.FileInput(attrs={"accept": ".csv,.zip"}),
    )
    genre = GenreImport.SIRENE
