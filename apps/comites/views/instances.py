"""Committees: who sits, who is invited, what they may read."""

from typing import Any

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core.erreurs import ErreurMetier, VersionPerimee, exiger
from apps.core.requetes import Requete
from apps.core.views import conflit
from apps.partenaires.couverture import representants_de
from apps.partenaires.models import Organisme

from .. import mots, selecteurs_calendrier, services
from ..forms.calendrier import InstanceForm, InviteForm, MembreForm
from ..models import Instance, InvitePermanent, Membre
from ..permissions import peut_organiser
from ..services.instances import RESERVE, personnes_du_pilotage


def _instance(request: Requete, pk: int) -> Instance:
    exiger(peut_organiser(request.acces), RESERVE)
    return get_object_or_404(Instance.objects.visibles_par(request.acces), pk=pk)


@require_safe
def liste(request: Requete, territoire: str) -> HttpResponse:
    """The committees of the territoire."""
    exiger(peut_organiser(request.acces), RESERVE)
    instances = selecteurs_calendrier.instances(request.acces)
    prefetch_related_objects(instances, "membres", "invites")
    lignes = [
        {
            "instance": i,
            "membres": sum(m.retire_le is None for m in i.membres.all()),
            "invites": len(i.invites.all()),
            "portee": mots.portee_dite(i),
        }
        for i in instances
    ]
    return render(request, "comites/calendrier/instances.html", {"lignes": lignes})


def _membres(instance: Instance) -> list[dict[str, Any]]:
    """Each with who speaks for it, and whether a convention lets it read fiches."""
    membres = list(
        instance.membres.filter(retire_le__isnull=True).select_related("organisme", "utilisateur").order_by("pk")
    )
    par_organisme = representants_de(instance.territoire_id)
    siegent = Organisme.objects.filter(pk__in=[m.organisme_id for m in membres if m.organisme_id])
    conventions = dict(siegent.avec_convention().values_list("pk", "a_convention"))
    return [
        {
            "membre": m,
            "representants": par_organisme.get(m.organisme_id, []) if m.organisme_id else [],
            "sans_convention": bool(m.organisme_id) and not conventions.get(m.organisme_id, False),
        }
        for m in sorted(membres, key=lambda m: (m.organisme is None, str(m).lower()))
    ]


def _page(request: Requete, instance: Instance, membre: MembreForm, invite: InviteForm) -> HttpResponse:
    contexte = {
        "instance": instance,
        "portee": mots.portee_dite(instance),
        "membres": _membres(instance),
        "invites": instance.invites.all(),
        "membre_form": membre,
        "invite_form": invite,
    }
    return render(request, "comites/calendrier/instance.html", contexte)


def _membre_form(request: Requete, instance: Instance, donnees: Any = None) -> MembreForm:
    personnes = personnes_du_pilotage(instance.territoire_id)
    return MembreForm(donnees, acces=request.acces, instance=instance, personnes=personnes)


@require_safe
def instance(request: Requete, territoire: str, pk: int) -> HttpResponse:
    """One committee."""
    objet = _instance(request, pk)
    return _page(request, objet, _membre_form(request, objet), InviteForm(prefix="invite"))


@require_http_methods(["GET", "POST"])
def creer_instance(request: Requete, territoire: str) -> HttpResponse:
    """A new committee."""
    exiger(peut_organiser(request.acces), RESERVE)
    form = InstanceForm(request.POST or None)
    if form.is_valid():
        try:
            objet = services.creer_instance(acces=request.acces, **form.valeurs())
        except ErreurMetier as erreur:
            form.add_error("nom", erreur.message)
        else:
            messages.success(request, f"{objet} est créé. Il reste à dire qui y siège.")
            return redirect("comites:instance", territoire, objet.pk)
    return render(request, "comites/calendrier/instance_formulaire.html", {"form": form})


@require_http_methods(["GET", "POST"])
def modifier_instance(request: Requete, territoire: str, pk: int) -> HttpResponse:
    """Its name, its habits, what it reads."""
    objet = _instance(request, pk)
    form = InstanceForm(
        request.POST or None, instance=Instance.objects.get(pk=objet.pk), initial={"version": objet.version}
    )
    if form.is_valid():
        version = form.cleaned_data["version"]
        try:
            services.modifier_instance(acces=request.acces, instance=objet, version=version, **form.valeurs())
        except VersionPerimee as erreur:
            return _conflit(request, form, erreur.actuel)  # type: ignore[arg-type]
        except ErreurMetier as erreur:
            form.add_error(None, erreur.message)
        else:
            messages.success(request, "C’est enregistré.")
            return redirect("comites:instance", territoire, pk)
    return render(request, "comites/calendrier/instance_formulaire.html", {"form": form, "instance": objet})


def _conflit(request: Requete, form: InstanceForm, actuelle: Instance) -> HttpResponse:
    champs = [
        {"libelle": form.fields[nom].label, "le_votre": valeur, "enregistre": getattr(actuelle, nom)}
        for nom, valeur in form.valeurs().items()
        if getattr(actuelle, nom) != valeur
    ]
    return conflit(request, {"champs": champs, "le": actuelle.modifie_le})


@require_POST
def ajouter_membre(request: Requete, territoire: str, pk: int) -> HttpResponse:
    """An organisme, or a person of the pilotage."""
    objet = _instance(request, pk)
    form = _membre_form(request, objet, request.POST)
    if form.is_valid():
        try:
            membre = services.ajouter_membre(acces=request.acces, instance=objet, **form.cleaned_data)
        except ErreurMetier as erreur:
            form.add_error("organisme", erreur.message)
        else:
            messages.success(request, f"{membre} siège désormais.")
            return redirect("comites:instance", territoire, pk)
    return _page(request, objet, form, InviteForm(prefix="invite"))


@require_http_methods(["GET", "POST"])
def retirer_membre(request: Requete, territoire: str, pk: int, membre_pk: int) -> HttpResponse:
    """It sits no more: what follows is said first."""
    objet = _instance(request, pk)
    membre = get_object_or_404(Membre, pk=membre_pk, instance=objet, retire_le__isnull=True)
    if request.method == "GET":
        return render(request, "comites/calendrier/retirer_membre.html", {"instance": objet, "membre": membre})
    services.retirer_membre(acces=request.acces, membre=membre)
    messages.success(request, f"{membre} ne siège plus.")
    return redirect("comites:instance", territoire, pk)


@require_POST
def ajouter_invite_permanent(request: Requete, territoire: str, pk: int) -> HttpResponse:
    """Invited to every séance."""
    objet = _instance(request, pk)
    form = InviteForm(request.POST, prefix="invite")
    if form.is_valid():
        try:
            services.ajouter_invite_permanent(acces=request.acces, instance=objet, **form.cleaned_data)
        except ErreurMetier as erreur:
            form.add_error("nom", erreur.message)
        else:
            messages.success(request, f"{form.cleaned_data['nom']} est invité à chaque séance.")
            return redirect("comites:instance", territoire, pk)
    return _page(request, objet, _membre_form(request, objet), form)


@require_POST
def retirer_invite_permanent(request: Requete, territoire: str, pk: int, invite_pk: int) -> HttpResponse:
    """Not invited any more."""
    objet = _instance(request, pk)
    invite = get_object_or_404(InvitePermanent, pk=invite_pk, instance=objet)
    services.retirer_invite_permanent(acces=request.acces, invite=invite)
    messages.success(request, f"{invite.nom} n’est plus invité.")
    return redirect("comites:instance", territoire, pk)
