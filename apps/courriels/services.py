"""Write mails into the outbox, in the transaction of their cause; they leave after the commit."""

import re
import uuid
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.template import Context
from django.template.loader import get_template
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.erreurs import ErreurMetier, TransitionInterdite
from apps.core.portee import portee
from apps.core.texte import nettoyer
from apps.territoires.models import Territoire
from apps.travaux.reveil import reveiller

from . import workflow
from .mise_en_forme import en_html
from .models import Courriel

TACHE = "apps.courriels.tasks.envoyer"
_SUJET = re.compile(r"\s*Sujet\s*:\s*(.+)\n\s*\n", re.IGNORECASE)


def rendre(gabarit: str, donnees: dict[str, Any], territoire_id: int | None) -> tuple[str, str]:
    """Subject and body of templates/courriels/<gabarit>.txt. ValueError when its first line is not « Sujet : … »."""
    territoire = Territoire.objects.filter(pk=territoire_id).first() if territoire_id else None
    contexte = {"territoire": territoire, "site_url": settings.SITE_URL.rstrip("/"), **donnees}
    modele: Any = get_template(f"courriels/{gabarit}.txt")
    texte = modele.template.render(Context(contexte, autoescape=False)).replace("\r\n", "\n")
    trouve = _SUJET.match(texte)
    if trouve is None:
        raise ValueError(f"courriels/{gabarit}.txt doit commencer par « Sujet : … » puis une ligne vide.")
    return trouve.group(1), texte[trouve.end() :]


def _identifiant_message() -> str:
    """A Message-ID that stays the same whatever the number of attempts."""
    domaine = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{uuid.uuid4().hex}@{domaine}>"


def _adresse(adresse: str) -> str:
    """The address, cleaned. Raises ErreurMetier when it is not one."""
    adresse = nettoyer(adresse)
    try:
        validate_email(adresse)
    except ValidationError:
        raise ErreurMetier(f"« {adresse} » n’est pas une adresse électronique valide.") from None
    return adresse


@transaction.atomic
def deposer(
    *,
    gabarit: str,
    sujet: str,
    corps: str,
    destinataire: str,
    cle: str,
    territoire_id: int | None,
    pas_avant: datetime | None = None,
    repondre_a: str = "",
    objet: str = "",
    objet_id: object = "",
    calendrier: str = "",
) -> Courriel:
    """Put a mail already worded into the outbox. The same `cle` is the same row: nothing is written or sent again.

    A row cancelled before it left is worded anew and waits again. Raises ErreurMetier when the address is not one.
    """
    maintenant = timezone.now()
    corps = nettoyer(corps) + "\n"
    champs = {
        "destinataire": _adresse(destinataire),
        "repondre_a": _adresse(repondre_a) if repondre_a else "",
        "sujet": " ".join(nettoyer(sujet).split())[:200],
        "corps": corps,
        "corps_html": en_html(corps),
        "gabarit": gabarit,
        "objet": objet,
        "objet_id": str(objet_id),
        "calendrier": calendrier,
        "pas_avant": pas_avant or maintenant,
        "reveille_le": None if pas_avant and pas_avant > maintenant else maintenant,
    }
    with portee(territoire_id):
        courriel, cree = Courriel.objects.get_or_create(
            territoire_id=territoire_id, cle=cle, defaults={**champs, "identifiant_message": _identifiant_message()}
        )
        if not cree and workflow.recrire(courriel, champs):
            cree = True
            courriel.refresh_from_db()
    if cree and courriel.reveille_le:
        reveiller(TACHE, courriel.pk, territoire_id)
    return courriel


@transaction.atomic
def ecrire(
    *,
    gabarit: str,
    destinataire: str,
    donnees: dict[str, Any],
    cle: str,
    territoire_id: int | None,
    pas_avant: datetime | None = None,
    repondre_a: str = "",
    objet: str = "",
    objet_id: object = "",
    calendrier: str = "",
) -> Courriel:
    """Word a mail from templates/courriels/<gabarit>.txt and put it into the outbox, in the transaction of its cause.

    `donnees` is frozen into the text at once; the template also gets `territoire` and `site_url`. The same `cle` in the
    same territoire is the same row. Before `pas_avant` it waits and can be cancelled. `objet`, `objet_id` say what it
    follows (« fiche », its number). `calendrier` is an iCalendar text that goes with it. Raises ErreurMetier when the
    address is not one.
    """
    sujet, corps = rendre(gabarit, donnees, territoire_id)
    return deposer(
        gabarit=gabarit,
        sujet=sujet,
        corps=corps,
        destinataire=destinataire,
        cle=cle,
        territoire_id=territoire_id,
        pas_avant=pas_avant,
        repondre_a=repondre_a,
        objet=objet,
        objet_id=objet_id,
        calendrier=calendrier,
    )


@transaction.atomic
def ecrire_compte(
    *,
    destinataire: str,
    sujet: str = "",
    corps: str = "",
    gabarit: str = "compte",
    donnees: dict | None = None,
    cle: str = "",
) -> Courriel:
    """A mail of an account (password, login): of no territoire, read by nobody, its text erased once it has left.

    Either `sujet` and `corps` already worded (allauth's), or a `gabarit` with its `donnees`.
    """
    if not corps:
        sujet, corps = rendre(gabarit, donnees or {}, None)
    return deposer(
        gabarit=gabarit,
        sujet=sujet,
        corps=corps,
        destinataire=destinataire,
        cle=cle or f"compte:{uuid.uuid4().hex}",
        territoire_id=None,
    )


@transaction.atomic
def annuler(*, cle_prefixe: str, territoire_id: int | None) -> int:
    """Cancel the mails that have not left and whose key begins so (end it with a separator); how many."""
    with portee(territoire_id):
        return workflow.annuler(Courriel.objects.filter(territoire_id=territoire_id, cle__startswith=cle_prefixe))


@transaction.atomic
def annuler_un(*, acces: Acces, courriel: Courriel) -> None:
    """The coordination stops one mail. Raises TransitionInterdite when it is no longer waiting."""
    if not workflow.annuler(Courriel.objects.visibles_par(acces).filter(pk=courriel.pk)):
        raise TransitionInterdite("Ce courriel n’attend plus : il ne peut être annulé.")


@transaction.atomic
def renvoyer(*, acces: Acces, courriel: Courriel) -> None:
    """The coordination sends again a mail that failed, that nobody is sure of, or that was cancelled, text unchanged.

    Raises TransitionInterdite from any other state: what has left is never sent twice.
    """
    courriel = Courriel.objects.visibles_par(acces).get(pk=courriel.pk)
    workflow.renvoyer(courriel)
    reveiller(TACHE, courriel.pk, courriel.territoire_id)
