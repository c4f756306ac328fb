"""The account: own details, other devices, an invitation, a form kept after the login expired."""

import uuid

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from apps.comptes.services import modifier_coordonnees
from apps.core.erreurs import ErreurMetier
from apps.core.portee import portee

from .. import services
from ..forms import AcceptationForm, CoordonneesForm
from ..middleware import COOKIE_SAISIE, RequeteAvecAcces
from ..models import FormulaireGarde, Invitation
from ..permissions import second_facteur_exige

# Fields that a form carries for its own needs: sent again, not shown.
TECHNIQUES = {"version", "cle_unicite", "cle"}
LIGNE_MAX = 80


@require_http_methods(["GET", "POST"])
def coordonnees(request: RequeteAvecAcces) -> HttpResponse:
    """One's own details and roles."""
    form = CoordonneesForm(request.POST or None, instance=request.user if request.method == "GET" else None)
    if form.is_valid():
        modifier_coordonnees(utilisateur=request.user, **form.cleaned_data)
        messages.success(request, "Vos coordonnées sont enregistrées.")
        return redirect("compte")
    return render(
        request,
        "acces/compte.html",
        {"form": form, "second_facteur_exige": second_facteur_exige(request.user, request.affectations)},
    )


@require_POST
def fermer_appareil(request: RequeteAvecAcces, pk: int) -> HttpResponse:
    """Log one other device of one's own out."""
    session = get_object_or_404(UserSession, pk=pk, user=request.user)
    if session.session_key != request.session.session_key:
        session.end()
        messages.success(request, "Cet appareil est déconnecté.")
    return redirect("usersessions_list")


def _organisme(invitation: Invitation) -> str:
    with portee(invitation.territoire_id):
        return str(invitation.organisme) if invitation.organisme_id else ""


def _page_invitation(request: HttpRequest, invitation: Invitation, form: AcceptationForm | None) -> HttpResponse:
    contexte = {
        "invitation": invitation,
        "organisme": _organisme(invitation),
        "form": form,
        "compte_existant": services.compte_de(invitation),
    }
    return render(request, "acces/invitation.html", contexte)


@never_cache
@login_not_required
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "POST"])
def invitation(request: RequeteAvecAcces, cle: str) -> HttpResponse:
    """What one is invited to. Opening it burns nothing; only the form accepts, with a password or one's own account."""
    trouvee = services.trouver(cle)
    if trouvee is None:
        return render(request, "acces/invitation_finie.html", {"motif": services.INVALIDE}, status=410)
    if request.user.is_authenticated:
        return _accepter_connecte(request, trouvee, cle)
    compte = services.compte_de(trouvee)
    if compte is not None and (compte.has_usable_password() or not compte.is_active):
        return _page_invitation(request, trouvee, None)
    initial = {nom: getattr(trouvee, nom) for nom in AcceptationForm.Meta.fields}
    form = AcceptationForm(request.POST or None, courriel=trouvee.courriel, initial=initial)
    if not form.is_valid():
        return _page_invitation(request, trouvee, form)
    mot_de_passe = form.cleaned_data["password1"]
    try:
        affectation = services.accepter_en_creant(cle=cle, mot_de_passe=mot_de_passe, **form.coordonnees())
    except ErreurMetier as erreur:
        return render(request, "acces/invitation_finie.html", {"motif": erreur.message}, status=410)
    messages.success(request, f"Bienvenue. Votre compte est prêt pour {affectation.territoire}.")
    return perform_password_login(
        request, {"email": trouvee.courriel}, Login(user=affectation.utilisateur, email=trouvee.courriel)
    )


def _accepter_connecte(request: RequeteAvecAcces, trouvee: Invitation, cle: str) -> HttpResponse:
    if request.method == "GET":
        return _page_invitation(request, trouvee, None)
    try:
        affectation = services.accepter(cle=cle, utilisateur=request.user)
    except ErreurMetier as erreur:
        messages.error(request, erreur.message)
        return redirect(request.path)
    if affectation.accordee_le is None:
        messages.info(request, "C’est noté. Votre rôle s’ouvrira dès que la coordination aura donné son accord.")
        return redirect("compte")
    messages.success(request, f"Vous avez maintenant accès à {affectation.territoire}.")
    return redirect("accueil:accueil", affectation.territoire.slug)


def _champs_gardes(garde: FormulaireGarde) -> list[dict[str, object]]:
    """The fields as they were typed, one entry a value: a line, a text, or hidden."""
    champs = []
    for nom, valeurs in garde.donnees.get("champs", {}).items():
        libelle = nom.replace("_", " ").replace("-", " ").strip().capitalize()
        for valeur in valeurs:
            cache = nom in TECHNIQUES or nom.endswith("_FORMS") or not valeur
            genre = "cache" if cache else "texte" if len(valeur) > LIGNE_MAX or "\n" in valeur else "ligne"
            champs.append({"nom": nom, "libelle": libelle, "valeur": valeur, "genre": genre})
    return champs


def _garde(request: RequeteAvecAcces, cle: uuid.UUID) -> FormulaireGarde:
    """The kept form, for the person who typed it, in the browser where it was typed; else not found."""
    try:
        du_navigateur = request.get_signed_cookie(COOKIE_SAISIE, salt=COOKIE_SAISIE)
    except (KeyError, signing.BadSignature):
        du_navigateur = ""
    if du_navigateur != str(cle):
        raise Http404
    return get_object_or_404(FormulaireGarde, cle=cle, utilisateur=request.user, expire_le__gt=timezone.now())


@never_cache
@require_http_methods(["GET", "POST"])
def saisie(request: RequeteAvecAcces, cle: uuid.UUID) -> HttpResponse:
    """« Ce que vous aviez saisi », refilled; nothing is sent until the person sends it. A POST here throws it away."""
    garde = _garde(request, cle)
    if request.method == "POST":
        garde.delete()
        messages.info(request, "Ce que vous aviez saisi est effacé.")
        reponse = redirect("/")
        reponse.delete_cookie(COOKIE_SAISIE)
        return reponse
    contexte = {"garde": garde, "champs": _champs_gardes(garde), "fichiers": garde.donnees.get("fichiers", [])}
    return render(request, "acces/saisie.html", contexte)
