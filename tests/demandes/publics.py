"""Helpers of the public door's tests: fill the steps as a browser does."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.core.acces import Acces
from apps.demandes import abus
from apps.demandes.liens import creer_lien
from apps.demandes.models import Brouillon, Demande, LienSuivi
from apps.demandes.services import deposer
from apps.territoires.models import Territoire

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
VOUS = {"prenom": "Lucie", "nom": "Delmas", "telephone": "06 12 34 56 78", "courriel": "lucie@example.org"}
PROJET = {"genre": "projet", "projet": "Reprendre la boulangerie", "commune": "Figeac (46100)", "emplois_prevus": "1,5"}
BESOIN = {"message": "Trouver un financement."}
_JETON = re.compile(rf'name="{abus.JETON}" value="([^"]+)"')


def pdf(nom: str = "devis.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(nom, PDF, content_type="application/pdf")


def fichier(nom: str, contenu: bytes, genre: str = "application/octet-stream") -> BytesIO:
    flux = BytesIO(contenu)
    flux.name = nom
    flux.content_type = genre  # type: ignore[attr-defined]
    return flux


def jeton_de(reponse: HttpResponse) -> str:
    """The signed value of the first form of a page."""
    trouve = _JETON.search(reponse.content.decode())
    assert trouve, "No signed form on the page"
    return trouve.group(1)


def remplir(client: Client, url: str, donnees: dict[str, Any], action: str = "continuer") -> HttpResponse:
    """Open a step, then send it with the page's signed value."""
    page = client.get(url)
    assert page.status_code == 200, (url, page.status_code)
    return client.post(url, {**donnees, "action": action, abus.JETON: jeton_de(page)})


def jusqu_a(
    client: Client, territoire: Territoire, etape: int, vous: dict | None = None, projet: dict | None = None
) -> str:
    """Fill the steps before `etape`; gives back its address."""
    url = reverse("public:demande", args=[territoire.slug])
    if etape > 1:
        reponse = remplir(client, url, VOUS if vous is None else vous)
        assert reponse.status_code == 302, reponse.content.decode()
        url = reponse["Location"]
    if etape > 2:
        reponse = remplir(client, url, PROJET if projet is None else projet)
        assert reponse.status_code == 302, reponse.content.decode()
        url = reponse["Location"]
    return url


def envoyer(client: Client, territoire: Territoire, besoin: dict | None = None, **etapes: dict) -> HttpResponse:
    """The whole form; gives back the answer to the sending."""
    url = jusqu_a(client, territoire, 3, **etapes)
    return remplir(client, url, BESOIN if besoin is None else besoin, action="envoyer")


def deposee(territoire: Territoire, acces: Acces | None = None, **surcharge: Any) -> Demande:
    """A request, as the services record it."""
    cle = surcharge.pop("cle", None)
    champs = {"nom": "Delmas", "prenom": "Lucie", "courriel": "lucie@example.org", "message": "Un besoin."}
    champs |= surcharge.pop("champs", {})
    return deposer(
        acces=acces or Acces.demandeur(territoire.pk), cle_unicite=cle or uuid4(), champs=champs, **surcharge
    )


def lien_vers(demande: Demande, **options: Any) -> tuple[LienSuivi, str]:
    """A tracking link and the address of its page."""
    lien, jeton = creer_lien(acces=Acces.demandeur(demande.territoire_id), demande=demande, **options)
    return lien, reverse("public:suivi", args=[demande.territoire.slug, jeton])


def brouillon_de(territoire: Territoire) -> Brouillon:
    """A form begun, at its last step."""
    return Brouillon.objects.create(
        territoire=territoire,
        etape=3,
        donnees={"1": {"nom": ["Delmas"]}},
        expire_le=timezone.now() + timedelta(days=territoire.jours_brouillon),
    )
