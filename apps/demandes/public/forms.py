"""The three steps, at most five fields each, and the forms of the tracking page. They parse and validate only."""

from collections.abc import Iterable
from typing import Any

from django import forms

from apps.core.texte import nettoyer
from apps.documents.forms import FichiersField
from apps.partenaires.models import Organisme
from apps.personnes.enums import Portee, PreferenceContact
from apps.territoires.models import Territoire, Theme

from ..accords import portee_de
from ..enums import GenreDemande
from .champs import (
    CommuneLibreField,
    CourrielField,
    EntrepriseField,
    EntrepriseSaisie,
    LigneField,
    NombreField,
    NomField,
    TelephoneField,
    TexteLibreField,
)

TOUS = "tous"
TEXTE_MAX = 4000


def sans_mention(form: forms.Form, *noms: str) -> None:
    """These fields depend on one another: « (facultatif) » would say too much of each."""
    for nom in noms:
        if nom in form.fields:
            form.fields[nom].sans_mention = True  # type: ignore[attr-defined]


class EtapeForm(forms.Form):
    """Base of the steps: knows its territoire, and what of a POST may be kept as it was typed."""

    def __init__(self, *args: Any, territoire: Territoire, **kwargs: Any) -> None:
        self.territoire = territoire
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def a_garder(self, data: Any) -> dict[str, list[str]]:
        """The typed values of this step's fields, cleaned and bounded, whether they are valid or not."""
        gardees: dict[str, list[str]] = {}
        for nom, champ in self.fields.items():
            if isinstance(champ, FichiersField):
                continue
            longueur = min(getattr(champ, "max_length", None) or 200, TEXTE_MAX)
            valeurs = [nettoyer(str(v))[:longueur] for v in data.getlist(nom)[:60]]
            if any(valeurs):
                gardees[nom] = valeurs
        return gardees

    def initiales(self, gardees: dict[str, list[str]]) -> dict[str, Any]:
        """What was kept, as the initial values of the fields."""
        return {
            nom: gardees[nom] if isinstance(champ.widget, forms.CheckboxSelectMultiple) else gardees[nom][-1]
            for nom, champ in self.fields.items()
            if nom in gardees
        }


class VousForm(EtapeForm):
    prenom = NomField(
        label="Prénom", required=False, max_length=80, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    nom = NomField(
        label="Nom",
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
        error_messages={"required": "Indiquez votre nom."},
    )
    courriel = CourrielField(
        label="Courriel",
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": "Cette adresse n’est pas complète : par exemple prenom.nom@exemple.fr."},
    )
    telephone = TelephoneField(
        label="Téléphone",
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        help_text="Un courriel ou un téléphone\u00a0: l’un des deux suffit.",
    )
    preference_contact = forms.ChoiceField(
        label="Comment préférez-vous être contacté\u00a0?",
        required=False,
        choices=PreferenceContact.choices,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sans_mention(self, "courriel", "telephone")

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        en_erreur = {"courriel", "telephone"} & set(self.errors)
        if not donnees.get("courriel") and not donnees.get("telephone") and not en_erreur:
            self.add_error("courriel", "Indiquez un courriel ou un téléphone\u00a0: l’un des deux suffit.")
        preference = donnees.get("preference_contact")
        if (
            preference == PreferenceContact.COURRIEL
            and donnees.get("telephone")
            and not donnees.get("courriel")
            and not en_erreur
        ):
            self.add_error(
                "courriel", "Vous préférez le courriel\u00a0: indiquez votre adresse, ou choisissez le téléphone."
            )
        if (
            preference == PreferenceContact.TELEPHONE
            and donnees.get("courriel")
            and not donnees.get("telephone")
            and not en_erreur
        ):
            self.add_error(
                "telephone", "Vous préférez le téléphone\u00a0: indiquez un numéro, ou choisissez le courriel."
            )
        return donnees


class ProjetForm(EtapeForm):
    genre = forms.ChoiceField(
        label="Où en êtes-vous\u00a0?",
        choices=GenreDemande.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez la situation la plus proche de la vôtre."},
    )
    entreprise = EntrepriseField(
        label="Votre entreprise",
        required=False,
        max_length=160,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        help_text="Son nom, ou son numéro SIRET si vous l’avez. Pas encore d’entreprise\u00a0? Laissez vide.",
    )
    projet = TexteLibreField(
        label="Votre activité ou votre projet en quelques mots",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    commune = CommuneLibreField(
        label="Commune de l’entreprise ou du projet",
        max_length=120,
        widget=forms.TextInput(attrs={"list": "communes", "autocomplete": "off"}),
        error_messages={"required": "Indiquez la commune, même si elle n’est pas encore sûre."},
    )
    emplois_prevus = NombreField(
        label="Emplois prévus",
        required=False,
        min_value=0,
        max_value=9999,
        max_digits=6,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text="Le vôtre compris, si vous créez ou reprenez.",
        error_messages={"invalid": "Écrivez un nombre, par exemple 2 ou 1,5."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sans_mention(self, "entreprise", "projet")
        self.fields["commune"].territoire = self.territoire  # type: ignore[attr-defined]
        self.fields["genre"].descriptions = {  # type: ignore[attr-defined]
            GenreDemande.PROJET: "création, reprise, installation… même sans numéro SIRET",
            GenreDemande.TRANSMISSION: "cession, départ à la retraite, recherche d’un repreneur",
        }

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        genre, entreprise = donnees.get("genre"), donnees.get("entreprise") or EntrepriseSaisie()
        nommee = bool(entreprise.nom or entreprise.siret)
        if genre == GenreDemande.PROJET and not donnees.get("projet") and "projet" not in self.errors:
            self.add_error("projet", "Dites en quelques mots ce que vous voulez faire.")
        if (
            genre in (GenreDemande.ENTREPRISE, GenreDemande.TRANSMISSION)
            and not nommee
            and "entreprise" not in self.errors
        ):
            self.add_error("entreprise", "Écrivez le nom de votre entreprise, ou son numéro SIRET.")
        return donnees


class ThemesField(forms.ModelMultipleChoiceField):
    """Themes in plain words."""

    def clean(self, value: Any) -> Any:
        # Compared as text first: a number too large for the database must not reach it.
        connus = {str(pk) for pk in self.queryset.values_list("pk", flat=True)}  # type: ignore[union-attr]
        if any(str(v) not in connus for v in value or []):
            raise forms.ValidationError("Un des besoins cochés n’est plus proposé\u00a0: choisissez dans la liste.")
        return super().clean(value)

    def label_from_instance(self, obj: Theme) -> str:
        return obj.libelle_public or obj.nom


class PartageField(forms.MultipleChoiceField):
    """All partners, or some by name, or nobody when nothing is ticked: one question, gives (portée, pks)."""

    widget = forms.CheckboxSelectMultiple

    def proposer(self, organismes: Iterable[Organisme]) -> None:
        self.choices = [(TOUS, "Tous les partenaires du guichet"), *((str(o.pk), o.nom) for o in organismes)]


class AccordMixin(forms.Form):
    """The accord de partage: optional, distinct from the information notice, separate for the committee."""

    partage = PartageField(label="Avec qui pouvons-nous partager votre demande\u00a0?", required=False)
    comite = forms.BooleanField(
        label="Le comité technique peut aussi étudier ma demande",
        required=False,
        help_text="Il réunit une à deux fois par mois un technicien de chaque partenaire, tenu à la confidentialité.",
    )

    def preparer_accord(self, territoire: Territoire) -> None:
        self.organismes = {str(o.pk): o for o in Organisme.objects.filter(territoire=territoire, est_actif=True)}
        self.fields["partage"].proposer(self.organismes.values())  # type: ignore[attr-defined]

    def accord(self) -> dict[str, Any]:
        """Portée, organismes and committee, as the services take them."""
        coches = self.cleaned_data.get("partage") or []
        nommes = [self.organismes[c] for c in coches if c != TOUS]
        portee = portee_de(TOUS in coches, nommes)
        return {
            "portee": portee,
            "organismes": nommes if portee == Portee.NOMMES else [],
            "comite": bool(self.cleaned_data.get("comite")),
        }


class BesoinForm(AccordMixin, EtapeForm):
    themes = ThemesField(
        label="De quoi avez-vous besoin\u00a0?",
        queryset=Theme.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Cochez tout ce qui vous concerne.",
    )
    message = TexteLibreField(
        label="Votre besoin, avec vos mots",
        required=False,
        max_length=TEXTE_MAX,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="N’écrivez rien sur votre santé ni sur votre vie privée.",
    )
    fichiers = FichiersField(label="Documents utiles", required=False)
    field_order = ("themes", "message", "fichiers", "partage", "comite")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["themes"].queryset = Theme.objects.filter(territoire=self.territoire, est_actif=True)  # type: ignore[attr-defined]
        if not self.fields["themes"].queryset.exists():  # type: ignore[attr-defined]
            del self.fields["themes"]
        sans_mention(self, "themes", "message")
        self.preparer_accord(self.territoire)

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        if not donnees.get("themes") and not donnees.get("message") and not {"themes", "message"} & set(self.errors):
            self.add_error("message", "Cochez au moins un besoin, ou décrivez-le avec vos mots.")
        return donnees


ETAPES: dict[int, tuple[str, type[EtapeForm]]] = {
    1: ("vous", VousForm),
    2: ("votre entreprise ou votre projet", ProjetForm),
    3: ("votre besoin", BesoinForm),
}


class LienParCourrielForm(forms.Form):
    """Where to send the link that finishes the form later."""

    courriel = CourrielField(
        label="Recevoir le lien par courriel",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": "Écrivez votre adresse.", "invalid": "Cette adresse n’est pas complète."},
    )


class RetrouverForm(forms.Form):
    """A new tracking link: the same answer whether it is known or not."""

    reference = LigneField(
        label="Référence de la demande",
        max_length=24,
        help_text="Elle commence par D et figure sur votre récépissé, par exemple D-2026-0012.",
        error_messages={"required": "Écrivez la référence de votre demande."},
    )
    courriel = CourrielField(
        label="Courriel donné dans la demande",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": "Écrivez votre adresse.", "invalid": "Cette adresse n’est pas complète."},
    )


class MessageForm(forms.Form):
    texte = TexteLibreField(
        label="Votre message", required=False, max_length=TEXTE_MAX, widget=forms.Textarea(attrs={"rows": 4})
    )
    fichiers = FichiersField(label="Documents", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sans_mention(self, "texte", "fichiers")

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        if not donnees.get("texte") and not donnees.get("fichiers") and not self.errors:
            self.add_error("texte", "Écrivez un message ou choisissez un document.")
        return donnees


class AccordForm(AccordMixin):
    def __init__(self, *args: Any, territoire: Territoire, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.preparer_accord(territoire)

    @staticmethod
    def initiales(portee: str, organismes: Iterable[Organisme], comite: bool) -> dict[str, Any]:
        """The boxes of what holds today."""
        partage = [TOUS] if portee == Portee.TOUS else [str(o.pk) for o in organismes]
        return {"partage": partage, "comite": comite}
