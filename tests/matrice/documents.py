"""Documents made here: the coordination, and whoever the owner of what it is made of opens it to.

The world's is the fiche as « saisi » reads it, asked for by the coordination.
"""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from apps.core.audience import Audience, GenreAudience
from apps.documents.models import Document
from apps.documents.services import recevoir
from apps.fiches.impression import demander_fiche
from apps.travaux.enums import EtatTravail
from apps.travaux.models import Travail

from .roles import ANONYME, COORDINATION, REFERENT_SAISI, SUIVI, SUPPLEANT, TECHNICIEN_CONFIE

_LECTEURS = (REFERENT_SAISI, SUPPLEANT, TECHNICIEN_CONFIE)


def _document(monde: Any) -> dict[str, Any]:
    """Ready, its file on the disk. Undone after each role."""
    acces = monde.affectations[COORDINATION].acces()
    audience = Audience(GenreAudience.ORGANISME, monde.territoire.pk, monde.objets["organismes"]["saisi"].pk)
    document = demander_fiche(acces=acces, fiche=monde.fiche, audience=audience)
    contenu = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
    fichier = recevoir(fichier=SimpleUploadedFile("fiche.pdf", contenu), acces=acces)
    Document.objects.filter(pk=document.pk).update(fichier=fichier)
    Travail.objects.filter(pk=document.travail_id).update(etat=EtatTravail.REUSSI)
    return {"jeton": document.jeton}


_LIRE: dict[str, Any] = {
    ANONYME: 302, SUIVI: 302, COORDINATION: 200, **dict.fromkeys(_LECTEURS, 200), "tous": 404, "args": _document,
}  # fmt: skip
_PILOTER = {**_LIRE, COORDINATION: 302, **dict.fromkeys(_LECTEURS, 403), "methode": "post"}

MATRICE = {
    "documents:detail": _LIRE,
    "documents:avancement": _LIRE,
    "documents:voir": _LIRE,
    "documents:telecharger": _LIRE,
    "documents:annuler": _PILOTER,
    "documents:relancer": _PILOTER,
}
