"""WeasyPrint, and what it may read. Called from a job's child process: a missing Pango never stops the site."""

from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from apps.core.erreurs import ErreurMetier

SCHEMA_STATIQUE = "statique:"
SCHEMA_LOGO = "logo:"


def fabrique() -> Any:
    """WeasyPrint, loaded at the last moment. Raises ErreurMetier, with the remedy, when Pango is missing."""
    try:
        return import_module("weasyprint")
    except OSError as erreur:
        raise ErreurMetier(
            "Les PDF demandent la bibliothèque Pango, absente de ce serveur (Debian et Ubuntu : "
            "apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 ; macOS : brew install pango)."
        ) from erreur


def chercheur(weasyprint: Any, *, donnees: dict[str, tuple[bytes, str]] | None = None) -> Any:
    """Reads our own static files, by `statique:chemin`, and `donnees` (address -> bytes, type): nothing else.

    Neither the network nor the disk.
    """
    a_part = donnees or {}

    class Chercheur(weasyprint.urls.URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:
            if url in a_part:
                contenu, genre = a_part[url]
                return weasyprint.urls.URLFetcherResponse(url, contenu, {"Content-Type": genre})
            if not url.startswith(SCHEMA_STATIQUE):
                raise ValueError("Seuls nos propres fichiers entrent dans un PDF.")
            return super().fetch(statique(url.removeprefix(SCHEMA_STATIQUE)).resolve().as_uri(), headers)

    return Chercheur(allowed_protocols=["file"], allow_redirects=False)


def statique(nom: str) -> Path:
    """Where a static file is: among the sources, else where collectstatic has put it. Raises ValueError."""
    if trouve := finders.find(nom):
        return Path(trouve)
    chemin = Path(settings.STATIC_ROOT) / nom
    if ".." in nom or not chemin.is_file():
        raise ValueError(f"Fichier statique introuvable : {nom}")
    return chemin


def rendre(*, gabarit: str, contexte: dict[str, Any]) -> bytes:
    """A tagged PDF (PDF/UA-1) in one go, from a template that extends « documents/papier.html ».

    `contexte` holds all that the template needs, already scoped for its readers: nothing is looked up here.
    Raises ErreurMetier when Pango is missing.
    """
    weasyprint = fabrique()
    html = render_to_string(gabarit, contexte)
    document = weasyprint.HTML(string=html, base_url=SCHEMA_STATIQUE, url_fetcher=chercheur(weasyprint))
    return document.write_pdf(pdf_variant="pdf/ua-1")
