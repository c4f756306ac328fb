"""One action: what, by whom, for when."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.comptes.models import Utilisateur
from apps.core.acces import Acces
from apps.core.dates import ajouter_jours_ouvres
from apps.fiches.forms import RAPPEL, PersonneField
from apps.fiches.forms.communs import AvecVersion, champ_date, champ_texte
from apps.fiches.models import FicheNavette
from apps.partenaires.models import Organisme

from ..enums import Porteur
from ..models import Action
from ..services import personnes_possibles

DELAI_PROPOSE = 10
QUI = "Qui"
COORDINATION, DEMANDEUR = Porteur.COORDINATION.value, Porteur.DEMANDEUR.value


def _organismes(acces: Acces, garde: int | None = None) -> Any:
    """The active partners, and the one that already holds the action."""
    visibles = Organisme.objects.visibles_par(acces)
    return visibles.filter(est_actif=True) | visibles.filter(pk=garde)


def choix_porteurs(acces: Acces, fiche: FicheNavette | None, garde: int | None = None) -> list[tuple[str, Any]]:
    """« Qui »: the coordination, the applicant when there is a fiche, then the partners by name."""
    ici = [(COORDINATION, "La coordination")]
    if fiche is not None:
        ici.append((DEMANDEUR, "Le demandeur"))
    partenaires = [(str(o.pk), str(o)) for o in _organismes(acces, garde).order_by("nom_court")]
    return [("", "Choisir…"), *ici, ("Partenaires", partenaires)]


class PorteurMixin(forms.Form):
    """« Qui » in one list: a code for the coordination and the applicant, a number for a partner."""

    def porteur(self) -> dict[str, Any]:
        """`porteur` and `organisme`, as the services take them."""
        qui = self.cleaned_data["qui"]
        if qui in (COORDINATION, DEMANDEUR):
            return {"porteur": qui, "organisme": None}
        return {"porteur": Porteur.ORGANISME.value, "organisme": Organisme.objects.get(pk=int(qui))}

    def _offrir(self, acces: Acces, fiche: FicheNavette | None, garde: int | None = None) -> None:
        """A référent acts for its own organisme and chooses nothing."""
        if acces.est_coordination:
            self.fields["qui"].choices = choix_porteurs(acces, fiche, garde)  # type: ignore[attr-defined]
            return
        self.fields["qui"].choices = [(str(acces.organisme_id), "Votre organisme")]  # type: ignore[attr-defined]
        self.fields["qui"].initial = str(acces.organisme_id)
        self.fields["qui"].widget = forms.HiddenInput()


def champ_libelle() -> forms.CharField:
    return forms.CharField(
        label="Quoi",
        max_length=240,
        help_text=f"En une phrase{chr(0xA0)}: « Évaluer le fonds ». {RAPPEL}",
        error_messages={"required": "Dites ce qu’il y a à faire."},
    )


class ActionForm(PorteurMixin):
    """A new action; `orienter` sends the fiche along to a partner that does not read it yet."""

    libelle = champ_libelle()
    qui = forms.ChoiceField(label=QUI, error_messages={"required": "Dites qui s’en charge."})
    responsable = PersonneField(
        label="Confiée à", queryset=Utilisateur.objects.none(), required=False, empty_label="Personne en particulier"
    )
    echeance = champ_date("Pour le")
    orienter = forms.BooleanField(
        label="Orienter aussi la fiche vers ce partenaire, s’il ne la lit pas encore",
        required=False,
        help_text="Pour un accompagnement, dans la limite de l’accord de partage. Sans cela, il ne verra pas l’action.",
    )

    def __init__(self, *args: Any, acces: Acces, fiche: FicheNavette | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.acces = acces
        self._offrir(acces, fiche)
        jour = ajouter_jours_ouvres(timezone.localdate(), DELAI_PROPOSE)
        self.fields["echeance"].initial = jour
        porteur = COORDINATION if acces.est_coordination else Porteur.ORGANISME.value
        self.fields["responsable"].queryset = personnes_possibles(acces.territoire_id, porteur, acces.organisme_id)  # type: ignore[attr-defined]
        if acces.est_coordination:
            self.fields["responsable"].help_text = "Pour la coordination. Un partenaire choisit lui-même."
        if fiche is None or not acces.est_coordination:
            del self.fields["orienter"]
        if fiche is not None and acces.est_coordination:
            self.fields["qui"].help_text = "Ce que porte le demandeur, il le lit sur sa page de suivi."

    def clean_echeance(self) -> date:
        return a_venir(self.cleaned_data["echeance"])

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        if self.acces.est_coordination and donnees.get("responsable") and donnees.get("qui") not in ("", COORDINATION):
            self.add_error("responsable", "Choisissez une personne seulement quand la coordination s’en charge.")
        return donnees

    def valeurs(self) -> dict[str, Any]:
        c = self.cleaned_data
        return {
            "libelle": c["libelle"], "echeance": c["echeance"], "responsable": c["responsable"], **self.porteur(),
        }  # fmt: skip


def a_venir(jour: date) -> date:
    """Today or later, and not by mistake in another century."""
    aujourd_hui = timezone.localdate()
    if jour < aujourd_hui:
        raise ValidationError("Choisissez une date à venir.")
    if jour > aujourd_hui + timedelta(days=3 * 366):
        raise ValidationError("Cette date est bien lointaine : vérifiez l’année.")
    return jour


class ModifierForm(PorteurMixin, AvecVersion):
    """Its words and its holder. The date has its own form, which keeps the first one."""

    libelle = champ_libelle()
    qui = forms.ChoiceField(label=QUI, error_messages={"required": "Dites qui s’en charge."})

    def __init__(self, *args: Any, acces: Acces, action: Action, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).update(
            libelle=action.libelle, version=action.version,
            qui=str(action.organisme_id) if action.organisme_id else action.porteur,
        )  # fmt: skip
        super().__init__(*args, **kwargs)
        self._offrir(acces, action.fiche, action.organisme_id)

    def valeurs(self) -> dict[str, Any]:
        return {"libelle": self.cleaned_data["libelle"], **self.porteur()}


class ConfierForm(AvecVersion):
    responsable = PersonneField(
        label="Confier à", queryset=Utilisateur.objects.none(), required=False, empty_label="Personne en particulier"
    )

    def __init__(self, *args: Any, action: Action, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).update(responsable=action.responsable_id, version=action.version)
        super().__init__(*args, **kwargs)
        self.fields["responsable"].queryset = personnes_possibles(  # type: ignore[attr-defined]
            action.territoire_id, action.porteur, action.organisme_id
        )


class ReporterForm(forms.Form):
    vers = champ_date("Nouvelle date")
    motif = forms.CharField(
        label="Pourquoi", required=False, max_length=240, help_text="Lu par ceux qui lisent la fiche."
    )

    def __init__(self, *args: Any, action: Action, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        depart = max(action.echeance, timezone.localdate())
        self.fields["vers"].initial = ajouter_jours_ouvres(depart, DELAI_PROPOSE)

    def clean_vers(self) -> date:
        return a_venir(self.cleaned_data["vers"])


class FaireForm(forms.Form):
    texte = champ_texte("Ce qui a été obtenu", required=False, help_text=RAPPEL, lignes=3)


class AbandonForm(forms.Form):
    texte = champ_texte("Pourquoi elle est abandonnée", help_text=RAPPEL, lignes=3)
