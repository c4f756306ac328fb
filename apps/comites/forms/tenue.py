"""What note-takers type, each part alone or all together: synthesis, decision, action, presence."""

import json
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone

from apps.actions.enums import Porteur
from apps.fiches.enums import MotifCloture
from apps.partenaires.models import Organisme

from ..enums import EtatPresence, GenreDecision
from ..models import Presence, Seance
from ..services.saisie import CHAMPS_DECISION

DATES = ("attendu_le", "revoir_le")


class SyntheseForm(forms.Form):
    """`base` is the text that this one was typed over; `envoye`, texts sent whose answer never came back."""

    synthese = forms.CharField(required=False, strip=False, label="Synthèse de la discussion")
    base = forms.CharField(required=False, strip=False)
    version = forms.IntegerField(required=False)

    def donnees(self) -> dict[str, Any]:
        return {
            "texte": self.cleaned_data["synthese"],
            "base": self.cleaned_data["base"],
            "envoyes": self.data.getlist("envoye"),  # type: ignore[attr-defined]
            "version": None if self.data.get("partie") else self.cleaned_data["version"],
        }


class DecisionForm(forms.Form):
    """What is decided; `decision_base` is what the form showed, to see what somebody else changed meanwhile."""

    genre = forms.ChoiceField(choices=[("", ""), *GenreDecision.choices], required=False, label="Décision")
    motif = forms.CharField(required=False, label="Raison")
    precision = forms.CharField(required=False, max_length=240, label="Précision")
    organismes = forms.ModelMultipleChoiceField(Organisme.objects.none(), required=False, label="Vers")
    motif_cloture = forms.ChoiceField(
        choices=[("", ""), *MotifCloture.choices], required=False, label="La fiche se clôt comme"
    )
    attendu_le = forms.DateField(required=False, label="Pour le")
    revoir_le = forms.DateField(required=False, label="Revoir")
    decision_base = forms.CharField(required=False)

    def __init__(self, *args: Any, territoire_id: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        champ: Any = self.fields["organismes"]
        champ.queryset = Organisme.objects.filter(territoire=territoire_id)

    def donnees(self) -> dict[str, Any]:
        """The values as a decision carries them."""
        lues: dict[str, Any] = {nom: self.cleaned_data[nom] or "" for nom in CHAMPS_DECISION if nom != "organismes"}
        for nom in DATES:
            lues[nom] = lues[nom].isoformat() if lues[nom] else ""
        return {**lues, "organismes": sorted(o.pk for o in self.cleaned_data["organismes"])}

    def base(self) -> dict[str, Any] | None:
        """What was shown; None when it cannot be read."""
        try:
            lue = json.loads(self.cleaned_data["decision_base"])
        except ValueError:
            return None
        return {n: v for n, v in lue.items() if n in CHAMPS_DECISION} if isinstance(lue, dict) else None


class ActionForm(forms.Form):
    """One line: who, what, by when. `a_qui` is an organisme's key, « coordination » or « demandeur »."""

    a_cle = forms.UUIDField()
    a_qui = forms.CharField(label="Qui", error_messages={"required": "Dites qui fait cette action."})
    a_libelle = forms.CharField(
        label="Quoi", max_length=240, error_messages={"required": "Dites ce qu’il y a à faire."}
    )
    a_echeance = forms.DateField(label="Pour le", error_messages={"required": "Dites pour quand."})

    def __init__(self, *args: Any, territoire_id: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.territoire_id = territoire_id

    def clean_a_qui(self) -> str | Organisme:
        qui = self.cleaned_data["a_qui"]
        if qui in (Porteur.COORDINATION, Porteur.DEMANDEUR):
            return qui
        actifs = Organisme.objects.filter(territoire=self.territoire_id, est_actif=True)
        organisme = actifs.filter(pk=int(qui)).first() if qui.isdecimal() and len(qui) < 18 else None
        if organisme is None:
            raise forms.ValidationError("Ce partenaire n’est pas dans la liste.")
        return organisme

    def donnees(self) -> dict[str, Any]:
        qui = self.cleaned_data["a_qui"]
        organisme = qui if isinstance(qui, Organisme) else None
        return {
            "cle": self.cleaned_data["a_cle"],
            "libelle": self.cleaned_data["a_libelle"],
            "echeance": self.cleaned_data["a_echeance"],
            "porteur": Porteur.ORGANISME if organisme is not None else qui,
            "organisme": organisme,
        }


class PresenceForm(forms.Form):
    """One row of the list; hours are those of the day of the séance."""

    etat = forms.ChoiceField(choices=EtatPresence.choices, label="Présence")
    personnes = forms.CharField(required=False, max_length=240, label="Qui est là")
    represente_par = forms.CharField(required=False, max_length=160, label="Représenté par")
    arrivee = forms.TimeField(required=False, label="Arrivée")
    depart = forms.TimeField(required=False, label="Départ")
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, presence: Presence, **kwargs: Any) -> None:
        self.presence = presence
        kwargs.setdefault("prefix", f"p{presence.pk}")
        super().__init__(*args, initial=self._initial(presence), **kwargs)

    @staticmethod
    def _initial(presence: Presence) -> dict[str, Any]:
        return {
            "etat": presence.etat,
            "personnes": presence.personnes,
            "represente_par": presence.represente_par,
            "arrivee": heure_de(presence.arrivee_le),
            "depart": heure_de(presence.depart_le),
            "version": presence.version,
        }

    def reprendre(self, actuelle: Presence) -> None:
        """Kept as typed, over the row that is stored now: saved again, it stands."""
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data[self.add_prefix("version")] = str(actuelle.version)  # type: ignore[index]

    def donnees(self, seance: Seance) -> dict[str, Any]:
        lues = self.cleaned_data
        return {
            "etat": lues["etat"],
            "personnes": lues["personnes"],
            "represente_par": lues["represente_par"],
            "arrivee_le": _moment(seance.jour, lues["arrivee"], self.presence.arrivee_le),
            "depart_le": _moment(seance.jour, lues["depart"], self.presence.depart_le),
        }


def heure_de(moment: datetime | None) -> time | None:
    """The hour and minute of a moment, in the site's time zone."""
    return timezone.localtime(moment).time().replace(second=0, microsecond=0) if moment else None


def _moment(jour: date, heure: time | None, avant: datetime | None) -> datetime | None:
    """That hour on that day; untouched, the very moment that was noted."""
    if heure is None:
        return None
    if avant is not None and heure_de(avant) == heure:
        return avant
    return timezone.make_aware(datetime.combine(jour, heure))
