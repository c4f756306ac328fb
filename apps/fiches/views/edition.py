"""What the coordination changes: the fiche itself, its needs, the accord, the waiting."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from apps.acces.middleware import RequeteAvecAcces
from apps.core.erreurs import ErreurMetier, VersionPerimee, exiger
from apps.documents.services import recevoir
from apps.personnes.enums import CanalAccord
from apps.personnes.models import Accord
from apps.personnes.services import creer as creer_personne
from apps.personnes.services import texte_accord_courant

from .. import services
from ..enums import Confidentialite
from ..forms import AccordForm, AttenteForm, BesoinForm, DemandeurForm, FicheForm
from ..models import Besoin
from ..permissions import peut_gerer
from .outils import INDISPONIBLE, conflit_de, envoye, page_formulaire, refuser, trouver, vers_fiche


@require_http_methods(["GET", "POST"])
def modifier(request: RequeteAvecAcces, territoire: str, numero: str) -> HttpResponse:
    """Title, priority, person in charge, confidentiality; widening it asks for confirmation."""
    fiche = trouver(request, numero)
    exiger(peut_gerer(request.acces, fiche), INDISPONIBLE)
    noms = [n for n in FicheForm.base_fields if n not in ("version", "confirme")]
    form = FicheForm(envoye(request), fiche=fiche, initial={n: getattr(fiche, n) for n in [*noms, "version"]})
    champs: list[dict[str, Any]] | None = None
    a_confirmer = ""
    if form.is_valid():
        nouvelle = form.cleaned_data["confidentialite"]
        if services.elargit(fiche.confidentialite, nouvelle) and not form.cleaned_data["confirme"]:
            a_confirmer = (
                f"Vous élargissez la lecture : « {Confidentialite(fiche.confidentialite).label} » devient "
                f"« {Confidentialite(nouvelle).label} ». Enregistrez à nouveau pour confirmer."
            )
            form.data = form.data.copy()
            form.data["confirme"] = "on"  # type: ignore[index]
        else:
            try:
                services.modifier(
                    acces=request.acces, fiche=fiche, version=form.cleaned_data["version"], **form.valeurs()
                )
            except VersionPerimee as erreur:
                champs = conflit_de(form, erreur, noms)
            except ErreurMetier as erreur:
                refuser(request, erreur, form)
            else:
                messages.success(request, "La fiche est enregistrée.")
                return vers_fiche(fiche)
    return page_formulaire(
        request, fiche=fiche, form=form, titre="Modifier la fiche",
        bouton="Confirmer" if a_confirmer else "Enregistrer",
        conflit=champs, a_confirmer=a_confirmer,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def besoins(request: RequeteAvecAcces, territoire: str, numero: str) -> HttpResponse:
    """The needs of the fiche, and one more."""
    fiche = trouver(request, numero)
    exiger(peut_gerer(request.acces, fiche), INDISPONIBLE)
    form = BesoinForm(envoye(request), territoire_id=fiche.territoire_id)
    if form.is_valid():
        c = form.cleaned_data
        try:
            services.ajouter_besoin(
                acces=request.acces, fiche=fiche, theme=c["theme"], paroles=c["paroles"], analyse=c["analyse"]
            )
        except ErreurMetier as erreur:
            refuser(request, erreur, form)
        else:
            messages.success(request, "Le besoin est ajouté.")
            return vers_fiche(fiche, "#besoin")
    return page_formulaire(
        request, fiche=fiche, form=form, titre="Besoins", bouton="Ajouter ce besoin", gabarit="fiches/besoins.html",
        besoins=fiche.besoins.select_related("theme"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def besoin(request: RequeteAvecAcces, territoire: str, numero: str, pk: int) -> HttpResponse:
    """One need: change it, or withdraw it (`retirer`)."""
    fiche = trouver(request, numero)
    trouve = get_object_or_404(Besoin.objects.filter(fiche=fiche).select_related("theme", "fiche"), pk=pk)
    exiger(peut_gerer(request.acces, fiche), INDISPONIBLE)
    initial = {n: getattr(trouve, n) for n in ("theme", "paroles", "analyse", "version")}
    if request.POST.get("retirer"):
        try:
            services.retirer_besoin(acces=request.acces, besoin=trouve)
        except ErreurMetier as erreur:
            refuser(request, erreur)
        else:
            messages.success(request, "Le besoin est retiré.")
        return vers_fiche(fiche, "#besoin")
    form = BesoinForm(envoye(request), initial=initial, territoire_id=fiche.territoire_id, besoin=trouve)
    champs: list[dict[str, Any]] | None = None
    if form.is_valid():
        c = dict(form.cleaned_data)
        try:
            services.modifier_besoin(acces=request.acces, besoin=trouve, version=c.pop("version"), **c)
        except VersionPerimee as erreur:
            champs = conflit_de(form, erreur, ["theme", "paroles", "analyse"])
        except ErreurMetier as erreur:
            refuser(request, erreur, form)
        else:
            messages.success(request, "Le besoin est enregistré.")
            return vers_fiche(fiche, "#besoin")
    return page_formulaire(
        request, fiche=fiche, form=form, titre=f"Besoin : {trouve.theme}", bouton="Enregistrer",
        conflit=champs, retirable=fiche.besoins.count() > 1,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def attendre(request: RequeteAvecAcces, territoire: str, numero: str) -> HttpResponse:
    """What is awaited from the applicant, and until when."""
    fiche = trouver(request, numero)
    exiger(peut_gerer(request.acces, fiche), INDISPONIBLE)
    initial = {"attente_quoi": fiche.attente_quoi, "attente_jusquau": fiche.attente_jusquau}
    form = AttenteForm(envoye(request), initial=initial)
    if form.is_valid():
        try:
            services.mettre_en_attente(acces=request.acces, fiche=fiche, **form.cleaned_data)
        except ErreurMetier as erreur:
            refuser(request, erreur, form)
        else:
            messages.success(request, "La fiche attend le demandeur ; les relances aux partenaires se reposent.")
            return vers_fiche(fiche)
    return page_formulaire(
        request, fiche=fiche, form=form, titre="En attente du demandeur", bouton="Mettre en attente",
        aide="Les relances aux partenaires s’arrêtent tant que la fiche attend.",
    )  # fmt: skip


@require_POST
def reprendre(request: RequeteAvecAcces, territoire: str, numero: str) -> HttpResponse:
    """The wait is over."""
    fiche = trouver(request, numero)
    exiger(peut_gerer(request.acces, fiche), INDISPONIBLE)
    try:
        services.reprendre(acces=request.acces, fiche=fiche)
    except ErreurMetier as erreur:
        refuser(request, erreur)
    else:
        messages.success(request, "La fiche reprend son cours.")
    return vers_fiche(fiche)


@require_http_methods(["GET", "POST"])
def accord(request: RequeteAvecAcces, territoire: str, numero: str, personne: int) -> HttpResponse:
    """An accord de partage heard by telephone, signed on paper or given in person."""
    fiche = trouver(request, numero)
    demandeur = get_object_or_404(fiche.demandeurs.select_related("personne"), personne=personne)
    exiger(peut_gerer(request.acces, fiche), INDISPONIBLE)
    form = AccordForm(envoye(request), request.FILES or None, acces=request.acces)
    if form.is_valid():
        c = dict(form.cleaned_data)
        try:
            preuves = [recevoir(fichier=f, acces=request.acces, nom="Accord de partage signé") for f in c.pop("preuve")]
            services.donner_accord(
                acces=request.acces, fiche=fiche, personne=demandeur.personne, preuve=preuves[0] if preuves else None,
                **{**c, "organismes": list(c["organismes"])},
            )  # fmt: skip
        except ErreurMetier as erreur:
            refuser(request, erreur, form)
        else:
            messages.success(request, f"L’accord de {demandeur.personne} est enregistré.")
            return vers_fiche(fiche, "#qui")
    en_vigueur = Accord.objects.filter(personne=demandeur.personne).en_vigueur().first()
    return page_formulaire(
        request, fiche=fiche, form=form, titre=f"Accord de partage de {demandeur.personne}",
        bouton="Enregistrer l’accord",
        gabarit="fiches/accord.html", multipart=True, demandeur=demandeur, accord=en_vigueur,
        texte_accord=texte_accord_courant(fiche.territoire_id),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def retirer_accord(request: RequeteAvecAcces, territoire: str, numero: str, personne: int) -> HttpResponse:
    """The person takes their accord back: every fiche of theirs closes to partners at once."""
    fiche = trouver(request, numero)
    demandeur = get_object_or_404(fiche.demandeurs.select_related("personne"), personne=personne)
    exiger(peut_gerer(request.acces, fiche), INDISPONIBLE)
    if request.method == "POST":
        try:
            services.retirer_accord(
                acces=request.acces, fiche=fiche, personne=demandeur.personne, canal=CanalAccord.TELEPHONE
            )
        except ErreurMetier as erreur:
            refuser(request, erreur)
        else:
            messages.success(request, "L’accord est retiré ; la fiche n’est plus ouverte aux partenaires.")
        return vers_fiche(fiche, "#qui")
    contexte = {
        "fiche": fiche,
        "titre": f"Retirer l’accord de {demandeur.personne}",
        "consequence": "Les partenaires perdent aussitôt la lecture de toutes ses fiches, et les orientations en cours "
        "sont annulées. La coordination continue seule.",
        "bouton": "Retirer l’accord",
        "url": reverse("fiches:retirer_accord", args=[request.territoire.slug, fiche.numero, personne]),
    }
    return render(request, "fiches/confirmer.html", contexte)


@require_http_methods(["GET", "POST"])
def demandeurs(request: RequeteAvecAcces, territoire: str, numero: str) -> HttpResponse:
    """One more applicant (a couple, associates): the accord now needed is everybody's."""
    fiche = trouver(request, numero)
    exiger(peut_gerer(request.acces, fiche), INDISPONIBLE)
    form = DemandeurForm(envoye(request), proches=services.proches(fiche))
    if form.is_valid():
        try:
            personne = form.choisie() or creer_personne(acces=request.acces, **form.nouvelle())
            services.ajouter_demandeur(acces=request.acces, fiche=fiche, personne=personne)
        except ErreurMetier as erreur:
            refuser(request, erreur, form)
        else:
            messages.success(
                request, f"{personne} est ajouté aux demandeurs. Notez son accord pour que le partage continue."
            )
            return vers_fiche(fiche)
    return page_formulaire(
        request, fiche=fiche, form=form, titre="Ajouter un demandeur", bouton="Ajouter",
        aide="Un couple, des associés, un GAEC : chacun a son accord. Tant qu’il manque, les partenaires ne lisent "
        "plus la fiche.",
    )  # fmt: skip
