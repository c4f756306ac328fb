"""allauth our way: no public sign-up, mails through the outbox, lock-out, our words."""

import secrets
import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.utils import user_email
from allauth.core import context as contexte
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from apps.comptes.models import Utilisateur
from apps.courriels.services import ecrire_compte

from . import appareil, verrou
from .permissions import second_facteur_exige

CONFIANCE = 300
# What allauth writes -> our template. Anything else of its own is not sent.
MOT_DE_PASSE_OUBLIE = "account/email/password_reset_key"
AVIS = {
    "account/email/password_changed": "Votre mot de passe vient d’être changé.",
    "account/email/password_set": "Un mot de passe vient d’être choisi pour votre compte.",
    "account/email/password_reset": "Votre mot de passe vient d’être réinitialisé.",
    "mfa/email/totp_activated": "Le second facteur vient d’être activé sur votre compte.",
    "mfa/email/totp_deactivated": "Le second facteur vient d’être désactivé sur votre compte.",
    "mfa/email/recovery_codes_generated": "De nouveaux codes de secours viennent d’être créés pour votre compte.",
}
MESSAGES = {
    "account/messages/password_changed.txt": "Votre mot de passe est changé.",
    "account/messages/password_set.txt": "Votre mot de passe est enregistré.",
    "account/messages/logged_out.txt": "Vous êtes déconnecté.",
    "mfa/messages/totp_activated.txt": "Le second facteur est activé.",
    "mfa/messages/totp_deactivated.txt": "Le second facteur est désactivé.",
    "mfa/messages/recovery_codes_generated.txt": "Voici de nouveaux codes de secours ; les anciens ne servent plus.",
    "usersessions/messages/sessions_logged_out.txt": "Les autres appareils sont déconnectés.",
}


class AdaptateurCompte(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "L’adresse ou le mot de passe ne convient pas.",
        "account_inactive": "Ce compte est désactivé.",
        "incorrect_password": "Ce mot de passe ne convient pas.",
        "enter_current_password": "Écrivez votre mot de passe actuel.",
        "too_many_login_attempts": "Trop d’essais. Attendez quelques minutes, ou réinitialisez votre mot de passe.",
        "rate_limited": "Trop de demandes en peu de temps. Réessayez dans quelques minutes.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    # --- lock-out ---
    def _essai(self, request: HttpRequest, credentials: dict[str, Any]) -> dict[str, str]:
        """The terms by which a try is counted; a browser counts as known only for the account that it names."""
        courriel = str(credentials.get("email") or "")
        connu = appareil.lire(request)
        if connu and Utilisateur.objects.filter(pk=connu.utilisateur_id, courriel__iexact=courriel.strip()).exists():
            return {"courriel": courriel, "adresse": "", "appareil": connu.jeton}
        return {"courriel": courriel, "adresse": self.get_client_ip(request), "appareil": ""}

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """allauth's own limit follows ours: by account and address, not by account alone."""
        return verrou.cle_essais(**self._essai(request, credentials))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        super().pre_authenticate(request, **credentials)
        secondes = verrou.reserver(**self._essai(request, credentials))
        if secondes:
            minutes = -(-secondes // 60)
            raise ValidationError(
                f"Trop d’essais. Réessayez dans {minutes} minute{'s' if minutes > 1 else ''}, "
                "ou réinitialisez votre mot de passe.",
                code="too_many_login_attempts",
            )

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        utilisateur = super().authenticate(request, **credentials)
        if utilisateur is not None:
            verrou.lever(**self._essai(request, credentials))
        return utilisateur

    def set_password(self, user: Any, password: str) -> None:
        super().set_password(user, password)
        verrou.lever_compte(user.courriel)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        reponse = super().post_login(request, user, **kwargs)
        appareil.poser(reponse, user.pk)
        return reponse

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """The password is not asked again within five minutes of a login that has just asked it."""
        requete = contexte.request
        dernieres = get_authentication_records(requete, requete.user)
        recente = bool(dernieres) and time.time() - dernieres[-1]["at"] < CONFIANCE
        return not recente and super().is_reauthentication_required(app=app, **kwargs)

    # --- mails, through the outbox ---
    def get_reset_password_from_key_url(self, key: str) -> str:
        uid, _, jeton = key.partition("-")
        return settings.SITE_URL.rstrip("/") + reverse(
            "account_reset_password_from_key", kwargs={"uidb36": uid, "key": jeton}
        )

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        cle = f"compte:{secrets.token_hex(12)}"
        if template_prefix == MOT_DE_PASSE_OUBLIE:
            donnees = {"utilisateur": str(context["user"]), "lien": context["password_reset_url"]}
            ecrire_compte(gabarit="compte_mot_de_passe", destinataire=email, donnees=donnees, cle=cle)
        elif template_prefix in AVIS:
            donnees = {"avis": AVIS[template_prefix], "quand": context["timestamp"]}
            ecrire_compte(gabarit="compte_avis", destinataire=email, donnees=donnees, cle=cle)

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Our sentences; silence where a message would say what the page shows already."""
        texte = message or MESSAGES.get(message_template or "", "")
        if texte:
            super().add_message(request, level, message=texte, extra_tags=extra_tags)


class AdaptateurSecondFacteur(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "Ce code ne convient pas : attendez le suivant, et vérifiez l’heure de votre téléphone.",
        "cannot_delete_authenticator": "Votre rôle exige un second facteur : il ne peut pas être retiré.",
    }

    def get_totp_label(self, user: Any) -> str:
        return user_email(user)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Those for whom it is required keep it; a lost telephone is an administrator's matter."""
        return settings.SECOND_FACTEUR_FACULTATIF or not second_facteur_exige(authenticator.user)
