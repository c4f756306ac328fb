"""What every page needs: the territoire, who is asking, the navigation of their role."""

from typing import Any

from django.conf import settings
from django.db.models import Count, Value
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from apps.core.acces import Acces, Role
from apps.core.registres import Entree, navigation


def _courante(chemin: str, urls: list[str]) -> str:
    """The entry that holds the page: the longest one that begins its address; home only for itself."""
    return max((u for u in urls if chemin == u or (u.count("/") > 3 and chemin.startswith(u))), key=len, default="")


def _nombres(acces: Acces, entrees: list[Entree]) -> dict[Entree, int]:
    """The counters of the navigation, in one query."""
    comptees = [(e, lignes) for e in entrees if e.compteur and (lignes := e.compteur(acces)) is not None]
    if not comptees:
        return {}
    parts = [
        lignes.order_by().annotate(_entree=Value(rang)).values("_entree").annotate(_nombre=Count("pk"))
        for rang, (_, lignes) in enumerate(comptees)
    ]
    parts = [part.values_list("_entree", "_nombre") for part in parts]
    return {comptees[rang][0]: nombre for rang, nombre in parts[0].union(*parts[1:], all=True)}


def _navigation(request: Any) -> list[dict[str, Any]]:
    """Groups of entries for the role, in their order; a counter is asked only of visible entries."""
    groupes: dict[str, list[tuple[int, dict[str, Any]]]] = {}
    visibles = [entree for _cle, entree in navigation if entree.visible(request.acces)]
    courante = _courante(request.path, [entree.url(request.territoire.slug) for entree in visibles])
    nombres = _nombres(request.acces, visibles)
    for entree in visibles:
        url = entree.url(request.territoire.slug)
        actif = url == courante
        ligne = {
            "libelle": entree.libelle,
            "url": url,
            "icone": entree.icone,
            "compteur": nombres.get(entree),
            "actif": actif,
        }
        groupes.setdefault(entree.groupe, []).append((entree.ordre, ligne))
    return [
        {"titre": titre, "entrees": [ligne for _, ligne in sorted(entrees, key=lambda e: e[0])]}
        for titre, entrees in sorted(groupes.items(), key=lambda g: min(o for o, _ in g[1]))
    ]


def _lien(request: Any, libelle: str, icone: str, url: str) -> dict[str, Any]:
    actif = request.path == url if url.count("/") <= 2 else request.path.startswith(url)
    return {"libelle": libelle, "icone": icone, "url": url, "compteur": None, "actif": actif}


def _navigation_compte(request: Any) -> list[dict[str, Any]]:
    """Outside any territoire: the ways back, the account, and the administration for those who have it."""
    retours = {a.territoire.slug: a.territoire.nom for a in request.affectations}
    groupes = [
        {
            "titre": "",
            "entrees": [_lien(request, nom, "house-door", f"/{slug}/espace/") for slug, nom in retours.items()],
        }
    ]
    if request.acces.role == Role.ADMINISTRATEUR:
        entrees = [
            {**_lien(request, "Territoires", "geo-alt", reverse("administration:territoires")),
             "actif": "/comptes/" not in request.path and "/nomenclatures/" not in request.path
             and request.path.startswith("/administration/")},
            _lien(request, "Comptes", "people", reverse("administration:comptes")),
            _lien(request, "Nomenclatures", "journal-text", reverse("administration:nomenclatures")),
        ]  # fmt: skip
        groupes.append({"titre": "Administration", "entrees": entrees})
    compte = [
        _lien(request, "Mes coordonnées", "person", reverse("compte")),
        _lien(request, "Mot de passe", "key", reverse("account_change_password")),
        _lien(request, "Second facteur", "shield-lock", reverse("mfa_index")),
        _lien(request, "Appareils connectés", "laptop", reverse("usersessions_list")),
    ]
    groupes.append({"titre": "Mon compte", "entrees": compte})
    return [g for g in groupes if g["entrees"]]


def page(request: HttpRequest) -> dict[str, Any]:
    """Context of the base layouts. Never fails: error pages use it too."""
    acces = getattr(request, "acces", None)
    territoire = getattr(request, "territoire", None)
    contexte: dict[str, Any] = {
        "territoire": territoire,
        "acces": acces,
        "demonstration": settings.DEMONSTRATION,
        "identifiant_requete": getattr(request, "identifiant", ""),
    }
    if acces is None or acces.est_anonyme:
        return contexte
    contexte["second_facteur_facultatif"] = settings.SECOND_FACTEUR_FACULTATIF
    contexte["affectations"] = request.affectations  # type: ignore[attr-defined]
    contexte["affectation_active"] = next((a for a in request.affectations if a.pk == acces.affectation_id), None)  # type: ignore[attr-defined]
    if territoire is not None and acces.role != Role.AUCUN:
        # A page made of several renderings asks once.
        if not hasattr(request, "navigation_faite"):
            request.navigation_faite = _navigation(request)  # type: ignore[attr-defined]
        contexte["navigation"] = request.navigation_faite  # type: ignore[attr-defined]
        try:
            contexte["recherche_url"] = reverse("accueil:recherche", args=[territoire.slug])
        except NoReverseMatch:
            contexte["recherche_url"] = ""
    elif territoire is None:
        contexte["navigation"] = _navigation_compte(request)
    return contexte
