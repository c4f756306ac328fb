"""A form begun: kept at each step, files included, until it is sent or expires."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.erreurs import ErreurMetier
from apps.core.portee import portee
from apps.courriels import services as courriels
from apps.documents import services as documents
from apps.territoires.models import Territoire

from .models import Brouillon, Demande, PieceBrouillon
from .services import deposer


def trouver(*, territoire_id: int, cle: UUID) -> Brouillon | None:
    """The draft, sent or expired included; None when unknown here."""
    return Brouillon.objects.filter(territoire=territoire_id, cle=cle).select_related("territoire", "demande").first()


def est_ouvert(brouillon: Brouillon) -> bool:
    """Neither sent nor expired."""
    return brouillon.demande_id is None and brouillon.expire_le > timezone.now()


@transaction.atomic
def enregistrer(
    *, territoire: Territoire, cle: UUID, etape: int, donnees: dict[str, list[str]], atteinte: int | None = None
) -> Brouillon:
    """Keep what was typed at a step, valid or not, and how far the form is. The first call makes the draft.

    A draft already sent or expired is given back as it is.
    """
    expire_le = timezone.now() + timedelta(days=territoire.jours_brouillon)
    try:
        with transaction.atomic():
            Brouillon.objects.get_or_create(cle=cle, territoire_id=territoire.pk, defaults={"expire_le": expire_le})
    except IntegrityError:
        raise ErreurMetier("Ce formulaire ne peut pas être repris ici : recommencez une demande.") from None
    brouillon = (
        Brouillon.objects.select_for_update(of=("self",))
        .select_related("territoire")
        .get(cle=cle, territoire=territoire)
    )
    if not est_ouvert(brouillon):
        return brouillon
    brouillon.donnees = {**brouillon.donnees, str(etape): donnees}
    brouillon.etape = min(max(brouillon.etape, atteinte or etape), 3)
    brouillon.save(update_fields=["donnees", "etape", "modifie_le"])
    return brouillon


@transaction.atomic
def ajouter_fichiers(*, acces: Acces, brouillon: Brouillon, fichiers: Iterable[UploadedFile]) -> list[str]:
    """Keep the good files, at most FICHIERS_PAR_ENVOI in all; gives back a sentence for each that could not be kept."""
    Brouillon.objects.select_for_update(of=("self",)).get(pk=brouillon.pk)
    place = settings.FICHIERS_PAR_ENVOI - brouillon.pieces.count()
    refus = []
    for fichier in fichiers:
        if place <= 0:
            refus.append(f"Cinq fichiers au plus\u00a0: « {fichier.name} » n’a pas été gardé.")
            continue
        try:
            with transaction.atomic():
                recu = documents.recevoir(fichier=fichier, acces=acces)
        except ErreurMetier as erreur:
            refus.append(f"« {fichier.name} »\u00a0: {erreur.message}")
            continue
        PieceBrouillon.objects.create(territoire_id=brouillon.territoire_id, brouillon=brouillon, fichier=recu)
        place -= 1
    return refus


@transaction.atomic
def retirer_fichier(*, acces: Acces, brouillon: Brouillon, piece_id: str) -> None:
    """Take one file back out of the draft, and erase it. Unknown: nothing."""
    if not piece_id.isascii() or not piece_id.isdigit() or len(piece_id) > 18:
        return
    piece = PieceBrouillon.objects.filter(brouillon=brouillon, pk=int(piece_id)).select_related("fichier").first()
    if piece is not None:
        fichier = piece.fichier
        piece.delete()
        documents.purger(fichier=fichier, acces=acces)


@transaction.atomic
def envoyer_lien(*, brouillon: Brouillon, courriel: str) -> None:
    """The link that resumes the form, by mail; at most once every five minutes for the same address."""
    territoire, maintenant = brouillon.territoire, timezone.now()
    courriels.ecrire(
        gabarit="demande_reprise",
        destinataire=courriel,
        donnees={"lien": adresse(brouillon), "expire_le": brouillon.expire_le},
        cle=f"brouillon:{brouillon.pk}:{courriel}:{int(maintenant.timestamp()) // 300}"[:200],
        territoire_id=territoire.pk,
        repondre_a=territoire.courriel,
        objet="brouillon",
        objet_id=str(brouillon.pk),
    )
    Brouillon.objects.filter(pk=brouillon.pk).update(lien_envoye_le=maintenant)


def adresse(brouillon: Brouillon) -> str:
    """The absolute address that resumes the form."""
    chemin = reverse("public:reprise", args=[brouillon.territoire.slug, brouillon.cle])
    return settings.SITE_URL.rstrip("/") + chemin


@transaction.atomic
def envoyer(*, acces: Acces, brouillon: Brouillon, **demande: Any) -> Demande:
    """The draft becomes a request, once: sent again, or twice at the same time, it gives back the same one.

    `demande`: what `services.deposer` takes, but the key and the files, which are the draft's. Nothing personal stays
    in the draft.
    """
    brouillon = (
        Brouillon.objects.select_for_update(of=("self",))
        .select_related("demande")
        .get(pk=brouillon.pk, territoire=acces.territoire_id)
    )
    if brouillon.demande is not None:
        return brouillon.demande
    pieces = list(brouillon.pieces.select_related("fichier"))
    envoyee = deposer(acces=acces, cle_unicite=brouillon.cle, fichiers=[p.fichier for p in pieces], **demande)
    PieceBrouillon.objects.filter(brouillon=brouillon).delete()
    Brouillon.objects.filter(pk=brouillon.pk).update(donnees={}, demande=envoyee)
    return envoyee


def purger_expires() -> int:
    """Erase expired drafts with their files, and those sent long ago. Regular sweep; gives back how many."""
    total = 0
    for territoire in Territoire.objects.all():
        acces = Acces.systeme(territoire.pk)
        with portee(territoire.pk):
            expires = Brouillon.objects.filter(territoire=territoire, expire_le__lt=timezone.now())
            for brouillon in expires.order_by("pk")[:500]:
                pieces = list(brouillon.pieces.select_related("fichier"))
                brouillon.delete()
                for piece in pieces:
                    documents.purger(fichier=piece.fichier, acces=acces)
                total += 1
    return total
