"""The coordination's triage, and requests typed for somebody else."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.acces.middleware import RequeteAvecAcces
from apps.core.erreurs import ErreurMetier, exiger
from apps.documents.services import servir
from apps.fiches.suivi_public import etapes
from apps.listes.vues import reponse_liste
from apps.personnes.models import Personne
from apps.tracabilite.models import GenreAcces
from apps.tracabilite.services import tracer

from . import services, suivi, tri
from .deja_connu import chercher
from .forms import JoindreForm, OuvrirFicheForm, RefusForm, ReponseForm, SaisieForm
from .listes import ListeDemandes
from .models import Demande, PieceDemande
from .permissions import peut_annuler_tri, peut_saisir, peut_trier

REPONSE_TYPE = (
    "Bonjour,\n\nVous avez écrit au {territoire} (référence {reference}).\n\n{corps}\n\n"
    "Nous restons à votre écoute au {telephone}.\n\nBien cordialement,\n{territoire}"
)
CORPS = {
    "renseigner": "Voici les éléments qui répondent à votre question :\n\n",
    "transmettre": "Votre commune n’est pas dans notre territoire. Nous vous invitons à vous adresser à :\n\n",
    "refuser": (
        "Votre demande ne relève pas de notre service, qui accompagne les très petites entreprises et les porteurs de "
        "projet."
    ),
}


def _demande(request: RequeteAvecAcces, reference: str) -> Demande:
    """The demande in scope, else 404."""
    lisibles = Demande.objects.visibles_par(request.acces).select_related(
        "commune", "fiche", "territoire", "saisie_par"
    )
    return get_object_or_404(lisibles, reference=reference)


@require_http_methods(["GET", "HEAD", "POST"])
def liste(request: RequeteAvecAcces, territoire: str) -> HttpResponse:
    """The inbox; for an accueil or a référent, the requests that they typed."""
    exiger(peut_saisir(request.acces))
    return reponse_liste(request, ListeDemandes(), "demandes/liste.html")


@require_http_methods(["GET", "POST"])
def saisir(request: RequeteAvecAcces, territoire: str) -> HttpResponse:
    """One page: the same request, typed by the coordination, an accueil or a référent."""
    exiger(peut_saisir(request.acces))
    form = SaisieForm(
        request.POST or None,
        acces=request.acces,
        territoire=request.territoire,
        initial={"cle": uuid.uuid4(), "canal": request.GET.get("canal", "telephone"), "origine": "telephone"},
    )
    if form.is_valid():
        demande = services.saisir(acces=request.acces, donnees=form.cleaned_data, accord=form.accord())
        messages.success(request, f"La demande {demande.reference} est enregistrée.")
        return redirect("demandes:detail", territoire, demande.reference)
    return render(request, "demandes/saisir.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
def detail(request: RequeteAvecAcces, territoire: str, reference: str) -> HttpResponse:
    """Triage for the coordination; its state, and whom to call, for whoever typed it."""
    demande = _demande(request, reference)
    tracer(
        acces=request.acces,
        genre=GenreAcces.LECTURE,
        objet="demande",
        objet_id=demande.pk,
        libelle=demande.reference,
        auteur=str(request.user),
    )
    if not request.acces.est_coordination:
        contexte = {"demande": demande, "etapes": etapes(demande.fiche) if demande.fiche else None}
        return render(request, "demandes/ma_demande.html", contexte)
    return _page_tri(request, demande)


def _page_tri(
    request: RequeteAvecAcces, demande: Demande, form: OuvrirFicheForm | None = None, statut: int = 200
) -> HttpResponse:
    connu = chercher(acces=request.acces, demande=demande)
    a_trier = peut_trier(request.acces, demande)
    if form is None and a_trier:
        form = OuvrirFicheForm(demande=demande, connu=connu, acces=request.acces, territoire=request.territoire)
    contexte: dict[str, Any] = {
        "demande": demande,
        "themes": list(demande.themes.all()),
        "pieces": list(demande.pieces.select_related("fichier")),
        "messages_demandeur": list(demande.messages.all()),
        "connu": connu,
        "form": form,
        "a_trier": a_trier,
        "annulable": peut_annuler_tri(request.acces, demande),
        "suivi_ferme": demande.liens.filter(fiche_ouverte=False).exists(),
    }
    return render(request, "demandes/detail.html", contexte, status=statut)


@require_POST
def ouvrir(request: RequeteAvecAcces, territoire: str, reference: str) -> HttpResponse:
    """The request becomes a fiche."""
    demande = _demande(request, reference)
    exiger(request.acces.est_coordination)
    connu = chercher(acces=request.acces, demande=demande)
    form = OuvrirFicheForm(
        request.POST, demande=demande, connu=connu, acces=request.acces, territoire=request.territoire
    )
    if not form.is_valid():
        return _page_tri(request, demande, form, statut=422)
    try:
        fiche = tri.ouvrir_fiche(acces=request.acces, demande=demande, choix=form.choix())
    except ErreurMetier as erreur:
        demande = _demande(request, reference)
        if peut_trier(request.acces, demande):
            form.add_error(None, erreur.message)
            return _page_tri(request, demande, form, statut=422)
        # A colleague was quicker, so there is no form any more: the words are given back to be copied.
        analyse = form.cleaned_data["analyse"]
        messages.error(request, f"{erreur.message} Vous aviez écrit : « {analyse} »" if analyse else erreur.message)
        return redirect("demandes:detail", territoire, reference)
    messages.success(
        request,
        f"La fiche {fiche.numero} est ouverte. Vous pouvez annuler pendant une minute, depuis la demande {reference}.",
    )
    return redirect(fiche)


@require_http_methods(["GET", "POST"])
def joindre(request: RequeteAvecAcces, territoire: str, reference: str) -> HttpResponse:
    """Join the request to an open fiche."""
    demande = _demande(request, reference)
    exiger(peut_trier(request.acces, demande), "Cette demande a déjà été traitée.")
    form = JoindreForm(request.POST or None, connu=chercher(acces=request.acces, demande=demande), acces=request.acces)
    if form.is_valid():
        try:
            fiche = tri.joindre(
                acces=request.acces,
                demande=demande,
                fiche=form.cleaned_data["choisie"],
                ouvrir_le_suivi=form.cleaned_data["ouvrir_le_suivi"],
            )
        except ErreurMetier as erreur:
            form.add_error(None, erreur.message)
        else:
            messages.success(request, f"La demande {reference} est jointe à la fiche {fiche.numero}.")
            return redirect(fiche)
    contexte = {"demande": demande, "form": form, "titre": "Joindre à une fiche ouverte", "bouton": "Joindre"}
    return render(request, "demandes/issue.html", contexte, status=422 if form.is_bound else 200)


def _issue(request: RequeteAvecAcces, reference: str, genre: str, titre: str, bouton: str, fait: str) -> HttpResponse:
    """The three endings with an answer: their form, then one call of the triage."""
    demande = _demande(request, reference)
    exiger(peut_trier(request.acces, demande), "Cette demande a déjà été traitée.")
    classe = RefusForm if genre == "refuser" else ReponseForm
    modele = REPONSE_TYPE.format(
        territoire=request.territoire.nom,
        reference=demande.reference,
        telephone=request.territoire.telephone,
        corps=CORPS[genre],
    )
    form = classe(request.POST or None, demande=demande, initial={"reponse": modele})
    if form.is_valid():
        try:
            getattr(tri, genre)(acces=request.acces, demande=demande, **form.cleaned_data)
        except ErreurMetier as erreur:
            form.add_error(None, erreur.message)
        else:
            messages.success(request, fait.format(reference=reference))
            return redirect("demandes:detail", demande.territoire.slug, reference)
    contexte = {"demande": demande, "form": form, "titre": titre, "bouton": bouton}
    return render(request, "demandes/issue.html", contexte, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def renseigner(request: RequeteAvecAcces, territoire: str, reference: str) -> HttpResponse:
    """Answered on the spot: counted, without a fiche."""
    return _issue(
        request,
        reference,
        "renseigner",
        "Renseignement donné",
        "Enregistrer",
        "La demande {reference} est classée : renseignement donné.",
    )


@require_http_methods(["GET", "POST"])
def transmettre(request: RequeteAvecAcces, territoire: str, reference: str) -> HttpResponse:
    """Sent to the right door outside the territoire."""
    return _issue(
        request,
        reference,
        "transmettre",
        "Transmettre hors du territoire",
        "Enregistrer",
        "La demande {reference} est transmise hors du territoire.",
    )


@require_http_methods(["GET", "POST"])
def refuser(request: RequeteAvecAcces, territoire: str, reference: str) -> HttpResponse:
    """Refused, with a reason and a mail that may be edited."""
    return _issue(request, reference, "refuser", "Refuser la demande", "Refuser", "La demande {reference} est refusée.")


@require_POST
def indesirable(request: RequeteAvecAcces, territoire: str, reference: str) -> HttpResponse:
    """Spam: nothing is answered; undone from the same page."""
    demande = _demande(request, reference)
    try:
        tri.marquer_indesirable(acces=request.acces, demande=demande)
        messages.success(request, f"La demande {reference} est classée indésirable.")
    except ErreurMetier as erreur:
        messages.error(request, erreur.message)
    return redirect("demandes:detail", territoire, reference)


@require_POST
def annuler(request: RequeteAvecAcces, territoire: str, reference: str) -> HttpResponse:
    """Undo the triage within its minute."""
    demande = _demande(request, reference)
    try:
        tri.annuler_tri(acces=request.acces, demande=demande)
        messages.success(request, f"Le tri de la demande {reference} est annulé : aucun courriel n’est parti.")
    except ErreurMetier as erreur:
        messages.error(request, erreur.message)
    return redirect("demandes:detail", territoire, reference)


@require_POST
def ouvrir_le_suivi(request: RequeteAvecAcces, territoire: str, reference: str) -> HttpResponse:
    """Let the applicant of a joined request follow the fiche."""
    demande = _demande(request, reference)
    tri.ouvrir_le_suivi(acces=request.acces, demande=demande)
    messages.success(request, "Le demandeur voit désormais l’avancement de la fiche sur sa page de suivi.")
    return redirect("demandes:detail", territoire, reference)


@require_POST
def inviter(request: RequeteAvecAcces, territoire: str, reference: str, personne: int) -> HttpResponse:
    """Send their own tracking link to another applicant of the fiche."""
    demande = _demande(request, reference)
    exiger(request.acces.est_coordination)
    fiche = demande.fiche
    autre = get_object_or_404(Personne.objects.visibles_par(request.acces), pk=personne, demandes_fiches__fiche=fiche)
    if fiche is not None and suivi.inviter(acces=request.acces, demande=demande, personne=autre):
        messages.success(request, f"Un lien de suivi part pour {autre}.")
    else:
        messages.error(request, f"{autre} n’a pas de courriel : complétez son contact, ou imprimez le récépissé.")
    return redirect(fiche) if fiche else redirect("demandes:detail", territoire, reference)


@require_safe
def piece(request: RequeteAvecAcces, territoire: str, reference: str, cle: uuid.UUID) -> HttpResponse:
    """A file of the request, to the coordination alone, as an attachment."""
    demande = _demande(request, reference)
    exiger(request.acces.est_coordination)
    lien = get_object_or_404(PieceDemande.objects.select_related("fichier"), demande=demande, fichier__cle=cle)
    tracer(
        acces=request.acces,
        genre=GenreAcces.TELECHARGEMENT,
        objet="fichier",
        objet_id=lien.fichier_id,
        libelle=demande.reference,
        auteur=str(request.user),
    )
    return servir(lien.fichier)
