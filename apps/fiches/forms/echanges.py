"""Échanges and pièces."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.texte import nettoyer
from apps.documents.forms import FichiersField
from apps.partenaires.models import Organisme

from ..enums import (
    GenreEchange,
    Visibilite,
)
from .communs import RAPPEL, AvecVersion, champ_date, champ_texte, champ_visibilite


class EchangeForm(forms.Form):
    """A call noted in one line: kind, words, who reads. The rest only when needed."""

    genre = forms.ChoiceField(label="Quoi", choices=GenreEchange.choices, initial=GenreEchange.APPEL)
    texte = champ_texte("En bref", required=True, help_text=RAPPEL, lignes=3)
    visibilite = champ_visibilite()
    jour = champ_date(
        "Quand", required=False, help_text="Aujourd’hui si vous ne dites rien ; une date à venir se lit « prévu »."
    )
    heure = forms.TimeField(
        label="Heure",
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        input_formats=["%H:%M", "%H:%M:%S"],
        error_messages={"invalid": "Écrivez l’heure comme 16:20."},
    )
    avec_demandeur = forms.BooleanField(label="Avec le demandeur", required=False, initial=True)
    organismes = forms.ModelMultipleChoiceField(
        label="Partenaires présents",
        queryset=Organisme.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    autres = forms.CharField(
        label="Autres personnes présentes", required=False, max_length=300, help_text="Séparées par des virgules."
    )
    fichiers = FichiersField(required=False)

    def __init__(self, *args: Any, acces: Acces, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organismes"].queryset = Organisme.objects.visibles_par(acces).filter(est_actif=True)  # type: ignore[attr-defined]

    def donnees(self) -> dict[str, Any]:
        """The arguments of services.noter_echange."""
        c = self.cleaned_data
        jour: date | None = c.get("jour")
        heure: time | None = c.get("heure")
        moment = None
        if jour is not None or heure is not None:
            moment = timezone.make_aware(datetime.combine(jour or timezone.localdate(), heure or time(12, 0)))
        noms = [n.strip() for n in nettoyer(c.get("autres", "")).split(",") if n.strip()]
        return {
            "genre": c["genre"],
            "texte": c["texte"],
            "survenu_le": moment,
            "a_une_heure": True if moment is None else heure is not None,
            "avec_demandeur": c["avec_demandeur"],
            "participants": [*c["organismes"], *noms],
            "visibilite": c["visibilite"],
        }


class EchangeRapideForm(forms.Form):
    """On the page itself: two clicks and one line."""

    genre = forms.ChoiceField(label="Quoi", choices=GenreEchange.choices, initial=GenreEchange.APPEL)
    texte = forms.CharField(
        label="En une ligne",
        max_length=2000,
        help_text=RAPPEL,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    visibilite = forms.ChoiceField(label="Qui lira", choices=Visibilite.choices, initial=Visibilite.PARTENAIRES)


class EchangeModifierForm(EchangeForm, AvecVersion):
    """As noted, without files."""

    fichiers = None  # type: ignore[assignment]


class PieceForm(forms.Form):
    fichiers = FichiersField(required=True)
    titre = forms.CharField(
        label="Titre", required=False, max_length=150, help_text="Le nom du fichier si vous ne dites rien."
    )
    visibilite = champ_visibilite()
