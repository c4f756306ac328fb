"""Form fields on the national nomenclatures: commune, NAF, legal form, SIRET. Every upper app uses these."""

import re
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from stdnum.exceptions import ValidationError as NumeroInvalide
from stdnum.fr import siren as stdnum_siren
from stdnum.fr import siret as stdnum_siret

from apps.core.texte import nettoyer

from .enums import Nomenclature
from .models import CategorieJuridique, Commune, Naf
from .services import CommuneAmbigue, CommuneInconnue, chercher_naf, trouver_commune


class Saisie(str):
    """What was typed, not the key of an initial value: « 46100 » typed is a post code; as a key it is Faycelles."""

    __slots__ = ()


class SuggestionsInput(forms.TextInput):
    """A text control with a datalist; static/js/suggestions.js fills it from `route` as one types."""

    def __init__(self, route: str, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", "spellcheck": "false", **(attrs or {})})
        self.route = route
        self.suggestions: Any = ()

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        identifiant = (attrs or {}).get("id") or f"id_{name}"
        liste = f"{identifiant}_suggestions"
        complets = {**(attrs or {}), "list": liste, "data-suggestions": reverse(self.route)}
        propositions = self.suggestions() if callable(self.suggestions) else self.suggestions
        options = format_html_join("", '<option value="{}"></option>', ((str(p),) for p in propositions))
        return format_html(
            '{}<datalist id="{}">{}</datalist>', super().render(name, value, complets, renderer), liste, options
        )


class CommuneField(forms.CharField):
    """A commune typed freely: « Figeac », « 46100 », « Figeac (46100) », « 46102 ». Cleaned to a Commune, or None.

    Five digits are a post code first, an INSEE code otherwise. Set `champ.territoire = territoire` in the form's
    __init__: its communes are suggested at once and preferred between two of the same name.
    """

    def __init__(self, *, territoire: Any = None, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Commune")
        kwargs.setdefault("max_length", 100)
        kwargs.setdefault("widget", SuggestionsInput("referentiels:communes"))
        kwargs.setdefault("help_text", "Nom ou code postal.")
        super().__init__(**kwargs)
        self._territoire: Any = None
        self.territoire = territoire

    def __deepcopy__(self, memo: Any) -> "CommuneField":
        copie = super().__deepcopy__(memo)
        copie.territoire = self.territoire
        return copie

    @property
    def territoire(self) -> Any:
        return self._territoire

    @territoire.setter
    def territoire(self, territoire: Any) -> None:
        self._territoire = territoire
        if isinstance(self.widget, SuggestionsInput):
            self.widget.suggestions = (lambda: territoire.communes.all()) if territoire is not None else ()

    def bound_data(self, data: Any, initial: Any) -> Any:
        return Saisie(data) if isinstance(data, str) else data

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Commune):
            return str(value)
        if isinstance(value, str) and not isinstance(value, Saisie) and re.fullmatch(r"[0-9AB]{5}", value):
            return str(Commune.objects.filter(pk=value).first() or value)
        return value

    def clean(self, value: Any) -> Any:
        if isinstance(value, Commune):
            return value
        saisie = super().clean(value)
        if not saisie:
            return None
        preferees = self.territoire.communes.all() if self.territoire is not None else Commune.objects.none()
        try:
            return trouver_commune(saisie, preferees=preferees)
        except CommuneAmbigue as ambigue:
            noms = ", ".join(str(c) for c in ambigue.communes[:6])
            suite = "…" if len(ambigue.communes) > 6 else ""
            raise forms.ValidationError(
                f"Plusieurs communes possibles : {noms}{suite}. Écrivez celle qui convient."
            ) from None
        except CommuneInconnue as inconnue:
            proches = ", ".join(str(c) for c in inconnue.proches)
            aide = f" Peut-être : {proches}." if proches else " Vérifiez le nom, ou tapez le code postal."
            raise forms.ValidationError(f"Cette commune n’est pas connue.{aide}") from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.prepare_value(initial) != self.prepare_value(Saisie(data or ""))


class NafField(forms.CharField):
    """An activity code of one nomenclature, typed as a code or found by its label. Cleaned to the code, « 56.10A ».

    A well-formed code is refused only when its nomenclature is loaded and does not know it; nothing is invented.
    """

    def __init__(self, *, nomenclature: Nomenclature = Nomenclature.NAF_REV2, **kwargs: Any) -> None:
        self.nomenclature = nomenclature
        kwargs.setdefault("label", f"Activité ({nomenclature.label})")
        kwargs.setdefault("max_length", 200)
        route = "referentiels:naf" if nomenclature == Nomenclature.NAF_REV2 else "referentiels:naf2025"
        kwargs.setdefault("widget", SuggestionsInput(route))
        kwargs.setdefault("help_text", "Code ou premiers mots de l’activité, par exemple 56.10A.")
        super().__init__(**kwargs)

    def bound_data(self, data: Any, initial: Any) -> Any:
        return Saisie(data) if isinstance(data, str) else data

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, str) and value and not isinstance(value, Saisie):
            return str(Naf.objects.filter(nomenclature=self.nomenclature, code=value).first() or value)
        return value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.prepare_value(initial or "") != (data or "").strip()

    def clean(self, value: Any) -> str:
        saisie = nettoyer(super().clean(value))
        if not saisie:
            return ""
        forme = re.match(r"^(\d{2})[.\s]?(\d{2})[.\s]?([A-Za-z])\b", saisie)
        if forme is None:
            return self._par_libelle(saisie)
        code = f"{forme[1]}.{forme[2]}{forme[3].upper()}"
        if Naf.objects.filter(code=code, nomenclature=self.nomenclature).exists():
            return code
        autre = Naf.objects.filter(code=code).exclude(nomenclature=self.nomenclature).first()
        if autre is not None and not self.nomenclature_absente():
            raise forms.ValidationError(
                f"Le code {code} est de la {autre.get_nomenclature_display()}, pas de la {self.nomenclature.label}."
            )
        if self.nomenclature_absente():
            return code
        raise forms.ValidationError(f"Le code {code} n’existe pas dans la {self.nomenclature.label}.")

    def nomenclature_absente(self) -> bool:
        """Whether nothing of the nomenclature was loaded."""
        return not Naf.objects.filter(nomenclature=self.nomenclature).exists()

    def _par_libelle(self, saisie: str) -> str:
        trouvees = list(chercher_naf(saisie, nomenclature=self.nomenclature)[:6])
        if len(trouvees) == 1:
            return trouvees[0].code
        if trouvees:
            exemples = " ; ".join(str(n) for n in trouvees[:5])
            raise forms.ValidationError(f"Plusieurs activités possibles : {exemples}. Écrivez le code.")
        raise forms.ValidationError("Aucune activité ne porte ces mots. Un code s’écrit comme 56.10A.")


# Nine legal forms out of ten, in a TPE; shown first.
COURANTES = ("1000", "5498", "5499", "5710", "5720", "6540", "6533", "6598", "9220", "9230")


class CategorieJuridiqueField(forms.ModelChoiceField):
    """A legal form of INSEE (level 3), the usual ones first, then by family."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Forme juridique")
        kwargs.setdefault("empty_label", "Non précisée")
        super().__init__(queryset=CategorieJuridique.objects.filter(niveau=3), **kwargs)
        self.widget.choices = self._groupes

    def __deepcopy__(self, memo: Any) -> "CategorieJuridiqueField":
        copie = super().__deepcopy__(memo)
        copie.widget.choices = copie._groupes
        return copie

    def _groupes(self) -> list[tuple[str, Any]]:
        """One query: the choices in groups, families named as INSEE does."""
        toutes = {c.code: c for c in CategorieJuridique.objects.filter(niveau__in=[1, 3])}
        choix: list[tuple[str, Any]] = [("", self.empty_label)]
        courantes = [(c, toutes[c].libelle) for c in COURANTES if c in toutes]
        if courantes:
            choix.append(("Les plus courantes", courantes))
        familles: dict[str, list[tuple[str, str]]] = {}
        for code, categorie in toutes.items():
            if categorie.niveau == 3 and code not in COURANTES:
                familles.setdefault(code[0], []).append((code, f"{categorie.libelle} ({code})"))
        choix += [(toutes[f].libelle if f in toutes else "Autres", lignes) for f, lignes in sorted(familles.items())]
        return choix


class _NumeroField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 40)
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("inputmode", "numeric")
        self.widget.attrs.setdefault("autocomplete", "off")

    @staticmethod
    def compact(value: str) -> str:
        """Without spaces, dots or dashes; full-width and other digits are refused further on."""
        return re.sub(r"[\s.\-\u00a0\u202f/]", "", value)


class SiretField(_NumeroField):
    """A SIRET: 14 digits, spaces accepted, check digit verified (La Poste has its own rule). Cleaned compact, or ""."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "SIRET")
        kwargs.setdefault("help_text", "14 chiffres, espaces acceptés.")
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        numero = self.compact(super().clean(value))
        if not numero:
            return ""
        if not re.fullmatch(r"[0-9]+", numero):
            raise forms.ValidationError("Un SIRET ne contient que des chiffres.")
        if len(numero) == 9:
            raise forms.ValidationError(
                "Ce numéro de 9 chiffres est un SIREN : le SIRET en a 14, avec l’établissement."
            )
        if len(numero) != 14:
            raise forms.ValidationError(f"Un SIRET a 14 chiffres ; celui-ci en a {len(numero)}.")
        try:
            return stdnum_siret.validate(numero)
        except NumeroInvalide:
            raise forms.ValidationError("Ce SIRET n’est pas valide : un chiffre est sans doute faux.") from None


class SirenField(_NumeroField):
    """A SIREN: 9 digits, spaces accepted, check digit verified. Cleaned compact, or ""."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "SIREN")
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        numero = self.compact(super().clean(value))
        if not numero:
            return ""
        try:
            return stdnum_siren.validate(numero)
        except NumeroInvalide:
            raise forms.ValidationError("Un SIREN a 9 chiffres ; celui-ci n’est pas valide.") from None
