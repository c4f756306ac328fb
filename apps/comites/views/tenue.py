"""The séance under way: the page that keeps it, opening and closing, who is there, the view on the wall."""

import json
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.acces.middleware import RequeteAvecAcces
from apps.core.erreurs import ErreurMetier, exiger
from apps.fiches.enums import MotifCloture
from apps.tracabilite.services import tracer

from ..enums import GesteSeance
from ..forms.tenue import DecisionForm
from ..models import Decision, PointOrdreDuJour, Seance
from ..permissions import lit_le_point, peut_conduire, peut_tenir
from ..selecteurs_compte_rendu import contexte_approbation
from ..selecteurs_ordre import ordre_du_jour
from ..selecteurs_tenue import (
    Table,
    composer_table,
    echeance_proposee,
    organismes_par_table,
    permanent,
    porteurs_possibles,
    revoir_possibles,
)
from ..services import saisie, tenue
from ..services.decisions import comite_du
from ..services.saisie import CHAMPS_DECISION
from .tenue_commun import RESERVE, dire_erreur, la_tient, trouver_point, trouver_seance, vers, veut_json
from .tenue_presences import contexte_presences
from .tenue_saisie import Resultat, noter

# --- opening and closing ----------------------------------------------------------------------------------------------


@require_POST
def ouvrir(request: RequeteAvecAcces, territoire: str, numero: str) -> HttpResponse:
    """Open the meeting, and come to its page."""
    seance = trouver_seance(request, numero)
    exiger(la_tient(request, seance), RESERVE)
    try:
        tenue.ouvrir(acces=request.acces, seance=seance)
    except ErreurMetier as erreur:
        dire_erreur(request, erreur)
        return redirect(seance)
    return vers(seance, "tenir")


@require_http_methods(["GET", "POST"])
def terminer(request: RequeteAvecAcces, territoire: str, numero: str) -> HttpResponse:
    """What is left is shown first: points not treated, decisions that will act, members not pointed."""
    seance = trouver_seance(request, numero)
    exiger(la_tient(request, seance), RESERVE)
    if not peut_conduire(request.acces, seance, GesteSeance.TERMINER):
        messages.info(request, "Cette séance n’est pas en cours.")
        return redirect(seance)
    if request.method == "POST":
        try:
            faits = tenue.terminer(acces=request.acces, seance=seance)
        except ErreurMetier as erreur:
            dire_erreur(request, erreur)
        else:
            for fait in faits:
                if lit_le_point(request.acces, fait.point):
                    dire_traitement(request, fait)
            messages.success(request, "La séance est terminée.")
            return redirect(seance)
    ordre = ordre_du_jour(request.acces, seance)
    lus = [ligne.point.pk for ligne in ordre.lignes]
    a_appliquer = Decision.objects.filter(point__in=lus, remplacee_le=None, appliquee_le=None)
    contexte = {
        "seance": seance,
        "titre": comite_du(seance),
        "restants": [x for x in ordre.lignes if x.point.traite_le is None],
        "a_appliquer": a_appliquer.count(),
        "attendus": seance.presences.filter(etat="attendu"),
    }
    return render(request, "comites/tenue/terminer.html", contexte)


@require_POST
def reprendre(request: RequeteAvecAcces, territoire: str, numero: str) -> HttpResponse:
    """Go on with a meeting closed too early."""
    seance = trouver_seance(request, numero)
    exiger(request.acces.est_coordination, RESERVE)
    try:
        tenue.reprendre(acces=request.acces, seance=seance)
    except ErreurMetier as erreur:
        dire_erreur(request, erreur)
        return redirect(seance)
    return vers(seance, "tenir")


def dire_traitement(request: RequeteAvecAcces, fait: tenue.Traitement) -> None:
    """What a decision did, and could not do, in messages."""
    if fait.faits:
        messages.success(request, f"C’est fait\u00a0: {', '.join(_minuscule(t) for t in fait.faits)}.")
    for manque in fait.manques:
        messages.warning(request, manque)


def _minuscule(texte: str) -> str:
    return texte[:1].lower() + texte[1:]


# --- the page ---------------------------------------------------------------------------------------------------------


@require_GET
def tenir(request: RequeteAvecAcces, territoire: str, numero: str) -> HttpResponse:
    """The page that keeps the meeting, at the point under way."""
    seance = trouver_seance(request, numero)
    exiger(la_tient(request, seance), RESERVE)
    if not peut_tenir(request.acces, seance):
        return redirect(seance)
    return page(request, seance, None)


@require_http_methods(["GET", "POST"])
def point(request: RequeteAvecAcces, territoire: str, numero: str, pk: int) -> HttpResponse:
    """One point: shown, and written by parts as it is typed, or whole by its buttons."""
    seance = trouver_seance(request, numero)
    exiger(la_tient(request, seance), RESERVE)
    trouve = trouver_point(request, seance, pk)
    if request.method != "POST":
        return page(request, seance, trouve) if peut_tenir(request.acces, seance) else redirect(seance)
    resultat = noter(request, trouve)
    if resultat.traitement is not None:
        dire_traitement(request, resultat.traitement)
        suivant = _suite(seance, resultat.traitement)
        return JsonResponse({"suivant": suivant}) if veut_json(request) else redirect(suivant)
    if veut_json(request):
        return resultat.en_json(request, trouve)
    if not resultat.est_bon:
        return _redire(request, seance, trouve, resultat)
    messages.success(request, "C’est enregistré.")
    return vers(seance, "point", pk)


def _redire(request: RequeteAvecAcces, seance: Seance, trouve: PointOrdreDuJour, resultat: Resultat) -> HttpResponse:
    """The page again, as it was typed, with what was refused."""
    for message in resultat.messages:
        messages.error(request, message)
    return page(request, seance, trouve, tape=request.POST, resultat=resultat)


def _suite(seance: Seance, fait: tenue.Traitement) -> str:
    """The next point, else the end of the meeting."""
    nom, args = ("point", [fait.suivant.pk]) if fait.suivant is not None else ("terminer", [])
    return reverse(f"comites:{nom}", args=[seance.territoire.slug, seance.numero, *args])


def page(
    request: RequeteAvecAcces, seance: Seance, voulu: PointOrdreDuJour | None, *, tape: Any = None,
    resultat: Resultat | None = None,
) -> HttpResponse:  # fmt: skip
    """The three columns. Reading a fiche there is traced like on its own page.

    What was typed (`tape`) and could not be kept (`resultat`) stays on the screen.
    """
    table = composer_table(request.acces, seance, voulu)
    if table.bref is not None and request.method != "POST":
        fiche = table.bref.page.fiche
        tracer(acces=request.acces, objet="fiche", objet_id=fiche.pk, libelle=fiche.numero, auteur=str(request.user))
    if tape is not None and table.point is not None:
        table.valeurs_tapees = valeurs_tapees(tape, table)
    contexte = {
        "seance": seance,
        "table": table,
        "tape": tape,
        "synthese": synthese_tapee(tape, table, resultat),
        "revoir_choisi": (table.valeurs_tapees or table.valeurs).get("revoir_le", ""),
        **_choix(table, tape),
        **permanent(seance, table.point),
        **contexte_approbation(request.acces, seance),
        **contexte_presences(seance),
    }
    return render(request, "comites/tenue/page.html", contexte, status=resultat.statut if resultat else 200)


def valeurs_tapees(tape: Any, table: Table) -> dict[str, Any]:
    """A decision that could not be written stays on the screen as it was typed."""
    if "decision_base" not in tape:
        return table.valeurs
    form = DecisionForm(tape, territoire_id=table.seance.territoire_id)
    if form.is_valid():
        return form.donnees()
    brutes: dict[str, Any] = {nom: tape.get(nom, "") for nom in CHAMPS_DECISION}
    return brutes | {"organismes": [int(pk) for pk in tape.getlist("organismes") if pk.isdecimal()]}


def synthese_tapee(tape: Any, table: Table, resultat: Resultat | None) -> str:
    """The stored text, or the one that was sent and could not be kept: the meeting was closed meanwhile."""
    if tape is not None and "synthese" in tape and resultat is not None and resultat.synthese is None:
        return str(tape["synthese"])
    return table.point.synthese if table.point is not None else ""


def _choix(table: Table, tape: Any) -> dict[str, Any]:
    if table.point is None:
        return {}
    groupes = organismes_par_table(table.seance)
    return {
        "valeurs_json": json.dumps(table.valeurs),
        "motifs_cloture": MotifCloture.choices,
        "cle_action": (tape or {}).get("a_cle") or uuid4(),
        "groupes_organismes": groupes,
        "porteurs": porteurs_possibles(table.point, groupes),
        "echeance": echeance_proposee(table.seance),
        "revoir": revoir_possibles(table.seance, table.decision.revoir_le if table.decision else None),
    }


@require_POST
def placer(request: RequeteAvecAcces, territoire: str, numero: str, pk: int) -> HttpResponse:
    """Come to this point now: the view on the wall follows."""
    seance = trouver_seance(request, numero)
    exiger(la_tient(request, seance), RESERVE)
    trouve = trouver_point(request, seance, pk)
    try:
        tenue.placer(acces=request.acces, point=trouve)
    except ErreurMetier as erreur:
        dire_erreur(request, erreur)
        return redirect(seance)
    return vers(seance, "point", pk)


@require_POST
def retirer_action(request: RequeteAvecAcces, territoire: str, numero: str, pk: int, action: int) -> HttpResponse:
    """Take back an action written by mistake."""
    return _sur_action(request, numero, pk, action, saisie.retirer_action, "L’action est retirée.")


@require_POST
def orienter_action(request: RequeteAvecAcces, territoire: str, numero: str, pk: int, action: int) -> HttpResponse:
    """Send the fiche to the organisme that holds the action."""
    dit = "La fiche est orientée vers ce partenaire."
    return _sur_action(request, numero, pk, action, saisie.orienter_porteur, dit)


def _sur_action(request: RequeteAvecAcces, numero: str, pk: int, action: int, geste: Any, dit: str) -> HttpResponse:
    seance = trouver_seance(request, numero)
    exiger(la_tient(request, seance), RESERVE)
    trouve = trouver_point(request, seance, pk)
    if "synthese" in request.POST:  # the whole form comes with its button
        resultat = noter(request, trouve)
        if not resultat.est_bon:
            return _redire(request, seance, trouve, resultat)
    lien = get_object_or_404(trouve.actions.select_related("action"), action=action)
    try:
        geste(acces=request.acces, point=trouve, action=lien.action)
    except ErreurMetier as erreur:
        dire_erreur(request, erreur)
    else:
        messages.success(request, dit)
    return redirect(reverse("comites:point", args=[seance.territoire.slug, numero, pk]) + "#actions")
