"""What makes a part what it is, as one digest: content, templates, engine, fonts, stylesheet, branding, audience."""

import hashlib
import json
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.template import engines

from apps.documents.pdf import statique

from .habillage import Habillage
from .plan import Feuille

# Raise it when the engine itself lays out or prepares a part differently.
MOTEUR = 4
POLICES = [
    f"vendor/polices/source-sans-3-{alphabet}-{style}.woff2"
    for alphabet in ("latin", "latin-ext")
    for style in ("normal", "italic")
]
# Filters decide what a template writes.
FILTRES = ("apps/core/templatetags/guichet.py", "apps/core/affichage.py", "apps/core/dates.py")


def empreinte(feuille: Feuille, *, habillage: Habillage, territoire_id: int) -> str:
    """The digest under which the part of a sheet is kept."""
    cle = [
        outillage(),
        gabarits(feuille.gabarit),
        feuille.gabarit,
        feuille.contexte,
        feuille.audience,
        habillage.empreinte,
        territoire_id,
    ]
    return _somme(json.dumps(cle, sort_keys=True, ensure_ascii=False).encode())


@lru_cache(maxsize=1)
def outillage() -> str:
    """Everything that is the same for all sheets of this process: libraries, stylesheet, fonts, filters."""
    versions = [str(MOTEUR), *(version(nom) for nom in ("weasyprint", "pikepdf", "pydyf", "fonttools"))]
    fichiers = [statique("css/papier.css"), *map(statique, POLICES)]
    fichiers += [Path(settings.BASE_DIR) / chemin for chemin in FILTRES]
    return _somme("|".join(versions + [_somme(chemin.read_bytes()) for chemin in fichiers]).encode())


@lru_cache(maxsize=64)
def gabarits(nom: str) -> str:
    """The digest of a template with those around it: its folder, « documents/ » and the shared components.

    Wider than what it includes, so that nothing is ever forgotten; a deployment that touches them lays out again.
    """
    moteur = engines["django"].engine  # type: ignore[attr-defined]
    origine = Path(moteur.get_template(nom).origin.name)
    racines = [Path(dossier) for dossier in moteur.dirs]
    voisins = {origine, *origine.parent.glob("*.html")}
    for racine in racines:
        for dossier in ("documents", "composants"):
            voisins |= set((racine / dossier).glob("*.html"))
    return _somme("|".join(f"{f.name}:{_somme(f.read_bytes())}" for f in sorted(voisins)).encode())


def _somme(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest()
