"""The relevé de décisions and the minutes: read, drafted, edited, sent, commented, approved, corrected."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.acces.middleware import RequeteAvecAcces
from apps.core.affichage import date_longue
from apps.core.erreurs import ErreurMetier, VersionPerimee, exiger
from apps.core.views import conflit
from apps.fiches.views.outils import conflit_de, envoye, refuser
from apps.tracabilite.services import tracer

from .. import mots, selecteurs_compte_rendu, services
from ..forms.compte_rendu import (
    ApprobationForm,
    NouvelleSectionForm,
    ProjetForm,
    RectificationForm,
    RemarqueForm,
    SectionForm,
    SuiteForm,
)
from ..models import CompteRendu, RemarqueCompteRendu, Seance, SectionCompteRendu
from ..permissions import (
    peut_approuver,
    peut_commencer_compte_rendu,
    peut_envoyer_releve,
    peut_lire_releve,
    peut_organiser,
    peut_rectifier,
    peut_rediger,
    peut_remarquer,
)
from ..releve import lignes
from .seances import seance_de

FIGE = "Ce compte rendu ne se modifie pas, ou votre rôle ne le permet pas."


def trouver(request: RequeteAvecAcces, numero: str) -> CompteRendu:
    """The minutes of a séance within the scope, else 404."""
    comptes_rendus = CompteRendu.objects.visibles_par(request.acces).select_related(
        "seance__instance",
        "seance__conjointe",
        "seance__territoire",
        "approuve_en__instance",
        "approuve_en__conjointe",
    )
    return get_object_or_404(comptes_rendus, seance__numero=numero)


def vers(nom: str, seance: Seance, ancre: str = "") -> HttpResponse:
    return redirect(reverse(f"comites:{nom}", args=[seance.territoire.slug, seance.numero]) + ancre)


def _tracer(request: RequeteAvecAcces, objet: str, seance: Seance) -> None:
    tracer(acces=request.acces, objet=objet, objet_id=seance.pk, libelle=seance.numero, auteur=str(request.user))


def _page(
    request: RequeteAvecAcces, compte_rendu: CompteRendu, form: Any, *, titre: str, bouton: str, **contexte: Any
) -> HttpResponse:
    """A form of the minutes on its own page; 422 with errors, 409 with both texts. Shown, it is a reading."""
    seance = compte_rendu.seance
    statut = 409 if contexte.get("conflit") is not None else 422 if form.is_bound and form.errors else 200
    if request.method != "POST":
        _tracer(request, "compte_rendu", seance)
    gabarit = contexte.pop("gabarit", "comites/compte_rendu/formulaire.html")
    contexte |= {
        "seance": seance, "compte_rendu": compte_rendu, "form": form, "titre": titre, "bouton": bouton,
        "seance_dite": mots.titre_court(seance),
    }  # fmt: skip
    return render(request, gabarit, contexte, status=statut)


def _relire(request: RequeteAvecAcces, seance: Seance, erreur: VersionPerimee) -> HttpResponse:
    """409: what was to be sent or approved is no longer what was read."""
    url = reverse("comites:compte_rendu", args=[seance.territoire.slug, seance.numero])
    return conflit(request, {"message": erreur.message, "retour_url": url})


@require_safe
def releve(request: RequeteAvecAcces, territoire: str, numero: str) -> HttpResponse:
    """What was decided, who does what by when."""
    seance = seance_de(request, numero)
    exiger(peut_lire_releve(request.acces, seance), "Le relevé de décisions n’est pas encore envoyé aux membres.")
    _tracer(request, "releve_decisions", seance)
    contexte = {
        "seance": seance,
        "seance_dite": mots.titre(seance),
        "lignes": lignes(request.acces, seance),
        "peut_envoyer": peut_envoyer_releve(request.acces, seance),
    }
    return render(request, "comites/compte_rendu/releve.html", contexte)


@require_POST
def envoyer_releve(request: RequeteAvecAcces, territoire: str, numero: str) -> HttpResponse:
    """Tell the members, by a link."""
    seance = seance_de(request, numero)
    exiger(peut_envoyer_releve(request.acces, seance), "Le relevé s’envoie une fois la séance terminée.")
    try:
        nombre = services.envoyer_releve(acces=request.acces, seance=seance)
    except ErreurMetier as erreur:
        refuser(request, erreur)
    else:
        messages.success(request, f"Le relevé de décisions est envoyé{_a_combien(nombre)}.")
    return vers("releve", seance)


def _a_combien(nombre: int) -> str:
    if nombre == 0:
        return " : personne n’a de compte pour le lire"
    return " à une personne" if nombre == 1 else f" à {nombre} personnes"


@require_safe
def compte_rendu(request: RequeteAvecAcces, territoire: str, numero: str) -> HttpResponse:
    """The minutes, named for whoever reads; before the first draft, where the coordination begins it."""
    trouve = CompteRendu.objects.visibles_par(request.acces).filter(seance__numero=numero).exists()
    if not trouve and peut_organiser(request.acces):
        seance = seance_de(request, numero)
        contexte = {
            "seance": seance, "seance_dite": mots.titre(seance),
            "redige": peut_commencer_compte_rendu(request.acces, seance),
        }  # fmt: skip
        return render(request, "comites/compte_rendu/a_rediger.html", contexte)
    cr = trouver(request, numero)
    _tracer(request, "compte_rendu", cr.seance)
    contexte = {
        "seance": cr.seance,
        "compte_rendu": cr,
        "seance_dite": mots.titre(cr.seance),
        "approuve_en_dite": mots.titre_court(cr.approuve_en) if cr.approuve_en else "",
        "lecture": selecteurs_compte_rendu.lire(request.acces, cr),
        **selecteurs_compte_rendu.droits(request.acces, cr),
    }
    return render(request, "comites/compte_rendu/compte_rendu.html", contexte)


@require_POST
def rediger(request: RequeteAvecAcces, territoire: str, numero: str) -> HttpResponse:
    """The draft from the notes."""
    seance = seance_de(request, numero)
    exiger(peut_commencer_compte_rendu(request.acces, seance), "Le compte rendu se rédige une fois la séance terminée.")
    try:
        services.rediger(acces=request.acces, seance=seance)
    except ErreurMetier as erreur:
        refuser(request, erreur)
    else:
        messages.success(request, "Le brouillon est rédigé à partir des notes. Relisez chaque section.")
    return vers("compte_rendu", seance)


@require_http_methods(["GET", "POST"])
def section(request: RequeteAvecAcces, territoire: str, numero: str, pk: int) -> HttpResponse:
    """One section: its text, or take it away (`retirer`). Two editors never overwrite each other."""
    cr = trouver(request, numero)
    sections = SectionCompteRendu.objects.visibles_par(request.acces).select_related("point__fiche", "compte_rendu")
    trouvee = get_object_or_404(sections, pk=pk, compte_rendu=cr)
    exiger(peut_rediger(request.acces, cr), FIGE)
    fiche = trouvee.point.fiche if trouvee.point else None
    noms = ["titre", "texte"] if fiche is None else ["texte"]
    initial = {n: getattr(trouvee, n) for n in (*noms, "version")}
    form = SectionForm(envoye(request), initial=initial, avec_titre=fiche is None)
    champs: list[dict[str, Any]] | None = None
    if request.POST.get("retirer"):
        return _retirer(request, cr, trouvee)
    if form.is_valid():
        try:
            services.modifier_section(acces=request.acces, section=trouvee, **form.cleaned_data)
        except VersionPerimee as erreur:
            champs = conflit_de(form, erreur, noms)
        except ErreurMetier as erreur:
            refuser(request, erreur, form)
        else:
            messages.success(request, "Le compte rendu est enregistré.")
            return vers("compte_rendu", cr.seance, f"#section-{trouvee.pk}")
    titre = selecteurs_compte_rendu.titre_pour(request.acces, trouvee, cr.seance)
    return _page(
        request, cr, form, titre=titre, bouton="Enregistrer", conflit=champs,
        retirable=trouvee.point_id is None, section=trouvee,
    )  # fmt: skip


def _retirer(request: RequeteAvecAcces, cr: CompteRendu, trouvee: SectionCompteRendu) -> HttpResponse:
    version = request.POST.get("version", "")
    try:
        services.retirer_section(
            acces=request.acces, section=trouvee, version=int(version) if version.isdigit() else None
        )
    except VersionPerimee as erreur:
        return _relire(request, cr.seance, erreur)
    except ErreurMetier as erreur:
        refuser(request, erreur)
    else:
        messages.success(request, "La section est retirée.")
    return vers("compte_rendu", cr.seance)


def _choix(request: RequeteAvecAcces, cr: CompteRendu) -> list[tuple[int, str]]:
    """The sections that the reader sees, by their title for them."""
    return [(x.section.pk, x.titre) for x in selecteurs_compte_rendu.lire(request.acces, cr).sections]


@require_http_methods(["GET", "POST"])
def nouvelle_section(request: RequeteAvecAcces, territoire: str, numero: str) -> HttpResponse:
    """« Questions diverses »."""
    cr = trouver(request, numero)
    exiger(peut_rediger(request.acces, cr), FIGE)
    form = NouvelleSectionForm(envoye(request), sections=_choix(request, cr))
    if form.is_valid():
        c = form.cleaned_data
        apres = SectionCompteRendu.objects.visibles_par(request.acces).filter(compte_rendu=cr, pk=c["apres"]).first()
        try:
            nouvelle = services.ajouter_section(
                acces=request.acces, compte_rendu=cr, titre=c["titre"], texte=c["texte"], apres=apres
            )
        except ErreurMetier as erreur:
            refuser(request, erreur, form)
        else:
            messages.success(request, "La section est ajoutée.")
            return vers("compte_rendu", cr.seance, f"#section-{nouvelle.pk}")
    return _page(request, cr, form, titre="Ajouter une section", bouton="Ajouter cette section")


@require_http_methods(["GET", "POST"])
def envoyer_projet(request: RequeteAvecAcces, territoire: str, numero: str) -> HttpResponse:
    """Send it to the members as « projet », or give them more time."""
    cr = trouver(request, numero)
    exiger(peut_rediger(request.acces, cr), FIGE)
    form = ProjetForm(envoye(request), initial={"version": cr.version, "jusquau": cr.jour_propose})
    if form.is_valid():
        try:
            services.envoyer_projet(acces=request.acces, compte_rendu=cr, **form.cleaned_data)
        except VersionPerimee as erreur:
            return _relire(request, cr.seance, erreur)
        except ErreurMetier as erreur:
            refuser(request, erreur, form)
        else:
            jour = date_longue(form.cleaned_data["jusquau"])
            messages.success(request, f"Le projet est envoyé aux membres, qui le commentent jusqu’au {jour}.")
            return vers("compte_rendu", cr.seance)
    destinataires = services.lecteurs(cr.seance)
    return _page(
        request, cr, form, bouton="Annoncer ce délai" if cr.envoye_le else "Envoyer le projet",
        gabarit="comites/compte_rendu/envoyer.html",
        titre="Donner plus de temps" if cr.envoye_le else "Envoyer le projet aux membres",
        destinataires=destinataires,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def remarquer(request: RequeteAvecAcces, territoire: str, numero: str) -> HttpResponse:
    """A member's remark."""
    cr = trouver(request, numero)
    exiger(peut_remarquer(request.acces, cr), "Ce compte rendu ne reçoit pas de remarque de vous en ce moment.")
    form = RemarqueForm(
        envoye(request), sections=_choix(request, cr), initial={"section": request.GET.get("section", "")}
    )
    if form.is_valid():
        sections = SectionCompteRendu.objects.visibles_par(request.acces).filter(compte_rendu=cr)
        try:
            services.remarquer(
                acces=request.acces, compte_rendu=cr, texte=form.cleaned_data["texte"],
                section=sections.filter(pk=form.cleaned_data["section"]).first(),
            )  # fmt: skip
        except ErreurMetier as erreur:
            refuser(request, erreur, form)
        else:
            messages.success(request, "Votre remarque est transmise à la coordination. Sa suite se lira ici.")
            return vers("compte_rendu", cr.seance, "#remarques")
    return _page(request, cr, form, titre="Faire une remarque", bouton="Envoyer la remarque")


@require_http_methods(["GET", "POST"])
def remarque(request: RequeteAvecAcces, territoire: str, numero: str, pk: int) -> HttpResponse:
    """What is done of a remark."""
    cr = trouver(request, numero)
    remarques = RemarqueCompteRendu.objects.visibles_par(request.acces).filter(compte_rendu=cr)
    trouvee = get_object_or_404(remarques.select_related("compte_rendu"), pk=pk)
    exiger(peut_rediger(request.acces, cr), FIGE)
    initial = {"suite": trouvee.suite, "traitee_le": trouvee.jeton, "retenue": trouvee.reponse}
    form = SuiteForm(envoye(request), initial=initial)
    if form.is_valid():
        c = form.cleaned_data
        try:
            if c["traitee_le"] != trouvee.jeton:
                raise VersionPerimee("Quelqu’un a répondu à cette remarque entre-temps. Relisez sa réponse.")
            services.traiter_remarque(
                acces=request.acces, remarque=trouvee, retenue=c["retenue"] == "oui", suite=c["suite"],
                traitee_le=trouvee.traitee_le,
            )  # fmt: skip
        except VersionPerimee as erreur:
            return _relire(request, cr.seance, erreur)
        except ErreurMetier as erreur:
            refuser(request, erreur, form)
        else:
            messages.success(request, "La suite donnée à la remarque est enregistrée.")
            return vers("compte_rendu", cr.seance, "#remarques")
    lue = next(r for r in selecteurs_compte_rendu.lire(request.acces, cr).remarques if r.remarque.pk == pk)
    return _page(
        request, cr, form, titre="Répondre à une remarque", bouton="Enregistrer la réponse",
        gabarit="comites/compte_rendu/remarque.html", lue=lue,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def approuver(request: RequeteAvecAcces, territoire: str, numero: str) -> HttpResponse:
    """Freeze and number them, in the séance `en` or after the delay; says first what it means."""
    cr = trouver(request, numero)
    demandee = (request.POST if request.method == "POST" else request.GET).get("en", "")
    en = seance_de(request, demandee) if demandee else None
    exiger(peut_approuver(request.acces, cr, en), "Ce compte rendu n’attend pas d’approbation, ou pas de vous.")
    form = ApprobationForm(envoye(request), initial={"version": cr.version, "en": en.numero if en else ""})
    if form.is_valid():
        try:
            cr = services.approuver(acces=request.acces, compte_rendu=cr, version=form.cleaned_data["version"], en=en)
        except VersionPerimee as erreur:
            return _relire(request, cr.seance, erreur)
        except ErreurMetier as erreur:
            refuser(request, erreur, form)
        else:
            messages.success(request, f"Le compte rendu {cr.numero} est approuvé. Il ne change plus.")
            return vers("compte_rendu", cr.seance)
    return _page(
        request, cr, form, titre="Approuver le compte rendu", bouton="Approuver",
        gabarit="comites/compte_rendu/approuver.html", en=en, en_le=date_longue(en.jour) if en else "",
        attente=cr.remarques.filter(traitee_le__isnull=True).count(),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def rectifier(request: RequeteAvecAcces, territoire: str, numero: str) -> HttpResponse:
    """A dated addition under approved minutes."""
    cr = trouver(request, numero)
    exiger(peut_rectifier(request.acces, cr), "Une rectification s’ajoute à un compte rendu approuvé.")
    form = RectificationForm(envoye(request))
    if form.is_valid():
        try:
            services.rectifier(acces=request.acces, compte_rendu=cr, texte=form.cleaned_data["texte"])
        except ErreurMetier as erreur:
            refuser(request, erreur, form)
        else:
            messages.success(request, "La rectification est ajoutée à la suite du compte rendu.")
            return vers("compte_rendu", cr.seance, "#rectifications")
    return _page(request, cr, form, titre="Ajouter une rectification", bouton="Ajouter la rectification")
