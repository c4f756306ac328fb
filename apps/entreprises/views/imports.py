"""Imports: deposit, preview, confirmation, result."""

import csv
import io

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from openpyxl import Workbook

from apps.acces.middleware import RequeteAvecAcces
from apps.core.erreurs import ErreurMetier, exiger
from apps.entreprises.enums import EtatImport
from apps.entreprises.forms import SireneForm, TableauForm
from apps.entreprises.imports import depot
from apps.entreprises.imports.execution import MOTIFS
from apps.entreprises.imports.tableau import COLONNES
from apps.entreprises.models import ImportEntreprises
from apps.entreprises.permissions import RESERVE, peut_gerer

EXEMPLE = {
    "siret": "732 829 320 00074", "nom": "Boulangerie du Célé", "enseigne": "Au bon pain", "commune": "Figeac",
    "code_postal": "46100", "natures": "artisanale, commerciale", "naf_rev2": "10.71C", "effectif": "3",
    "effectif_annee": "2026", "telephone": "05 65 00 00 00", "courriel": "contact@example.org", "est_active": "oui",
}  # fmt: skip


@require_http_methods(["GET", "POST"])
def imports(request: RequeteAvecAcces, territoire: str) -> HttpResponse:
    """Former imports, and the form of everyday tables."""
    return _deposer(request, territoire, TableauForm, "entreprises/imports.html")


@require_http_methods(["GET", "POST"])
def sirene(request: RequeteAvecAcces, territoire: str) -> HttpResponse:
    return _deposer(request, territoire, SireneForm, "entreprises/sirene.html")


def _deposer(
    request: RequeteAvecAcces, territoire: str, formulaire: type[TableauForm | SireneForm], gabarit: str
) -> HttpResponse:
    exiger(peut_gerer(request.acces), RESERVE)
    form = formulaire(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            un = depot.deposer(acces=request.acces, genre=form.genre, **form.cleaned_data)
        except ErreurMetier as erreur:
            form.add_error("fichier", forms.ValidationError(erreur.message))
        else:
            return redirect("entreprises:import", territoire, un.pk)
    recents = ImportEntreprises.objects.visibles_par(request.acces).select_related("fichier", "demande_par")[:20]
    return render(request, gabarit, {"form": form, "imports": recents})


@require_safe
def un_import(request: RequeteAvecAcces, territoire: str, pk: int) -> HttpResponse:
    visibles = ImportEntreprises.objects.visibles_par(request.acces)
    un = get_object_or_404(visibles.select_related("fichier", "travail", "demande_par"), pk=pk)
    ecartees = [(MOTIFS.get(motif, motif), n) for motif, n in un.comptes.get("ecartees", {}).items() if n]
    contexte = {
        "un": un,
        "ecartees": ecartees,
        "en_route": un.etat in (EtatImport.RECU, EtatImport.ANALYSE, EtatImport.ECRITURE),
        "en_apercu": un.etat == EtatImport.APERCU,
        "a_ecrire": un.comptes.get("nouvelles", 0) + un.comptes.get("modifiees", 0)
        + un.comptes.get("cessees", 0) + un.comptes.get("masquees", 0),
    }  # fmt: skip
    return render(request, "entreprises/import.html", contexte)


@require_POST
def confirmer_import(request: RequeteAvecAcces, territoire: str, pk: int) -> HttpResponse:
    un = get_object_or_404(ImportEntreprises.objects.visibles_par(request.acces), pk=pk)
    exiger(peut_gerer(request.acces), RESERVE)
    try:
        depot.confirmer(acces=request.acces, un=un, ecarter_erreurs=request.POST.get("ecarter_erreurs") == "1")
    except ErreurMetier as erreur:
        messages.error(request, erreur.message)
    return redirect("entreprises:import", territoire, un.pk)


@require_POST
def abandonner_import(request: RequeteAvecAcces, territoire: str, pk: int) -> HttpResponse:
    un = get_object_or_404(ImportEntreprises.objects.visibles_par(request.acces), pk=pk)
    exiger(peut_gerer(request.acces), RESERVE)
    try:
        depot.abandonner(acces=request.acces, un=un)
    except ErreurMetier as erreur:
        messages.error(request, erreur.message)
        return redirect("entreprises:import", territoire, un.pk)
    messages.success(request, "L’import est abandonné : rien n’a été écrit, et le fichier est supprimé.")
    return redirect("entreprises:imports", territoire)


@require_safe
def modele_import(request: RequeteAvecAcces, territoire: str, genre: str) -> HttpResponse:
    """An empty table with every column, and one line as an example."""
    exiger(peut_gerer(request.acces), RESERVE)
    lignes = [[libelle for libelle, _ in COLONNES.values()], [EXEMPLE.get(cle, "") for cle in COLONNES]]
    if genre == "csv":
        texte = io.StringIO(newline="")
        csv.writer(texte, delimiter=";", lineterminator="\r\n").writerows(lignes)
        contenu, mime = b"\xef\xbb\xbf" + texte.getvalue().encode(), "text/csv; charset=utf-8"
    elif genre == "xlsx":
        classeur = Workbook()
        for ligne in lignes:
            classeur.active.append(ligne)
        # Text, or the spreadsheet rounds a SIRET and drops its zeros.
        for colonne in classeur.active.iter_cols(max_row=500):
            for cellule in colonne:
                cellule.number_format = "@"
        sortie = io.BytesIO()
        classeur.save(sortie)
        contenu, mime = sortie.getvalue(), depot.XLSX.mime
    else:
        return HttpResponseBadRequest("Format inconnu : csv ou xlsx.")
    return HttpResponse(
        contenu,
        content_type=mime,
        headers={"Content-Disposition": f'attachment; filename="modele-entreprises.{genre}"'},
    )
