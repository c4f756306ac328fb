"""The partners of a territoire: directory, page of one, what changes it, coverage."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.erreurs import ErreurMetier, VersionPerimee, exiger
from apps.core.requetes import Requete
from apps.documents.services import servir
from apps.listes.vues import reponse_liste
from apps.tracabilite.models import GenreAcces
from apps.tracabilite.services import tracer

from . import services
from .couverture import calculer, representants_de
from .forms import AncienNomForm, ConventionForm, OrganismeForm, RenommerForm
from .listes import ListePartenaires
from .models import AncienNom, Convention, Organisme
from .permissions import peut_modifier, peut_voir, peut_voir_couverture

RESERVE = "La coordination tient les partenaires à jour."


def liste(request: Requete, territoire: str) -> HttpResponse:
    """The directory."""
    exiger(peut_voir(request.acces))
    contexte = {
        "peut_modifier": peut_modifier(request.acces),
        "peut_voir_couverture": peut_voir_couverture(request.acces),
    }
    return reponse_liste(request, ListePartenaires(), "partenaires/liste.html", contexte)


def _organisme(request: Requete, pk: int) -> Organisme:
    return get_object_or_404(Organisme.objects.visibles_par(request.acces), pk=pk)


def _a_modifier(request: Requete, pk: int) -> Organisme:
    organisme = _organisme(request, pk)
    exiger(peut_modifier(request.acces), RESERVE)
    return organisme


def detail(request: Requete, territoire: str, pk: int) -> HttpResponse:
    """One partner: who to reach, what it covers, its names, its conventions."""
    exiger(peut_voir(request.acces))
    organisme = get_object_or_404(
        Organisme.objects.visibles_par(request.acces)
        .avec_convention()
        .prefetch_related("themes", "communes", "anciens_noms"),
        pk=pk,
    )
    conventions = Convention.objects.visibles_par(request.acces).filter(organisme=organisme).select_related("fichier")
    contexte = {
        "organisme": organisme,
        "representants": representants_de(organisme.territoire_id).get(organisme.pk, []),
        "natures": Organisme._meta.get_field("natures").libelles(organisme.natures),
        "publics": Organisme._meta.get_field("publics").libelles(organisme.publics),
        "conventions": conventions,
        "voit_conventions": request.acces.est_coordination or request.acces.organisme_id == organisme.pk,
        "peut_modifier": peut_modifier(request.acces),
        "aujourdhui": timezone.localdate(),
    }
    return render(request, "partenaires/detail.html", contexte)


@require_http_methods(["GET", "POST"])
def creer(request: Requete, territoire: str) -> HttpResponse:
    """A new partner."""
    exiger(peut_modifier(request.acces), RESERVE)
    form = OrganismeForm(request.POST or None, acces=request.acces, territoire=request.territoire)
    if form.is_valid():
        try:
            organisme = services.creer(acces=request.acces, **form.valeurs())
        except ErreurMetier as erreur:
            form.add_error("nom", erreur.message)
        else:
            messages.success(
                request, f"{organisme} est enregistré. Il reste à noter sa convention et à inviter son référent."
            )
            return redirect("partenaires:detail", territoire, organisme.pk)
    return render(request, "partenaires/formulaire.html", {"form": form})


def _dire(form: OrganismeForm, nom: str, valeur: Any) -> str:
    """A value of the form in words, to be compared."""
    champ = form.fields[nom]
    if hasattr(valeur, "all"):
        valeur = valeur.all()
    if isinstance(valeur, (list, tuple)) or hasattr(valeur, "values_list"):
        noms = dict(champ.choices) if nom in ("natures", "publics") else {}  # type: ignore[attr-defined]
        return ", ".join(sorted(str(noms.get(v, v)) for v in valeur)) or "—"
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    return str(dict(getattr(champ, "choices", ())).get(valeur, valeur) if valeur not in (None, "") else "—")


def _conflit(request: Requete, form: OrganismeForm, actuel: Organisme) -> HttpResponse:
    """Both texts, and the form as typed, ready to be sent again over what is stored now."""
    champs = []
    for nom, valeur in form.valeurs().items():
        le_votre, enregistre = _dire(form, nom, valeur), _dire(form, nom, getattr(actuel, nom))
        if le_votre != enregistre:
            champs.append({"libelle": form.fields[nom].label, "le_votre": le_votre, "enregistre": enregistre})
    form.data = form.data.copy()
    form.data["version"] = str(actuel.version)  # type: ignore[index]
    contexte = {"form": form, "organisme": actuel, "conflit": champs, "le": actuel.modifie_le}
    return render(request, "partenaires/formulaire.html", contexte, status=409)


@require_http_methods(["GET", "POST"])
def modifier(request: Requete, territoire: str, pk: int) -> HttpResponse:
    """Change a partner; of two people at once, the second sees both."""
    organisme = _a_modifier(request, pk)
    form = OrganismeForm(
        request.POST or None,
        acces=request.acces,
        territoire=request.territoire,
        instance=get_object_or_404(Organisme.objects.visibles_par(request.acces), pk=pk),
    )
    if form.is_valid():
        version = form.cleaned_data["version"]
        try:
            services.modifier(acces=request.acces, organisme=organisme, version=version, **form.valeurs())
        except VersionPerimee as erreur:
            return _conflit(request, form, erreur.actuel)  # type: ignore[arg-type]
        except ErreurMetier as erreur:
            form.add_error("nom", erreur.message)
        else:
            messages.success(request, "C’est enregistré.")
            return redirect("partenaires:detail", territoire, pk)
    return render(request, "partenaires/formulaire.html", {"form": form, "organisme": organisme})


@require_http_methods(["GET", "POST"])
def renommer(request: Requete, territoire: str, pk: int) -> HttpResponse:
    """The body changes its name on a given day."""
    organisme = _a_modifier(request, pk)
    form = RenommerForm(request.POST or None, initial={"version": organisme.version})
    if form.is_valid():
        try:
            services.renommer(acces=request.acces, organisme=organisme, **form.cleaned_data)
        except VersionPerimee as erreur:
            form.add_error(None, f"{erreur.message} Rouvrez la page et recommencez.")
        except ErreurMetier as erreur:
            form.add_error(None, erreur.message)
        else:
            messages.success(request, "Le nouveau nom est enregistré ; les anciennes fiches gardent l’ancien.")
            return redirect("partenaires:detail", territoire, pk)
    return render(
        request, "partenaires/petit_formulaire.html", {"form": form, "organisme": organisme, "titre": "Changer de nom"}
    )


@require_http_methods(["GET", "POST"])
def ancien_nom(request: Requete, territoire: str, pk: int) -> HttpResponse:
    """A former name, with its dates."""
    organisme = _a_modifier(request, pk)
    form = AncienNomForm(request.POST or None)
    if form.is_valid():
        try:
            services.ajouter_ancien_nom(acces=request.acces, organisme=organisme, **form.cleaned_data)
        except ErreurMetier as erreur:
            form.add_error(None, erreur.message)
        else:
            messages.success(request, "L’ancien nom est noté.")
            return redirect("partenaires:detail", territoire, pk)
    contexte = {"form": form, "organisme": organisme, "titre": "Noter un ancien nom"}
    return render(request, "partenaires/petit_formulaire.html", contexte)


@require_POST
def retirer_ancien_nom(request: Requete, territoire: str, pk: int, nom_pk: int) -> HttpResponse:
    """Remove a former name typed by mistake."""
    organisme = _a_modifier(request, pk)
    services.retirer_ancien_nom(
        acces=request.acces, ancien=get_object_or_404(AncienNom, pk=nom_pk, organisme=organisme)
    )
    messages.success(request, "L’ancien nom est retiré.")
    return redirect("partenaires:detail", territoire, pk)


@require_http_methods(["GET", "POST"])
def convention(request: Requete, territoire: str, pk: int) -> HttpResponse:
    """Record a convention or an engagement de confidentialité."""
    organisme = _a_modifier(request, pk)
    form = ConventionForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            services.ajouter_convention(acces=request.acces, organisme=organisme, **form.valeurs())
        except ErreurMetier as erreur:
            form.add_error(None, erreur.message)
        else:
            messages.success(request, "La convention est enregistrée.")
            return redirect("partenaires:detail", territoire, pk)
    contexte = {"form": form, "organisme": organisme, "titre": "Ajouter une convention", "fichiers": True}
    return render(request, "partenaires/petit_formulaire.html", contexte)


@require_POST
def retirer_convention(request: Requete, territoire: str, pk: int, convention_pk: int) -> HttpResponse:
    """Remove a convention typed by mistake."""
    organisme = _a_modifier(request, pk)
    objet = get_object_or_404(Convention.objects.visibles_par(request.acces), pk=convention_pk, organisme=organisme)
    services.retirer_convention(acces=request.acces, convention=objet)
    messages.success(request, "La convention est retirée.")
    return redirect("partenaires:detail", territoire, pk)


def fichier_convention(request: Requete, territoire: str, pk: int, convention_pk: int) -> HttpResponseBase:
    """The signed document, for the coordination and the organisme itself."""
    objet = get_object_or_404(
        Convention.objects.visibles_par(request.acces).select_related("fichier"), pk=convention_pk, organisme=pk
    )
    if objet.fichier is None:
        raise Http404
    tracer(
        acces=request.acces,
        genre=GenreAcces.TELECHARGEMENT,
        objet="convention",
        objet_id=objet.pk,
        libelle=str(objet),
        auteur=str(request.user),
    )
    return servir(objet.fichier)


def couverture(request: Requete, territoire: str) -> HttpResponse:
    """Which theme is answered for on which commune; the holes are named."""
    exiger(peut_voir_couverture(request.acces))
    calcul = calculer(acces=request.acces, territoire=request.territoire, code_commune=request.GET.get("commune", ""))
    contexte = {"couverture": calcul, "peut_modifier": peut_modifier(request.acces)}
    return render(request, "partenaires/couverture.html", contexte)
