"""Pages of persons: identity, accords, merges. What they do elsewhere is brought by upper apps, as panels."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from apps.acces.middleware import RequeteAvecAcces
from apps.core.erreurs import ErreurMetier, VersionPerimee, exiger
from apps.core.recherche import filtrer
from apps.core.registres import panneaux_personne
from apps.documents.services import recevoir, servir
from apps.partenaires.models import Organisme
from apps.tracabilite.models import GenreAcces
from apps.tracabilite.services import tracer

from . import services
from .edition import panneaux
from .enums import GenreFusion
from .forms import AccordForm, FusionForm, PersonneForm, RetraitForm, TexteAccordForm
from .fusion import empechements
from .models import Accord, Fusion, Personne, TexteAccord
from .permissions import RESERVE, peut_gerer


def _personne(request: RequeteAvecAcces, pk: int) -> Personne:
    visibles = Personne.objects.visibles_par(request.acces).select_related("commune")
    personne = get_object_or_404(visibles, pk=pk)
    exiger(peut_gerer(request.acces), RESERVE)
    return personne


def _active(request: RequeteAvecAcces, pk: int) -> Personne:
    personne = _personne(request, pk)
    if personne.fusionnee_dans_id:
        raise Http404
    return personne


def _doublons(request: RequeteAvecAcces, personne: Personne) -> list[services.Doublon]:
    cles = {n: getattr(personne, n) for n in ("nom", "prenom", "courriel", "telephone")}
    return services.doublons(acces=request.acces, sauf=personne.pk, **cles)


def _tracer(request: RequeteAvecAcces, *personnes: Personne) -> None:
    """A form that shows what is held of a person is a reading like another."""
    if request.method != "POST":
        for personne in personnes:
            tracer(acces=request.acces, objet="personne", objet_id=personne.pk, auteur=str(request.user))


@require_safe
def detail(request: RequeteAvecAcces, territoire: str, pk: int) -> HttpResponse:
    personne = _personne(request, pk)
    if personne.fusionnee_dans_id:
        return redirect("personnes:detail", territoire, personne.fusionnee_dans_id)
    _tracer(request, personne)
    accords = Accord.objects.visibles_par(request.acces).filter(personne=personne)
    accords = list(accords.select_related("texte", "preuve", "saisi_par").prefetch_related("organismes"))
    fusions = Fusion.objects.visibles_par(request.acces).en_vigueur()
    contexte = {
        "personne": personne,
        "en_vigueur": [a for a in accords if a.est_en_vigueur],
        "anciens": [a for a in accords if not a.est_en_vigueur],
        "doublons": _doublons(request, personne),
        "fusions": fusions.filter(genre=GenreFusion.PERSONNE, conservee_id=personne.pk),
        "panneaux": panneaux(request, panneaux_personne, personne),
    }
    return render(request, "personnes/detail.html", contexte)


@require_http_methods(["GET", "POST"])
def modifier(request: RequeteAvecAcces, territoire: str, pk: int) -> HttpResponse:
    personne = _active(request, pk)
    _tracer(request, personne)
    nom = str(personne)
    form = PersonneForm(request.POST or None, instance=personne, territoire=request.territoire)
    contexte: dict[str, Any] = {"form": form, "personne": personne, "nom": nom}
    if form.is_valid():
        try:
            services.modifier(acces=request.acces, personne=personne, version=form.version_lue, **form.donnees())
        except VersionPerimee as perimee:
            contexte |= {"conflits": form.reprendre(perimee.actuel), "modifie_le": perimee.actuel.modifie_le}
            return render(request, "personnes/formulaire.html", contexte, status=409)
        messages.success(request, "Vos modifications sont enregistrées.")
        return redirect("personnes:detail", territoire, pk)
    return render(request, "personnes/formulaire.html", contexte)


@require_http_methods(["GET", "POST"])
def donner_accord(request: RequeteAvecAcces, territoire: str, pk: int) -> HttpResponse:
    """An accord given by telephone, on paper or face to face."""
    personne = _active(request, pk)
    organismes = Organisme.objects.visibles_par(request.acces).filter(est_actif=True)
    form = AccordForm(request.POST or None, request.FILES or None, organismes=organismes)
    if form.is_valid():
        donnees = form.cleaned_data
        try:
            preuves = [recevoir(fichier=f, acces=request.acces) for f in donnees["preuve"]]
            services.donner_accord(
                acces=request.acces,
                personne=personne,
                portee=donnees["portee"],
                organismes=donnees["organismes"],
                comite=donnees["comite"],
                canal=donnees["canal"],
                preuve=preuves[0] if preuves else None,
                donne_le=donnees["le"],
            )
        except ErreurMetier as erreur:
            form.add_error(None, erreur.message)
        else:
            messages.success(request, "L’accord est enregistré.")
            return redirect("personnes:detail", territoire, pk)
    texte = services.texte_accord_courant(request.territoire.pk)
    return render(request, "personnes/accord.html", {"form": form, "personne": personne, "texte": texte})


def _accord(request: RequeteAvecAcces, pk: int, accord: int) -> tuple[Personne, Accord]:
    personne = _personne(request, pk)
    accords = Accord.objects.visibles_par(request.acces).filter(personne=personne).select_related("preuve")
    return personne, get_object_or_404(accords, pk=accord)


@require_http_methods(["GET", "POST"])
def retirer_accord(request: RequeteAvecAcces, territoire: str, pk: int, accord: int) -> HttpResponse:
    personne, trouve = _accord(request, pk, accord)
    form = RetraitForm(request.POST or None)
    if form.is_valid():
        try:
            services.retirer_accord(acces=request.acces, accord=trouve, canal=form.cleaned_data["canal"])
        except ErreurMetier as erreur:
            messages.error(request, erreur.message)
        else:
            messages.success(request, "L’accord est retiré.")
        return redirect("personnes:detail", territoire, pk)
    contexte = {"form": form, "personne": personne, "accord": trouve}
    return render(request, "personnes/retirer_accord.html", contexte)


@require_safe
def preuve_accord(request: RequeteAvecAcces, territoire: str, pk: int, accord: int) -> HttpResponseBase:
    """The signed form, as an attachment."""
    _, trouve = _accord(request, pk, accord)
    if trouve.preuve is None:
        raise Http404
    tracer(
        acces=request.acces,
        genre=GenreAcces.TELECHARGEMENT,
        objet="accord",
        objet_id=trouve.pk,
        auteur=str(request.user),
    )
    return servir(trouve.preuve)


@require_safe
def formulaire_accord(request: RequeteAvecAcces, territoire: str, pk: int) -> HttpResponse:
    """The accord on paper, to print, sign and scan."""
    personne = _active(request, pk)
    contexte = {
        "personne": personne,
        "texte": services.texte_accord_courant(request.territoire.pk),
        "organismes": Organisme.objects.visibles_par(request.acces).filter(est_actif=True),
    }
    return render(request, "personnes/formulaire_accord.html", contexte)


@require_http_methods(["GET", "POST"])
def texte_accord(request: RequeteAvecAcces, territoire: str) -> HttpResponse:
    """The words that applicants agree to, version after version."""
    exiger(peut_gerer(request.acces), RESERVE)
    courant = services.texte_accord_courant(request.territoire.pk)
    form = TexteAccordForm(request.POST or None, initial={"texte": courant.texte})
    if form.is_valid():
        try:
            publie = services.publier_texte_accord(acces=request.acces, texte=form.cleaned_data["texte"])
        except ErreurMetier as erreur:
            form.add_error("texte", erreur.message)
        else:
            messages.success(request, f"La version {publie.version} du texte est en vigueur.")
            return redirect("personnes:texte_accord", territoire)
    textes = TexteAccord.objects.filter(territoire=request.territoire)
    return render(request, "personnes/texte_accord.html", {"form": form, "courant": courant, "textes": textes})


@require_safe
def fusionner(request: RequeteAvecAcces, territoire: str, pk: int) -> HttpResponse:
    """With whom? Likely duplicates first, then a search."""
    personne = _active(request, pk)
    saisie = request.GET.get("q", "").strip()[:100]
    autres = Personne.objects.visibles_par(request.acces).actives().exclude(pk=pk).select_related("commune")
    contexte = {
        "personne": personne,
        "saisie": saisie,
        "doublons": _doublons(request, personne),
        "trouvees": filtrer(autres, saisie)[:20] if saisie else [],
    }
    return render(request, "personnes/fusionner.html", contexte)


@require_http_methods(["GET", "POST"])
def fusionner_avec(request: RequeteAvecAcces, territoire: str, pk: int, autre: int) -> HttpResponse:
    conservee, absorbee = _active(request, pk), _active(request, autre)
    _tracer(request, conservee, absorbee)
    apercu = services.apercu_fusion(conservee=conservee, absorbee=absorbee)
    form = FusionForm(request.POST if request.method == "POST" else None, choix=apercu.choix)
    if request.method == "POST" and form.is_valid():
        try:
            fusion = services.fusionner(
                acces=request.acces, conservee=conservee, absorbee=absorbee, choix=form.cleaned_data
            )
        except ErreurMetier as erreur:
            messages.error(request, erreur.message)
        else:
            messages.success(request, f"{fusion.libelle} est fusionné. Vous pouvez défaire cette fusion plus bas.")
            return redirect("personnes:detail", territoire, pk)
    contexte = {"conservee": conservee, "absorbee": absorbee, "form": form, "apercu": apercu}
    return render(request, "personnes/fusionner_avec.html", contexte)


@require_http_methods(["GET", "POST"])
def defaire_fusion(request: RequeteAvecAcces, territoire: str, fusion: int) -> HttpResponse:
    fusions = Fusion.objects.visibles_par(request.acces).filter(genre=GenreFusion.PERSONNE)
    trouvee = get_object_or_404(fusions, pk=fusion)
    exiger(peut_gerer(request.acces), RESERVE)
    if request.method == "POST":
        try:
            retablie = services.defaire_fusion(acces=request.acces, fusion=trouvee)
        except ErreurMetier as erreur:
            messages.error(request, erreur.message)
            return redirect("personnes:detail", territoire, trouvee.conservee_id)
        messages.success(request, f"La fusion est défaite : {retablie} est rétabli tel qu’avant.")
        return redirect("personnes:detail", territoire, retablie.pk)
    contexte = {
        "fusion": trouvee,
        "empechements": empechements(acces=request.acces, fusion=trouvee, modele=Personne),
    }
    return render(request, "personnes/defaire_fusion.html", contexte)
