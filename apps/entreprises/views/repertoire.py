"""The directory: list, page, creation, modification."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from apps.acces.middleware import RequeteAvecAcces
from apps.core.erreurs import ErreurMetier, VersionPerimee, exiger
from apps.core.registres import panneaux_entreprise
from apps.entreprises import services
from apps.entreprises.forms import EntrepriseForm
from apps.entreprises.liste import liste_pour, nommer_activites
from apps.entreprises.models import Entreprise, Interlocuteur
from apps.entreprises.permissions import RESERVE, peut_consulter, peut_gerer
from apps.listes.vues import reponse_liste
from apps.personnes.edition import panneaux
from apps.personnes.enums import GenreFusion
from apps.personnes.models import Fusion
from apps.tracabilite.models import GenreAcces
from apps.tracabilite.services import tracer


@require_http_methods(["GET", "HEAD", "POST"])
def liste(request: RequeteAvecAcces, territoire: str) -> HttpResponse:
    exiger(peut_consulter(request.acces), RESERVE)
    return reponse_liste(
        request, liste_pour(request.acces), "entreprises/liste.html", {"peut_gerer": peut_gerer(request.acces)}
    )


def tracer_lecture(request: RequeteAvecAcces, *entreprises: Entreprise) -> None:
    """A form that shows what is held of an entreprise is a reading like another."""
    if request.method != "POST":
        for entreprise in entreprises:
            tracer(
                acces=request.acces,
                genre=GenreAcces.LECTURE,
                objet="entreprise",
                objet_id=entreprise.pk,
                auteur=str(request.user),
            )


@require_safe
def detail(request: RequeteAvecAcces, territoire: str, pk: int) -> HttpResponse:
    visibles = Entreprise.objects.visibles_par(request.acces)
    entreprise = get_object_or_404(visibles.select_related("commune", "categorie_juridique"), pk=pk)
    if entreprise.fusionnee_dans_id:
        return redirect("entreprises:detail", territoire, entreprise.fusionnee_dans_id)
    nommer_activites([entreprise])
    if not peut_gerer(request.acces):
        return render(request, "entreprises/registre.html", {"entreprise": entreprise})
    tracer_lecture(request, entreprise)
    seuil = request.territoire.seuil_effectif
    liens = list(Interlocuteur.objects.filter(entreprise=entreprise).select_related("personne"))
    for lien in liens:
        lien.a_sensibiliser = lien.jusquau is None and lien.depasse_age(request.territoire.age_transmission)
    fusions = Fusion.objects.visibles_par(request.acces).en_vigueur()
    contexte = {
        "entreprise": entreprise,
        "natures": ", ".join(Entreprise._meta.get_field("natures").libelles(entreprise.natures)),
        "depasse_seuil": entreprise.depasse_seuil(seuil),
        "seuil": seuil,
        "liens": [lien for lien in liens if lien.jusquau is None],
        "anciens": [lien for lien in liens if lien.jusquau is not None],
        "fusions": fusions.filter(genre=GenreFusion.ENTREPRISE, conservee_id=entreprise.pk),
        "doublons": doublons_de(request, entreprise),
        "panneaux": panneaux(request, panneaux_entreprise, entreprise),
    }
    return render(request, "entreprises/detail.html", contexte)


def doublons_de(request: RequeteAvecAcces, entreprise: Entreprise) -> list[services.Doublon]:
    """Entreprises that may be the same as one already written."""
    return services.doublons(
        acces=request.acces,
        siret=entreprise.siret or "",
        nom=entreprise.nom,
        commune=entreprise.commune,
        courriel=entreprise.courriel,
        telephone=entreprise.telephone,
        sauf=entreprise.pk,
    )


@require_http_methods(["GET", "POST"])
def creer(request: RequeteAvecAcces, territoire: str) -> HttpResponse:
    exiger(peut_gerer(request.acces), RESERVE)
    form = EntrepriseForm(request.POST or None, territoire=request.territoire)
    contexte: dict[str, Any] = {"form": form}
    if form.is_valid():
        donnees = form.donnees()
        trouves = services.doublons(
            acces=request.acces,
            **{n: donnees[n] or "" for n in ("siret", "nom", "courriel", "telephone")},
            commune=donnees["commune"],
        )
        meme_siret = any("même SIRET" in d.raison for d in trouves)
        if trouves and (meme_siret or not request.POST.get("malgre_doublons")):
            contexte |= {"doublons": trouves, "meme_siret": meme_siret}
        else:
            try:
                entreprise = services.creer(acces=request.acces, **donnees)
            except ErreurMetier as erreur:
                form.add_error("siret", erreur.message)
            else:
                messages.success(request, f"« {entreprise} » est ajoutée au répertoire.")
                _prevenir_seuil(request, entreprise)
                return redirect("entreprises:detail", territoire, entreprise.pk)
    return render(request, "entreprises/formulaire.html", contexte)


def _prevenir_seuil(request: RequeteAvecAcces, entreprise: Entreprise) -> None:
    seuil = request.territoire.seuil_effectif
    if entreprise.depasse_seuil(seuil):
        messages.warning(
            request,
            f"Cette entreprise compte {seuil} salariés ou plus : ce n’est plus une très petite entreprise. "
            "Elle peut être accompagnée tout de même.",
        )


@require_http_methods(["GET", "POST"])
def modifier(request: RequeteAvecAcces, territoire: str, pk: int) -> HttpResponse:
    visibles = Entreprise.objects.visibles_par(request.acces).actives()
    entreprise = get_object_or_404(visibles.select_related("commune"), pk=pk)
    exiger(peut_gerer(request.acces), RESERVE)
    tracer_lecture(request, entreprise)
    form = EntrepriseForm(request.POST or None, instance=entreprise, territoire=request.territoire)
    contexte: dict[str, Any] = {"form": form, "entreprise": entreprise}
    if form.is_valid():
        try:
            modifiee = services.modifier(
                acces=request.acces, entreprise=entreprise, version=form.version_lue, **form.donnees()
            )
        except VersionPerimee as perimee:
            contexte |= {"conflits": form.reprendre(perimee.actuel), "modifie_le": perimee.actuel.modifie_le}
            return render(request, "entreprises/formulaire.html", contexte, status=409)
        except ErreurMetier as erreur:
            form.add_error("siret", erreur.message)
        else:
            messages.success(request, "Vos modifications sont enregistrées.")
            _prevenir_seuil(request, modifiee)
            return redirect("entreprises:detail", territoire, modifiee.pk)
    # ModelForm has put the typed values on the instance: the page's own links keep the stored name.
    contexte["nom_page"] = Entreprise.objects.only("nom", "enseigne").get(pk=pk)
    return render(request, "entreprises/formulaire.html", contexte)
