"""Forms of the triage, and of a request typed for somebody else."""

from typing import Any

from django import forms

from apps.acces.services import coordination_de
from apps.comptes.models import Utilisateur
from apps.core.acces import Acces
from apps.core.texte import chiffres
from apps.entreprises.models import Entreprise
from apps.fiches.enums import Confidentialite, Origine, Priorite
from apps.fiches.models import FicheNavette
from apps.partenaires.models import Organisme
from apps.personnes.enums import CanalAccord, Portee
from apps.personnes.models import Personne
from apps.porteurs.enums import GenreProjet
from apps.referentiels.forms import CommuneField, SiretField
from apps.territoires.models import Territoire, Theme

from . import tri
from .deja_connu import DejaConnu
from .enums import Canal, GenreDemande, MotifRefus
from .models import Demande

NOUVELLE = "nouvelle"
AUCUNE = "aucune"
# The kind of projet that each answer of the public form most often means.
PROJET_PROBABLE = {GenreDemande.PROJET: GenreProjet.CREATION, GenreDemande.TRANSMISSION: GenreProjet.CESSION}


class OuvrirFicheForm(forms.Form):
    """Who and where, completed inline, then the fiche. Everything comes filled from the request."""

    titre = forms.CharField(
        label="Titre de la fiche", max_length=160, help_text="En mots : c’est ainsi que tous la nommeront."
    )
    personne = forms.ChoiceField(label="Demandeur", widget=forms.RadioSelect)
    entreprise = forms.ChoiceField(label="Entreprise", widget=forms.RadioSelect)
    genre_projet = forms.ChoiceField(
        label="Projet",
        required=False,
        choices=[("", "Pas de projet"), *GenreProjet.choices],
        help_text="Sans entreprise, un projet est nécessaire.",
    )
    themes = forms.ModelMultipleChoiceField(
        label="Besoins", queryset=Theme.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    analyse = forms.CharField(
        label="Votre analyse",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Factuel, lisible par l’intéressé, ni santé ni vie privée.",
    )
    origine = forms.ChoiceField(label="Origine", choices=Origine.choices)
    priorite = forms.ChoiceField(label="Priorité", choices=Priorite.choices)
    confidentialite = forms.ChoiceField(label="Confidentialité", choices=Confidentialite.choices)
    responsable = forms.ModelChoiceField(
        label="Personne en charge", queryset=Utilisateur.objects.none(), required=False
    )

    def __init__(
        self, *args: Any, demande: Demande, connu: DejaConnu, acces: Acces, territoire: Territoire, **kwargs: Any
    ) -> None:
        self.demande = demande
        self.connu = connu
        kwargs["initial"] = self._initial(demande, connu, acces, territoire) | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.fields["personne"].choices = [
            (str(d.personne.pk), f"{d.personne} · {d.raison}") for d in connu.personnes
        ] + [(NOUVELLE, f"Nouvelle personne : {demande.prenom} {demande.nom}".strip())]
        self.fields["entreprise"].choices = self._choix_entreprise(demande, connu)
        self.fields["themes"].queryset = Theme.objects.filter(territoire=territoire, est_actif=True)
        self.fields["responsable"].queryset = Utilisateur.objects.filter(
            pk__in=[u.pk for u in coordination_de(territoire.pk)]
        )

    @staticmethod
    def _choix_entreprise(demande: Demande, connu: DejaConnu) -> list[tuple[str, str]]:
        choix = [(str(d.entreprise.pk), f"{d.entreprise} · {d.raison}") for d in connu.entreprises]
        if demande.entreprise_nom or demande.siret:
            choix.append((NOUVELLE, f"Nouvelle entreprise : {demande.entreprise_nom or demande.siret}"))
        elif demande.genre != GenreDemande.PROJET:
            choix.append((NOUVELLE, "Nouvelle entreprise, au nom du demandeur"))
        return [*choix, (AUCUNE, "Aucune entreprise")]

    @staticmethod
    def _initial(demande: Demande, connu: DejaConnu, acces: Acces, territoire: Territoire) -> dict[str, Any]:
        if connu.entreprises:
            entreprise = str(connu.entreprises[0].entreprise.pk)
        else:
            entreprise = NOUVELLE if demande.genre != GenreDemande.PROJET or demande.entreprise_nom else AUCUNE
        return {
            "titre": tri.titre_propose(demande),
            "personne": str(connu.personnes[0].personne.pk) if connu.personnes else NOUVELLE,
            "entreprise": entreprise,
            "genre_projet": PROJET_PROBABLE.get(GenreDemande(demande.genre), "") if demande.genre else "",
            "themes": list(demande.themes.all()),
            "origine": demande.origine,
            "priorite": Priorite.NORMALE,
            "confidentialite": territoire.confidentialite_defaut,
            "responsable": acces.utilisateur_id,
        }

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        if donnees.get("entreprise") == AUCUNE and not donnees.get("genre_projet"):
            self.add_error(
                "genre_projet", "Choisissez une entreprise ou un genre de projet : la fiche porte sur l’un des deux."
            )
        return donnees

    def choix(self) -> tri.Ouverture:
        """What was confirmed, ready for `tri.ouvrir_fiche`."""
        d = self.cleaned_data
        gens = {str(x.personne.pk): x.personne for x in self.connu.personnes}
        firmes = {str(x.entreprise.pk): x.entreprise for x in self.connu.entreprises}
        personne: Personne | None = gens.get(d["personne"])
        entreprise: Entreprise | None = firmes.get(d["entreprise"])
        return tri.Ouverture(
            titre=d["titre"],
            personne=personne,
            entreprise=entreprise,
            avec_entreprise=d["entreprise"] == NOUVELLE,
            genre_projet=d["genre_projet"],
            themes=list(d["themes"]),
            analyse=d["analyse"],
            origine=d["origine"],
            priorite=d["priorite"],
            responsable=d["responsable"],
            confidentialite=d["confidentialite"],
        )


class JoindreForm(forms.Form):
    """To which open fiche; typed by its number when it is not among the likely ones."""

    fiche = forms.ChoiceField(label="Fiche", required=False, widget=forms.RadioSelect)
    numero = forms.CharField(
        label="Ou son numéro", required=False, max_length=24, help_text="Par exemple FN-2026-0042."
    )
    ouvrir_le_suivi = forms.BooleanField(
        label="Le demandeur peut suivre cette fiche",
        required=False,
        help_text="Décoché, sa page de suivi ne montre rien de la fiche avant que vous le confirmiez.",
    )

    def __init__(self, *args: Any, connu: DejaConnu, acces: Acces, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.acces = acces
        self.ouvertes = {str(f.pk): f for f in connu.fiches_ouvertes}
        if self.ouvertes:
            self.fields["fiche"].choices = [(cle, str(f)) for cle, f in self.ouvertes.items()]
        else:
            del self.fields["fiche"]

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        choisie = self.ouvertes.get(donnees.get("fiche", ""))
        numero = donnees.get("numero", "").strip().upper()
        if numero:
            choisie = FicheNavette.objects.visibles_par(self.acces).filter(numero=numero).first()
            if choisie is None:
                self.add_error("numero", f"Aucune fiche ne porte le numéro {numero}. Vérifiez l’année et les chiffres.")
        if choisie is None and not self.errors:
            self.add_error("numero", "Choisissez une fiche ou écrivez son numéro.")
        donnees["choisie"] = choisie
        return donnees


class ReponseForm(forms.Form):
    """An answer given without a fiche: a note for the register, and a mail that may be edited or left empty."""

    precision = forms.CharField(
        label="Ce qui a été dit", widget=forms.Textarea(attrs={"rows": 3}), help_text="Pour mémoire ; jamais envoyé."
    )
    reponse = forms.CharField(
        label="Courriel au demandeur",
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Laissé vide, rien n’est envoyé.",
    )

    def __init__(self, *args: Any, demande: Demande, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not demande.courriel:
            del self.fields["reponse"]


class RefusForm(ReponseForm):
    motif = forms.ChoiceField(label="Raison", choices=MotifRefus.choices)
    precision = forms.CharField(
        label="Précision",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Pour mémoire ; jamais envoyée.",
    )
    field_order = ("motif", "precision", "reponse")


class SaisieForm(forms.Form):
    """One page, under a minute: a name and one means of contact suffice."""

    prenom = forms.CharField(label="Prénom", required=False, max_length=80)
    nom = forms.CharField(label="Nom", max_length=80)
    telephone = forms.CharField(
        label="Téléphone", required=False, max_length=20, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    courriel = forms.EmailField(
        label="Courriel", required=False, help_text="Le téléphone ou le courriel : l’un des deux suffit."
    )
    canal = forms.ChoiceField(label="Reçue par", choices=[c for c in Canal.choices if c[0] != Canal.WEB])
    origine = forms.ChoiceField(label="Origine", choices=Origine.choices)
    prescripteur = forms.CharField(
        label="Adressée par", required=False, max_length=120, help_text="Un élu, un partenaire, un voisin…"
    )
    message = forms.CharField(
        label="Le besoin, avec ses mots", required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    themes = forms.ModelMultipleChoiceField(
        label="Thèmes", queryset=Theme.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    genre = forms.ChoiceField(
        label="Situation",
        required=False,
        choices=[
            ("", "Non précisée"),
            ("entreprise", "A une entreprise"),
            ("projet", "A un projet"),
            ("transmission", "Veut transmettre"),
        ],
    )
    entreprise_nom = forms.CharField(label="Entreprise", required=False, max_length=160)
    siret = SiretField(label="SIRET", required=False)
    projet = forms.CharField(label="Projet en quelques mots", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    commune = CommuneField(label="Commune", required=False)
    accord_portee = forms.ChoiceField(
        label="Accord de partage donné de vive voix",
        required=False,
        choices=Portee.choices,
        initial=Portee.AUCUNE,
        help_text="Lisez d’abord la notice à la personne. Sans accord, la coordination suit seule la demande.",
    )
    accord_organismes = forms.ModelMultipleChoiceField(
        label="Partenaires nommés",
        queryset=Organisme.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    accord_comite = forms.BooleanField(label="Et le comité technique", required=False)
    cle = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, acces: Acces, territoire: Territoire, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["themes"].queryset = Theme.objects.filter(territoire=territoire, est_actif=True)
        self.fields["accord_organismes"].queryset = Organisme.objects.visibles_par(acces).filter(est_actif=True)
        if not acces.est_coordination:
            for nom in ("accord_portee", "accord_organismes", "accord_comite"):
                del self.fields[nom]

    def clean_telephone(self) -> str:
        telephone = self.cleaned_data["telephone"]
        if telephone and not 6 <= len(chiffres(telephone)) <= 15:
            raise forms.ValidationError("Ce numéro ne semble pas complet : vérifiez ses chiffres.")
        return telephone

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        if (
            not donnees.get("telephone")
            and not donnees.get("courriel")
            and not {"telephone", "courriel"} & set(self.errors)
        ):
            self.add_error("telephone", "Indiquez un téléphone ou un courriel : l’un des deux suffit.")
        if donnees.get("accord_portee") == Portee.NOMMES and not donnees.get("accord_organismes"):
            self.add_error("accord_organismes", "Cochez au moins un partenaire, ou choisissez une autre portée.")
        return donnees

    def accord(self) -> dict[str, Any]:
        """The accord given by voice, as `deposer` takes it; only the coordination records one here."""
        d = self.cleaned_data
        portee = d.get("accord_portee") or Portee.AUCUNE
        if portee == Portee.AUCUNE and not d.get("accord_comite"):
            return {}
        canal = CanalAccord.TELEPHONE if d["canal"] == Canal.TELEPHONE else CanalAccord.ENTRETIEN
        return {
            "accord_portee": portee,
            "accord_organismes": list(d.get("accord_organismes") or []),
            "accord_comite": bool(d.get("accord_comite")),
            "accord_canal": canal,
        }
