"""Health of one web process: `/vivant` (it answers) and `/pret` (it can serve). Neither says more than yes or no."""

import logging
import secrets
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .celery import app

journal = logging.getLogger(__name__)


def verifier_base() -> bool:
    """The database answers under the application role."""
    with connection.cursor() as curseur:
        curseur.execute("SELECT 1")
        return curseur.fetchone() == (1,)


def verifier_migrations() -> bool:
    """Nothing is left to migrate: the code and the tables agree."""
    executeur = MigrationExecutor(connection)
    return not executeur.migration_plan(executeur.loader.graph.leaf_nodes())


def verifier_cache() -> bool:
    """What is put into the cache comes back."""
    valeur = secrets.token_hex(8)
    cache.set("sante", valeur, 30)
    return cache.get("sante") is not None


def verifier_file() -> bool:
    """The broker that wakes the workers can be reached; in memory there is nothing to reach."""
    if not settings.REDIS_URL:
        return True
    with app.connection_for_write() as liaison:
        liaison.ensure_connection(max_retries=1, interval_start=0, timeout=2)
        return bool(liaison.connected)


VERIFICATIONS: dict[str, Callable[[], bool]] = {
    "base": verifier_base,
    "migrations": verifier_migrations,
    "cache": verifier_cache,
    "file": verifier_file,
}


def _defaillante() -> str | None:
    """Name of the first check that fails, for the log alone."""
    for nom, verifier in VERIFICATIONS.items():
        try:
            if not verifier():
                return nom
        except Exception as erreur:  # whatever a driver raises means « not ready »
            return f"{nom} ({type(erreur).__name__})"
    return None


def _texte(contenu: str, *, status: int = 200) -> HttpResponse:
    return HttpResponse(contenu, status=status, content_type="text/plain; charset=utf-8")


@login_not_required
@never_cache
@require_safe
def vivant(request: HttpRequest) -> HttpResponse:
    """The process answers. Reads no database: a slow base must not get the site restarted."""
    return _texte("vivant\n")


@login_not_required
@never_cache
@require_safe
def pret(request: HttpRequest) -> HttpResponse:
    """The process can serve: database, migrations, cache and queue. 503 otherwise, the reason in the log only."""
    defaillante = _defaillante()
    if defaillante:
        journal.warning("Pas prêt : %s", defaillante)
        return _texte("indisponible\n", status=503)
    return _texte("prêt\n")
