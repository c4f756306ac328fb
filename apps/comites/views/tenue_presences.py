"""Who is there, in the séance under way: every row at once with a button, or each one as it is changed."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.acces.middleware import RequeteAvecAcces
from apps.core.erreurs import ErreurMetier, VersionPerimee, exiger

from ..forms.tenue import PresenceForm
from ..models import Presence, Seance
from ..permissions import peut_tenir
from ..selecteurs_tenue import presences_dites, quorum
from ..services import saisie
from ..services.decisions import comite_du
from .tenue_commun import RESERVE, dire_erreur, la_tient, trouver_seance, vers, veut_json


def contexte_presences(seance: Seance) -> dict[str, Any]:
    """The sentence of the agenda's foot; the quorum where one is asked."""
    presences = list(seance.presences.all())
    return {"presences_dites": presences_dites(presences), "quorum": quorum(seance, presences)}


@require_http_methods(["GET", "POST"])
def presences(request: RequeteAvecAcces, territoire: str, numero: str) -> HttpResponse:
    """Who is there: every row at once with a button, or each one as it is changed."""
    seance = trouver_seance(request, numero)
    exiger(la_tient(request, seance), RESERVE)
    if not peut_tenir(request.acces, seance):
        return redirect(seance)
    rangs = list(seance.presences.select_related("seance"))
    if request.method == "POST" and veut_json(request):
        return _une_presence(request, seance, rangs)
    geste = "geste" in request.POST
    # « Arrive maintenant » comes with the whole form: what is typed on the other rows is kept too.
    entier = any(nom.endswith("-etat") for nom in request.POST)
    envoye = request.POST if request.method == "POST" and (entier or not geste) else None
    formulaires = [PresenceForm(envoye, presence=p) for p in rangs]
    statut = 200
    if request.method == "POST":
        if envoye is None or _toutes(request, seance, formulaires):
            if geste:
                _geste_presence(request, seance, rangs)
            return vers(seance, "presences")
        statut = 422
    contexte = {"seance": seance, "titre": comite_du(seance), "formulaires": formulaires, **contexte_presences(seance)}
    return render(request, "comites/tenue/presences.html", contexte, status=statut)


def _geste_presence(request: RequeteAvecAcces, seance: Seance, rangs: list[Presence]) -> None:
    """« Arrive maintenant », « Part maintenant »: geste=arrivee:12."""
    geste, _, pk = request.POST["geste"].partition(":")
    presence = next((p for p in rangs if str(p.pk) == pk), None)
    fonctions = {"arrivee": saisie.arriver, "depart": saisie.partir}
    if presence is None or geste not in fonctions:
        return
    try:
        fonctions[geste](acces=request.acces, presence=presence)
    except ErreurMetier as erreur:
        dire_erreur(request, erreur)


def _toutes(request: RequeteAvecAcces, seance: Seance, formulaires: list[PresenceForm]) -> bool:
    """Each changed row is written; those that cannot be say why, beside them."""
    bons = True
    for formulaire in formulaires:
        if not formulaire.is_valid():
            bons = False
        elif formulaire.has_changed():
            bons = _ecrire_presence(request, seance, formulaire) and bons
    if bons:
        messages.success(request, "Les présences sont enregistrées.")
    return bons


def _ecrire_presence(request: RequeteAvecAcces, seance: Seance, formulaire: PresenceForm) -> bool:
    try:
        saisie.noter_presence(
            acces=request.acces, presence=formulaire.presence, version=formulaire.cleaned_data["version"],
            **formulaire.donnees(seance),
        )  # fmt: skip
    except VersionPerimee as erreur:
        actuelle: Presence = erreur.actuel  # type: ignore[assignment]
        formulaire.reprendre(actuelle)
        dites = ", ".join(x for x in (actuelle.get_etat_display(), actuelle.personnes, actuelle.represente_par) if x)
        formulaire.add_error(
            None, f"{erreur.message} Elle dit maintenant\u00a0: {dites}. Enregistrez de nouveau pour garder la vôtre."
        )
        return False
    except ErreurMetier as erreur:
        formulaire.add_error(None, erreur.message)
        return False
    return True


def _une_presence(request: RequeteAvecAcces, seance: Seance, rangs: list[Presence]) -> HttpResponse:
    """One row, as it is changed. 409 with what is stored when somebody else wrote it meanwhile."""
    presence = next((p for p in rangs if str(p.pk) == request.POST.get("presence")), None)
    if presence is None:
        return JsonResponse({"message": "Cette personne n’est plus sur la liste."}, status=404)
    formulaire = PresenceForm(request.POST, presence=presence)
    lisible = formulaire.is_valid()
    statut = 422 if not lisible else 200 if _ecrire_presence(request, seance, formulaire) else 409
    presence.refresh_from_db()
    reponse = {
        "message": " ".join(str(e) for liste in formulaire.errors.values() for e in liste),
        "version": presence.version,
        "valeurs": _dites(presence),
        **{nom: str(valeur or "") for nom, valeur in contexte_presences(seance).items()},
    }
    return JsonResponse(reponse, status=statut)


def _dites(presence: Presence) -> dict[str, str]:
    """The row as its fields show it."""
    initiales = PresenceForm(presence=presence).initial
    return {nom: f"{v:%H:%M}" if nom in ("arrivee", "depart") and v else str(v or "") for nom, v in initiales.items()}
