"""Write an action, change it, give it to somebody, postpone it, give it up."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from apps.acces.middleware import RequeteAvecAcces
from apps.core.affichage import INSECABLE, date_courte
from apps.core.erreurs import ErreurMetier, VersionPerimee, exiger
from apps.fiches.models import FicheNavette
from apps.tracabilite.services import tracer

from .. import services
from ..enums import GesteAction
from ..forms import AbandonForm, ActionForm, ConfierForm, ModifierForm, ReporterForm
from ..models import Action
from ..permissions import peut_confier, peut_creer, peut_faire, peut_modifier, peut_reporter
from .outils import (
    INDISPONIBLE,
    envoye,
    page_formulaire,
    refuser,
    retour,
    suite,
    tracer_lecture,
    trouver,
    trouver_fiche,
)


@require_http_methods(["GET", "POST"])
def creer(request: RequeteAvecAcces, territoire: str) -> HttpResponse:
    """An action on no fiche in particular."""
    exiger(peut_creer(request.acces))
    return _creer(request, None)


@require_http_methods(["GET", "POST"])
def creer_sur_fiche(request: RequeteAvecAcces, territoire: str, numero: str) -> HttpResponse:
    """An action on a fiche."""
    fiche = trouver_fiche(request, numero)
    exiger(peut_creer(request.acces, fiche), INDISPONIBLE)
    if request.method == "GET":
        tracer(acces=request.acces, objet="fiche", objet_id=fiche.pk, libelle=fiche.numero, auteur=str(request.user))
    return _creer(request, fiche)


def _creer(request: RequeteAvecAcces, fiche: FicheNavette | None) -> HttpResponse:
    form = ActionForm(envoye(request), acces=request.acces, fiche=fiche)
    if form.is_valid():
        try:
            action = services.creer(acces=request.acces, fiche=fiche, **form.valeurs())
        except ErreurMetier as erreur:
            refuser(request, erreur, form)
        else:
            _annoncer(request, action, bool(form.cleaned_data.get("orienter")))
            if suite(request):
                return redirect(suite(request))
            return redirect(fiche.get_absolute_url() if fiche is not None else action.get_absolute_url())
    return page_formulaire(request, form=form, titre="Nouvelle action", bouton="Ajouter l’action", fiche=fiche)


def _annoncer(request: RequeteAvecAcces, action: Action, orienter: bool) -> None:
    """Added; and when the partner does not read the fiche, oriented in the same step or what to do said."""
    messages.success(request, f"L’action est ajoutée{INSECABLE}: {action.libelle}.")
    lecture = services.lecture_du_porteur(action)
    if lecture.lit:
        return
    if orienter and lecture.peut_orienter:
        services.orienter_porteur(acces=request.acces, action=action)
        messages.success(request, f"La fiche est orientée vers {action.qui}, qui lira l’action.")
        return
    suite_dite = lecture.obstacle or "Orientez-la depuis la page de l’action."
    messages.warning(request, f"{action.qui} ne lit pas cette fiche et ne verra pas l’action. {suite_dite}")


@require_http_methods(["GET", "POST"])
def modifier(request: RequeteAvecAcces, territoire: str, jeton: UUID) -> HttpResponse:
    """Its words, its holder. Of two people at once, the second sees both."""
    action = trouver(request, jeton)
    exiger(peut_modifier(request.acces, action), INDISPONIBLE)
    form = ModifierForm(envoye(request), acces=request.acces, action=action)
    conflit = None
    if form.is_valid():
        try:
            services.modifier(
                acces=request.acces, action=action, version=form.cleaned_data["version"], **form.valeurs()
            )
        except VersionPerimee as erreur:
            conflit = _conflit(form, erreur)
        except ErreurMetier as erreur:
            refuser(request, erreur, form)
        else:
            messages.success(request, "C’est enregistré.")
            return retour(request, action)
    elif request.method == "GET":
        tracer_lecture(request, action)
    return page_formulaire(
        request, form=form, titre="Modifier l’action", bouton="Enregistrer", action=action, conflit=conflit
    )


def _conflit(form: ModifierForm, erreur: VersionPerimee) -> list[dict[str, str]]:
    """Both texts of what differs; the form is kept as typed, over the version that is stored now."""
    actuel: Action = erreur.actuel  # type: ignore[assignment]
    v = form.valeurs()
    voulu = Action(porteur=v["porteur"], organisme=v["organisme"]).qui
    paires = (("Quoi", v["libelle"], actuel.libelle), ("Qui", voulu, actuel.qui))
    form.data = form.data.copy()
    form.data["version"] = str(actuel.version)  # type: ignore[index]
    return [{"libelle": nom, "le_votre": a, "enregistre": b} for nom, a, b in paires if a != b]


@require_http_methods(["GET", "POST"])
def confier(request: RequeteAvecAcces, territoire: str, jeton: UUID) -> HttpResponse:
    """Who does it, within the holder."""
    action = trouver(request, jeton)
    exiger(peut_confier(request.acces, action), INDISPONIBLE)
    form = ConfierForm(envoye(request), action=action)
    if form.is_valid():
        try:
            fait = services.modifier(
                acces=request.acces, action=action, version=form.cleaned_data["version"],
                responsable=form.cleaned_data["responsable"],
            )  # fmt: skip
        except VersionPerimee as erreur:
            form.add_error(None, f"{erreur.message} Rouvrez la page et recommencez.")
        except ErreurMetier as erreur:
            refuser(request, erreur, form)
        else:
            qui = fait.responsable_nom or "personne en particulier"
            messages.success(request, f"L’action est confiée à {qui}.")
            return retour(request, action)
    return page_formulaire(request, form=form, titre="Confier l’action", bouton="Confier", action=action)


@require_http_methods(["GET", "POST"])
def reporter(request: RequeteAvecAcces, territoire: str, jeton: UUID) -> HttpResponse:
    """Another day; the first one is kept and shown."""
    action = trouver(request, jeton)
    exiger(peut_reporter(request.acces, action), INDISPONIBLE)
    form = ReporterForm(envoye(request), action=action)
    if form.is_valid():
        try:
            services.reporter(acces=request.acces, action=action, **form.cleaned_data)
        except ErreurMetier as erreur:
            form.add_error("vers", erreur.message)
        else:
            messages.success(request, f"L’action est reportée au {date_courte(form.cleaned_data['vers'])}.")
            return retour(request, action)
    return page_formulaire(
        request, form=form, titre="Reporter l’action", bouton="Reporter", action=action,
        aide=f"Prévue pour le {date_courte(action.echeance)}. La première date reste affichée.",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def abandonner(request: RequeteAvecAcces, territoire: str, jeton: UUID) -> HttpResponse:
    """It will not be done, and why."""
    action = trouver(request, jeton)
    exiger(peut_faire(request.acces, action, GesteAction.ABANDONNER), INDISPONIBLE)
    form = AbandonForm(envoye(request))
    if form.is_valid():
        try:
            services.abandonner(acces=request.acces, action=action, texte=form.cleaned_data["texte"])
        except ErreurMetier as erreur:
            refuser(request, erreur, form)
        else:
            messages.success(request, "L’action est abandonnée. Elle ne sera plus rappelée.")
            return retour(request, action)
    return page_formulaire(
        request, form=form, titre="Abandonner l’action", bouton="Abandonner", action=action, danger=True,
        aide="Elle ne reviendra plus au suivi des actions ni dans les rappels. On peut la rouvrir.",
    )  # fmt: skip
