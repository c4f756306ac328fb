"""Forms of the team: invitations, departures, absences."""

from typing import Any

from django import forms

from apps.core.acces import Acces, Role
from apps.partenaires.models import Organisme

from ..models import ROLES_PARTENAIRES, Affectation, Invitation, Qualite
from ..permissions import roles_invitables
from ..services import Reprise

DESCRIPTIONS = {
    Role.COORDINATION: "Voit et fait tout sur le territoire.",
    Role.REFERENT: "Représente un organisme : répond aux orientations, siège au comité.",
    Role.TECHNICIEN: "Travaille, dans un organisme, sur les fiches qu’on lui confie.",
    Role.ACCUEIL: "Mairie ou France Services : saisit des demandes et suit les siennes.",
    Role.PILOTAGE: "Voit les chiffres, jamais une fiche.",
    Role.DPO: "Registre, droits des personnes, journal des accès.",
}


def champ_date(**options: Any) -> forms.DateField:
    """A date with the browser's own picker."""
    return forms.DateField(
        widget=forms.DateInput(attrs={"type": "date", "class": "court"}, format="%Y-%m-%d"), **options
    )


class InvitationForm(forms.ModelForm):
    class Meta:
        model = Invitation
        fields = (
            "role",
            "organisme",
            "qualite",
            "lieu",
            "civilite",
            "prenom",
            "nom",
            "courriel",
            "telephone",
            "fonction",
        )

    def __init__(self, *args: Any, acces: Acces, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.acces = acces
        roles = roles_invitables(acces)
        self.fields["role"] = forms.ChoiceField(
            label="Rôle", choices=[(r.value, r.label) for r in roles], widget=forms.RadioSelect
        )
        self.fields["role"].descriptions = {r.value: DESCRIPTIONS[r] for r in roles}  # type: ignore[attr-defined]
        organismes = Organisme.objects.visibles_par(acces).filter(est_actif=True)
        if not acces.est_coordination:
            organismes = organismes.filter(pk=acces.organisme_id)
            self.fields["organisme"].initial = acces.organisme_id
            self.fields["role"].help_text = "Un référent que vous proposez attend l’accord de la coordination."
        self.fields["organisme"].queryset = organismes
        self.fields["organisme"].empty_label = "Aucun"
        self.fields["organisme"].help_text = "Pour un référent ou un technicien."
        self.fields["qualite"].help_text = "Pour un référent. Les droits sont les mêmes ; le titulaire reçoit d’abord."
        self.fields["nom"].label, self.fields["fonction"].label = "Nom", "Fonction"
        self.fields["telephone"].widget.input_type = "tel"

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        role, organisme = donnees.get("role"), donnees.get("organisme")
        if role in ROLES_PARTENAIRES and organisme is None:
            self.add_error("organisme", "Choisissez l’organisme de cette personne.")
        if role not in ROLES_PARTENAIRES:
            donnees["organisme"] = None
        if role != Role.REFERENT:
            donnees["qualite"] = Qualite.TITULAIRE
        if role != Role.ACCUEIL:
            donnees["lieu"] = ""
        return donnees

    def _post_clean(self) -> None:
        """The service builds the invitation, and checks it; nothing is written to an instance here."""


class DepartForm(forms.Form):
    """To whom the open work of somebody who leaves goes: one question a capacity."""

    def __init__(self, *args: Any, reprises: list[Reprise], noms: dict[int | None, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reprises = [r for r in reprises if r.collegues]
        for rang, reprise in enumerate(self.reprises):
            self.fields[f"vers_{rang}"] = forms.ChoiceField(
                label=f"{noms[reprise.organisme_id]} : à qui vont {_enumerer(reprise.travaux)} ?",
                choices=[("", "Choisir…"), *((str(u.pk), str(u)) for u in reprise.collegues)],
            )

    def vers(self) -> dict[int | None, Any]:
        """Capacity → colleague, from valid data."""
        return {
            r.organisme_id: next(u for u in r.collegues if str(u.pk) == self.cleaned_data[f"vers_{rang}"])
            for rang, r in enumerate(self.reprises)
        }


def _enumerer(mots: list[str]) -> str:
    return mots[0] if len(mots) == 1 else f"{', '.join(mots[:-1])} et {mots[-1]}"


class AffectationField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Affectation) -> str:
        return f"{obj.utilisateur} · {obj.organisme or obj.get_role_display()}"


class AbsenceForm(forms.Form):
    affectation = AffectationField(label="Qui est absent", queryset=Affectation.objects.none(), empty_label="Choisir…")
    du = champ_date(label="Du")
    au = champ_date(label="Jusqu’au", help_text="Ce jour compris.")
    remplacant = AffectationField(
        label="Qui répond à sa place",
        queryset=Affectation.objects.none(),
        required=False,
        empty_label="Le suppléant de l’organisme",
        help_text="Une personne du même organisme.",
    )

    def __init__(self, *args: Any, acces: Acces, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        equipe = (
            Affectation.objects.visibles_par(acces)
            .actives()
            .filter(role__in=[Role.COORDINATION, *ROLES_PARTENAIRES])
            .select_related("utilisateur", "organisme")
            .order_by("organisme__nom", "utilisateur__nom", "pk")
        )
        absents = (
            equipe if acces.est_coordination or acces.est_referent else equipe.filter(utilisateur=acces.utilisateur_id)
        )
        self.fields["affectation"].queryset = absents  # type: ignore[attr-defined]
        self.fields["remplacant"].queryset = equipe  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        qui, remplacant = donnees.get("affectation"), donnees.get("remplacant")
        if donnees.get("du") and donnees.get("au") and donnees["au"] < donnees["du"]:
            self.add_error("au", "Le retour ne peut précéder le départ.")
        if (
            qui
            and remplacant
            and (qui.organisme_id != remplacant.organisme_id or qui.utilisateur_id == remplacant.utilisateur_id)
        ):
            self.add_error("remplacant", "Choisissez une autre personne du même organisme.")
        return donnees
