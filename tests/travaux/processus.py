"""The environment of the processes that the tests of jobs start: the test database, the executors of the tests."""

from pathlib import Path

from django.conf import settings
from django.db import connection


def url_base() -> str:
    """DATABASE_URL of the test database."""
    reglages = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{reglages['NAME']}"
    secret = f":{reglages['PASSWORD']}" if reglages["PASSWORD"] else ""
    return f"postgres://{reglages['USER']}{secret}@{reglages['HOST']}:{reglages['PORT']}/{reglages['NAME']}"


def variables(dossier: Path, **autres: str) -> dict[str, str]:
    """What a worker, a child or a site must be given to work on the database of the tests."""
    return {
        "DJANGO_SETTINGS_MODULE": "tests.travaux.reglages",
        "DATABASE_URL": url_base(),
        "REDIS_URL": settings.REDIS_URL,
        "REDIS_PREFIXE": settings.REDIS_PREFIXE,
        "VAR_DIR": str(dossier),
        "SECRET_KEY": settings.SECRET_KEY,
        "LOG_FORMAT": "texte",
        "LOG_LEVEL": "WARNING",
        **autres,
    }
