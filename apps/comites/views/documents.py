"""The documents of a séance: ask for one, find those that were made."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from apps.core.erreurs import ErreurMetier, exiger
from apps.core.requetes import Requete
from apps.documents.enums import Variante

from .. import mots, selecteurs_documents
from ..papier.rendu import FABRIQUES
from ..permissions import documents_de
from ..services.documents import demander_document
from .seances import seance_de


@require_GET
def documents(request: Requete, territoire: str, numero: str) -> HttpResponse:
    """What may be printed of a séance and for whom, and the documents that are kept."""
    seance = seance_de(request, numero)
    exiger(bool(documents_de(request.acces, seance)), "Cette séance n’a pas de document pour vous à ce moment.")
    contexte = {
        "seance": seance,
        "titre_seance": mots.titre(seance),
        "genres": selecteurs_documents.genres(request.acces, seance),
        "copies": selecteurs_documents.copies(request.acces, seance),
        "variantes": Variante.choices if request.acces.est_coordination else [],
        "documents": selecteurs_documents.documents(request.acces, seance),
    }
    return render(request, "comites/documents/liste.html", contexte)


@require_POST
def demander(request: Requete, territoire: str, numero: str, genre: str) -> HttpResponse:
    """Ask for one; its page follows, where it is ready or on its way."""
    seance = seance_de(request, numero)
    if f"comites.{genre}" not in FABRIQUES:
        raise Http404("Ce genre de document n’existe pas.")
    voulue = request.POST.get("variante", "")
    variante = voulue if request.acces.est_coordination and voulue in Variante.values else Variante.LECTURE
    try:
        document = demander_document(
            acces=request.acces, seance=seance, genre=genre, pour=request.POST.get("pour", ""), variante=variante
        )
    except ErreurMetier as erreur:
        messages.warning(request, erreur.message)
        return redirect("comites:documents", territoire, numero)
    return redirect("documents:detail", territoire, document.jeton)
