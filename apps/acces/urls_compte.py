"""The account, under /compte/: allauth's views at French addresses, under the names that allauth looks up, and ours."""

from allauth.account import views as compte
from allauth.mfa.base import views as facteur
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.usersessions import views as sessions
from django.urls import path, re_path

from .views import compte as notre

urlpatterns = [
    path("", notre.coordonnees, name="compte"),
    path("connexion/", compte.login, name="account_login"),
    path("deconnexion/", compte.logout, name="account_logout"),
    path("desactive/", compte.account_inactive, name="account_inactive"),
    path("inscription/", compte.signup, name="account_signup"),
    path("confirmer/", compte.reauthenticate, name="account_reauthenticate"),
    path("mot-de-passe/", compte.password_change, name="account_change_password"),
    path("mot-de-passe/choisir/", compte.password_set, name="account_set_password"),
    path("mot-de-passe/oublie/", compte.password_reset, name="account_reset_password"),
    path("mot-de-passe/oublie/envoye/", compte.password_reset_done, name="account_reset_password_done"),
    path(
        "mot-de-passe/nouveau/fait/",
        compte.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^mot-de-passe/nouveau/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        compte.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("second-facteur/", facteur.index, name="mfa_index"),
    path("second-facteur/code/", facteur.authenticate, name="mfa_authenticate"),
    path("second-facteur/confirmer/", facteur.reauthenticate, name="mfa_reauthenticate"),
    path("second-facteur/activer/", totp.activate_totp, name="mfa_activate_totp"),
    path("second-facteur/retirer/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("second-facteur/secours/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("second-facteur/secours/nouveaux/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("second-facteur/secours/telecharger/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("appareils/", sessions.list_usersessions, name="usersessions_list"),
    path("appareils/<int:pk>/fermer/", notre.fermer_appareil, name="compte_appareil_fermer"),
    path("invitation/<str:cle>/", notre.invitation, name="compte_invitation"),
    path("saisie/<uuid:cle>/", notre.saisie, name="compte_saisie"),
]
