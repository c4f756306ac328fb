"""Forms of the calendar: committees, séances, series, answers. They parse and validate; the services write."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from apps.acces.models import Affectation
from apps.comptes.models import Utilisateur
from apps.core.acces import Acces
from apps.core.affichage import date_longue
from apps.core.dates import est_ouvre, nom_ferie
from apps.partenaires.models import Organisme

from ..enums import JourSemaine, PorteeInstance, RangMois, Reponse
from ..models import Instance, Seance
from ..services.convocation import REPONSES

DEUX_ANS = timedelta(days=731)
SANS_NOM = "Ce texte part par courriel : n’y nommez ni personne ni entreprise."


def _jour(libelle: str, **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date", "class": "court"}, format="%Y-%m-%d")
    return forms.DateField(label=libelle, widget=widget, **options)


def _heure(libelle: str) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time", "class": "court"}, format="%H:%M")
    return forms.TimeField(label=libelle, widget=widget)


def _texte(libelle: str, *, longueur: int = 200, requis: bool = False, aide: str = "", lignes: int = 0) -> Any:
    widget = forms.Textarea(attrs={"rows": lignes}) if lignes else forms.TextInput()
    return forms.CharField(label=libelle, max_length=longueur, required=requis, help_text=aide, widget=widget)


def _lien_visio() -> forms.URLField:
    return forms.URLField(label="Lien de visioconférence", required=False, assume_scheme="https", max_length=200)


def _instances(acces: Acces) -> Any:
    return Instance.objects.visibles_par(acces).filter(est_active=True)


class MomentForm(forms.Form):
    """Day, hours and place. A public holiday or a Sunday is warned about, then accepted if confirmed."""

    jour = _jour("Date")
    malgre_ferie = forms.BooleanField(label="Tenir la séance ce jour-là quand même", required=False)
    heure_debut = _heure("De")
    heure_fin = _heure("À")
    lieu = _texte("Lieu")
    visio = _lien_visio()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.a_confirmer = False

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or self.cleaned_data
        jour = donnees.get("jour")
        if jour:
            self._verifier_jour(jour, confirme=donnees.get("malgre_ferie", False))
        debut, fin = donnees.get("heure_debut"), donnees.get("heure_fin")
        if debut and fin and fin <= debut:
            self.add_error("heure_fin", "L’heure de fin suit celle du début.")
        return donnees

    def _verifier_jour(self, jour: date, *, confirme: bool) -> None:
        if jour < timezone.localdate():
            self.add_error("jour", "Cette date est passée : choisissez-en une à venir.")
        elif not est_ouvre(jour):
            self.a_confirmer = True
            if not confirme:
                raison = f"est férié ({nom_ferie(jour)})" if nom_ferie(jour) else "n’est pas un jour ouvré"
                self.add_error(
                    "jour",
                    f"Le {date_longue(jour)} {raison} : choisissez une autre date, ou cochez la case pour la garder.",
                )

    def valeurs(self) -> dict[str, Any]:
        """What the services take."""
        return {nom: v for nom, v in self.cleaned_data.items() if nom != "malgre_ferie"}


class SeanceForm(MomentForm):
    """A new séance."""

    instance = forms.ModelChoiceField(Instance.objects.none(), label="Comité")
    conjointe = forms.ModelChoiceField(
        Instance.objects.none(),
        label="Réuni avec",
        required=False,
        help_text="Deux comités ensemble : on n’y lit que ce que chacun des deux peut lire.",
    )
    field_order = ("instance", "conjointe", "jour", "malgre_ferie", "heure_debut", "heure_fin", "lieu", "visio")

    def __init__(self, *args: Any, acces: Acces, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for nom in ("instance", "conjointe"):
            self.fields[nom].queryset = _instances(acces)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        donnees = super().clean()
        if donnees.get("conjointe") and donnees.get("conjointe") == donnees.get("instance"):
            self.add_error("conjointe", "Un comité ne se réunit pas avec lui-même.")
        return donnees


class DeplacerForm(MomentForm):
    """Another moment or place, with a word for those who were convened."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    message = _texte("Un mot à ceux qui sont convoqués", longueur=600, aide=SANS_NOM, lignes=3)


class SerieForm(forms.Form):
    """« 1st and 3rd Thursday, 9:30 to 12:00, Figeac »."""

    instance = forms.ModelChoiceField(Instance.objects.none(), label="Comité")
    rangs = forms.MultipleChoiceField(
        label="Quels jours du mois", choices=RangMois.choices, widget=forms.CheckboxSelectMultiple
    )
    jour_semaine = forms.TypedChoiceField(
        label="Jour", choices=JourSemaine.choices, coerce=int, initial=JourSemaine.JEUDI
    )
    heure_debut = _heure("De")
    heure_fin = _heure("À")
    lieu = _texte("Lieu")
    visio = _lien_visio()
    du = _jour("Du")
    au = _jour("Au", help_text="Les jours fériés sont écartés.")

    def __init__(self, *args: Any, acces: Acces, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["instance"].queryset = _instances(acces)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or self.cleaned_data
        debut, fin = donnees.get("heure_debut"), donnees.get("heure_fin")
        if debut and fin and fin <= debut:
            self.add_error("heure_fin", "L’heure de fin suit celle du début.")
        du, au = donnees.get("du"), donnees.get("au")
        if du and du < timezone.localdate():
            self.add_error("du", "Cette date est passée : choisissez-en une à venir.")
        if du and au and au < du:
            self.add_error("au", "La fin ne peut précéder le début.")
        elif du and au and au - du > DEUX_ANS:
            self.add_error("au", "Une série s’étend sur deux ans au plus : choisissez une date plus proche.")
        return donnees


class ConvocationForm(forms.Form):
    """The word that goes with the convocation."""

    message = _texte("Un mot aux membres", longueur=1500, aide=SANS_NOM, lignes=4)


class AnnulerForm(forms.Form):
    """Why; told to those who were convened."""

    motif = _texte("Raison", longueur=240, aide=SANS_NOM)


class ReponseForm(forms.Form):
    """Present, excused, or represented by somebody."""

    reponse = forms.ChoiceField(label="Réponse", choices=[(r.value, r.label) for r in REPONSES])
    represente_par = _texte("Représenté par", longueur=160)

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or self.cleaned_data
        if donnees.get("reponse") == Reponse.REPRESENTE and not donnees.get("represente_par", "").strip():
            self.add_error("represente_par", "Dites par qui : un nom, et son organisme s’il est d’ailleurs.")
        return donnees


class InviteForm(forms.Form):
    """Somebody from outside."""

    nom = _texte("Nom", longueur=120, requis=True)
    fonction = _texte("Fonction", longueur=120)
    organisme_dit = _texte("Organisme", longueur=120)
    courriel = forms.EmailField(
        label="Courriel", required=False, help_text="Sans adresse, prévenez cette personne vous-même."
    )


class SecretaireForm(forms.Form):
    """Who writes in this séance beside the coordination."""

    utilisateur = forms.ModelChoiceField(
        Utilisateur.objects.none(),
        label="Secrétaire de séance",
        required=False,
        empty_label="La coordination",
        help_text="Il prend les notes dans cette séance seulement.",
    )

    def __init__(self, *args: Any, candidats: list[Affectation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        champ = self.fields["utilisateur"]
        champ.queryset = Utilisateur.objects.filter(pk__in=[a.utilisateur_id for a in candidats])  # type: ignore[attr-defined]
        noms = {a.utilisateur_id: f"{a.utilisateur} · {a.organisme}" for a in candidats}
        champ.label_from_instance = lambda u: noms.get(u.pk, str(u))  # type: ignore[attr-defined]
        champ.sans_mention = True  # type: ignore[attr-defined]


class InstanceForm(forms.ModelForm):
    """A committee."""

    visio = _lien_visio()
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Instance
        fields = (
            "nom", "genre", "portee", "lieu", "visio", "duree", "quorum", "jours_convocation", "jours_remarques",
            "est_active",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        libelles = {
            "nom": "Nom",
            "genre": "Genre",
            "portee": "Ce que ses membres lisent",
            "est_active": "En activité",
        }
        for nom, libelle in libelles.items():
            self.fields[nom].label = libelle
        self.fields["portee"].help_text = "Seul un comité technique lit des fiches nommées."
        self.fields["est_active"].help_text = "Décoché : on n’y crée plus de séance ; les anciennes restent."

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or self.cleaned_data
        technique = donnees.get("genre") == "technique"
        if donnees.get("portee") == PorteeInstance.NOMINATIVE and not technique:
            self.add_error("portee", "Seul un comité technique lit des fiches nommées.")
        return donnees

    def valeurs(self) -> dict[str, Any]:
        return {nom: v for nom, v in self.cleaned_data.items() if nom != "version"}


class MembreForm(forms.Form):
    """An organisme, or a person of the pilotage where no names are read."""

    organisme = forms.ModelChoiceField(Organisme.objects.none(), label="Organisme", required=False)
    utilisateur = forms.ModelChoiceField(
        Utilisateur.objects.none(), label="Ou une personne du pilotage", required=False
    )

    def __init__(self, *args: Any, acces: Acces, instance: Instance, personnes: list[Utilisateur], **k: Any) -> None:
        super().__init__(*args, **k)
        siegent = instance.membres.filter(retire_le__isnull=True)
        organismes = Organisme.objects.visibles_par(acces).filter(est_actif=True)
        libres = organismes.exclude(pk__in=siegent.filter(organisme__isnull=False).values("organisme"))
        self.fields["organisme"].queryset = libres  # type: ignore[attr-defined]
        for champ in self.fields.values():
            champ.sans_mention = True  # type: ignore[attr-defined]
        if not instance.est_anonyme:
            del self.fields["utilisateur"]
            self.fields["organisme"].required = True
            return
        deja = set(siegent.values_list("utilisateur", flat=True))
        ids = [p.pk for p in personnes if p.pk not in deja]
        self.fields["utilisateur"].queryset = Utilisateur.objects.filter(pk__in=ids)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or self.cleaned_data
        choisis = [v for v in (donnees.get("organisme"), donnees.get("utilisateur")) if v]
        if len(choisis) != 1 and not self.errors:
            self.add_error("organisme", "Choisissez un organisme, ou une personne.")
        return donnees


def debut_par_defaut(instance: Instance | None, derniere: Seance | None) -> dict[str, Any]:
    """The usual hours and place of a committee: those of its last séance, else its own settings."""
    if derniere is not None:
        return {nom: getattr(derniere, nom) for nom in ("heure_debut", "heure_fin", "lieu", "visio")}
    if instance is None:
        return {}
    return {"lieu": instance.lieu, "visio": instance.visio}
