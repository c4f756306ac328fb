"""Address partners, and what they answer."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.acces.middleware import RequeteAvecAcces
from apps.core.affichage import INSECABLE
from apps.core.erreurs import ErreurMetier, VersionPerimee, exiger
from apps.tracabilite.models import GenreAcces
from apps.tracabilite.services import tracer

from .. import services
from ..enums import ActionOrientation
from ..forms import AvisForm, ConfierForm, DeclinerForm, OrienterForm, SectionForm, TerminerForm
from ..models import FicheNavette, Orientation
from ..page import badge_orientation
from ..permissions import peut_confier, peut_ecrire_section, peut_gerer, peut_relancer, peut_repondre
from ..selecteurs import resume_lisible
from .outils import INDISPONIBLE, conflit_de, envoye, page_formulaire, refuser, trouver, trouver_orientation, vers_fiche

MERCI = {
    ActionOrientation.PRENDRE_EN_CHARGE: "C’est noté : vous prenez la fiche {n} en charge.",
    ActionOrientation.LIRE: "C’est noté : la fiche {n} est lue.",
    ActionOrientation.DEFAIRE: "La réponse est reprise.",
}


@require_http_methods(["GET", "POST"])
def orienter(request: RequeteAvecAcces, territoire: str, numero: str) -> HttpResponse:
    """Propose organismes with the reason; the coordination confirms one or several."""
    fiche = trouver(request, numero)
    exiger(peut_gerer(request.acces, fiche), INDISPONIBLE)
    propositions = services.propositions(fiche)
    form = OrienterForm(envoye(request), acces=request.acces, fiche=fiche)
    if form.is_valid():
        try:
            faites = _orienter(request, fiche, form, {p.organisme.pk: p.raison for p in propositions})
        except ErreurMetier as erreur:
            refuser(request, erreur, form)
        else:
            noms = ", ".join(o.nom_du_jour for o in faites)
            messages.success(
                request,
                f"Fiche orientée vers {noms}. Le courriel part dans {request.territoire.secondes_annulation} secondes"
                f"{INSECABLE}; d’ici là, « Annuler » le retient.",
            )
            return vers_fiche(fiche, "#partenaires")
    echanges, pieces = services.lira(fiche)
    choisis = set(request.POST.getlist("organismes"))
    contexte = {
        "proposees": [p for p in propositions if p.raison],
        "autres": [p for p in propositions if not p.raison],
        "choisis": choisis,
        "echanges": echanges,
        "pieces": pieces,
    }
    return page_formulaire(
        request, fiche=fiche, form=form, titre="Orienter vers des partenaires", bouton="Orienter",
        gabarit="fiches/orienter.html", **contexte,
    )  # fmt: skip


def _orienter(
    request: RequeteAvecAcces, fiche: FicheNavette, form: OrienterForm, raisons: dict[int, str]
) -> list[Orientation]:
    c = form.cleaned_data
    if c["sur_resume"] and c["resume_sans_nom"] != fiche.resume_sans_nom:
        fiche = services.modifier(
            acces=request.acces, fiche=fiche, version=fiche.version, resume_sans_nom=c["resume_sans_nom"]
        )
    return services.orienter(
        acces=request.acces, fiche=fiche, organismes=list(c["organismes"]), genre=c["genre"], message=c["message"],
        sur_resume=c["sur_resume"], raisons=raisons,
    )  # fmt: skip


@require_GET
def reponse(request: RequeteAvecAcces, territoire: str, pk: int) -> HttpResponse:
    """A partner's own orientation: all it sees of a fiche it declined, or was asked about without names."""
    orientation = trouver_orientation(request, pk)
    fiche = orientation.fiche
    lisible = FicheNavette.objects.visibles_par(request.acces).filter(pk=fiche.pk).exists()
    if lisible and not orientation.sur_resume:
        return vers_fiche(fiche, f"#orientation-{orientation.pk}")
    tracer(
        acces=request.acces, genre=GenreAcces.LECTURE, objet="orientation", objet_id=orientation.pk,
        libelle=fiche.numero, auteur=str(request.user),
    )  # fmt: skip
    ton, etat, icone = badge_orientation(orientation, timezone.localdate())
    contexte = {
        "orientation": orientation,
        "fiche": fiche,
        "resume": resume_lisible(orientation),
        "ton": ton,
        "etat": etat,
        "icone": icone,
        "peut": {
            a.value: peut_repondre(request.acces, orientation, a) and fiche.est_ouverte for a in ActionOrientation
        },
    }
    return render(request, "fiches/reponse.html", contexte)


def _fiche_lisible(request: RequeteAvecAcces, orientation: Orientation) -> FicheNavette | None:
    """The fiche, to name it beside a form; None when it is not, or no longer, open to the reader."""
    lisible = FicheNavette.objects.visibles_par(request.acces).filter(pk=orientation.fiche_id).exists()
    return orientation.fiche if lisible and not orientation.sur_resume else None


def _retour(request: RequeteAvecAcces, orientation: Orientation) -> HttpResponse:
    """Back where the answer was given: the home's list, the fiche, or one's own answer when the fiche has closed."""
    suite = request.POST.get("suite", "")
    if suite and url_has_allowed_host_and_scheme(suite, allowed_hosts=None):
        return redirect(suite)
    slug = request.territoire.slug
    fiches = FicheNavette.objects.visibles_par(request.acces).filter(pk=orientation.fiche_id)
    if fiches.exists() and not orientation.sur_resume:
        return vers_fiche(orientation.fiche, f"#orientation-{orientation.pk}")
    if Orientation.objects.visibles_par(request.acces).filter(pk=orientation.pk).exists():
        return redirect("fiches:reponse", slug, orientation.pk)
    return redirect("accueil:accueil", slug)


@require_POST
def repondre(request: RequeteAvecAcces, territoire: str, pk: int, action: str) -> HttpResponse:
    """Answers of one click: take in charge, read, take back, annul."""
    orientation = trouver_orientation(request, pk)
    try:
        voulue = ActionOrientation(action)
    except ValueError:
        raise Http404 from None
    exiger(peut_repondre(request.acces, orientation, voulue), INDISPONIBLE)
    gestes: dict[ActionOrientation, Any] = {
        ActionOrientation.PRENDRE_EN_CHARGE: services.prendre_en_charge,
        ActionOrientation.LIRE: services.marquer_lue,
        ActionOrientation.DEFAIRE: services.defaire,
        ActionOrientation.ANNULER: services.annuler_orientation,
    }
    if voulue not in gestes:
        raise Http404
    try:
        orientation = gestes[voulue](acces=request.acces, orientation=orientation)
    except ErreurMetier as erreur:
        refuser(request, erreur)
    else:
        merci = MERCI.get(voulue, "L’orientation est annulée : le partenaire n’en voit plus rien.")
        messages.success(request, merci.format(n=orientation.fiche.numero))
    return _retour(request, orientation)


@require_http_methods(["GET", "POST"])
def decliner(request: RequeteAvecAcces, territoire: str, pk: int) -> HttpResponse:
    """Say no, and why."""
    orientation = trouver_orientation(request, pk)
    exiger(peut_repondre(request.acces, orientation, ActionOrientation.DECLINER), INDISPONIBLE)
    form = DeclinerForm(envoye(request))
    if form.is_valid():
        try:
            services.decliner(acces=request.acces, orientation=orientation, **form.cleaned_data)
        except ErreurMetier as erreur:
            refuser(request, erreur, form)
        else:
            messages.success(request, "C’est noté. La coordination est prévenue et cherche un autre partenaire.")
            return _retour(request, orientation)
    return page_formulaire(
        request, fiche=None, form=form, titre=f"Décliner la fiche {orientation.fiche.numero}", bouton="Décliner",
        orientation=orientation, danger=True,
        aide="Vous ne verrez plus la fiche, seulement votre réponse.",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def rendre_avis(request: RequeteAvecAcces, territoire: str, pk: int) -> HttpResponse:
    """Give the avis asked for; it is signed."""
    orientation = trouver_orientation(request, pk)
    exiger(peut_repondre(request.acces, orientation, ActionOrientation.RENDRE_AVIS), INDISPONIBLE)
    form = AvisForm(envoye(request), initial={"avis": orientation.avis, "version": orientation.version})
    champs: list[dict[str, Any]] | None = None
    if form.is_valid():
        try:
            services.rendre_avis(
                acces=request.acces, orientation=orientation, avis=form.cleaned_data["avis"],
                version=form.cleaned_data["version"] or 0,
            )  # fmt: skip
        except VersionPerimee as erreur:
            champs = conflit_de(form, erreur, ["avis"])
        except ErreurMetier as erreur:
            refuser(request, erreur, form)
        else:
            messages.success(request, "Votre avis est rendu et signé.")
            return _retour(request, orientation)
    return page_formulaire(
        request, fiche=None, form=form, titre=f"Avis sur la fiche {orientation.fiche.numero}",
        bouton="Rendre l’avis", orientation=orientation, conflit=champs,
        resume=resume_lisible(orientation) if orientation.sur_resume else None,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def terminer(request: RequeteAvecAcces, territoire: str, pk: int) -> HttpResponse:
    """End the accompagnement: the section is signed."""
    orientation = trouver_orientation(request, pk)
    exiger(peut_repondre(request.acces, orientation, ActionOrientation.TERMINER), INDISPONIBLE)
    form = TerminerForm(
        envoye(request), initial={"aide_apportee": orientation.aide_apportee, "version": orientation.version}
    )
    champs: list[dict[str, Any]] | None = None
    if form.is_valid():
        c = form.cleaned_data
        try:
            services.terminer(
                acces=request.acces, orientation=orientation, resultat=c["resultat"],
                aide_apportee=c["aide_apportee"], version=c["version"] or 0,
            )  # fmt: skip
        except VersionPerimee as erreur:
            champs = conflit_de(form, erreur, ["aide_apportee"])
        except ErreurMetier as erreur:
            refuser(request, erreur, form)
        else:
            messages.success(request, "L’accompagnement est terminé et votre section est signée.")
            return _retour(request, orientation)
    return page_formulaire(
        request, fiche=_fiche_lisible(request, orientation), form=form, titre="Terminer l’accompagnement",
        bouton="Terminer et signer",
        orientation=orientation, conflit=champs,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def section(request: RequeteAvecAcces, territoire: str, pk: int) -> HttpResponse:
    """The partner's own words; nobody's text is lost when two people write."""
    orientation = trouver_orientation(request, pk)
    exiger(peut_ecrire_section(request.acces, orientation), INDISPONIBLE)
    noms = [n for n in SectionForm.base_fields if n != "version"]
    initial = {n: getattr(orientation, n) for n in [*noms, "version"]}
    form = SectionForm(envoye(request), initial=initial, orientation=orientation)
    champs: list[dict[str, Any]] | None = None
    if form.is_valid():
        try:
            services.ecrire_section(
                acces=request.acces, orientation=orientation, version=form.cleaned_data["version"],
                champs=form.valeurs(),
            )  # fmt: skip
        except VersionPerimee as erreur:
            champs = conflit_de(form, erreur, [n for n in form.fields if n != "version"])
        except ErreurMetier as erreur:
            refuser(request, erreur, form)
        else:
            messages.success(request, "Votre section est enregistrée.")
            return _retour(request, orientation)
    return page_formulaire(
        request, fiche=_fiche_lisible(request, orientation), form=form,
        titre=f"Section de {orientation.nom_du_jour}", bouton="Enregistrer", orientation=orientation, conflit=champs,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def confier(request: RequeteAvecAcces, territoire: str, pk: int) -> HttpResponse:
    """Hand the case to a technicien of one's organisme."""
    orientation = trouver_orientation(request, pk)
    exiger(peut_confier(request.acces, orientation), INDISPONIBLE)
    form = ConfierForm(envoye(request), orientation=orientation)
    if form.is_valid():
        try:
            services.confier(acces=request.acces, orientation=orientation, **form.cleaned_data)
        except ErreurMetier as erreur:
            refuser(request, erreur, form)
        else:
            messages.success(request, "C’est fait.")
            return _retour(request, orientation)
    return page_formulaire(
        request, fiche=_fiche_lisible(request, orientation), form=form,
        titre="Confier le dossier", bouton="Confier", orientation=orientation,
        aide="La personne lira la fiche et pourra y écrire. Vous gardez vos droits.",
    )  # fmt: skip


@require_POST
def relancer(request: RequeteAvecAcces, territoire: str, pk: int) -> HttpResponse:
    """Write again to whoever is addressed today."""
    orientation = trouver_orientation(request, pk)
    exiger(peut_relancer(request.acces, orientation), INDISPONIBLE)
    try:
        orientation = services.relancer(acces=request.acces, orientation=orientation)
    except ErreurMetier as erreur:
        refuser(request, erreur)
    else:
        qui = services.nommer_adressee(orientation.referent, orientation.referent_remplace)
        messages.success(request, f"{orientation.nom_du_jour} est relancé ({qui})." if qui else "Relance envoyée.")
    return _retour(request, orientation)


@require_http_methods(["GET", "POST"])
def annuler(request: RequeteAvecAcces, territoire: str, pk: int) -> HttpResponse:
    """Annul an orientation, after saying what it means."""
    orientation = trouver_orientation(request, pk)
    exiger(peut_repondre(request.acces, orientation, ActionOrientation.ANNULER), INDISPONIBLE)
    if request.method == "POST":
        return repondre(request, territoire, pk=pk, action=ActionOrientation.ANNULER.value)
    return render(
        request,
        "fiches/confirmer.html",
        {
            "fiche": orientation.fiche,
            "titre": f"Annuler l’orientation vers {orientation.nom_du_jour}",
            "consequence": f"{orientation.nom_du_jour} n’en verra plus rien. Vous pourrez revenir en arrière.",
            "bouton": "Annuler l’orientation",
            "url": reverse("fiches:annuler", args=[request.territoire.slug, orientation.pk]),
        },
    )
