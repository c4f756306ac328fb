"""Pages of projets and of those who carry them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.acces.middleware import RequeteAvecAcces
from apps.core.erreurs import ErreurMetier, VersionPerimee, exiger
from apps.core.registres import panneaux_projet
from apps.entreprises import services as entreprises
from apps.entreprises.enums import EtatSiret
from apps.listes.vues import reponse_liste
from apps.personnes import services as personnes
from apps.personnes.edition import panneaux
from apps.personnes.models import Personne
from apps.tracabilite.services import tracer

from . import services
from .enums import StadeProjet
from .forms import PERSONNE, ChoixPersonneForm, NaissanceForm, PorteurForm, ProjetForm, StadeForm
from .liste import ListeProjets
from .models import Etape, Porteur, Projet
from .permissions import RESERVE, peut_gerer
from .workflow import suites


@require_http_methods(["GET", "HEAD", "POST"])
def liste(request: RequeteAvecAcces, territoire: str) -> HttpResponse:
    exiger(peut_gerer(request.acces), RESERVE)
    return reponse_liste(request, ListeProjets(), "porteurs/liste.html")


def _projet(request: RequeteAvecAcces, pk: int) -> Projet:
    visibles = Projet.objects.visibles_par(request.acces).select_related("commune", "entreprise")
    projet = get_object_or_404(visibles, pk=pk)
    exiger(peut_gerer(request.acces), RESERVE)
    return projet


def _tracer(request: RequeteAvecAcces, projet: Projet) -> None:
    """A form that shows what is held of a projet is a reading like another."""
    if request.method != "POST":
        tracer(acces=request.acces, objet="projet", objet_id=projet.pk, auteur=str(request.user))


@require_safe
def detail(request: RequeteAvecAcces, territoire: str, pk: int) -> HttpResponse:
    projet = _projet(request, pk)
    _tracer(request, projet)
    possibles = suites(projet.stade, a_entreprise=projet.entreprise_id is not None)
    contexte = {
        "projet": projet,
        "natures": ", ".join(Projet._meta.get_field("natures").libelles(projet.natures)),
        "porteurs": Porteur.objects.filter(projet=projet).select_related("personne__commune"),
        "etapes": [
            {"date": e.quand, "titre": e.get_stade_display(), "auteur": e.auteur}
            for e in Etape.objects.filter(projet=projet).select_related("auteur").order_by("-quand", "-pk")
        ],
        "stade_form": StadeForm(suites=possibles, initial={"version": projet.version}),
        "peut_naitre": projet.stade not in (StadeProjet.LANCE, StadeProjet.ABANDONNE),
        "panneaux": panneaux(request, panneaux_projet, projet),
    }
    return render(request, "porteurs/detail.html", contexte)


def _personne_dite(request: RequeteAvecAcces, form: PorteurForm) -> Personne | list[Any]:
    """The known person who was picked, a new one, or the likely duplicates to show first."""
    connue = ChoixPersonneForm(request.POST, acces=request.acces)
    if request.POST.get("personne") and connue.is_valid():
        return connue.cleaned_data["personne"]
    donnees = form.personne()
    cles = {n: donnees[n] for n in ("nom", "prenom", "courriel", "telephone")}
    trouves = personnes.doublons(acces=request.acces, **cles)
    if trouves and not request.POST.get("malgre_doublons"):
        return trouves
    return personnes.creer(acces=request.acces, **{n: donnees[n] for n in PERSONNE})


@require_http_methods(["GET", "POST"])
def creer(request: RequeteAvecAcces, territoire: str) -> HttpResponse:
    exiger(peut_gerer(request.acces), RESERVE)
    form = ProjetForm(request.POST or None, territoire=request.territoire)
    porteur = PorteurForm(request.POST or None, prefix="porteur")
    contexte: dict[str, Any] = {"form": form, "porteur": porteur}
    if request.method == "POST" and form.is_valid() and porteur.is_valid():
        dite = _personne_dite(request, porteur)
        if isinstance(dite, Personne):
            projet = services.creer_projet(acces=request.acces, personnes=[dite], principal=dite, **form.donnees())
            messages.success(request, f"« {projet} » est ajouté.")
            return redirect("porteurs:detail", territoire, projet.pk)
        contexte["doublons"] = dite
    return render(request, "porteurs/formulaire.html", contexte)


@require_http_methods(["GET", "POST"])
def modifier(request: RequeteAvecAcces, territoire: str, pk: int) -> HttpResponse:
    projet = _projet(request, pk)
    _tracer(request, projet)
    titre = projet.titre
    form = ProjetForm(request.POST or None, instance=projet, territoire=request.territoire)
    contexte: dict[str, Any] = {"form": form, "projet": projet, "titre_projet": titre}
    if form.is_valid():
        try:
            services.modifier_projet(acces=request.acces, projet=projet, version=form.version_lue, **form.donnees())
        except VersionPerimee as perimee:
            contexte |= {"conflits": form.reprendre(perimee.actuel), "modifie_le": perimee.actuel.modifie_le}
            return render(request, "porteurs/formulaire.html", contexte, status=409)
        messages.success(request, "Vos modifications sont enregistrées.")
        return redirect("porteurs:detail", territoire, pk)
    return render(request, "porteurs/formulaire.html", contexte)


@require_POST
def changer_stade(request: RequeteAvecAcces, territoire: str, pk: int) -> HttpResponse:
    projet = _projet(request, pk)
    possibles = suites(projet.stade, a_entreprise=projet.entreprise_id is not None)
    form = StadeForm(request.POST, suites=possibles)
    if not form.is_valid():
        messages.error(request, "Ce stade ne peut pas suivre celui du projet : quelqu’un l’a peut-être déjà changé.")
        return redirect("porteurs:detail", territoire, pk)
    try:
        services.changer_stade(acces=request.acces, projet=projet, **form.cleaned_data)
    except ErreurMetier as erreur:
        messages.error(request, erreur.message)
    else:
        messages.success(request, "Le nouveau stade est noté.")
    return redirect("porteurs:detail", territoire, pk)


@require_http_methods(["GET", "POST"])
def ajouter_porteur(request: RequeteAvecAcces, territoire: str, pk: int) -> HttpResponse:
    projet = _projet(request, pk)
    form = PorteurForm(request.POST or None, prefix="porteur")
    contexte: dict[str, Any] = {"projet": projet, "porteur": form}
    if form.is_valid():
        dite = _personne_dite(request, form)
        if not isinstance(dite, Personne):
            contexte["doublons"] = dite
        else:
            try:
                services.ajouter_porteur(acces=request.acces, projet=projet, personne=dite)
            except ErreurMetier as erreur:
                messages.error(request, erreur.message)
            else:
                messages.success(request, f"{dite} porte maintenant ce projet.")
            return redirect("porteurs:detail", territoire, pk)
    return render(request, "porteurs/porteur.html", contexte)


def _porteur(request: RequeteAvecAcces, pk: int, porteur: int) -> tuple[Projet, Porteur]:
    projet = _projet(request, pk)
    porteurs = Porteur.objects.filter(projet=projet).select_related("projet", "personne")
    return projet, get_object_or_404(porteurs, pk=porteur)


@require_POST
def designer_principal(request: RequeteAvecAcces, territoire: str, pk: int, porteur: int) -> HttpResponse:
    _, trouve = _porteur(request, pk, porteur)
    services.designer_principal(acces=request.acces, porteur=trouve)
    messages.success(request, f"{trouve.personne} est le porteur principal.")
    return redirect("porteurs:detail", territoire, pk)


@require_http_methods(["GET", "POST"])
def retirer_porteur(request: RequeteAvecAcces, territoire: str, pk: int, porteur: int) -> HttpResponse:
    projet, trouve = _porteur(request, pk, porteur)
    if request.method == "POST":
        try:
            services.retirer_porteur(acces=request.acces, porteur=trouve)
        except ErreurMetier as erreur:
            messages.error(request, erreur.message)
        else:
            messages.success(request, f"{trouve.personne} ne porte plus ce projet.")
        return redirect("porteurs:detail", territoire, pk)
    return render(request, "porteurs/retirer_porteur.html", {"projet": projet, "porteur": trouve})


@require_http_methods(["GET", "POST"])
def devenir_entreprise(request: RequeteAvecAcces, territoire: str, pk: int) -> HttpResponse:
    """The projet succeeds. A likely entreprise of the directory is offered before a new one is made."""
    projet = _projet(request, pk)
    initial = {"nom": projet.titre, "commune": projet.commune}
    form = NaissanceForm(request.POST or None, initial=initial, acces=request.acces, territoire=request.territoire)
    contexte: dict[str, Any] = {"projet": projet, "form": form}
    if form.is_valid():
        donnees = dict(form.cleaned_data)
        choisie = donnees.pop("entreprise")
        donnees["siret"] = donnees["siret"] or None
        donnees["etat_siret"] = EtatSiret.CONNU if donnees["siret"] else EtatSiret.EN_COURS
        trouves = entreprises.doublons(
            acces=request.acces, siret=donnees["siret"] or "", nom=donnees["nom"], commune=donnees["commune"]
        )
        if trouves and choisie is None and not request.POST.get("malgre_doublons"):
            return render(request, "porteurs/devenir_entreprise.html", contexte | {"doublons": trouves})
        try:
            entreprise = services.devenir_entreprise(
                acces=request.acces, projet=projet, entreprise=choisie, **({} if choisie else donnees)
            )
        except ErreurMetier as erreur:
            form.add_error(None, erreur.message)
        else:
            messages.success(request, f"Le projet est devenu « {entreprise} ». Son histoire reste lisible ici.")
            return redirect("entreprises:detail", territoire, entreprise.pk)
    return render(request, "porteurs/devenir_entreprise.html", contexte)
