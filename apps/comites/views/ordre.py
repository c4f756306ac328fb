"""The page of the ordre du jour: proposals to tick, the agenda to put in order, points to add, change and take off."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core.affichage import INSECABLE
from apps.core.erreurs import ErreurMetier, VersionPerimee, exiger
from apps.core.recherche import filtrer
from apps.core.requetes import Requete
from apps.fiches.enums import StatutFiche
from apps.fiches.models import FicheNavette
from apps.fiches.views.outils import conflit_de, envoye
from apps.tracabilite.services import tracer

from .. import mots
from ..enums import ChoixRestreint, EtatPoint, GesteSeance, ModePoint, NaturePoint
from ..forms.ordre import PointFicheForm, PointForm, SujetForm, initial_du_point
from ..intitules import Lecteur, charger, intituler
from ..models import PointOrdreDuJour, Seance
from ..permissions import peut_gerer, peut_organiser, peut_preparer
from ..selecteurs_ordre import ordre_du_jour
from ..services import ordre
from ..services.modes import FicheRestreinte
from .seances import seance_de

TROUVEES = 20
INDISPONIBLE = "L’ordre du jour ne change plus, ou votre rôle ne permet pas de le préparer."
DE_LA_COORDINATION = "L’ordre du jour est préparé par la coordination."


def a_preparer(request: Requete, numero: str) -> Seance:
    """The séance whose agenda this person may change now: 404 out of scope, 403 without the right."""
    seance = seance_de(request, numero)
    exiger(peut_preparer(request.acces, seance), INDISPONIBLE)
    return seance


def point_de(request: Requete, seance: Seance, pk: int) -> PointOrdreDuJour:
    points = PointOrdreDuJour.objects.visibles_par(request.acces).select_related("fiche__territoire", "rapporteur")
    return get_object_or_404(points, seance=seance, pk=pk)


def vers_ordre(seance: Seance, ancre: str = "") -> HttpResponse:
    return redirect(reverse("comites:ordre", args=[seance.territoire.slug, seance.numero]) + ancre)


def _contexte(request: Requete, seance: Seance) -> dict[str, Any]:
    return {
        "seance": seance,
        "titre_seance": mots.titre_court(seance),
        "horaires": mots.horaires(seance),
        "odj": ordre_du_jour(request.acces, seance),
        "modifiable": peut_preparer(request.acces, seance),
    }


def _ecartes(seance: Seance) -> list[dict[str, Any]]:
    """What was taken off or put aside, to put back."""
    points = charger(seance.points.filter(etat=EtatPoint.ECARTE).order_by("-modifie_le")[:TROUVEES])
    tout = Lecteur.de_la_coordination()
    return [{"point": p, "intitule": intituler(p, tout)} for p in points]


@require_safe
def page(request: Requete, territoire: str, numero: str) -> HttpResponse:
    """For the coordination; the members read the agenda on the page of the séance."""
    seance = seance_de(request, numero)
    exiger(peut_organiser(request.acces), DE_LA_COORDINATION)
    contexte = _contexte(request, seance)
    propositions = ordre.propositions(acces=request.acces, seance=seance) if contexte["modifiable"] else []
    return render(
        request,
        "comites/ordre/page.html",
        contexte
        | {
            "propositions": propositions,
            "restreintes": any(p.restreinte for p in propositions),
            "choix_restreint": ChoixRestreint,
            "ecartes": _ecartes(seance) if contexte["modifiable"] else [],
            "peut_convoquer": peut_gerer(request.acces, seance, GesteSeance.CONVOQUER),
        },
    )


@require_POST
def accepter(request: Requete, territoire: str, numero: str) -> HttpResponse:
    """The ticked proposals, put on the agenda or put aside."""
    seance = a_preparer(request, numero)
    cles = request.POST.getlist("cles")
    try:
        if "ecarter" in request.POST:
            nombre = ordre.ecarter(acces=request.acces, seance=seance, cles=cles)
            messages.info(request, _compte(nombre, "proposition écartée", "propositions écartées"))
            return vers_ordre(seance)
        choix = request.POST.get("restreintes", ChoixRestreint.RESERVER)
        points = ordre.accepter(acces=request.acces, seance=seance, cles=cles, restreintes=choix)
    except ErreurMetier as erreur:
        messages.error(request, erreur.message)
        return vers_ordre(seance)
    _dire_acceptees(request, seance, points)
    return vers_ordre(seance, "#ordre")


def _compte(nombre: int, singulier: str, pluriel: str) -> str:
    return f"{nombre} {pluriel if nombre > 1 else singulier}." if nombre else "Cochez au moins une proposition."


def _dire_acceptees(request: Requete, seance: Seance, points: list[PointOrdreDuJour]) -> None:
    """How many came, and which were reserved because the committee may not read them."""
    texte = _compte(len(points), "point ajouté à l’ordre du jour", "points ajoutés à l’ordre du jour")
    (messages.success if points else messages.info)(request, texte)
    reserves = [p.fiche.numero for p in points if p.mode == ModePoint.RESERVE and p.fiche is not None]
    if reserves and not seance.est_anonyme:
        qui = "Réservée" if len(reserves) == 1 else "Réservées"
        messages.warning(
            request,
            f"{qui}, car le comité ne peut pas encore les lire{INSECABLE}: {', '.join(reserves)}. "
            "Décidez pour chacune avec « Modifier ».",
        )


@require_http_methods(["GET", "POST"])
def ajouter_fiche(request: Requete, territoire: str, numero: str) -> HttpResponse:
    """Search a fiche, then say what is asked about it and how the committee reads it."""
    seance = a_preparer(request, numero)
    cle = request.GET.get("fiche", "")
    fiches = FicheNavette.objects.visibles_par(request.acces)
    if not cle:
        return _chercher(request, seance, fiches)
    fiche = get_object_or_404(fiches.select_related("territoire", "entreprise"), numero=cle)
    form = PointFicheForm(envoye(request), acces=request.acces, seance=seance, fiche=fiche)
    if form.is_valid():
        try:
            point = ordre.ajouter_fiche(acces=request.acces, seance=seance, fiche=fiche, **form.valeurs())
        except ErreurMetier as erreur:
            _refuser(form, erreur)
        else:
            messages.success(request, f"La fiche {fiche.numero} est à l’ordre du jour.")
            return vers_ordre(seance, f"#point-{point.pk}")
    return _formulaire(request, seance, form, "Mettre une fiche à l’ordre du jour", "Ajouter", fiche=fiche)


def _chercher(request: Requete, seance: Seance, fiches: Any) -> HttpResponse:
    """The open fiches that hold the typed words and are not on this agenda yet."""
    saisie = request.GET.get("q", "").strip()[:100]
    prises = seance.points.exclude(etat=EtatPoint.ECARTE).filter(fiche__isnull=False).values("fiche")
    ouvertes = fiches.filter(statut__in=(StatutFiche.OUVERTE, StatutFiche.EN_ATTENTE)).exclude(pk__in=prises)
    trouvees = filtrer(ouvertes, saisie) if saisie else ouvertes
    contexte = {
        "seance": seance,
        "titre_seance": mots.titre_court(seance),
        "saisie": saisie,
        "fiches": trouvees.order_by("-derniere_activite_le")[:TROUVEES],
    }
    return render(request, "comites/ordre/chercher.html", contexte)


def _refuser(form: forms.Form, erreur: ErreurMetier) -> None:
    """Beside the field that it is about."""
    if isinstance(erreur, FicheRestreinte) and "mode" in form.fields:
        form.add_error("mode", erreur.message)
    elif "nomme la personne" in erreur.message and "resume" in form.fields:
        form.add_error("question" if erreur.message.startswith("La question") else "resume", erreur.message)
    else:
        form.add_error(None, erreur.message)


def _formulaire(
    request: Requete, seance: Seance, form: forms.Form, titre: str, bouton: str, **contexte: Any
) -> HttpResponse:
    """A form of the agenda on its own page; one about a fiche is a reading of it, and traced."""
    fiche = contexte.get("fiche")
    if fiche is not None and request.method != "POST":
        tracer(
            acces=request.acces, objet="fiche", objet_id=fiche.pk, libelle=fiche.numero, auteur=str(request.user)
        )  # fmt: skip
    statut = 409 if contexte.get("conflit") is not None else 422 if form.is_bound and form.errors else 200
    donnees = {
        "seance": seance, "titre_seance": mots.titre_court(seance), "form": form, "titre": titre, "bouton": bouton,
        **contexte,
    }  # fmt: skip
    return render(request, "comites/ordre/formulaire.html", donnees, status=statut)


@require_http_methods(["GET", "POST"])
def ajouter_sujet(request: Requete, territoire: str, numero: str) -> HttpResponse:
    """A free topic."""
    seance = a_preparer(request, numero)
    form = SujetForm(envoye(request), acces=request.acces)
    if form.is_valid():
        try:
            point = ordre.ajouter_sujet(acces=request.acces, seance=seance, **form.valeurs())
        except ErreurMetier as erreur:
            form.add_error("titre", erreur.message)
        else:
            messages.success(request, "Le sujet est à l’ordre du jour.")
            return vers_ordre(seance, f"#point-{point.pk}")
    return _formulaire(request, seance, form, "Ajouter un sujet", "Ajouter")


def _form_de(request: Requete, seance: Seance, point: PointOrdreDuJour) -> PointForm:
    args: dict[str, Any] = {"acces": request.acces, "initial": initial_du_point(point)}
    if point.fiche is not None:
        form: PointForm = PointFicheForm(envoye(request), seance=seance, fiche=point.fiche, **args)
        return form
    return (SujetForm if point.nature == NaturePoint.SUJET else PointForm)(envoye(request), **args)


@require_http_methods(["GET", "POST"])
def modifier_point(request: Requete, territoire: str, numero: str, pk: int) -> HttpResponse:
    """Its question, kind, minutes, rapporteur, and how the committee reads it."""
    seance = a_preparer(request, numero)
    point = point_de(request, seance, pk)
    form = _form_de(request, seance, point)
    conflit = None
    if form.is_valid():
        try:
            ordre.modifier_point(
                acces=request.acces, point=point, version=form.cleaned_data["version"], **form.valeurs()
            )
        except VersionPerimee as erreur:
            conflit = conflit_de(
                form, erreur, [n for n in form.valeurs() if n in ("question", "minutes", "traitement")]
            )
        except ErreurMetier as erreur:
            _refuser(form, erreur)
        else:
            messages.success(request, "Le point est enregistré.")
            return vers_ordre(seance, f"#point-{point.pk}")
    intitule = intituler(charger(PointOrdreDuJour.objects.filter(pk=point.pk))[0], Lecteur.de_la_coordination())
    return _formulaire(
        request, seance, form, "Modifier le point", "Enregistrer", fiche=point.fiche, point=point, intitule=intitule,
        conflit=conflit,
    )  # fmt: skip


@require_POST
def ordonner(request: Requete, territoire: str, numero: str, pk: int) -> HttpResponse:
    """Move a point: by its number, one up or one down. The list alone for htmx."""
    seance = a_preparer(request, numero)
    point = point_de(request, seance, pk)
    rang = {"haut": point.ordre - 1, "bas": point.ordre + 1}.get(request.POST.get("sens", ""))
    saisi = request.POST.get("rang", "")
    if rang is None and not saisi.isdigit():
        messages.error(request, "Écrivez le numéro que ce point doit prendre.")
        return vers_ordre(seance, f"#point-{point.pk}")
    try:
        ordre.ordonner(acces=request.acces, point=point, rang=int(saisi) if rang is None else rang)
    except ErreurMetier as erreur:
        messages.error(request, erreur.message)
        return vers_ordre(seance)
    if request.headers.get("HX-Request"):
        return render(request, "comites/ordre/_ordre.html", {**_contexte(request, seance), "deplace": point.pk})
    return vers_ordre(seance, f"#point-{point.pk}")


@require_POST
def retirer_point(request: Requete, territoire: str, numero: str, pk: int) -> HttpResponse:
    """Take a point off; it stays at hand, to put back."""
    seance = a_preparer(request, numero)
    try:
        ordre.retirer(acces=request.acces, point=point_de(request, seance, pk))
    except ErreurMetier as erreur:
        messages.error(request, erreur.message)
    else:
        messages.info(request, "Le point est retiré. Il reste sous « Écartés », d’où il peut revenir.")
    return vers_ordre(seance, "#ordre")


@require_POST
def remettre_point(request: Requete, territoire: str, numero: str, pk: int) -> HttpResponse:
    """Put back what was taken off."""
    seance = a_preparer(request, numero)
    try:
        point = ordre.remettre(acces=request.acces, point=point_de(request, seance, pk))
    except ErreurMetier as erreur:
        messages.error(request, erreur.message)
        return vers_ordre(seance)
    _dire_acceptees(request, seance, [point])
    return vers_ordre(seance, f"#point-{point.pk}")
