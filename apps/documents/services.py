"""Receive, serve and erase files. A received file has no route here: its owner serves it, by its own permission."""

import hashlib
import logging
import os
import time
import uuid
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import transaction
from django.http import Http404, HttpResponse
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.affichage import taille_fichier
from apps.core.erreurs import ErreurMetier
from apps.core.fichiers import FichierRefuse, TypeFichier, nom_sur, reconnaitre
from apps.core.portee import portee
from apps.territoires.models import Territoire

from .models import Fichier, chemin

journal = logging.getLogger(__name__)

PARTIEL = ".partiel"
AGE_ORPHELIN = 24 * 3600


def verifier(fichier: UploadedFile) -> TypeFichier:
    """The real type of what was sent. Raises ErreurMetier when it is empty, too large, hostile or of another type."""
    connu = getattr(fichier, "type_reconnu", None)
    if connu is not None:
        return connu
    if not fichier.size:
        raise ErreurMetier("Ce fichier est vide.")
    if fichier.size > settings.FICHIER_TAILLE_MAX:
        limite = taille_fichier(settings.FICHIER_TAILLE_MAX)
        raise ErreurMetier(f"Ce fichier pèse {taille_fichier(fichier.size)} ; la limite est de {limite}.")
    try:
        trouve = reconnaitre(fichier.file, fichier.name or "")  # type: ignore[arg-type]
    except FichierRefuse as refus:
        raise ErreurMetier(refus.message) from None
    fichier.type_reconnu = trouve  # type: ignore[attr-defined]
    return trouve


@transaction.atomic
def recevoir(*, fichier: UploadedFile, acces: Acces, nom: str = "") -> Fichier:
    """Check, store under an unguessable name and record what somebody sent; `nom` replaces the sender's name.

    Written under a temporary name, then renamed: a file under its final name is whole. What a rollback leaves behind
    is swept after a day. Raises ErreurMetier with a French sentence.
    """
    trouve = verifier(fichier)
    ligne = Fichier(
        territoire_id=acces.territoire_id,
        cle=uuid.uuid4(),
        nom=nom_sur(nom or fichier.name or "", trouve.extension),
        type_mime=trouve.mime,
        taille=fichier.size,
        depose_par_id=acces.utilisateur_id,
    )
    ligne.contenu.name = chemin(ligne, "")
    ligne.empreinte = _ecrire(fichier, Path(default_storage.path(ligne.contenu.name)))
    ligne.save()
    return ligne


def ranger(*, contenu: bytes, nom: str, acces: Acces) -> Fichier:
    """Store a PDF made here, whatever its size; whole or not at all."""
    ligne = Fichier(
        territoire_id=acces.territoire_id,
        cle=uuid.uuid4(),
        nom=nom_sur(nom, "pdf"),
        type_mime="application/pdf",
        taille=len(contenu),
        depose_par_id=acces.utilisateur_id,
    )
    ligne.contenu.name = chemin(ligne, "")
    fait = SimpleUploadedFile(nom, contenu, "application/pdf")
    ligne.empreinte = _ecrire(fait, Path(default_storage.path(ligne.contenu.name)))
    ligne.save()
    return ligne


def _ecrire(fichier: UploadedFile, destination: Path) -> str:
    """Copy the content to `destination` by way of a temporary name; give back its SHA-256."""
    destination.parent.mkdir(parents=True, exist_ok=True)
    partiel = destination.with_name(destination.name + PARTIEL)
    empreinte = hashlib.sha256()
    try:
        with partiel.open("xb") as sortie:
            fichier.seek(0)
            for morceau in fichier.chunks():
                empreinte.update(morceau)
                sortie.write(morceau)
            sortie.flush()
            os.fsync(sortie.fileno())
        if settings.FILE_UPLOAD_PERMISSIONS is not None:
            partiel.chmod(settings.FILE_UPLOAD_PERMISSIONS)
        partiel.rename(destination)
    except BaseException:
        partiel.unlink(missing_ok=True)
        raise
    return empreinte.hexdigest()


def servir(fichier: Fichier, *, impression: bool = False) -> HttpResponse:
    """The answer that hands a file over, once its owner has checked the right: an attachment that no browser runs.

    `impression` shows a PDF in the browser's own reader instead, to be printed; nothing else is ever shown in place.
    Raises Http404 when the file was erased.
    """
    if fichier.supprime_le or not fichier.contenu:
        raise Http404("Ce fichier a été supprimé.")
    try:
        with fichier.contenu.open("rb") as stocke:
            contenu = stocke.read()
    except FileNotFoundError:
        journal.error("Stored file is missing", extra={"fichier": fichier.pk})
        raise Http404("Ce fichier n’est plus disponible.") from None
    reponse = HttpResponse(contenu, content_type=fichier.type_mime)
    en_place = impression and fichier.type_mime == "application/pdf"
    reponse["Content-Disposition"] = disposition(fichier.nom, en_place=en_place)
    reponse["X-Content-Type-Options"] = "nosniff"
    reponse["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'" + (
        "" if en_place else "; sandbox"
    )
    reponse["Cache-Control"] = "private, no-store"
    reponse["Cross-Origin-Resource-Policy"] = "same-origin"
    return reponse


def disposition(nom: str, *, en_place: bool = False) -> str:
    """Content-Disposition with the name twice: in ASCII for the oldest, then as RFC 5987 wants it."""
    ascii_ = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%;' else "_" for c in nom)
    genre = "inline" if en_place else "attachment"
    return f"{genre}; filename=\"{ascii_}\"; filename*=UTF-8''{quote(nom, safe='')}"


@transaction.atomic
def purger(*, fichier: Fichier, acces: Acces) -> None:
    """Erase the content and the name for good; the row stays, without personal data. The disk follows the commit."""
    if fichier.territoire_id != acces.territoire_id:
        raise ErreurMetier("Ce fichier n’est pas de ce territoire.")
    nom = fichier.contenu.name
    Fichier.objects.filter(pk=fichier.pk).update(
        nom="Fichier supprimé", contenu="", depose_par=None, supprime_le=timezone.now()
    )
    fichier.refresh_from_db()
    if nom:
        transaction.on_commit(lambda: default_storage.delete(nom))


def balayer_orphelins() -> int:
    """Remove stored files that no row knows and that are older than a day (a rollback leaves them). Their number."""
    retires = 0
    for territoire_id in Territoire.objects.values_list("pk", flat=True):
        racine = Path(default_storage.path(str(territoire_id)))
        anciens = [f for f in racine.glob("*/*") if f.is_file() and f.stat().st_mtime < time.time() - AGE_ORPHELIN]
        if not anciens:
            continue
        noms = [f"{territoire_id}/{f.parent.name}/{f.name}" for f in anciens]
        with portee(territoire_id):
            connus = set()
            for debut in range(0, len(noms), 500):
                lot = noms[debut : debut + 500]
                connus |= set(
                    Fichier.objects.filter(territoire=territoire_id, contenu__in=lot).values_list("contenu", flat=True)
                )
        for fichier, nom in zip(anciens, noms, strict=True):
            if nom not in connus:
                fichier.unlink(missing_ok=True)
                retires += 1
    if retires:
        journal.info("Orphan files removed: %s", retires)
    return retires
