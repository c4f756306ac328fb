"""Every route × every role: a view that nobody thought about fails here."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest
from django.db import connection, transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.outils import entrer

from .monde import Monde, arguments, client_de, construire
from .roles import ROLES

# Routes of libraries whose own tests cover them, reachable only by somebody logged in for their own account.
PREFIXES_TIERS = ("account_", "mfa_", "usersessions_", "socialaccount_")


def toutes_les_routes() -> dict[str, set[str]]:
    """Every named route of the project, with the names of its arguments."""
    routes: dict[str, set[str]] = {}

    def parcourir(resolveur: URLResolver, espaces: list[str], noms: set[str]) -> None:
        for motif in resolveur.url_patterns:
            converties = noms | set(motif.pattern.regex.groupindex)
            if isinstance(motif, URLResolver):
                parcourir(motif, [*espaces, motif.namespace] if motif.namespace else espaces, converties)
            elif isinstance(motif, URLPattern):
                assert motif.name, f"Route sans nom : {motif.pattern}"
                routes[":".join([*espaces, motif.name])] = converties

    parcourir(get_resolver(), [], set())
    return {n: a for n, a in routes.items() if not n.startswith(PREFIXES_TIERS)}


def _matrices() -> dict[str, dict[str, Any]]:
    lignes: dict[str, dict[str, Any]] = {}
    for module in iter_modules([str(Path(__file__).parent)]):
        matrice = getattr(import_module(f"tests.matrice.{module.name}"), "MATRICE", {})
        doubles = set(matrice) & set(lignes)
        assert not doubles, f"Lignes en double : {doubles}"
        lignes |= matrice
    return lignes


MATRICE = _matrices()
CAS = [(route, role) for route in sorted(MATRICE) for role in ROLES]


def test_every_route_has_a_row() -> None:
    assert sorted(set(toutes_les_routes()) - set(MATRICE)) == []
    assert sorted(set(MATRICE) - set(toutes_les_routes())) == []


def test_every_row_speaks_of_every_role() -> None:
    muettes = [(r, role) for r, role in CAS if role not in MATRICE[r] and "tous" not in MATRICE[r]]
    assert muettes == []


@pytest.fixture(scope="module")
def monde(django_db_setup: None, django_db_blocker: Any) -> Any:
    """Built once; each request runs in a savepoint that is undone."""
    with django_db_blocker.unblock():
        atomique = transaction.atomic()
        atomique.__enter__()
        try:
            yield construire()
        finally:
            transaction.set_rollback(True)
            atomique.__exit__(None, None, None)
            entrer(None)


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_access(role: str, monde: Monde) -> None:
    """All rows for one role; every difference is listed."""
    ecarts = []
    routes = toutes_les_routes()
    for route, ligne in sorted(MATRICE.items()):
        attendu = ligne.get(role, ligne.get("tous"))
        kwargs = arguments(monde, route, routes.get(route, set()), ligne)
        url = reverse(route, kwargs=kwargs)
        point = transaction.savepoint()
        try:
            with connection.execute_wrapper(_interdire_commit):
                client = client_de(monde, role)
                methode = getattr(client, ligne.get("methode", "get"))
                reponse = methode(url, **ligne.get("requete", {}))
                obtenu = reponse.status_code
                b"".join(reponse)  # a streamed file is closed when it has been read
        finally:
            transaction.savepoint_rollback(point)
            entrer(monde.territoire.pk)
        if obtenu != attendu:
            ecarts.append(f"{route} {url} : attendu {attendu}, obtenu {obtenu}")
    assert ecarts == []


def _interdire_commit(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    assert not sql.lstrip().upper().startswith("COMMIT"), "A request must not end the test's transaction"
    return execute(sql, params, many, context)
