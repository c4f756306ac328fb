"""The fiche itself, its needs, its applicants, the waiting, the accord."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.acces.models import Affectation
from apps.comptes.models import Utilisateur
from apps.core.acces import Acces, Role
from apps.documents.forms import FichiersField
from apps.partenaires.models import Organisme
from apps.personnes.enums import CanalAccord, Portee
from apps.personnes.models import Personne
from apps.territoires.models import Theme

from ..enums import (
    Confidentialite,
    Origine,
    Priorite,
)
from ..models import Besoin, FicheNavette
from .communs import RAPPEL, AvecVersion, PersonneField, champ_date, champ_texte


def coordinateurs(territoire_id: int | None) -> Any:
    """Who may be in charge of a fiche: the active coordination."""
    actives = Affectation.objects.actives().filter(territoire=territoire_id, role=Role.COORDINATION)
    return Utilisateur.objects.filter(pk__in=actives.values("utilisateur"))


class FicheForm(AvecVersion):
    """What the coordination changes on a fiche."""

    titre = forms.CharField(
        label="Titre, en mots", max_length=160, help_text="« Reprise d’une boulangerie à Cardaillac »"
    )
    priorite = forms.ChoiceField(label="Priorité", choices=Priorite.choices)
    responsable = PersonneField(
        label="Personne en charge", queryset=Utilisateur.objects.none(), required=False, empty_label="Personne encore"
    )
    suivie_seule = forms.BooleanField(
        label="La coordination suit cette fiche seule",
        required=False,
        help_text="Elle n’attend alors d’être orientée vers personne.",
    )
    origine = forms.ChoiceField(label="Origine", choices=Origine.choices)
    prescripteur = forms.CharField(label="Adressée par", required=False, max_length=120)
    confidentialite = forms.ChoiceField(
        label="Qui peut la lire", choices=Confidentialite.choices, widget=forms.RadioSelect
    )
    resume_sans_nom = champ_texte(
        "Résumé sans nom", required=False, help_text="Pour demander un avis sans que la personne soit reconnue."
    )
    confirme = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, fiche: FicheNavette, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["responsable"].queryset = coordinateurs(fiche.territoire_id)  # type: ignore[attr-defined]
        self.fields["confidentialite"].descriptions = {  # type: ignore[attr-defined]
            Confidentialite.COORDINATION: "Elle n’est adressée à personne, même déjà orientée.",
            Confidentialite.PARTENAIRES: "Et les partenaires à qui elle est adressée, dans la limite de l’accord.",
            Confidentialite.COMITE: "Et, en lecture, les membres du comité quand elle est à l’ordre du jour.",
        }

    def valeurs(self) -> dict[str, Any]:
        return {n: v for n, v in self.cleaned_data.items() if n not in ("version", "confirme")}


class BesoinForm(AvecVersion):
    theme = forms.ModelChoiceField(label="Thème", queryset=Theme.objects.none())
    paroles = champ_texte("Mots du demandeur", required=False)
    analyse = champ_texte("Analyse", required=False, help_text=RAPPEL)

    def __init__(self, *args: Any, territoire_id: int, besoin: Besoin | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        themes = Theme.objects.filter(territoire=territoire_id)
        garde = [besoin.theme_id] if besoin is not None else []
        self.fields["theme"].queryset = themes.filter(est_actif=True) | themes.filter(pk__in=garde)  # type: ignore[attr-defined]


class AttenteForm(forms.Form):
    attente_quoi = forms.CharField(
        label="Ce qui est attendu du demandeur", max_length=200, help_text="Il le lira sur sa page de suivi."
    )
    attente_jusquau = champ_date("Jusqu’au", required=False)

    def clean_attente_jusquau(self) -> date | None:
        jour = self.cleaned_data["attente_jusquau"]
        if jour is not None and jour < timezone.localdate():
            raise ValidationError("Choisissez une date à venir.")
        return jour


class AccordForm(forms.Form):
    """An accord heard on the telephone, signed on paper, or given in person."""

    canal = forms.ChoiceField(
        label="Comment",
        choices=[(c.value, c.label) for c in (CanalAccord.TELEPHONE, CanalAccord.PAPIER, CanalAccord.ENTRETIEN)],
        widget=forms.RadioSelect,
    )
    donne_le = champ_date("Donné le", required=False, help_text="Aujourd’hui si vous ne dites rien.")
    portee = forms.ChoiceField(label="Partage avec", choices=Portee.choices, widget=forms.RadioSelect)
    organismes = forms.ModelMultipleChoiceField(
        label="Lesquels", queryset=Organisme.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    comite = forms.BooleanField(label="Et le comité technique", required=False)
    preuve = FichiersField(
        required=False, maximum=1, label="Formulaire signé, numérisé", help_text="PDF ou image, gardé avec l’accord."
    )

    def __init__(self, *args: Any, acces: Acces, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organismes"].queryset = Organisme.objects.visibles_par(acces).filter(est_actif=True)  # type: ignore[attr-defined]

    def clean_donne_le(self) -> datetime | None:
        jour = self.cleaned_data["donne_le"]
        if jour is None:
            return None
        if jour > timezone.localdate():
            raise ValidationError("La date de l’accord ne peut pas être à venir.")
        if jour == timezone.localdate():
            return None
        return timezone.make_aware(datetime.combine(jour, time(12, 0)))

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        if donnees.get("portee") == Portee.NOMMES and not donnees.get("organismes"):
            self.add_error("organismes", "Choisissez au moins un partenaire.")
        if donnees.get("canal") == CanalAccord.PAPIER and not donnees.get("preuve") and "preuve" not in self.errors:
            self.add_error("preuve", "Joignez le formulaire signé, numérisé.")
        return donnees


class DemandeurForm(forms.Form):
    """One more applicant: somebody of the projet or of the enterprise, or a new person."""

    NOUVELLE = "nouvelle"
    personne = forms.ChoiceField(label="Qui", widget=forms.RadioSelect)
    prenom = forms.CharField(label="Prénom", required=False, max_length=80)
    nom = forms.CharField(label="Nom", required=False, max_length=80)
    telephone = forms.CharField(label="Téléphone", required=False, max_length=20)
    courriel = forms.EmailField(label="Courriel", required=False)

    def __init__(self, *args: Any, proches: list[Personne], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.proches = {str(p.pk): p for p in proches}
        choix = [(cle, str(p)) for cle, p in self.proches.items()]
        self.fields["personne"].choices = [*choix, (self.NOUVELLE, "Une autre personne")]  # type: ignore[attr-defined]
        self.fields["personne"].initial = choix[0][0] if choix else self.NOUVELLE

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        if donnees.get("personne") == self.NOUVELLE:
            if not donnees.get("nom"):
                self.add_error("nom", "Indiquez au moins son nom.")
            if not donnees.get("telephone") and not donnees.get("courriel") and "courriel" not in self.errors:
                self.add_error("telephone", "Indiquez un téléphone ou un courriel : l’un des deux suffit.")
        return donnees

    def choisie(self) -> Personne | None:
        """The person already known, or None for a new one."""
        return self.proches.get(self.cleaned_data["personne"])

    def nouvelle(self) -> dict[str, str]:
        """What makes the new person."""
        return {n: self.cleaned_data[n] for n in ("prenom", "nom", "telephone", "courriel")}
