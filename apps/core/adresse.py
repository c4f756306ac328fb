"""The client's address, behind as many proxies of ours as the settings say, and what may be kept of it."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac


def adresse_client(request: HttpRequest) -> str:
    """The address that the outermost of our proxies saw; the connection's own without a proxy.

    Read PROXYS_DE_CONFIANCE places from the right of X-Forwarded-For: what stands further left was written by the
    client. Empty when nothing there is an address.
    """
    vues = [v.strip() for v in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if v.strip()]
    rang = settings.PROXYS_DE_CONFIANCE
    brute = vues[-rang] if 0 < rang <= len(vues) else request.META.get("REMOTE_ADDR", "")
    try:
        adresse = ipaddress.ip_address(brute.strip("[]"))
    except ValueError:
        return ""
    if isinstance(adresse, ipaddress.IPv6Address):
        if adresse.ipv4_mapped is not None:
            return str(adresse.ipv4_mapped)
        # One subscriber holds a whole /64.
        return str(ipaddress.ip_network((adresse, 64), strict=False).network_address)
    return str(adresse)


def empreinte_client(request: HttpRequest) -> str:
    """A short digest of the address, to count without keeping it; empty when the address is unknown."""
    adresse = adresse_client(request)
    return salted_hmac("apps.core.adresse", adresse).hexdigest()[:24] if adresse else ""
