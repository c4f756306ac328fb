"""The administration of the platform: territoires, accounts, nomenclatures. Nothing here reads a fiche."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apps.comptes.models import Utilisateur
from apps.core.acces import Role
from apps.core.erreurs import ErreurMetier, VersionPerimee, exiger
from apps.core.texte import normaliser
from apps.referentiels.enums import Nomenclature
from apps.referentiels.models import Epci, Naf
from apps.referentiels.services import charger_naf2025
from apps.territoires.models import Territoire

from .. import services
from ..forms import CoordinateurForm, NomenclatureForm, RechercheForm, TerritoireForm
from ..middleware import RequeteAvecAcces
from ..models import Affectation, Invitation
from ..permissions import peut_administrer

PAR_PAGE = 50
Vue = Callable[..., HttpResponse]


def administration(vue: Vue) -> Vue:
    """Administrators only; anybody else is refused."""

    @wraps(vue)
    def gardee(request: RequeteAvecAcces, *args: Any, **kwargs: Any) -> HttpResponse:
        exiger(peut_administrer(request.acces), "Cette page est réservée à l’administration de la plateforme.")
        return vue(request, *args, **kwargs)

    return gardee


@administration
def territoires(request: RequeteAvecAcces) -> HttpResponse:
    """Every territoire, with its communes and its coordination counted."""
    lignes = Territoire.objects.annotate(nombre_communes=Count("communes", distinct=True)).order_by("-est_actif", "nom")
    actives = Affectation.objects.actives().filter(role=Role.COORDINATION)
    coordinateurs: dict[int, int] = {}
    for territoire_id in actives.order_by().values_list("territoire_id", flat=True):
        coordinateurs[territoire_id] = coordinateurs.get(territoire_id, 0) + 1
    contexte = {"lignes": [(t, coordinateurs.get(t.pk, 0)) for t in lignes]}
    return render(request, "administration/territoires.html", contexte)


def _formulaire_territoire(request: RequeteAvecAcces, objet: Territoire | None) -> HttpResponse:
    form = TerritoireForm(request.POST or None, instance=objet)
    if form.is_valid():
        communes = services.communes_de(form.cleaned_data["epcis"], form.cleaned_data["communes_une_a_une"])
        try:
            enregistre = services.enregistrer_territoire(
                acces=request.acces,
                territoire=objet,
                version=form.cleaned_data["version"],
                communes=communes,
                **form.champs(),
            )
        except VersionPerimee:
            form.add_error(None, "Quelqu’un a modifié ce territoire entre-temps : rouvrez la page et recommencez.")
        else:
            messages.success(request, f"{enregistre} est enregistré, avec {len(communes)} communes.")
            return redirect("administration:territoire", enregistre.pk)
    contexte: dict[str, Any] = {"form": form, "objet": objet, "epcis": Epci.objects.only("siren", "nom")}
    if objet is not None:
        contexte["coordination"] = services.coordination_de(objet.pk)
        contexte["invitations"] = Invitation.objects.en_attente().filter(territoire=objet, role=Role.COORDINATION)
        contexte["coordinateur_form"] = CoordinateurForm()
    statut = 409 if form.is_bound and form.non_field_errors() and objet else 200
    return render(request, "administration/territoire.html", contexte, status=statut)


@administration
@require_http_methods(["GET", "POST"])
def territoire_creer(request: RequeteAvecAcces) -> HttpResponse:
    """A new territoire: name, address, communes."""
    return _formulaire_territoire(request, None)


@administration
@require_http_methods(["GET", "POST"])
def territoire(request: RequeteAvecAcces, pk: int) -> HttpResponse:
    """A territoire: name, communes, open or closed, its coordination."""
    return _formulaire_territoire(request, get_object_or_404(Territoire, pk=pk))


@administration
@require_POST
def coordinateur(request: RequeteAvecAcces, pk: int) -> HttpResponse:
    """Invite a coordinator of a territoire."""
    objet = get_object_or_404(Territoire, pk=pk)
    form = CoordinateurForm(request.POST)
    if form.is_valid():
        try:
            services.inviter_coordination(territoire=objet, auteur_id=request.user.pk, **form.cleaned_data)
            messages.success(request, f"L’invitation part pour {form.cleaned_data['courriel']}.")
        except ErreurMetier as erreur:
            messages.error(request, erreur.message)
    else:
        messages.error(request, "Donnez un prénom, un nom et une adresse électronique.")
    return redirect("administration:territoire", pk)


@administration
def comptes(request: RequeteAvecAcces) -> HttpResponse:
    """Accounts, searched by name or address."""
    form = RechercheForm(request.GET)
    form.is_valid()
    lignes = Utilisateur.objects.order_by("nom", "prenom", "pk")
    etat = form.cleaned_data.get("etat")
    if etat == "administration":
        lignes = lignes.filter(est_administrateur=True)
    elif etat:
        lignes = lignes.filter(is_active=etat == "actifs")
    mots = normaliser(form.cleaned_data.get("q", "")).split()
    trouves = [u for u in lignes if all(m in normaliser(u.prenom, u.nom, u.courriel) for m in mots)] if mots else lignes
    page = Paginator(trouves, PAR_PAGE).get_page(request.GET.get("page"))
    roles: dict[int, list[Affectation]] = {}
    for a in Affectation.objects.actives().filter(utilisateur__in=[u.pk for u in page]).select_related("territoire"):
        roles.setdefault(a.utilisateur_id, []).append(a)
    contexte = {"form": form, "page": page, "lignes": [(u, roles.get(u.pk, [])) for u in page]}
    return render(request, "administration/comptes.html", contexte)


@administration
def compte(request: RequeteAvecAcces, pk: int) -> HttpResponse:
    """One account: its roles, its second factor, what can be done about it."""
    objet = get_object_or_404(Utilisateur, pk=pk)
    contexte = {
        "objet": objet,
        "roles": Affectation.objects.filter(utilisateur=objet, terminee_le__isnull=True).select_related("territoire"),
        "second_facteur": Authenticator.objects.filter(user=objet, type=Authenticator.Type.TOTP).first(),
        "soi_meme": objet.pk == request.user.pk,
    }
    return render(request, "administration/compte.html", contexte)


ACTIONS: dict[str, tuple[Callable[..., None], dict[str, Any], str]] = {
    "desactiver": (services.desactiver_compte, {}, "Le compte de {} est désactivé, ses appareils sont déconnectés."),
    "courriel": (services.changer_courriel, {}, "L’adresse de connexion de {} est changée."),
    "reactiver": (services.reactiver_compte, {}, "Le compte de {} est actif."),
    "second-facteur": (services.retirer_second_facteur, {}, "Le second facteur de {} est retiré."),
    "nommer": (services.nommer_administrateur, {"oui": True}, "{} administre maintenant la plateforme."),
    "demettre": (services.nommer_administrateur, {"oui": False}, "{} n’administre plus la plateforme."),
}


@administration
@require_POST
def compte_action(request: RequeteAvecAcces, pk: int) -> HttpResponse:
    """Change the address, deactivate, reactivate, forget the second factor, give or take the administration."""
    objet = get_object_or_404(Utilisateur, pk=pk)
    action = ACTIONS.get(request.POST.get("action", ""))
    if action is not None:
        faire, options, phrase = action
        if faire is services.changer_courriel:
            options = {"courriel": request.POST.get("courriel", "")}
        try:
            faire(acces=request.acces, utilisateur=objet, **options)
            messages.success(request, phrase.format(objet))
        except ErreurMetier as erreur:
            messages.error(request, erreur.message)
    return redirect("administration:compte", pk)


@administration
@require_http_methods(["GET", "POST"])
def nomenclatures(request: RequeteAvecAcces) -> HttpResponse:
    """How many codes each nomenclature holds; load INSEE's file of NAF 2025."""
    form = NomenclatureForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            bilan = charger_naf2025(form.cleaned_data["fichier"])
        except ErreurMetier as erreur:
            form.add_error("fichier", erreur.message)
        else:
            messages.success(
                request, f"{bilan.ajoutees} codes ajoutés, {bilan.modifiees} modifiés ; {bilan.total} en tout."
            )
            return redirect("administration:nomenclatures")
    nombres = dict(Naf.objects.order_by().values_list("nomenclature").annotate(n=Count("pk")))
    lignes = [(n.label, nombres.get(n.value, 0)) for n in Nomenclature]
    return render(request, "administration/nomenclatures.html", {"form": form, "lignes": lignes})
