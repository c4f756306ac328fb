"""Making, moving, cancelling and convening a séance: the coordination's pages."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.dates import ajouter_mois
from apps.core.erreurs import ErreurMetier, VersionPerimee, exiger
from apps.core.requetes import Requete
from apps.core.views import conflit

from .. import mots, selecteurs_calendrier, services
from ..enums import EtatPoint, GenreInstance, GesteSeance, ModePoint, StatutSeance
from ..forms.calendrier import (
    AnnulerForm,
    ConvocationForm,
    DeplacerForm,
    InviteForm,
    SeanceForm,
    SecretaireForm,
    SerieForm,
    debut_par_defaut,
)
from ..models import Instance, Presence, Seance
from ..permissions import peut_gerer, peut_organiser
from ..series import dates_de, serie_dite
from ..services.seances import MODIFIABLES, RESERVE, candidats_secretaire, jours_pris


def seance_de(request: Requete, numero: str) -> Seance:
    """A séance that the reader may see, else 404."""
    return get_object_or_404(
        Seance.objects.visibles_par(request.acces).select_related("instance", "conjointe", "territoire", "secretaire"),
        numero=numero,
    )


def a_organiser(request: Requete, numero: str) -> Seance:
    """The same, for whoever organises: 403 without the right."""
    seance = seance_de(request, numero)
    exiger(peut_organiser(request.acces), RESERVE)
    return seance


def _instance_demandee(request: Requete) -> Instance | None:
    cle = request.GET.get("comite", "")
    instances = Instance.objects.visibles_par(request.acces).filter(est_active=True)
    if cle.isdigit():
        return instances.filter(pk=int(cle)).first()
    return instances.filter(genre=GenreInstance.TECHNIQUE).first() or instances.first()


def _initial(request: Requete) -> dict[str, Any]:
    instance = _instance_demandee(request)
    derniere = instance.seances.first() if instance else None
    jour = parse_date(request.GET.get("jour", "")) if request.GET.get("jour", "").count("-") == 2 else None
    return {"instance": instance, "jour": jour, **debut_par_defaut(instance, derniere)}


@require_http_methods(["GET", "POST"])
def creer(request: Requete, territoire: str) -> HttpResponse:
    """One séance, on one day."""
    exiger(peut_organiser(request.acces), RESERVE)
    form = SeanceForm(request.POST or None, acces=request.acces, initial=_initial(request))
    if form.is_valid():
        try:
            seance = services.creer_seance(acces=request.acces, **form.valeurs())
        except ErreurMetier as erreur:
            form.add_error("jour", erreur.message)
        else:
            messages.success(request, f"La séance {seance.numero} est créée. Préparez son ordre du jour.")
            return redirect(seance)
    aucune = not Instance.objects.visibles_par(request.acces).filter(est_active=True).exists()
    return render(request, "comites/calendrier/formulaire.html", {"form": form, "sans_comite": aucune})


def _dates(form: SerieForm) -> list[Any]:
    d = form.cleaned_data
    return dates_de(
        rangs=d["rangs"],
        jour_semaine=d["jour_semaine"],
        du=d["du"],
        au=d["au"],
        prises=jours_pris(d["instance"], d["du"], d["au"]),
    )


def _creer_serie(request: Requete, form: SerieForm, dates: list[Any]) -> HttpResponse | None:
    """Create the ticked days among those shown; None with the error on the form."""
    coches = set(request.POST.getlist("jours"))
    jours = [d.jour for d in dates if d.est_retenue and d.jour.isoformat() in coches]
    try:
        seances = services.creer_serie(acces=request.acces, jours=jours, **form.cleaned_data)
    except ErreurMetier as erreur:
        form.add_error(None, erreur.message)
        return None
    messages.success(request, f"{len(seances)} séances sont créées." if len(seances) > 1 else "Une séance est créée.")
    return redirect("comites:accueil", request.territoire.slug)


@require_http_methods(["GET", "POST"])
def serie(request: Requete, territoire: str) -> HttpResponse:
    """Several at once: the days are shown first, holidays set apart, then made."""
    exiger(peut_organiser(request.acces), RESERVE)
    demain = timezone.localdate() + timedelta(days=1)
    periode = {"du": demain, "au": ajouter_mois(demain, 12)}
    form = SerieForm(request.POST or None, acces=request.acces, initial={**_initial(request), **periode})
    contexte: dict[str, Any] = {"form": form}
    if form.is_valid():
        dates = _dates(form)
        if "creer" in request.POST and (reponse := _creer_serie(request, form, dates)):
            return reponse
        contexte |= {
            "dates": dates,
            "retenues": sum(d.est_retenue for d in dates),
            "serie_dite": serie_dite(form.cleaned_data["rangs"], form.cleaned_data["jour_semaine"]),
        }
    return render(request, "comites/calendrier/serie.html", contexte)


def _conflit(request: HttpRequest, form: DeplacerForm, actuelle: Seance) -> HttpResponse:
    """What was typed beside what is stored now."""
    champs = [
        {"libelle": form.fields[nom].label, "le_votre": valeur, "enregistre": getattr(actuelle, nom)}
        for nom, valeur in form.valeurs().items()
        if hasattr(actuelle, nom) and nom != "version" and getattr(actuelle, nom) != valeur
    ]
    return conflit(request, {"champs": champs, "le": actuelle.modifie_le, "retour_url": actuelle.get_absolute_url()})


@require_http_methods(["GET", "POST"])
def deplacer(request: Requete, territoire: str, numero: str) -> HttpResponse:
    """Another day, hour or place; whoever was convened is told."""
    seance = a_organiser(request, numero)
    exiger(seance.statut in MODIFIABLES, "Une séance commencée, tenue ou annulée ne se déplace plus.")
    champs = ("jour", "heure_debut", "heure_fin", "lieu", "visio", "version")
    form = DeplacerForm(request.POST or None, initial={nom: getattr(seance, nom) for nom in champs})
    if form.is_valid():
        try:
            seance = services.deplacer(acces=request.acces, seance=seance, **form.valeurs())
        except VersionPerimee as erreur:
            return _conflit(request, form, erreur.actuel)  # type: ignore[arg-type]
        except ErreurMetier as erreur:
            form.add_error("jour", erreur.message)
        else:
            dit = " Les personnes convoquées sont prévenues." if seance.convoquee_le else ""
            messages.success(request, f"C’est enregistré.{dit}")
            return redirect(seance)
    return render(request, "comites/calendrier/deplacer.html", {"form": form, "seance": seance})


@require_http_methods(["GET", "POST"])
def annuler(request: Requete, territoire: str, numero: str) -> HttpResponse:
    """It will not take place."""
    seance = a_organiser(request, numero)
    exiger(peut_gerer(request.acces, seance, GesteSeance.ANNULER), "Une séance commencée ou tenue ne s’annule plus.")
    form = AnnulerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.annuler(acces=request.acces, seance=seance, motif=form.cleaned_data["motif"])
        except ErreurMetier as erreur:
            form.add_error(None, erreur.message)
        else:
            dit = " Les personnes convoquées sont prévenues." if seance.convoquee_le else ""
            messages.success(request, f"La séance est annulée.{dit}")
            return redirect(seance)
    contexte = {"form": form, "seance": seance, "titre_seance": mots.titre(seance)}
    return render(request, "comites/calendrier/annuler.html", contexte)


def _sans_nom(seance: Seance) -> set[int]:
    points = seance.points.filter(etat=EtatPoint.INSCRIT, mode=ModePoint.SANS_NOM)
    return set(points.values_list("pk", flat=True))


def _convoquer(request: Requete, seance: Seance, message: str) -> None:
    avant = _sans_nom(seance)
    seance = services.convoquer(acces=request.acces, seance=seance, message=message)
    messages.success(request, f"La séance est convoquée{_envois(seance)}. Son ordre du jour est figé.")
    if changes := len(_sans_nom(seance) - avant):
        fiches = f"{changes} fiches viendront" if changes > 1 else "Une fiche viendra"
        messages.warning(request, f"{fiches} sans nom : leur accord ne couvre plus le comité, ou elles sont closes.")


def _envois(seance: Seance) -> str:
    sans = sum(not p.courriel for p in seance.presences.filter(est_invite=True))
    if not sans:
        return ", chacun reçoit un courriel"
    return f", {'des invités n’ont' if sans > 1 else 'un invité n’a'} pas d’adresse : prévenez-les vous-même"


@require_http_methods(["GET", "POST"])
def convoquer(request: Requete, territoire: str, numero: str) -> HttpResponse:
    """Who will be written to, a word for them, then the mails leave and the agenda is frozen."""
    seance = a_organiser(request, numero)
    exiger(peut_gerer(request.acces, seance, GesteSeance.CONVOQUER), "Cette séance est déjà convoquée.")
    form = ConvocationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _convoquer(request, seance, form.cleaned_data["message"])
        except ErreurMetier as erreur:
            form.add_error(None, erreur.message)
        else:
            return redirect(seance)
    contexte = {
        "form": form,
        "seance": seance,
        "quand": mots.quand(seance),
        "lieu": mots.lieu(seance),
        "attendus": selecteurs_calendrier.a_convoquer(seance),
        "points": seance.points.filter(etat=EtatPoint.INSCRIT).count(),
    }
    return render(request, "comites/calendrier/convoquer.html", contexte)


@require_POST
def convoquer_les_nouveaux(request: Requete, territoire: str, numero: str) -> HttpResponse:
    """Those who joined the committee since."""
    seance = a_organiser(request, numero)
    try:
        nombre = services.convoquer_les_nouveaux(acces=request.acces, seance=seance)
    except ErreurMetier as erreur:
        messages.error(request, erreur.message)
    else:
        messages.success(request, f"{nombre} de plus sur la liste, convoqués comme les autres.")
    return redirect(seance)


@require_POST
def relancer(request: Requete, territoire: str, numero: str) -> HttpResponse:
    """Remind those who have not answered."""
    seance = a_organiser(request, numero)
    try:
        nombre = services.relancer(acces=request.acces, seance=seance)
    except ErreurMetier as erreur:
        messages.error(request, erreur.message)
    else:
        dit = f"{nombre} rappels partent" if nombre > 1 else "Un rappel part" if nombre else "Tous ont déjà répondu"
        messages.success(request, f"{dit}.")
    return redirect(seance)


@require_http_methods(["GET", "POST"])
def inviter(request: Requete, territoire: str, numero: str) -> HttpResponse:
    """Somebody from outside, for this séance."""
    seance = a_organiser(request, numero)
    ouverte = seance.statut in (*MODIFIABLES, StatutSeance.EN_COURS)
    exiger(ouverte, "On n’invite plus personne à une séance tenue ou annulée.")
    form = InviteForm(request.POST or None)
    if form.is_valid():
        try:
            presence = services.ajouter_invite(acces=request.acces, seance=seance, **form.cleaned_data)
        except ErreurMetier as erreur:
            form.add_error("nom", erreur.message)
        else:
            messages.success(request, f"{presence.nom} est sur la liste.")
            return redirect(seance)
    contexte = {"form": form, "seance": seance, "titre": "Inviter une personne", "bouton": "Ajouter à la liste"}
    return render(request, "comites/calendrier/petit_formulaire.html", contexte)


@require_POST
def retirer_invite(request: Requete, territoire: str, numero: str, pk: int) -> HttpResponse:
    """A guest who will not come after all."""
    seance = a_organiser(request, numero)
    presence = get_object_or_404(Presence.objects.select_related("seance"), pk=pk, seance=seance, est_invite=True)
    try:
        services.retirer_invite(acces=request.acces, presence=presence)
    except ErreurMetier as erreur:
        messages.error(request, erreur.message)
    else:
        messages.success(request, f"{presence.nom} n’est plus sur la liste.")
    return redirect(seance)


@require_http_methods(["GET", "POST"])
def secretaire(request: Requete, territoire: str, numero: str) -> HttpResponse:
    """Who takes the notes of this séance."""
    seance = a_organiser(request, numero)
    exiger(seance.statut != StatutSeance.ANNULEE, "Cette séance est annulée.")
    candidats = candidats_secretaire(seance)
    form = SecretaireForm(request.POST or None, candidats=candidats, initial={"utilisateur": seance.secretaire_id})
    if request.method == "POST" and form.is_valid():
        try:
            services.nommer_secretaire(acces=request.acces, seance=seance, **form.cleaned_data)
        except ErreurMetier as erreur:
            form.add_error("utilisateur", erreur.message)
        else:
            messages.success(request, "C’est enregistré.")
            return redirect(seance)
    contexte = {"form": form, "seance": seance, "titre": "Secrétaire de séance", "bouton": "Enregistrer"}
    return render(request, "comites/calendrier/petit_formulaire.html", contexte)
