"""The anonymous version of a fiche: written, then read again as the élus will."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from apps.core.erreurs import ErreurMetier, VersionPerimee, exiger
from apps.core.requetes import Requete
from apps.fiches.models import FicheNavette
from apps.fiches.views.outils import conflit_de, envoye
from apps.tracabilite.services import tracer

from ..forms.ordre import VersionAnonymeForm
from ..intitules import anonyme_de
from ..models import VersionAnonyme
from ..permissions import peut_organiser
from ..services import versions

RESERVE = "Les versions anonymes sont écrites par la coordination."


def _fiche(request: Requete, numero: str) -> FicheNavette:
    fiches = FicheNavette.objects.visibles_par(request.acces).select_related(
        "territoire", "entreprise__commune__epci", "projet__commune__epci"
    )
    fiche = get_object_or_404(fiches, numero=numero)
    exiger(peut_organiser(request.acces), RESERVE)
    if request.method != "POST":
        tracer(
            acces=request.acces, objet="fiche", objet_id=fiche.pk, libelle=fiche.numero, auteur=str(request.user)
        )  # fmt: skip
    return fiche


def _retour(request: Requete, fiche: FicheNavette) -> str:
    """Back to the agenda that led here, else to the fiche."""
    suite = request.GET.get("suite", "")
    return suite if url_has_allowed_host_and_scheme(suite, allowed_hosts=None) else fiche.get_absolute_url()


def _page(request: Requete, gabarit: str, statut: int = 200, **contexte: Any) -> HttpResponse:
    return render(request, gabarit, {"suite": request.GET.get("suite", ""), **contexte}, status=statut)


@require_http_methods(["GET", "POST"])
def ecrire(request: Requete, territoire: str, fiche: str) -> HttpResponse:
    """Write it, or change it: it has to be read again."""
    objet = _fiche(request, fiche)
    actuelle = VersionAnonyme.objects.visibles_par(request.acces).filter(fiche=objet).first()
    initial = {"texte": actuelle.texte, "version": actuelle.version} if actuelle else {"texte": objet.resume_sans_nom}
    form = VersionAnonymeForm(envoye(request), initial=initial)
    conflit = None
    if form.is_valid():
        try:
            versions.ecrire_version(acces=request.acces, fiche=objet, **form.cleaned_data)
        except VersionPerimee as erreur:
            conflit = conflit_de(form, erreur, ["texte"])
        except ErreurMetier as erreur:
            form.add_error("texte", erreur.message)
        else:
            messages.success(request, "La version anonyme est enregistrée. Elle reste à relire.")
            return redirect(f"{request.path}relire/?{request.GET.urlencode()}")
    statut = 409 if conflit is not None else 422 if form.is_bound and form.errors else 200
    return _page(
        request, "comites/ordre/version.html", statut, fiche=objet, form=form, actuelle=actuelle, conflit=conflit,
        anonyme=anonyme_de(objet), retour_url=_retour(request, objet),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def relire(request: Requete, territoire: str, fiche: str) -> HttpResponse:
    """See it as the élus will, then say that it may be shown, or take that back."""
    objet = _fiche(request, fiche)
    version = get_object_or_404(
        VersionAnonyme.objects.visibles_par(request.acces).select_related("fiche", "redigee_par", "relue_par"),
        fiche=objet,
    )
    if request.method == "POST":
        lue = request.POST.get("version", "")
        geste = versions.retirer_version if "retirer" in request.POST else versions.relire_version
        try:
            geste(acces=request.acces, version_anonyme=version, version=int(lue) if lue.isdigit() else None)
        except VersionPerimee:
            messages.warning(request, "Le texte a changé entre-temps : relisez-le.")
            return redirect(request.get_full_path())
        except ErreurMetier as erreur:
            messages.error(request, erreur.message)
            return redirect(request.get_full_path())
        retiree = "retirer" in request.POST
        messages.success(request, "Les élus ne la lisent plus." if retiree else "Les élus peuvent la lire.")
        return redirect(_retour(request, objet))
    return _page(
        request, "comites/ordre/relire.html", fiche=objet, version=version, anonyme=anonyme_de(objet),
        la_mienne=version.redigee_par_id == request.acces.utilisateur_id, retour_url=_retour(request, objet),
    )  # fmt: skip
