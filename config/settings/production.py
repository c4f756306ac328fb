"""Production only hardens. A missing or unsafe value stops the start and names its variable."""

from django.core.exceptions import ImproperlyConfigured

from .base import *  # noqa: F403
from .base import SECOND_FACTEUR_FACULTATIF, SECRET_KEY, env

OBLIGATOIRES = ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "ALLOWED_HOSTS", "SITE_URL")
manquantes = [nom for nom in OBLIGATOIRES if not env.str(nom, default="")]
if manquantes:
    raise ImproperlyConfigured("Variables d'environnement à renseigner : " + ", ".join(manquantes))
if len(SECRET_KEY) < 50 or SECRET_KEY.startswith("demonstration"):
    raise ImproperlyConfigured("SECRET_KEY doit être un secret d'au moins 50 caractères, propre à cette installation.")
if SECOND_FACTEUR_FACULTATIF:
    raise ImproperlyConfigured("SECOND_FACTEUR_FACULTATIF n'est permis qu'en démonstration.")

DEMONSTRATION = False
DEBUG = False
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^vivant$", r"^pret$"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.int("PROXYS_DE_CONFIANCE", default=0) else None
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
