"""What every public page is given, and how private ones are sent."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

Vue = Callable[..., HttpResponse]
MENU = (("accueil", "Le service"), ("demande", "Demander un accompagnement"), ("retrouver", "Suivre ma demande"))
LEGAL = (
    ("mentions", "Mentions légales"),
    ("confidentialite", "Données personnelles"),
    ("accessibilite", "Accessibilité"),
    ("plan", "Plan du site"),
)


def afficher(
    request: HttpRequest, gabarit: str, contexte: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """Render a public page with its menu and legal links."""
    slug = request.territoire.slug  # type: ignore[attr-defined]
    menu = [_lien(request, nom, libelle, slug) for nom, libelle in MENU]
    menu.append({"libelle": "Espace professionnel", "url": reverse("accueil:accueil", args=[slug]), "actif": False})
    donnees = {
        "accueil_url": reverse("public:accueil", args=[slug]),
        "menu_public": menu,
        "liens_legaux": [_lien(request, nom, _mention(request, nom, libelle), slug) for nom, libelle in LEGAL],
        **(contexte or {}),
    }
    return render(request, gabarit, donnees, status=status)


def _mention(request: HttpRequest, nom: str, libelle: str) -> str:
    """Without a declaration of the territoire's own there was no audit, and the law says how to call that."""
    sans_audit = nom == "accessibilite" and not request.territoire.accessibilite  # type: ignore[attr-defined]
    return f"{libelle}\u00a0: non conforme" if sans_audit else libelle


def _lien(request: HttpRequest, nom: str, libelle: str, slug: str) -> dict[str, Any]:
    url = reverse(f"public:{nom}", args=[slug])
    return {"libelle": libelle, "url": url, "actif": request.path == url}


def privee(referent: str = "same-origin") -> Callable[[Vue], Vue]:
    """A page behind an unguessable address: never stored, never indexed, its address never told to another site.

    `no-referrer` makes browsers post with « Origin: null », which the CSRF check refuses: the pages that use it carry
    a signed form instead (`abus`), and their address alone gives the right.
    """

    def decorer(vue: Vue) -> Vue:
        @wraps(vue)
        def enveloppe(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            reponse = vue(request, *args, **kwargs)
            reponse["Cache-Control"] = "no-store, private, max-age=0"
            reponse["Referrer-Policy"] = referent
            reponse["X-Robots-Tag"] = "noindex, nofollow, noarchive"
            return reponse

        return enveloppe

    return decorer
