"""The settings of a territoire, for its coordination; and its logo and colours, for everybody."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.files.storage import default_storage
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core.couleurs import feuille
from apps.core.erreurs import ErreurMetier, VersionPerimee, exiger
from apps.core.requetes import Requete
from apps.core.texte import normaliser
from apps.referentiels.models import Epci

from . import services
from .forms import SECTIONS, AjoutCommuneForm, IdentiteForm, RechercheEpciForm, SectionForm, ThemeForm
from .models import Territoire, Theme
from .permissions import peut_regler

UN_AN = "public, max-age=31536000, immutable"
TYPES_LOGO = {"png": "image/png", "jpg": "image/jpeg"}


def _regler(request: Requete) -> Territoire:
    """The territoire of the address, for who may set it (403 otherwise)."""
    exiger(peut_regler(request.acces), "Seule la coordination règle son territoire.")
    return request.territoire


def _contexte(courante: str, **autres: Any) -> dict[str, Any]:
    return {"sections": SECTIONS, "courante": courante, **autres}


@require_safe
def reglages(request: Requete, territoire: str) -> HttpResponse:
    """The sections, each in a sentence."""
    ici = _regler(request)
    nombres = {
        "nombre_themes": Theme.objects.filter(territoire=ici, est_actif=True).count(),
        "nombre_communes": ici.communes.count(),
    }
    return render(request, "territoires/reglages.html", _contexte("", **nombres))


@require_http_methods(["GET", "POST"])
def section(request: Requete, territoire: str, section: str) -> HttpResponse:
    """One section of the settings; a stale version shows both texts and loses nothing (409)."""
    ici = _regler(request)
    if section not in SECTIONS:
        raise Http404
    form = SECTIONS[section](request.POST or None, request.FILES or None, instance=Territoire.objects.get(pk=ici.pk))
    contexte = _contexte(section, form=form, titre=form.titre)
    if request.method == "POST" and form.is_valid():
        try:
            _enregistrer(request, ici, form)
        except VersionPerimee as perimee:
            return render(request, "territoires/section.html", contexte | _deux_textes(form, perimee), status=409)
        messages.success(request, f"« {form.titre} » : c’est enregistré.")
        return redirect("territoires:section", ici.slug, section)
    return render(request, "territoires/section.html", contexte)


def _enregistrer(request: Requete, ici: Territoire, form: SectionForm) -> None:
    version = form.cleaned_data["version"]
    change = services.modifier(acces=request.acces, territoire=ici, version=version, champs=form.champs())
    if isinstance(form, IdentiteForm):
        nouveau = form.cleaned_data["logo_nouveau"]
        if nouveau or form.cleaned_data.get("logo_retirer"):
            services.poser_logo(acces=request.acces, territoire=change, version=change.version, fichier=nouveau)


def _deux_textes(form: SectionForm, perimee: VersionPerimee) -> dict[str, Any]:
    """What differs between the form and the base; the form may then be sent again, on the stored version."""
    actuel = perimee.actuel
    champs = [
        {
            "libelle": form.fields[nom].label,
            "le_votre": form.cleaned_data[nom],
            "enregistre": getattr(actuel, nom),
        }
        for nom in form.champs()
        if form.cleaned_data[nom] != getattr(actuel, nom)
    ]
    form.data = form.data.copy()  # type: ignore[assignment]
    form.data["version"] = str(actuel.version)  # type: ignore[attr-defined,index]
    return {"conflit": champs, "le": actuel.modifie_le}  # type: ignore[attr-defined]


# --- themes ---


@require_http_methods(["GET", "POST"])
def themes(request: Requete, territoire: str) -> HttpResponse:
    """The themes in their order; a form to add one."""
    ici = _regler(request)
    form = ThemeForm(request.POST or None)
    if form.is_valid():
        try:
            theme = services.ajouter_theme(
                acces=request.acces,
                territoire=ici,
                nom=form.cleaned_data["nom"],
                libelle_public=form.cleaned_data["libelle_public"],
            )
        except ErreurMetier as erreur:
            form.add_error("nom", erreur.message)
        else:
            messages.success(request, f"Le thème « {theme.nom} » est ajouté.")
            return redirect("territoires:themes", ici.slug)
    liste = Theme.objects.filter(territoire=ici)
    return render(request, "territoires/themes.html", _contexte("themes", form=form, themes=liste))


@require_http_methods(["GET", "POST"])
def theme(request: Requete, territoire: str, pk: int) -> HttpResponse:
    """Rename a theme."""
    ici = _regler(request)
    objet = get_object_or_404(Theme, territoire=ici, pk=pk)
    form = ThemeForm(request.POST or None, instance=objet)
    if form.is_valid():
        champs = {"nom": form.cleaned_data["nom"], "libelle_public": form.cleaned_data["libelle_public"]}
        try:
            services.modifier_theme(
                acces=request.acces, theme=objet, version=form.cleaned_data["version"], champs=champs
            )
        except VersionPerimee:
            form.add_error(None, "Quelqu’un a renommé ce thème entre-temps : relisez, puis enregistrez à nouveau.")
            form.data = form.data.copy()
            form.data["version"] = str(Theme.objects.get(pk=pk).version)  # type: ignore[index]
            return render(request, "territoires/theme.html", _contexte("themes", form=form, theme=objet), status=409)
        except ErreurMetier as erreur:
            form.add_error("nom", erreur.message)
        else:
            messages.success(request, "Le thème est renommé.")
            return redirect("territoires:themes", ici.slug)
    return render(request, "territoires/theme.html", _contexte("themes", form=form, theme=objet))


@require_POST
def theme_action(request: Requete, territoire: str, pk: int) -> HttpResponse:
    """Move a theme up or down, retire it or propose it again."""
    ici = _regler(request)
    objet = get_object_or_404(Theme, territoire=ici, pk=pk)
    action = request.POST.get("action")
    if action in ("haut", "bas"):
        services.deplacer_theme(acces=request.acces, theme=objet, pas=-1 if action == "haut" else 1)
    elif action in ("retirer", "proposer"):
        services.modifier_theme(
            acces=request.acces, theme=objet, version=objet.version, champs={"est_actif": action == "proposer"}
        )
    else:
        raise Http404
    return redirect("territoires:themes", ici.slug)


# --- communes ---


@require_http_methods(["GET", "POST"])
def communes(request: Requete, territoire: str) -> HttpResponse:
    """The communes by intercommunality; add one, add a whole intercommunality, take some out."""
    ici = _regler(request)
    form = AjoutCommuneForm(request.POST if request.POST.get("action") == "ajouter" else None)
    recherche = RechercheEpciForm(request.GET or None)
    if request.method == "POST" and _changer_communes(request, ici, form):
        return redirect("territoires:communes", ici.slug)
    mots = normaliser(recherche.cleaned_data["epci"]) if recherche.is_valid() else ""
    trouves = Epci.objects.filter(recherche__contains=mots).annotate(nombre=Count("communes"))[:10] if mots else []
    liste = ici.communes.select_related("epci").order_by("epci__nom", "recherche")
    return render(
        request,
        "territoires/communes.html",
        _contexte("communes", form=form, recherche=recherche, trouves=trouves, cherche=mots, communes=liste),
    )


def _changer_communes(request: Requete, ici: Territoire, form: AjoutCommuneForm) -> bool:
    """Do what was asked; False when the form has an error to show."""
    action = request.POST.get("action")
    try:
        if action == "retirer":
            codes = request.POST.getlist("communes")
            nombre = services.retirer_communes(acces=request.acces, territoire=ici, codes=codes)
            messages.success(request, _phrase(nombre, "retirée"))
        elif action == "epci":
            epci = get_object_or_404(Epci, pk=request.POST.get("siren", "")[:9])
            nombre = services.ajouter_communes(acces=request.acces, territoire=ici, epci=epci)
            messages.success(request, _phrase(nombre, "ajoutée"))
        elif form.is_valid():
            nombre = services.ajouter_communes(
                acces=request.acces, territoire=ici, commune=form.cleaned_data["commune"]
            )
            messages.success(request, _phrase(nombre, "ajoutée"))
        else:
            return False
    except ErreurMetier as erreur:
        messages.error(request, erreur.message)
    return True


def _phrase(nombre: int, participe: str) -> str:
    if not nombre:
        return f"Aucune commune n’a été {participe} : rien n’avait à changer."
    return f"{nombre} commune{'s' if nombre > 1 else ''} {participe}{'s' if nombre > 1 else ''}."


# --- open to all ---


@login_not_required
@require_safe
def logo(request: Requete, territoire: str, empreinte: str) -> HttpResponse:
    """The logo; its address changes with its content, so that browsers keep it."""
    nom = request.territoire.logo.name or ""
    extension = nom.rpartition(".")[2]
    if empreinte not in nom or extension not in TYPES_LOGO or not default_storage.exists(nom):
        raise Http404
    with default_storage.open(nom) as stocke:
        reponse = HttpResponse(stocke.read(), content_type=TYPES_LOGO[extension])
    reponse["Content-Disposition"] = f'inline; filename="logo.{extension}"'
    reponse["Cache-Control"] = UN_AN
    reponse["X-Content-Type-Options"] = "nosniff"
    reponse["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return reponse


@login_not_required
@require_safe
def couleurs(request: Requete, territoire: str, couleur: str) -> HttpResponse:
    """The stylesheet of the territoire's colour; its address holds the colour, so that browsers keep it."""
    if request.territoire.couleur.lower() != f"#{couleur.lower()}":
        raise Http404
    reponse = HttpResponse(feuille(request.territoire.couleur), content_type="text/css; charset=utf-8")
    reponse["Cache-Control"] = UN_AN
    return reponse
