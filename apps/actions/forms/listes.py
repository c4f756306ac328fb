"""A checklist: its name, its theme, its steps, a line each; and which one a fiche takes."""

from typing import Any

from django import forms

from apps.core.acces import Acces
from apps.fiches.forms.communs import AvecVersion
from apps.fiches.models import FicheNavette
from apps.partenaires.models import Organisme
from apps.territoires.models import Theme

from ..enums import Porteur
from ..models import EtapeType, ListeType
from ..services import EtapeSaisie
from .actions import COORDINATION, DEMANDEUR

ETAPES_MAX = 20
LIGNES_LIBRES = 3


class ListeTypeForm(AvecVersion):
    nom = forms.CharField(label="Nom", max_length=120, help_text="« Reprise d’entreprise »")
    theme = forms.ModelChoiceField(
        label="Thème", queryset=Theme.objects.none(), required=False, empty_label="Tous les thèmes",
        help_text="La liste est proposée d’abord sur les fiches de ce thème.",
    )  # fmt: skip
    est_active = forms.BooleanField(label="Proposer cette liste", required=False, initial=True)

    def __init__(self, *args: Any, acces: Acces, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["theme"].queryset = Theme.objects.filter(territoire=acces.territoire_id)  # type: ignore[attr-defined]

    def valeurs(self) -> dict[str, Any]:
        return {n: self.cleaned_data[n] for n in ("nom", "theme", "est_active")}


class EtapeForm(forms.Form):
    """One step; an empty line is no step."""

    libelle = forms.CharField(label="Quoi", max_length=240, required=False)
    qui = forms.ChoiceField(label="Qui", required=False)
    delai = forms.IntegerField(
        label="Délai (jours ouvrés)", required=False, min_value=0, max_value=365, initial=10,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip

    def __init__(self, *args: Any, choix: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["qui"].choices = choix  # type: ignore[attr-defined]
        for champ in self.fields.values():
            champ.sans_mention = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        if donnees.get("libelle") and donnees.get("delai") is None and "delai" not in self.errors:
            self.add_error("delai", "Dites en combien de jours.")
        return donnees

    def etape(self, organismes: dict[str, Organisme]) -> EtapeSaisie | None:
        c = self.cleaned_data
        libelle = " ".join(c.get("libelle", "").split())
        if not libelle:
            return None
        qui = c.get("qui") or COORDINATION
        organisme = organismes.get(qui)
        porteur = Porteur.ORGANISME.value if organisme is not None else qui
        return EtapeSaisie(libelle, porteur, c["delai"], organisme)


def lire_etapes(acces: Acces, donnees: Any, liste: ListeType | None = None) -> "Etapes":
    """The lines of the form: those of the list, and some empty ones."""
    return Etapes(acces, donnees, list(liste.etapes.all()) if liste is not None else [])


class Etapes:
    """The steps of a checklist, as so many small forms. Without JavaScript: empty lines wait at the end."""

    def __init__(self, acces: Acces, donnees: Any, existantes: list[EtapeType]) -> None:
        gardes = [e.organisme_id for e in existantes if e.organisme_id]
        visibles = Organisme.objects.visibles_par(acces)
        offerts = (visibles.filter(est_actif=True) | visibles.filter(pk__in=gardes)).order_by("nom_court")
        self.organismes = {str(o.pk): o for o in offerts}
        choix = [
            (COORDINATION, "La coordination"), (DEMANDEUR, "Le demandeur"),
            ("Partenaires", [(cle, str(o)) for cle, o in self.organismes.items()]),
        ]  # fmt: skip
        self.formulaires = [
            EtapeForm(donnees, prefix=f"etape{rang}", choix=choix, initial=initial)
            for rang, initial in enumerate(self._initiales(existantes, donnees))
        ]

    def _initiales(self, existantes: list[EtapeType], donnees: Any) -> list[dict[str, Any]]:
        if donnees is not None:
            envoyees = sum(1 for rang in range(ETAPES_MAX) if f"etape{rang}-libelle" in donnees)
            return [{} for _ in range(envoyees)]
        lignes = [
            {"libelle": e.libelle, "delai": e.delai, "qui": str(e.organisme_id) if e.organisme_id else e.porteur}
            for e in existantes
        ]
        libres = min(LIGNES_LIBRES if existantes else LIGNES_LIBRES + 2, ETAPES_MAX - len(lignes))
        return [*lignes, *({} for _ in range(libres))]

    def is_valid(self) -> bool:
        valides = [f.is_valid() for f in self.formulaires]  # each says its own errors
        return all(valides)

    def valeurs(self) -> list[EtapeSaisie]:
        return [e for f in self.formulaires if (e := f.etape(self.organismes)) is not None]


class PrendreForm(forms.Form):
    liste = forms.ModelChoiceField(
        label="Quelle liste", queryset=ListeType.objects.none(), widget=forms.RadioSelect, empty_label=None,
        error_messages={"required": "Choisissez une liste."},
    )  # fmt: skip

    def __init__(self, *args: Any, acces: Acces, fiche: FicheNavette, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        actives = ListeType.objects.visibles_par(acces).filter(est_active=True).prefetch_related("etapes")
        self.fields["liste"].queryset = actives  # type: ignore[attr-defined]
        themes = set(fiche.besoins.values_list("theme_id", flat=True))
        proposees = sorted(actives, key=lambda x: (x.theme_id not in themes, x.nom))
        self.nombre = len(proposees)
        self.fields["liste"].choices = [(x.pk, str(x)) for x in proposees]  # type: ignore[attr-defined]
        self.fields["liste"].descriptions = {  # type: ignore[attr-defined]
            x.pk: " · ".join(e.libelle for e in x.etapes.all()) for x in proposees
        }
        if len(proposees) == 1 or (proposees and proposees[0].theme_id in themes):
            self.fields["liste"].initial = proposees[0].pk
