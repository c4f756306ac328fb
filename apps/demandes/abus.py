"""Against robots, without a third party: a trap field, a signed form that cannot be sent at once, a limit per address.

Whoever is stopped keeps everything that they typed, and is told whom to call.
"""

import logging
import time
import uuid
from dataclasses import dataclass
from uuid import UUID

from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest

from apps.core.adresse import empreinte_client

journal = logging.getLogger(__name__)

SEL = "apps.demandes.abus"
PIEGE = "site_internet"
JETON = "jeton_formulaire"
HEURES_MAX = 24 * 30

# What one address may do within a time. Wide enough for a town hall or a telephone operator behind one address.
LIMITES = {
    "etape": (240, 3600),
    "envoi": (20, 3600),
    "fichier": (60, 3600),
    "reprise": (10, 3600),
    "renouvellement": (10, 3600),
    "suivi": (120, 3600),
    "jeton_inconnu": (60, 3600),
}
TROP = "Beaucoup de demandes viennent d’arriver depuis la même connexion. Réessayez dans une heure"
ROBOT = "Nous n’avons pas pu vérifier que cet envoi vient d’une personne"
PERIME = "Cette page était ouverte depuis trop longtemps ou n’était pas complète"


@dataclass(frozen=True)
class Blocage:
    """Why a form was stopped, in words, and with which status."""

    motif: str
    statut: int


@dataclass(frozen=True)
class Jeton:
    """What a signed form carries: the request it makes, of which territoire, at which step, shown when."""

    cle: UUID
    territoire_id: int
    etape: str
    quand: float


def nouveau_jeton(*, territoire_id: int, etape: str, cle: UUID | None = None) -> str:
    """The signed hidden value of a form shown now."""
    return signing.dumps([str(cle or uuid.uuid4()), territoire_id, etape, int(time.time())], salt=SEL, compress=True)


def lire_jeton(valeur: str, *, territoire_id: int, etape: str) -> Jeton | None:
    """The signed value, when it is ours, of this territoire and this form, and not too old."""
    if not valeur or len(valeur) > 400:
        return None
    try:
        cle, territoire, pour, quand = signing.loads(valeur, salt=SEL, max_age=HEURES_MAX * 3600)
        jeton = Jeton(UUID(cle), int(territoire), str(pour), float(quand))
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return jeton if (jeton.territoire_id, jeton.etape) == (territoire_id, etape) else None


def compter(request: HttpRequest, geste: str) -> bool:
    """Count one `geste` of the client's address; False once it has had its share. Without a cache all pass."""
    client = empreinte_client(request)
    if not client:
        return True
    maximum, secondes = LIMITES[geste]
    cle = f"abus:{geste}:{client}:{int(time.time()) // secondes}"
    try:
        # add() sets it once, incr() counts atomically: two requests at the same time are two.
        if cache.add(cle, 1, secondes + 60):
            return True
        return cache.incr(cle) <= maximum
    except ValueError:
        return True  # it expired between the two
    except Exception:
        journal.warning("The cache does not answer: limits per address are off")
        return True


def examiner(request: HttpRequest, *, geste: str, jeton: Jeton | None, secondes: int = 0) -> Blocage | None:
    """What stops a posted form, if anything: the trap, a form that is not ours, sent too soon, or too many of them."""
    if request.POST.get(PIEGE, "").strip():
        return Blocage(ROBOT, 400)
    if jeton is None:
        return Blocage(PERIME, 400)
    if time.time() - jeton.quand < secondes:
        return Blocage(ROBOT, 400)
    if not compter(request, geste):
        return Blocage(TROP, 429)
    return None
