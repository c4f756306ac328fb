"""Forms of the account, in our words. They parse and validate; allauth's do the rest."""

from typing import Any

from allauth.account import forms as compte
from allauth.account.adapter import get_adapter
from allauth.mfa.base import forms as facteur
from allauth.mfa.totp import forms as totp
from django import forms
from django.core.exceptions import ValidationError

from apps.comptes.models import Utilisateur

AIDE_MOT_DE_PASSE = "Douze caractères au moins : quelques mots sans rapport entre eux font l’affaire."
REGLES = {"password1": ("Nouveau mot de passe", AIDE_MOT_DE_PASSE), "password2": ("Le même, encore une fois", "")}


def _habiller(formulaire: forms.Form, champs: dict[str, tuple[str, str]]) -> None:
    """Our labels and helps; no placeholder repeats the label."""
    for nom, (libelle, aide) in champs.items():
        champ = formulaire.fields[nom]
        champ.label, champ.help_text = libelle, aide
        champ.widget.attrs.pop("placeholder", None)


def _code(formulaire: forms.Form, libelle: str, aide: str) -> None:
    _habiller(formulaire, {"code": (libelle, aide)})
    formulaire.fields["code"].widget.attrs.update({"inputmode": "numeric", "class": "court", "autofocus": True})


class ConnexionForm(compte.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _habiller(self, {"login": ("Adresse électronique", ""), "password": ("Mot de passe", "")})
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class OubliForm(compte.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _habiller(self, {"email": ("Adresse électronique", "Celle de votre compte.")})


class NouveauMotDePasseForm(compte.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _habiller(self, REGLES)


class MotDePasseForm(compte.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _habiller(self, {"oldpassword": ("Mot de passe actuel", ""), **REGLES})


class PremierMotDePasseForm(compte.SetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _habiller(self, REGLES)


class ConfirmationForm(compte.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _habiller(self, {"password": ("Mot de passe", "")})


class CodeForm(facteur.AuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code(self, "Code", "Les six chiffres de votre application, ou l’un de vos codes de secours.")


class CodeConfirmationForm(facteur.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code(self, "Code", "Les six chiffres de votre application, ou l’un de vos codes de secours.")


class ActivationForm(totp.ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code(self, "Code affiché par l’application", "Six chiffres, qui changent toutes les trente secondes.")


class CoordonneesForm(forms.ModelForm):
    """One's own details; the address is the account itself and changes through an administrator."""

    class Meta:
        model = Utilisateur
        fields = ("civilite", "prenom", "nom", "telephone", "fonction")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["prenom"].required = self.fields["nom"].required = True
        self.fields["fonction"].label = "Fonction"
        self.fields["nom"].label = "Nom"
        self.fields["telephone"].widget.input_type = "tel"


class AcceptationForm(CoordonneesForm):
    """A person invited, without an account: who they are, and a password."""

    password1 = forms.CharField(
        label="Mot de passe",
        strip=False,
        help_text=AIDE_MOT_DE_PASSE,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label="Le même, encore une fois",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, courriel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.courriel = courriel

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        mot, encore = donnees.get("password1"), donnees.get("password2")
        if mot and encore and mot != encore:
            self.add_error("password2", "Les deux mots de passe diffèrent.")
        if mot:
            personne = Utilisateur(courriel=self.courriel, prenom=donnees.get("prenom", ""), nom=donnees.get("nom", ""))
            try:
                get_adapter().clean_password(mot, user=personne)
            except ValidationError as erreur:
                self.add_error("password1", erreur)
        return donnees

    def coordonnees(self) -> dict[str, str]:
        """What goes to the account beside the password."""
        return {nom: self.cleaned_data[nom] for nom in self.Meta.fields}
