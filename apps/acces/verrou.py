"""Lock-out after failed logins: by account and address, with a growing delay, never a way to shut somebody else out.

Five tries are free; from then on each try must win a slot that closes behind it for a minute, then two, four… an hour
at most. The counter belongs to the account *and* the address, or to the account and a browser where the person has
logged in before. A flood from many addresses also meets a slot common to all unknown browsers, of one minute and never
more: known browsers do not share it, and a password reset lifts it.
"""

import hashlib
import ipaddress
import time

from django.core.cache import cache

ESSAIS_LIBRES = 5
ESSAIS_LIBRES_COMPTE = 30
ATTENTE = 60
ATTENTE_MAX = 3600
MEMOIRE = 24 * 3600
SURSIS = 900


def _cle(*morceaux: str) -> str:
    return "verrou:" + hashlib.sha256("\0".join(morceaux).encode()).hexdigest()


def reseau(adresse: str) -> str:
    """The address as counted: an IPv6 subscriber owns a whole /64."""
    try:
        ip = ipaddress.ip_address(adresse)
    except ValueError:
        return adresse
    return str(ipaddress.ip_network(f"{ip}/64", strict=False)) if ip.version == 6 else str(ip)


def _essayer(cle: str, libres: int, attente_max: int) -> int:
    """Count a try; give the seconds to wait when it is refused, else 0."""
    cache.add(cle, 0, MEMOIRE)
    try:
        essais = cache.incr(cle)
    except ValueError:  # expired in between
        cache.set(cle, 1, MEMOIRE)
        essais = 1
    if essais < libres:
        return 0
    delai = min(ATTENTE * 2 ** min(essais - libres, 10), attente_max)
    if cache.add(f"{cle}:attente", time.time() + delai, delai):
        return 0
    cache.decr(cle)
    return max(1, round((cache.get(f"{cle}:attente") or time.time()) - time.time()))


def cle_essais(*, courriel: str, adresse: str, appareil: str = "") -> str:
    """The counter of a try: the account with the known browser, else with the address."""
    return _cle(courriel.strip().lower(), f"appareil {appareil}" if appareil else reseau(adresse))


def _cle_compte(courriel: str) -> str:
    return _cle(courriel.strip().lower(), "tous")


def reserver(*, courriel: str, adresse: str, appareil: str = "") -> int:
    """Ask to try a password. 0 when it may be tried, else how many seconds to wait."""
    attente = _essayer(cle_essais(courriel=courriel, adresse=adresse, appareil=appareil), ESSAIS_LIBRES, ATTENTE_MAX)
    if attente or appareil or cache.get(f"{_cle_compte(courriel)}:sursis"):
        return attente
    return _essayer(_cle_compte(courriel), ESSAIS_LIBRES_COMPTE, ATTENTE)


def lever(*, courriel: str, adresse: str, appareil: str = "") -> None:
    """A success: this address or browser starts afresh. The counter of the whole account stays."""
    cle = cle_essais(courriel=courriel, adresse=adresse, appareil=appareil)
    cache.delete_many([cle, f"{cle}:attente"])


def lever_compte(courriel: str) -> None:
    """The person has just proved that the mailbox is theirs: unknown browsers may log in again for a while."""
    cle = _cle_compte(courriel)
    cache.delete_many([cle, f"{cle}:attente"])
    cache.set(f"{cle}:sursis", True, SURSIS)
