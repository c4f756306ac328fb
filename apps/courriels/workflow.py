"""The life of a mail: one table of transitions, each a conditional UPDATE, so that no mail is ever sent twice.

« En cours » is committed before the server is spoken to. Whoever sends is named by `bail_de`, new at each attempt. A
mail found « en cours » long after may have left: it becomes « incertain », and a person decides.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from apps.core.erreurs import TransitionInterdite

from .models import Courriel, CourrielQuerySet, EtatCourriel
from .transport import INCERTAIN

# Minutes before the second attempt, the third…
RECULS = (1, 5, 15, 60, 240)
EPUISE = "Abandonné après {n}\u00a0essais. {raison}"


@dataclass(frozen=True)
class Transition:
    depuis: frozenset[EtatCourriel]
    vers: EtatCourriel


A_ENVOYER, EN_COURS, INCERTAINS = EtatCourriel.A_ENVOYER, EtatCourriel.EN_COURS, EtatCourriel.INCERTAIN
TRANSITIONS: dict[str, Transition] = {
    "prendre": Transition(frozenset({A_ENVOYER}), EN_COURS),
    # The sender who comes back late knows better than the sweeper who gave it up.
    "envoyer": Transition(frozenset({EN_COURS, INCERTAINS}), EtatCourriel.ENVOYE),
    "retarder": Transition(frozenset({EN_COURS}), A_ENVOYER),
    "refuser": Transition(frozenset({EN_COURS, INCERTAINS}), EtatCourriel.ECHEC),
    "douter": Transition(frozenset({EN_COURS}), INCERTAINS),
    "annuler": Transition(frozenset({A_ENVOYER}), EtatCourriel.ANNULE),
    "recrire": Transition(frozenset({EtatCourriel.ANNULE}), A_ENVOYER),
    "renvoyer": Transition(frozenset({EtatCourriel.ECHEC, INCERTAINS, EtatCourriel.ANNULE}), A_ENVOYER),
}


def _changer(action: str, courriels: CourrielQuerySet, **champs: Any) -> int:
    """Write the transition on those of `courriels` that may make it; how many did."""
    regle = TRANSITIONS[action]
    return courriels.filter(etat__in=regle.depuis).update(etat=regle.vers, modifie_le=timezone.now(), **champs)


def _tenu(courriel: Courriel) -> CourrielQuerySet:
    return Courriel.objects.filter(pk=courriel.pk, bail_de=courriel.bail_de)


def fin_du_bail() -> datetime:
    """Longer than the whole of an SMTP dialogue, each step of which has EMAIL_TIMEOUT."""
    return timezone.now() + timedelta(seconds=10 * settings.EMAIL_TIMEOUT + 30)


def prendre(courriel_id: int) -> Courriel | None:
    """Take a mail that waits and whose time has come; None when there is nothing to do."""
    pris = _changer(
        "prendre",
        Courriel.objects.filter(pk=courriel_id, pas_avant__lte=timezone.now()),
        bail_de=uuid.uuid4().hex,
        bail_jusqua=fin_du_bail(),
        tentatives=F("tentatives") + 1,
    )
    return Courriel.objects.get(pk=courriel_id) if pris else None


def envoye(courriel: Courriel) -> bool:
    """It left. The text of an account mail (a link that opens the account) is forgotten at once."""
    champs: dict[str, Any] = {"envoye_le": timezone.now(), "erreur": "", "bail_jusqua": None}
    if courriel.territoire_id is None:
        champs |= {"corps": "", "corps_html": ""}
    return bool(_changer("envoyer", _tenu(courriel), **champs))


def refuse(courriel: Courriel, raison: str) -> bool:
    """It will not leave."""
    return bool(_changer("refuser", _tenu(courriel), erreur=raison[:500], bail_jusqua=None))


def retarde(courriel: Courriel, raison: str) -> bool:
    """Later, or never when it was tried enough."""
    if courriel.tentatives >= settings.COURRIELS_ESSAIS_MAX:
        return refuse(courriel, EPUISE.format(n=courriel.tentatives, raison=raison))
    attente = timedelta(minutes=RECULS[min(courriel.tentatives, len(RECULS)) - 1])
    champs = {"erreur": raison[:500], "pas_avant": timezone.now() + attente, "bail_jusqua": None, "reveille_le": None}
    return bool(_changer("retarder", _tenu(courriel), **champs))


def doute(courriel: Courriel) -> bool:
    """Nobody knows whether it left."""
    return bool(_changer("douter", _tenu(courriel), erreur=INCERTAIN, bail_jusqua=None))


def douter_des_perdus(courriels: CourrielQuerySet) -> int:
    """Those of `courriels` whose sender gave no sign of life may have left; how many."""
    perdus = courriels.exclude(bail_jusqua__gte=timezone.now())
    return _changer("douter", perdus, erreur=INCERTAIN, bail_jusqua=None)


def annuler(courriels: CourrielQuerySet) -> int:
    """Cancel those that have not left; how many."""
    return _changer("annuler", courriels)


def recrire(courriel: Courriel, champs: dict[str, Any]) -> bool:
    """Word anew a mail that was cancelled before it left. False when it was not cancelled."""
    ligne = Courriel.objects.filter(pk=courriel.pk)
    return bool(_changer("recrire", ligne, **champs, tentatives=0, erreur=""))


def renvoyer(courriel: Courriel) -> None:
    """Put a mail back that failed, that nobody is sure of, or that was cancelled. Raises TransitionInterdite."""
    maintenant = timezone.now()
    champs = {"pas_avant": maintenant, "reveille_le": maintenant, "tentatives": 0, "erreur": "", "bail_de": ""}
    if not _changer("renvoyer", Courriel.objects.filter(pk=courriel.pk), **champs):
        raise TransitionInterdite("Ce courriel n’est ni en échec, ni incertain, ni annulé : il n’y a rien à renvoyer.")
