"""The tracking pages. Opening one changes nothing; what it allows is sent by its signed forms.

They are exempt from the CSRF cookie: their unguessable address is the only right there is, no cookie carries any, and
« no-referrer », which keeps that address from leaking, makes browsers post with a null origin.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.html import escape
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.acces.middleware import RequeteAvecAcces
from apps.core.acces import Acces
from apps.core.erreurs import ErreurMetier
from apps.core.registres import panneaux_suivi
from apps.documents import services as documents
from apps.partenaires.models import Organisme
from apps.personnes.services import texte_accord_courant

from ... import abus, suivi
from ...liens import adresse
from ...models import LienSuivi
from ..contexte import afficher, privee
from ..forms import AccordForm, MessageForm, RetrouverForm
from .pages import contexte_notice

Vue = Callable[..., HttpResponse]


def avec_lien(vue: Vue) -> Vue:
    """Give the view the link of the token; unknown or expired, the page that sends another. A form must be ours."""

    @login_not_required
    @csrf_exempt
    @privee("no-referrer")
    @wraps(vue)
    def enveloppe(request: RequeteAvecAcces, territoire: str, jeton: str) -> HttpResponse:
        lien = suivi.lire_lien(territoire_id=request.territoire.pk, jeton=jeton)
        if lien is None:
            abus.compter(request, "jeton_inconnu")
            return afficher(request, "suivi/perdu.html", {"form": RetrouverForm()}, status=404)
        if not lien.est_valable:
            form = RetrouverForm(initial={"reference": lien.demande.reference})
            return afficher(request, "suivi/perdu.html", {"form": form, "perime": True}, status=410)
        if request.method == "POST":
            signe = abus.lire_jeton(
                request.POST.get(abus.JETON, ""), territoire_id=lien.territoire_id, etape=_etape(lien)
            )
            blocage = abus.examiner(request, geste="suivi", jeton=signe)
            if blocage is not None:
                form = MessageForm(request.POST) if "texte" in request.POST else None
                return page_suivi(request, lien, jeton, form=form, blocage=blocage, status=blocage.statut)
        return vue(request, lien, jeton)

    return enveloppe


def _etape(lien: LienSuivi) -> str:
    return f"suivi-{lien.pk}"


def _acces(lien: LienSuivi) -> Acces:
    return Acces.demandeur(lien.territoire_id)


def _contexte(lien: LienSuivi, jeton: str) -> dict[str, Any]:
    """What all tracking pages need: the link, its address, the signed value of their forms."""
    return {
        "suivi": suivi.lire(lien),
        "demande": lien.demande,
        "lien": lien,
        "jeton_suivi": jeton,
        "nom_jeton": abus.JETON,
        "jeton": abus.nouveau_jeton(territoire_id=lien.territoire_id, etape=_etape(lien)),
    }


def page_suivi(
    request: RequeteAvecAcces,
    lien: LienSuivi,
    jeton: str,
    *,
    form: MessageForm | None = None,
    blocage: abus.Blocage | None = None,
    status: int = 200,
) -> HttpResponse:
    contexte = _contexte(lien, jeton) | {"form": form or MessageForm(), "blocage": blocage}
    contexte["panneaux"] = _panneaux(request, lien, contexte)
    # What is awaited may also be one of these blocks' lines, which then says it with its own button.
    attente = escape(contexte["suivi"].attente_quoi)
    contexte["attente_dite"] = bool(attente) and any(attente in panneau for panneau in contexte["panneaux"])
    return afficher(request, "suivi/suivi.html", contexte, status=status)


def _panneaux(request: RequeteAvecAcces, lien: LienSuivi, contexte: dict[str, Any]) -> list[str]:
    """What upper apps show to the applicant of a fiche that is still followed."""
    fiche = suivi.fiche_ouverte(lien)
    if fiche is None:
        return []
    trouves = [fournir(_acces(lien), fiche) for _, fournir in panneaux_suivi]
    return [render_to_string(gabarit, contexte | propre, request=request) for gabarit, propre in filter(None, trouves)]


@require_safe
@avec_lien
def suivre(request: RequeteAvecAcces, lien: LienSuivi, jeton: str) -> HttpResponse:
    """Where it is, who follows it, what is awaited, and what one may do."""
    return page_suivi(request, lien, jeton)


@require_safe
@avec_lien
def envoyee(request: RequeteAvecAcces, lien: LienSuivi, jeton: str) -> HttpResponse:
    """Just sent: the reference, the next step, the receipt."""
    return afficher(request, "suivi/envoyee.html", _contexte(lien, jeton))


@require_safe
@avec_lien
def recepisse(request: RequeteAvecAcces, lien: LienSuivi, jeton: str) -> HttpResponse:
    """The receipt, to print or keep: the request as it was sent."""
    themes = [t.libelle_public or t.nom for t in lien.demande.themes.all()]
    contexte = (
        _contexte(lien, jeton)
        | contexte_notice(request)
        | {"themes": themes, "adresse_suivi": adresse(lien.demande, jeton)}
    )
    return afficher(request, "suivi/recepisse.html", contexte)


@require_safe
@avec_lien
def formulaire(request: RequeteAvecAcces, lien: LienSuivi, jeton: str) -> HttpResponse:
    """The notice and the accord on paper, with the request's reference, to be signed."""
    contexte = (
        _contexte(lien, jeton)
        | contexte_notice(request)
        | {
            "texte_accord": texte_accord_courant(lien.territoire_id),
            "organismes": Organisme.objects.filter(territoire=lien.territoire, est_actif=True).order_by("nom"),
        }
    )
    return afficher(request, "public/formulaire_papier.html", contexte)


@require_POST
@avec_lien
def message(request: RequeteAvecAcces, lien: LienSuivi, jeton: str) -> HttpResponse:
    """A message, documents, or both."""
    form = MessageForm(request.POST, request.FILES)
    if form.is_valid():
        envoyes = form.cleaned_data["fichiers"]
        try:
            if sum(abus.compter(request, "fichier") for _ in envoyes) < len(envoyes):
                raise ErreurMetier(f"{abus.TROP} pour ajouter des documents.")
            recus = [documents.recevoir(fichier=f, acces=_acces(lien)) for f in envoyes]
            suivi.ajouter_message(acces=_acces(lien), lien=lien, texte=form.cleaned_data["texte"], fichiers=recus)
        except ErreurMetier as erreur:
            form.add_error(None, erreur.message)
        else:
            messages.success(request, "C’est envoyé. La coordination vous lit et vous répond.")
            return redirect("public:suivi", lien.territoire.slug, jeton)
    return page_suivi(request, lien, jeton, form=form, status=422)


@require_POST
@avec_lien
def geste(request: RequeteAvecAcces, lien: LienSuivi, jeton: str) -> HttpResponse:
    """What a block of the page offers, in one click: « c’est fait »."""
    try:
        dit = suivi.agir(
            acces=_acces(lien), lien=lien, geste=request.POST.get("geste", ""), objet=request.POST.get("objet", "")
        )
    except ErreurMetier as erreur:
        messages.error(request, erreur.message)
    else:
        messages.success(request, dit)
    return redirect("public:suivi", lien.territoire.slug, jeton)


@require_http_methods(["GET", "POST"])
@avec_lien
def accord(request: RequeteAvecAcces, lien: LienSuivi, jeton: str) -> HttpResponse:
    """Give, extend, narrow or withdraw the accord."""
    return _page_accord(request, lien, jeton, "suivi/accord.html")


@require_http_methods(["GET", "POST"])
@avec_lien
def confirmer(request: RequeteAvecAcces, lien: LienSuivi, jeton: str) -> HttpResponse:
    """Typed by somebody else: the person reads it and the notice, then confirms, and chooses what is shared."""
    if not suivi.a_confirmer(lien.demande) or not suivi.est_principal(lien):
        return redirect("public:suivi", lien.territoire.slug, jeton)
    return _page_accord(request, lien, jeton, "suivi/confirmer.html", confirmation=True)


def _page_accord(
    request: RequeteAvecAcces, lien: LienSuivi, jeton: str, gabarit: str, *, confirmation: bool = False
) -> HttpResponse:
    contexte = _contexte(lien, jeton)
    actuel: suivi.Suivi = contexte["suivi"]
    if actuel.est_close:
        return redirect("public:suivi", lien.territoire.slug, jeton)
    initiales = AccordForm.initiales(actuel.accord_portee, actuel.accord_organismes, actuel.accord_comite)
    form = AccordForm(
        request.POST if request.method == "POST" else None, territoire=request.territoire, initial=initiales
    )
    if form.is_bound and form.is_valid():
        retrait = request.POST.get("action") == "retirer" and not confirmation
        voulu = {"portee": "aucune", "organismes": [], "comite": False} if retrait else form.accord()
        agir = suivi.confirmer if confirmation else suivi.changer_accord
        try:
            agir(acces=_acces(lien), lien=lien, **voulu)
        except ErreurMetier as erreur:
            form.add_error(None, erreur.message)
        else:
            messages.success(request, _fait(confirmation, voulu))
            return redirect("public:suivi", lien.territoire.slug, jeton)
    contexte |= contexte_notice(request) | {"form": form, "texte_accord": texte_accord_courant(lien.territoire_id)}
    return afficher(request, gabarit, contexte, status=422 if form.is_bound else 200)


def _fait(confirmation: bool, voulu: dict[str, Any]) -> str:
    if confirmation:
        return "Merci, votre demande est confirmée."
    if voulu["portee"] == "aucune" and not voulu["comite"]:
        return "Votre accord est retiré. Les partenaires n’ont plus accès à votre demande."
    return "Votre choix est enregistré."


@require_http_methods(["GET", "POST"])
@avec_lien
def retrait(request: RequeteAvecAcces, lien: LienSuivi, jeton: str) -> HttpResponse:
    """Withdraw the request, after a page that says what it does."""
    if lien.demande.retiree_le or not suivi.est_principal(lien):
        return redirect("public:suivi", lien.territoire.slug, jeton)
    if request.method == "POST":
        suivi.retirer(acces=_acces(lien), lien=lien)
        messages.success(request, "Votre demande est retirée.")
        return redirect("public:suivi", lien.territoire.slug, jeton)
    return afficher(request, "suivi/retrait.html", _contexte(lien, jeton))


@login_not_required
@require_http_methods(["GET", "POST"])
@privee()
def retrouver(request: RequeteAvecAcces, territoire: str) -> HttpResponse:
    """A new link by e-mail. The answer never tells whether the reference or the address is known."""
    form = RetrouverForm(request.POST or None)
    if not form.is_bound or not form.is_valid():
        return afficher(request, "suivi/retrouver.html", {"form": form}, status=422 if form.is_bound else 200)
    if not abus.compter(request, "renouvellement"):
        form.add_error(None, f"{abus.TROP}, ou appelez-nous.")
        return afficher(request, "suivi/retrouver.html", {"form": form}, status=429)
    suivi.renouveler(acces=Acces.demandeur(request.territoire.pk), **form.cleaned_data)
    return afficher(request, "suivi/retrouver.html", {"parti": True, "courriel": form.cleaned_data["courriel"]})
