"""A document is a row: asked for with its data frozen, made by a job, served to its audience, let go in time."""

import errno
import hashlib
import io
import json
from datetime import timedelta
from importlib import import_module
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.audience import Audience
from apps.core.erreurs import ErreurMetier, exiger
from apps.core.portee import portee
from apps.territoires.models import Territoire
from apps.tracabilite.models import GenreAcces
from apps.tracabilite.services import tracer
from apps.travaux import services as travaux
from apps.travaux import workflow
from apps.travaux.enums import EtatTravail
from apps.travaux.executeur import Avancement, Executeur
from apps.travaux.models import Travail
from apps.travaux.reveil import reveiller

from . import services
from .enums import Variante
from .fabrique import fabrique_de
from .models import Document
from .permissions import perime, peut_piloter, peut_voir

GENRE = "documents.produire"
# Jobs are forgotten a month after their end: a document lets go of its own before.
TRAVAIL_GARDE = timedelta(days=25)
DUREE_MAX = 900
PLACE_MANQUANTE = (
    "Le serveur n’a plus assez de place pour ranger ce document. Prévenez la personne qui l’administre, puis relancez."
)
PERDU = "Ce document n’existe plus : demandez-le de nouveau."


def empreinte(donnees: dict[str, Any]) -> str:
    """The digest of what enters a document: the same content has the same, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(donnees, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@transaction.atomic
def demander(
    *,
    acces: Acces,
    genre: str,
    titre: str,
    objet: str,
    audience: Audience,
    audience_dite: str,
    donnees: dict[str, Any],
    variante: str = Variante.LECTURE,
) -> Document:
    """The document of this content for this audience: the one that lives if there is one, else a new row and its job.

    A living one that failed or was cancelled is started again. `titre` is on its page and names its file: no name of a
    person or enterprise in it. Raises KeyError when nobody inscribed how `genre` is made.
    """
    fabrique = fabrique_de(genre)
    cle = f"{genre}:{objet}:{audience.cle}:{variante}:{empreinte(donnees)[:40]}"
    _oublier_l_expire(cle, acces)
    document, cree = Document.objects.get_or_create(
        territoire_id=acces.territoire_id,
        cle=cle,
        purge_le=None,
        defaults={
            "genre": genre,
            "titre": titre,
            "objet": objet,
            "audience": audience.cle,
            "audience_dite": audience_dite,
            "variante": variante,
            "donnees": donnees,
            "demande_par_id": acces.utilisateur_id,
            "expire_le": timezone.now() + timedelta(days=fabrique.jours_gardes),
        },
    )
    if cree:
        _donner_un_travail(document, acces)
    elif document.travail is not None and document.travail.etat in (EtatTravail.ECHOUE, EtatTravail.ANNULE):
        _remettre_au_travail(document.travail)
    return document


def _oublier_l_expire(cle: str, acces: Acces) -> None:
    """The place of one whose delay is over is taken by the new one, without waiting for the sweep."""
    for ancien in Document.objects.filter(
        territoire=acces.territoire_id, cle=cle, purge_le=None, expire_le__lte=timezone.now()
    ):
        purger(document=ancien)


def _donner_un_travail(document: Document, acces: Acces) -> None:
    document.travail = travaux.demander(
        GENRE, cle=f"document:{document.jeton}", parametres={"document": document.pk}, acces=acces
    )
    document.save(update_fields=["travail", "modifie_le"])


def _remettre_au_travail(travail: Travail) -> None:
    workflow.relancer(travail)
    travail.refresh_from_db()
    reveiller(travaux.TACHE, travail.pk)


@transaction.atomic
def annuler(*, acces: Acces, document: Document) -> None:
    """Stop it, at once when it waits, soon when it is under way. Raises Refus, TransitionInterdite."""
    exiger(peut_piloter(acces, document), "Seule la personne qui a demandé ce document peut l’annuler.")
    if document.travail is None:
        raise ErreurMetier(PERDU)
    workflow.annuler(document.travail)


@transaction.atomic
def relancer(*, acces: Acces, document: Document) -> None:
    """Start it again from the same frozen data. Raises Refus, TransitionInterdite, ErreurMetier when it expired."""
    exiger(peut_piloter(acces, document), "Seule la personne qui a demandé ce document peut le relancer.")
    if document.travail is None or document.purge_le is not None or document.expire_le <= timezone.now():
        raise ErreurMetier(PERDU)
    _remettre_au_travail(document.travail)


def servir(*, acces: Acces, document: Document, auteur: str, en_place: bool = True) -> HttpResponse:
    """The file, in the browser's reader or as a download; either is logged. Raises Http404 when it is not for them.

    What it was made of is logged as read: « seance:12 » is the séance 12, under its number.
    """
    if not peut_voir(acces, document) or not document.est_pret or document.fichier is None or perime(document):
        raise Http404("Ce document n’est pas disponible.")
    reponse = services.servir(document.fichier, impression=en_place)
    objet, _, pk = document.objet.partition(":")
    genre = GenreAcces.IMPRESSION if en_place else GenreAcces.TELECHARGEMENT
    tracer(acces=acces, genre=genre, objet=objet, objet_id=pk, libelle=document.titre, auteur=auteur)
    return reponse


def produire(travail: Travail, avancement: Avancement) -> dict[str, Any]:
    """Executor: the PDF of one document, from what was frozen. Raises ErreurMetier with a sentence for its asker."""
    document = Document.objects.filter(
        pk=travail.parametres["document"], territoire=travail.territoire_id, purge_le=None
    ).first()
    if document is None:
        raise ErreurMetier(PERDU)
    if document.fichier_id is None:  # else the worker was killed between the file and the end of its job
        avancement(0, 1, "Préparation")
        _garder(document, _faire(document, avancement), travail)
    return {"document": document.pk}


def _faire(document: Document, avancement: Avancement) -> bytes:
    try:
        return fabrique_de(document.genre).produire(document, avancement)
    except KeyError as erreur:
        if erreur.args and erreur.args[0] == document.genre:
            raise ErreurMetier("Ce genre de document n’existe plus dans cette version du site.") from erreur
        raise
    except OSError as erreur:
        raise _dire_le_disque(erreur) from erreur
    except MemoryError as erreur:
        raise ErreurMetier(
            "Ce document demande plus de mémoire que le serveur n’en a. Demandez-le en plusieurs fois."
        ) from erreur


def _dire_le_disque(erreur: OSError) -> Exception:
    return ErreurMetier(PLACE_MANQUANTE) if erreur.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) else erreur


def _garder(document: Document, contenu: bytes, travail: Travail) -> None:
    """Store the file, then write it on the row: whole or not at all."""
    with import_module("pikepdf").open(io.BytesIO(contenu)) as lu:  # loaded by the job alone, never by the site
        pages = len(lu.pages)
    try:
        with transaction.atomic():
            fichier = services.ranger(contenu=contenu, nom=document.titre, acces=travail.acces())
            Document.objects.filter(pk=document.pk).update(fichier=fichier, pages=pages, modifie_le=timezone.now())
    except OSError as erreur:
        raise _dire_le_disque(erreur) from erreur


@transaction.atomic
def purger(*, document: Document) -> None:
    """Let it go: its file, its frozen data, its title and its asker; the row stays and says what there was."""
    fichier = document.fichier
    Document.objects.filter(pk=document.pk).update(
        fichier=None, donnees={}, travail=None, demande_par=None, purge_le=timezone.now(),
        titre=_libelle(document), modifie_le=timezone.now(),
    )  # fmt: skip
    if fichier is not None:
        services.purger(fichier=fichier, acces=Acces.systeme(document.territoire_id))


def _libelle(document: Document) -> str:
    try:
        return fabrique_de(document.genre).libelle
    except KeyError:
        return "Document"


def balayer() -> int:
    """Sweep: let go of what is past its delay, territoire by territoire; how many."""
    nombre = 0
    maintenant = timezone.now()
    for territoire_id in Territoire.objects.values_list("pk", flat=True):
        with portee(territoire_id):
            siens = Document.objects.filter(territoire=territoire_id, purge_le=None)
            for document in siens.filter(expire_le__lte=maintenant).select_related("fichier")[:200]:
                purger(document=document)
                nombre += 1
            siens.filter(Q(travail__fini_le__lt=maintenant - TRAVAIL_GARDE)).update(travail=None)
    return nombre


def adresse_du_travail(travail: Travail) -> str:
    """Where the document of a finished job is, for the list of one's jobs."""
    document = Document.objects.filter(pk=travail.parametres.get("document")).select_related("territoire").first()
    return document.get_absolute_url() if document is not None else ""


EXECUTEUR = Executeur(
    produire, duree_max=DUREE_MAX, libelle="Document", resultat_url=adresse_du_travail,
    resultat_libelle="Voir le document",
)  # fmt: skip
