"""Closing, reopening, and what is noted after."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from apps.acces.middleware import RequeteAvecAcces
from apps.core.erreurs import ErreurMetier, VersionPerimee, exiger
from apps.documents.services import recevoir
from apps.partenaires.models import Organisme

from .. import services
from ..forms import AidesFormSet, ClotureForm, PropositionForm, RouvrirForm, SuiviForm
from ..models import FicheNavette
from ..permissions import peut_cloturer, peut_proposer_cloture, peut_rouvrir, peut_suivre
from .outils import INDISPONIBLE, envoye, page_formulaire, refuser, trouver, vers_fiche


def _initial(fiche: FicheNavette) -> dict[str, Any]:
    """What is already known: a proposal, or the results of a former closing."""
    resultat = getattr(fiche, "resultat", None)
    initial: dict[str, Any] = {
        "version": fiche.version,
        "motif": fiche.cloture_proposee_motif,
        "note": fiche.cloture_proposee_note or fiche.cloture_note,
    }
    if resultat is not None:
        for nom in ("emplois_crees", "emplois_maintenus", "investissement", "constate_le", "preuve"):
            initial[nom] = getattr(resultat, nom)
    return initial


@require_http_methods(["GET", "POST"])
def cloturer(request: RequeteAvecAcces, territoire: str, numero: str) -> HttpResponse:
    """Reason, results, help by funder, proof; silent or announced."""
    fiche = trouver(request, numero)
    exiger(peut_cloturer(request.acces, fiche), "Seule la coordination clôt une fiche ; vous pouvez le proposer.")
    organismes = Organisme.objects.visibles_par(request.acces)
    form = ClotureForm(envoye(request), request.FILES or None, initial=_initial(fiche))
    aides_avant = [
        {n: getattr(a, n) for n in ("financeur", "financeur_nom", "nature", "montant", "obtenue_le")}
        for a in fiche.aides.select_related("financeur")
    ]
    aides = AidesFormSet(envoye(request), prefix="aides", form_kwargs={"organismes": organismes}, initial=aides_avant)
    if request.method == "POST" and form.is_valid() & aides.is_valid():
        try:
            _cloturer(request, fiche, form, aides)
        except VersionPerimee as erreur:
            form.data = form.data.copy()
            form.data["version"] = getattr(erreur.actuel, "version", "")  # type: ignore[index]
            refuser(request, erreur, form)
            return _page(request, fiche, form, aides, statut=409)
        except ErreurMetier as erreur:
            refuser(request, erreur, form)
        else:
            messages.success(request, f"La fiche {fiche.numero} est clôturée.")
            return vers_fiche(fiche)
    return _page(request, fiche, form, aides)


def _cloturer(request: RequeteAvecAcces, fiche: FicheNavette, form: ClotureForm, aides: Any) -> None:
    c = dict(form.cleaned_data)
    c["version"] = c["version"] or 0
    preuves = [recevoir(fichier=f, acces=request.acces) for f in c.pop("preuve_fichier")]
    services.cloturer(
        acces=request.acces,
        fiche=fiche,
        aides=[a.cleaned_data for a in aides if a.cleaned_data.get("montant") is not None],
        preuve_fichier=preuves[0] if preuves else None,
        **c,
    )


def _page(request: RequeteAvecAcces, fiche: FicheNavette, form: Any, aides: Any, statut: int = 200) -> HttpResponse:
    if statut == 200 and request.method == "POST" and aides.total_error_count():
        statut = 422
    return page_formulaire(
        request, fiche=fiche, form=form, titre=f"Clore la fiche {fiche.numero}", bouton="Clore la fiche",
        gabarit="fiches/cloturer.html", aides=aides, statut=statut,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def proposer(request: RequeteAvecAcces, territoire: str, numero: str) -> HttpResponse:
    """A référent proposes closing; the coordination decides."""
    fiche = trouver(request, numero)
    exiger(peut_proposer_cloture(request.acces, fiche), INDISPONIBLE)
    form = PropositionForm(envoye(request))
    if form.is_valid():
        try:
            services.proposer_cloture(acces=request.acces, fiche=fiche, **form.cleaned_data)
        except ErreurMetier as erreur:
            refuser(request, erreur, form)
        else:
            messages.success(request, "Votre proposition est transmise à la coordination.")
            return vers_fiche(fiche)
    return page_formulaire(
        request, fiche=fiche, form=form, titre="Proposer de clore", bouton="Proposer",
        aide="La coordination décide et clôt.",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def rouvrir(request: RequeteAvecAcces, territoire: str, numero: str) -> HttpResponse:
    """Open again, dated and reasoned."""
    fiche = trouver(request, numero)
    exiger(peut_rouvrir(request.acces, fiche), INDISPONIBLE)
    form = RouvrirForm(envoye(request))
    if form.is_valid():
        try:
            services.rouvrir(acces=request.acces, fiche=fiche, **form.cleaned_data)
        except ErreurMetier as erreur:
            refuser(request, erreur, form)
        else:
            messages.success(request, f"La fiche {fiche.numero} est rouverte.")
            return vers_fiche(fiche)
    return page_formulaire(
        request, fiche=fiche, form=form, titre=f"Rouvrir la fiche {fiche.numero}", bouton="Rouvrir",
        aide="Les partenaires qui n’avaient pas décliné la retrouvent ; les suivis prévus sont annulés.",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def suivi(request: RequeteAvecAcces, territoire: str, numero: str, mois: int) -> HttpResponse:
    """What became of the enterprise 6, 12, 24 or 36 months after."""
    fiche = trouver(request, numero)
    prevu = get_object_or_404(fiche.suivis.filter(annule_le=None), mois=mois)
    exiger(peut_suivre(request.acces, fiche), INDISPONIBLE)
    form = SuiviForm(envoye(request), initial=SuiviForm.de(prevu))
    if form.is_valid():
        try:
            services.noter_suivi(acces=request.acces, suivi=prevu, **form.donnees())
        except ErreurMetier as erreur:
            refuser(request, erreur, form)
        else:
            messages.success(request, f"Le suivi à {mois} mois est noté.")
            return vers_fiche(fiche, "#suivis")
    return page_formulaire(
        request, fiche=fiche, form=form, titre=f"Suivi à {mois} mois", bouton="Noter le suivi", suivi=prevu
    )
