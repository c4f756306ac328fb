"""The one view behind every list: page, fragment, export, bulk action. Each list's own view calls it in one line."""

import logging
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import slugify

from apps.core.erreurs import ErreurMetier, exiger
from apps.core.requetes import Requete
from apps.core.texte import nettoyer
from apps.tracabilite.models import GenreAcces
from apps.tracabilite.services import tracer

from . import export, rendu
from .liste import Action, Liste, canonique, objets_choisis
from .models import VueEnregistree
from .permissions import peut_modifier, peut_partager

journal = logging.getLogger(__name__)
LOT_MAX = 500


def reponse_liste(
    request: Requete, liste: Liste, gabarit: str | None = None, contexte: dict[str, Any] | None = None
) -> HttpResponse:
    """Answer for a list. GET: the page; `?fragment=1` its results; `?export=csv|xlsx` a file. POST: a bulk action.

    `gabarit` extends « listes/page.html » (blocks of base_travail: actions, sous_titre, tete…); `contexte` is added.
    """
    liste.preparer_requete(request.acces, request.territoire.slug, request.GET)
    if request.method == "POST":
        return _agir(request, liste)
    if genre := request.GET.get("export", ""):
        return _exporter(request, liste, genre)
    fragment = bool(request.GET.get("fragment"))
    propres = liste.parametres
    # Links made by the template tags start from the address without what only the machine needs.
    request.GET = propres  # type: ignore[assignment,misc]
    donnees = {**contexte_liste(request, liste), **(contexte or {})}
    if not fragment:
        return render(request, gabarit or "listes/page.html", donnees)
    reponse = render(request, "listes/fragment.html", donnees)
    reponse["HX-Replace-Url"] = request.path + (f"?{propres.urlencode()}" if propres else "")
    return reponse


def contexte_liste(request: Requete, liste: Liste) -> dict[str, Any]:
    """What templates/listes/ need."""
    return {
        "liste": liste,
        "page": liste.page,
        "corps": rendu.corps(liste),
        "entetes": [c for c in liste.colonnes if c.ecran],
        "total": liste.total,
        "actifs": liste.actifs,
        "tri": liste.tri,
        "nom": liste.nom,
        "nom_pluriel": liste.nom_pluriel,
        "effacer_url": liste.adresse(**dict.fromkeys(liste.formulaire.fields)),
        "onglets": _onglets(request, liste),
        "requete_vue": liste.requete_vue(),
        "peut_partager": peut_partager(request.acces),
        "export_csv": liste.adresse(export="csv"),
        "export_xlsx": liste.adresse(export="xlsx"),
    }


def _onglets(request: Requete, liste: Liste) -> dict[str, Any]:
    """The tabs: everything, what the list foresees, the saved views; and the one in force."""
    courante = liste.requete_vue()
    onglets: list[dict[str, Any]] = [{"nom": "Tout", "url": request.path, "actif": not courante}]
    onglets += [{"nom": v.nom, "url": f"?{v.requete}", "actif": canonique(v.requete) == courante} for v in liste.vues]
    vue_active = None
    for vue in VueEnregistree.objects.visibles_par(request.acces).filter(liste=liste.cle):
        active = bool(courante) and vue.requete == courante
        if active and vue_active is None and peut_modifier(request.acces, vue):
            vue_active = vue
        onglets.append({"nom": vue.nom, "url": f"?{vue.requete}", "actif": active, "partagee": vue.est_partagee})
    return {
        "liens": onglets,
        "vue": vue_active,
        "a_enregistrer": bool(courante) and not any(o["actif"] for o in onglets),
    }


def _exporter(request: Requete, liste: Liste, genre: str) -> HttpResponse:
    """The whole result as a file; traced with its size and the names of its filters, never what was searched."""
    exiger(liste.peut_exporter(), "Votre rôle ne permet pas d’exporter cette liste.")
    if genre not in export.TYPES:
        return HttpResponseBadRequest("Format d’export inconnu : csv ou xlsx.")
    if liste.erreurs:
        # A bad filter must not become an export of everything: back to the page, which says what is wrong.
        return redirect(f"{request.path}{liste.adresse()}")
    contenu = export.en_csv(liste) if genre == "csv" else export.en_xlsx(liste)
    filtres = ", ".join(dict.fromkeys(a["libelle"].lower() for a in liste.actifs)) or "aucun"
    lignes = f"{liste.total} {liste.nom_pluriel if liste.total > 1 else liste.nom}"
    tracer(
        acces=request.acces,
        genre=GenreAcces.EXPORT,
        objet=f"liste:{liste.cle}",
        libelle=f"{liste.titre} · {genre} · {lignes} · filtres : {filtres}",
        auteur=str(request.user),
    )
    journal.info("List exported: %s, %s rows, %s", liste.cle, liste.total, genre)
    reponse = HttpResponse(contenu, content_type=export.TYPES[genre])
    nom = f"{slugify(liste.titre) or liste.cle}-{timezone.localdate():%Y-%m-%d}.{genre}"
    reponse["Content-Disposition"] = f'attachment; filename="{nom}"'
    reponse["Cache-Control"] = "private, no-store"
    return reponse


def _agir(request: Requete, liste: Liste) -> HttpResponse:
    """A bulk action: first the page of confirmation, then the deed. The rows are looked up again within the scope."""
    retour = f"{request.path}{liste.adresse()}"
    action = next((a for a in liste.actions if a.cle == request.POST.get("action")), None)
    if action is None:
        return HttpResponseBadRequest("Action inconnue.")
    exiger(action.permise(request.acces))
    ids = request.POST.getlist("ids")[:LOT_MAX]
    objets = objets_choisis(liste, ids)
    total = objets.count()
    if not total:
        messages.warning(request, f"Choisissez d’abord au moins une ligne, puis « {action.libelle} ».")
        return redirect(retour)
    confirme = request.POST.get("confirme") == "1"
    formulaire = action.formulaire(request.POST if confirme else None) if action.formulaire else None
    if confirme and (formulaire is None or formulaire.is_valid()):
        return _executer(request, action, objets, formulaire.cleaned_data if formulaire else {}, retour)
    return render(request, "listes/confirmer.html", {
        "liste": liste, "action": action, "objets": [(o.pk, liste.nommer(o)) for o in objets],
        "total": total, "formulaire": formulaire, "retour_url": retour,
    })  # fmt: skip


def _executer(request: Requete, action: Action, objets: Any, donnees: dict[str, Any], retour: str) -> HttpResponse:
    try:
        with transaction.atomic():
            phrase = action.executer(acces=request.acces, objets=objets, donnees=donnees)
    except ErreurMetier as erreur:
        messages.error(request, f"Rien n’a été changé. {nettoyer(erreur.message)}")
    else:
        messages.success(request, phrase)
    return redirect(retour)
