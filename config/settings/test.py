"""Tests: as production where behaviour is concerned, fast where it is not."""

import os

os.environ.setdefault("SECRET_KEY", "tests-only-0123456789-0123456789-0123456789-0123456789")

from .base import *  # noqa: F403
from .base import DATABASES, EST_POSTGRESQL, REDIS_PREFIXE, VAR_DIR, env

TRAVAIL_TEST = "-".join(filter(None, [os.environ.get("TEST_BASE"), os.environ.get("PYTEST_XDIST_WORKER", "seul")]))
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SECOND_FACTEUR_FACULTATIF = env.bool("SECOND_FACTEUR_FACULTATIF", default=True)
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MEDIA_ROOT = VAR_DIR / "tests" / TRAVAIL_TEST
REDIS_PREFIXE = f"{REDIS_PREFIXE}-test-{TRAVAIL_TEST}"
TRAVAILLEUR_INTEGRE = False
FORMULAIRE_SECONDES_MIN = env.int("FORMULAIRE_SECONDES_MIN", default=0)
LOGGING = {"version": 1, "disable_existing_loggers": False}
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
if EST_POSTGRESQL:
    # The test database is created by its owner; tests/conftest.py assumes the application role afterwards.
    DATABASES["default"]["OPTIONS"].pop("assume_role")
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"]["TEST"] = {"NAME": f"test_guichet_{os.environ.get('TEST_BASE', 'suite')}"}
else:
    # In memory, threads share one connection and lock each other out.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / f"test-{TRAVAIL_TEST}.sqlite3")}
if "LOCATION" in CACHES["default"]:  # noqa: F405
    CACHES["default"]["KEY_PREFIX"] = REDIS_PREFIXE  # noqa: F405
    CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] = f"{REDIS_PREFIXE}:"  # noqa: F405
