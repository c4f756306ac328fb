"""A point of the agenda: a fiche, a free topic, a proposal; and the anonymous versions."""

from typing import Any

from django import forms

from apps.core.acces import Acces
from apps.fiches.forms.communs import AvecVersion, champ_texte
from apps.fiches.models import FicheNavette
from apps.partenaires.models import Organisme

from ..enums import ChoixRestreint, ModePoint, TraitementPoint
from ..lecture import accord_couvre_comite, comite_peut_lire
from ..models import PointOrdreDuJour, Seance
from ..mots import titre_court

MINUTES_MAX = 240
AIDE_QUESTION = "Ce que le comité doit trancher, en une phrase."
RESUME = "Résumé sans nom"


class SeanceField(forms.ModelChoiceField):
    """A séance by its committee and its day."""

    def label_from_instance(self, obj: Any) -> str:
        return titre_court(obj)


class FicheField(forms.ModelChoiceField):
    """A fiche by its number and title."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.numero} · {obj.titre}"


def champ_minutes() -> forms.IntegerField:
    return forms.IntegerField(
        label="Durée prévue (minutes)", min_value=1, max_value=MINUTES_MAX, initial=10,
        error_messages={"invalid": "Écrivez un nombre de minutes.", "min_value": "Au moins une minute."},
    )  # fmt: skip


class PointForm(AvecVersion):
    """What every point has."""

    question = champ_texte("Question posée au comité", required=False, help_text=AIDE_QUESTION, lignes=2)
    traitement = forms.ChoiceField(
        label="Genre de point", choices=TraitementPoint.choices, initial=TraitementPoint.A_TRAITER
    )
    minutes = champ_minutes()
    rapporteur = forms.ModelChoiceField(
        label="Présenté par", queryset=Organisme.objects.none(), required=False, empty_label="La coordination"
    )

    def __init__(self, *args: Any, acces: Acces, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rapporteur"].queryset = Organisme.objects.visibles_par(acces).filter(est_actif=True)  # type: ignore[attr-defined]

    def valeurs(self) -> dict[str, Any]:
        return {n: v for n, v in self.cleaned_data.items() if n in ("question", "traitement", "minutes", "rapporteur")}


class SujetForm(PointForm):
    """A free topic; reserved, the members do not see it."""

    titre = forms.CharField(label="Sujet", max_length=200)
    reserve = forms.BooleanField(
        label="Réserver ce point à la coordination", required=False, help_text="Les membres ne le voient pas."
    )
    field_order = ("titre", "question", "traitement", "minutes", "rapporteur", "reserve", "version")

    def valeurs(self) -> dict[str, Any]:
        mode = ModePoint.RESERVE if self.cleaned_data["reserve"] else ModePoint.NOMINATIF
        return {**super().valeurs(), "titre": self.cleaned_data["titre"], "mode": mode}


class PointFicheForm(PointForm):
    """A fiche: how it comes before the committee, asked only where there is a choice."""

    mode = forms.ChoiceField(label="Comment le comité la lit", widget=forms.RadioSelect)
    resume = champ_texte(
        RESUME, required=False, lignes=3,
        help_text="Tout ce que le comité lira si elle est traitée sans nom. Ni nom, ni adresse, ni commune.",
    )  # fmt: skip
    field_order = ("question", "mode", "resume", "traitement", "minutes", "rapporteur", "version")

    def __init__(self, *args: Any, seance: Seance, fiche: FicheNavette, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.restreinte = not comite_peut_lire(fiche)
        self.accord_couvre = accord_couvre_comite(fiche)
        self.fields["resume"].initial = fiche.resume_sans_nom
        if seance.est_anonyme:
            del self.fields["mode"], self.fields["resume"]
        else:
            self._proposer_modes()

    def _proposer_modes(self) -> None:
        champ = self.fields["mode"]
        nommer: list[tuple[str, str]] = [] if self.restreinte else [(ModePoint.NOMINATIF, "Avec les noms")]
        if self.restreinte and self.accord_couvre:
            nommer = [(ChoixRestreint.ELARGIR, "L’ouvrir au comité, avec les noms")]
        champ.choices = [  # type: ignore[attr-defined]
            *nommer,
            (ModePoint.SANS_NOM, "Sans nom, sur le résumé"),
            (ModePoint.RESERVE, "Point réservé à la coordination"),
        ]
        champ.descriptions = {  # type: ignore[attr-defined]
            ModePoint.NOMINATIF: "Les membres liés par une convention lisent la fiche dès la convocation.",
            ChoixRestreint.ELARGIR: "L’accord de partage le permet : elle devient lisible par le comité, "
            "à cette séance et aux suivantes.",
            ModePoint.SANS_NOM: "Le comité ne lit que le résumé et les thèmes.",
            ModePoint.RESERVE: "Les membres ne voient pas ce point.",
        }
        if not self.restreinte:
            champ.initial = ModePoint.NOMINATIF
        if self.restreinte and not self.accord_couvre:
            champ.help_text = "L’accord de partage ne couvre pas le comité : la fiche ne peut pas être nommée."

    def valeurs(self) -> dict[str, Any]:
        valeurs = super().valeurs()
        mode = self.cleaned_data.get("mode")
        if mode is None:
            return valeurs
        elargir = mode == ChoixRestreint.ELARGIR
        resume = self.cleaned_data["resume"] if mode == ModePoint.SANS_NOM else None
        return {**valeurs, "mode": ModePoint.NOMINATIF if elargir else mode, "elargir": elargir, "resume": resume}


def initial_du_point(point: PointOrdreDuJour) -> dict[str, Any]:
    """What the edit form shows of a stored point."""
    noms = ("question", "traitement", "minutes", "rapporteur", "mode", "titre", "version")
    return {**{n: getattr(point, n) for n in noms}, "reserve": point.mode == ModePoint.RESERVE}


class ProposerForm(forms.Form):
    """A référent asks the committee something about one of its fiches."""

    seance = SeanceField(label="Séance", queryset=Seance.objects.none(), empty_label=None)
    question = champ_texte(
        "Votre question au comité", lignes=3, maximum=1000,
        help_text="Lue par la coordination, puis par les membres si elle met la fiche à l’ordre du jour.",
    )  # fmt: skip

    def __init__(self, *args: Any, seances: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seance"].queryset = seances  # type: ignore[attr-defined]


class ProposerDepuisSeanceForm(forms.Form):
    """The same, from the page of a séance: which fiche."""

    fiche = FicheField(label="Fiche", queryset=FicheNavette.objects.none(), empty_label="Choisir…")
    question = ProposerForm.base_fields["question"]

    def __init__(self, *args: Any, fiches: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fiche"].queryset = fiches  # type: ignore[attr-defined]


class ChoixSeanceForm(forms.Form):
    """On which agenda the coordination puts a fiche."""

    seance = SeanceField(label="Séance", queryset=Seance.objects.none(), empty_label=None)

    def __init__(self, *args: Any, seances: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seance"].queryset = seances  # type: ignore[attr-defined]


class VersionAnonymeForm(AvecVersion):
    """The summary that élus will read."""

    texte = champ_texte(
        "Résumé pour les élus", lignes=6, maximum=2000,
        help_text="Ni nom, ni commune, ni rien qui permette de reconnaître. L’intercommunalité, l’activité et le "
        "thème s’affichent à côté.",
    )  # fmt: skip
