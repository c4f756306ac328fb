"""The team of a territoire: who, in which role, invited, agreed, leaving."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apps.comptes.models import Utilisateur
from apps.core.erreurs import ErreurMetier, exiger

from .. import presentation, services
from ..forms import DepartForm, InvitationForm
from ..middleware import RequeteAvecAcces
from ..models import Affectation, Invitation, Qualite
from ..permissions import (
    peut_accorder,
    peut_gerer_invitation,
    peut_inviter,
    peut_terminer,
    peut_voir_absences,
    peut_voir_equipe,
)


def equipe(request: RequeteAvecAcces, territoire: str) -> HttpResponse:
    """People by organisme, with their roles and the state of their invitation."""
    exiger(peut_voir_equipe(request.acces))
    anciens = bool(request.GET.get("anciens"))
    contexte = {
        "groupes": presentation.groupes(request.acces, anciens=anciens),
        "anciens": anciens,
        "peut_inviter": peut_inviter(request.acces),
        "peut_accorder": peut_accorder(request.acces),
        "peut_voir_absences": peut_voir_absences(request.acces),
    }
    return render(request, "acces/equipe.html", contexte)


@require_http_methods(["GET", "POST"])
def inviter(request: RequeteAvecAcces, territoire: str) -> HttpResponse:
    """Invite somebody by e-mail."""
    exiger(peut_inviter(request.acces), "Seuls la coordination et les référents invitent.")
    initial = {nom: request.GET[nom] for nom in ("role", "organisme") if nom in request.GET}
    form = InvitationForm(request.POST or None, acces=request.acces, initial=initial)
    if form.is_valid():
        try:
            invitation = services.inviter(acces=request.acces, **form.cleaned_data)
        except ErreurMetier as erreur:
            form.add_error(None, erreur.message)
        else:
            messages.success(request, f"L’invitation part pour {invitation.courriel}.")
            return redirect("acces:equipe", territoire)
    return render(request, "acces/inviter.html", {"form": form})


def _invitation(request: RequeteAvecAcces, pk: int) -> Invitation:
    invitation = get_object_or_404(
        Invitation.objects.visibles_par(request.acces).en_attente().select_related("territoire"), pk=pk
    )
    exiger(peut_gerer_invitation(request.acces, invitation))
    return invitation


@require_POST
def renvoyer(request: RequeteAvecAcces, territoire: str, pk: int) -> HttpResponse:
    """Send an invitation again, with a new key."""
    try:
        invitation = services.renvoyer(acces=request.acces, invitation=_invitation(request, pk))
        messages.success(request, f"Une nouvelle invitation part pour {invitation.courriel} ; l’ancienne ne sert plus.")
    except ErreurMetier as erreur:
        messages.error(request, erreur.message)
    return redirect("acces:equipe", territoire)


@require_http_methods(["GET", "POST"])
def annuler(request: RequeteAvecAcces, territoire: str, pk: int) -> HttpResponse:
    """Withdraw an invitation."""
    invitation = _invitation(request, pk)
    if request.method == "GET":
        return render(request, "acces/annuler.html", {"invitation": invitation})
    try:
        services.annuler(acces=request.acces, invitation=invitation)
        messages.success(request, f"L’invitation de {invitation} est annulée.")
    except ErreurMetier as erreur:
        messages.error(request, erreur.message)
    return redirect("acces:equipe", territoire)


def _roles(request: RequeteAvecAcces, pk: int) -> tuple[Utilisateur, list[Affectation]]:
    """A person of the team and those of their roles that the reader may see; else not found."""
    roles = (
        Affectation.objects.visibles_par(request.acces)
        .filter(utilisateur=pk)
        .select_related("utilisateur", "organisme", "territoire", "accordee_par")
    )
    if not roles:
        exiger(peut_voir_equipe(request.acces))
        get_object_or_404(Affectation.objects.none(), pk=0)
    return roles[0].utilisateur, sorted(roles, key=lambda a: (a.terminee_le is not None, a.pk))


def personne(request: RequeteAvecAcces, territoire: str, pk: int) -> HttpResponse:
    """One person: details, roles here, absences."""
    exiger(peut_voir_equipe(request.acces))
    utilisateur, roles = _roles(request, pk)
    contexte = {
        "personne": utilisateur,
        "roles": [(a, peut_terminer(request.acces, a)) for a in roles],
        "peut_retirer": any(a.terminee_le is None and peut_terminer(request.acces, a) for a in roles),
        "peut_accorder": peut_accorder(request.acces),
        "absences": presentation.absences(request.acces, utilisateur) if peut_voir_absences(request.acces) else [],
        "second_facteur": utilisateur.pk in presentation.avec_second_facteur([utilisateur.pk]),
    }
    return render(request, "acces/personne.html", contexte)


@require_POST
def accorder(request: RequeteAvecAcces, territoire: str, pk: int) -> HttpResponse:
    """Agree to a role proposed by a partner."""
    affectation = get_object_or_404(Affectation.objects.visibles_par(request.acces), pk=pk)
    try:
        services.accorder(acces=request.acces, affectation=affectation)
        messages.success(request, f"{affectation.utilisateur} a maintenant accès au territoire.")
    except ErreurMetier as erreur:
        messages.error(request, erreur.message)
    return redirect("acces:personne", territoire, affectation.utilisateur_id)


@require_POST
def qualite(request: RequeteAvecAcces, territoire: str, pk: int) -> HttpResponse:
    """Make a référent titulaire or suppléant."""
    affectation = get_object_or_404(Affectation.objects.visibles_par(request.acces), pk=pk)
    voulue = request.POST.get("qualite", "")
    exiger(request.acces.est_coordination)
    if voulue in Qualite.values:
        services.changer_qualite(acces=request.acces, affectation=affectation, qualite=voulue)
        messages.success(request, "C’est enregistré.")
    return redirect("acces:personne", territoire, affectation.utilisateur_id)


def _noms(affectations: list[Affectation]) -> dict[int | None, str]:
    return {a.organisme_id: str(a.organisme) if a.organisme else "Coordination" for a in affectations}


def _depart(request: RequeteAvecAcces, territoire: str, affectations: list[Affectation], titre: str) -> HttpResponse:
    """The page that asks to whom the open work goes, then ends the roles in one step."""
    reprises = services.reprises(acces=request.acces, affectations=affectations)
    noms = _noms(affectations)
    form = DepartForm(request.POST if request.method == "POST" else None, reprises=reprises, noms=noms)
    personne = affectations[0].utilisateur
    if form.is_valid():
        try:
            services.terminer(acces=request.acces, affectations=affectations, vers=form.vers())
        except ErreurMetier as erreur:
            form.add_error(None, erreur.message)
        else:
            messages.success(request, f"C’est fait. Le nom de {personne} reste dans l’historique.")
            return redirect("acces:equipe", territoire)
    seuls = [(noms[r.organisme_id], r.travaux) for r in reprises if not r.collegues]
    contexte: dict[str, Any] = {
        "form": form,
        "personne": personne,
        "titre": titre,
        "roles": affectations,
        "seuls": seuls,
    }
    return render(request, "acces/depart.html", contexte)


@require_http_methods(["GET", "POST"])
def terminer(request: RequeteAvecAcces, territoire: str, pk: int) -> HttpResponse:
    """End one role."""
    affectation = get_object_or_404(
        Affectation.objects.visibles_par(request.acces)
        .filter(terminee_le__isnull=True)
        .select_related("utilisateur", "organisme"),
        pk=pk,
    )
    exiger(peut_terminer(request.acces, affectation))
    return _depart(request, territoire, [affectation], f"Terminer un rôle de {affectation.utilisateur}")


@require_http_methods(["GET", "POST"])
def retirer(request: RequeteAvecAcces, territoire: str, pk: int) -> HttpResponse:
    """Somebody leaves: end all their roles here that the reader may end."""
    utilisateur, roles = _roles(request, pk)
    ouverts = [a for a in roles if a.terminee_le is None]
    exiger(bool(ouverts) and all(peut_terminer(request.acces, a) for a in ouverts))
    return _depart(request, territoire, ouverts, f"Retirer {utilisateur} de l’équipe")


@require_POST
def choisir(request: RequeteAvecAcces, territoire: str, pk: int) -> HttpResponse:
    """Work in another of one's own roles."""
    affectation = get_object_or_404(
        Affectation.objects.actives(), pk=pk, utilisateur=request.user, territoire=request.territoire
    )
    services.choisir(utilisateur_id=request.user.pk, affectation=affectation)
    return redirect("accueil:accueil", territoire)
