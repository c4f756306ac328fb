"""Small helpers shared by the tests."""

from django.conf import settings
from django.core.cache import cache
from django.db import connection

from apps.acces.models import Affectation
from apps.core.acces import Acces, Role


def entrer(territoire_id: int | None) -> None:
    """Let the database show one territoire to the test itself (PostgreSQL), until it leaves or enters another."""
    if connection.vendor == "postgresql":
        with connection.cursor() as curseur:
            curseur.execute("SELECT set_config('app.territoire', %s, false)", [str(territoire_id or "")])


def acces_de(affectation: Affectation) -> Acces:
    """The `Acces` that the middleware would make for this affectation."""
    return affectation.acces()


def acces_coordination(territoire_id: int, utilisateur_id: int | None = None) -> Acces:
    return Acces(utilisateur_id, territoire_id, Role.COORDINATION)


def vider_cache() -> None:
    """Forget this worker's cache only: on Redis `cache.clear()` empties the server, the neighbours' keys included."""
    if "redis" not in settings.CACHES["default"]["BACKEND"]:
        cache.clear()
        return
    client = cache._cache.get_client(write=True)
    for cle in client.scan_iter(match=f"{settings.CACHES['default']['KEY_PREFIX']}:*"):
        client.delete(cle)
