"""Complete settings, read from the environment. `production` only hardens them; `dev` and `test` only relax them.

Every variable is documented in the README's configuration table.
"""

import os
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from kombu import Queue

BASE_DIR = Path(__file__).resolve().parents[2]
env = environ.Env()

VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))

DEBUG = False
SECRET_KEY = env.str("SECRET_KEY", default="")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000")

INSTALLED_APPS = [
    # core comes first: its `migrate` command replaces Django's, to provision row-level security.
    "apps.core",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "import_export",
    "apps.referentiels",
    "apps.territoires",
    "apps.comptes",
    "apps.travaux",
    "apps.tracabilite",
    "apps.documents",
    "apps.courriels",
    "apps.listes",
    "apps.partenaires",
    "apps.acces",
    "apps.personnes",
    "apps.entreprises",
    "apps.porteurs",
    "apps.fiches",
    "apps.actions",
    "apps.comites",
    "apps.demandes",
    "apps.accueil",
    "apps.confidentialite",
]

MIDDLEWARE = [
    "apps.core.middleware.IdentifiantRequeteMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "apps.acces.middleware.ConnexionRequiseMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "apps.core.middleware.UneFoisMiddleware",
    "apps.acces.middleware.PorteeMiddleware",
    # Inside the scope: the person is loaded with their roles and, where the scope shows it, their organisme.
    "apps.acces.middleware.AppareilsMiddleware",
    "apps.acces.middleware.AccesMiddleware",
    "apps.core.middleware.MethodeMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apps.acces.context.page",
            ],
            "builtins": ["apps.core.templatetags.guichet"],
        },
    },
]

# --- data ---
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'guichet.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROLE_APPLICATIF = env.str("ROLE_APPLICATIF", default="guichet_app")
EST_POSTGRESQL = "postgresql" in DATABASES["default"]["ENGINE"]
if EST_POSTGRESQL:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=600)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # Neither owner nor superuser, so that row-level security applies; `migrate` alone runs as the owner.
    DATABASES["default"].setdefault("OPTIONS", {})["assume_role"] = ROLE_APPLICATIF
else:
    VAR_DIR.mkdir(parents=True, exist_ok=True)  # SQLite makes its file, not its folder
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }

REDIS_URL = env.str("REDIS_URL", default="")
REDIS_PREFIXE = env.str("REDIS_PREFIXE", default="guichet")
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": REDIS_PREFIXE,
        }
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# --- jobs ---
CELERY_BROKER_URL = REDIS_URL or "memory://localhost/"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"global_keyprefix": f"{REDIS_PREFIXE}:", "visibility_timeout": 3600} if REDIS_URL else {"polling_interval": 0.05}
)
# A worker listens to both unless it is told otherwise: where there are several, no mail waits behind a long job.
CELERY_TASK_QUEUES = (Queue("celery"), Queue("travaux"))
CELERY_TASK_ROUTES = {"apps.travaux.tasks.executer": {"queue": "travaux"}}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "Europe/Paris"
# The worker and the scheduler run as threads of the site itself: the demonstration, and a very small Pays.
TRAVAILLEUR_INTEGRE = env.bool("TRAVAILLEUR_INTEGRE", default=not REDIS_URL)
TRAVAUX_DUREE_MAX = env.int("TRAVAUX_DUREE_MAX", default=600)
TRAVAUX_BAIL = env.int("TRAVAUX_BAIL", default=60)
# Renderers of a document, beside the job's own process; each takes some 150 MB.
DOCUMENTS_PROCESSUS = env.int("DOCUMENTS_PROCESSUS", default=min(2, os.cpu_count() or 1))

# --- mail ---
# Nothing leaves without EMAIL_URL: mails wait in the outbox and can be read there.
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=20)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Guichet TPE <guichet@example.org>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
COURRIELS_ESSAIS_MAX = env.int("COURRIELS_ESSAIS_MAX", default=6)

# --- accounts ---
AUTH_USER_MODEL = "comptes.Utilisateur"
AUTHENTICATION_BACKENDS = ["apps.acces.identite.Identification"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("courriel", "prenom", "nom", "telephone")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "apps.acces.adaptateurs.AdaptateurCompte"
MFA_ADAPTER = "apps.acces.adaptateurs.AdaptateurSecondFacteur"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "courriel"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
# Closing the browser logs out; SESSION_COOKIE_AGE is the most that a login lasts.
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Beside our own lock-out (apps/acces/verrou.py); here the key is the account *and* the address, see the adapter.
ACCOUNT_RATE_LIMITS = {"login_failed": "60/m/ip,10/10m/key"}
ACCOUNT_FORMS = {
    "login": "apps.acces.forms.ConnexionForm",
    "reset_password": "apps.acces.forms.OubliForm",
    "reset_password_from_key": "apps.acces.forms.NouveauMotDePasseForm",
    "change_password": "apps.acces.forms.MotDePasseForm",
    "set_password": "apps.acces.forms.PremierMotDePasseForm",
    "reauthenticate": "apps.acces.forms.ConfirmationForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Guichet TPE"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # an address is proved by the invitation
MFA_FORMS = {
    "authenticate": "apps.acces.forms.CodeForm",
    "reauthenticate": "apps.acces.forms.CodeConfirmationForm",
    "activate_totp": "apps.acces.forms.ActivationForm",
}
USERSESSIONS_TRACK_ACTIVITY = True
SECOND_FACTEUR_FACULTATIF = env.bool("SECOND_FACTEUR_FACULTATIF", default=False)
DEMONSTRATION = False
SESSION_COOKIE_AGE = env.int("SESSION_COOKIE_AGE", default=12 * 3600)
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_NAME = "guichet_session"
CSRF_COOKIE_NAME = "guichet_csrf"
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "apps.core.views.erreur_csrf"

# A form of the public door sent sooner after it was shown was not filled in by a person.
FORMULAIRE_SECONDES_MIN = env.int("FORMULAIRE_SECONDES_MIN", default=3)
# How many proxies of ours stand in front; the client's address is read that many places from the right of
# X-Forwarded-For.
PROXYS_DE_CONFIANCE = env.int("PROXYS_DE_CONFIANCE", default=0)
ALLAUTH_TRUSTED_PROXY_COUNT = PROXYS_DE_CONFIANCE

# --- files ---
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR_DIR / "fichiers")))
FICHIER_TAILLE_MAX = env.int("FICHIER_TAILLE_MAX", default=10_000_000)
FICHIERS_PAR_ENVOI = 5
# SIRENE's files: streamed to the disk, never held in memory.
IMPORT_TAILLE_MAX = env.int("IMPORT_TAILLE_MAX", default=300 * 1024 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o640

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.path("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")).root)
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# --- language ---
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["config.formats"]

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True

# --- protection ---
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "manifest-src": [SELF],
        "object-src": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True

MESSAGE_TAGS = {10: "neutre", 20: "info", 25: "succes", 30: "attention", 40: "danger"}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"requete": {"()": "apps.core.journalisation.FiltreRequete"}},
    # Neither writes a request, an object or an exception's message: see the module.
    "formatters": {
        "json": {"()": "apps.core.journalisation.FormatJson"},
        "texte": {"()": "apps.core.journalisation.FormatTexte"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": env.str("LOG_FORMAT", default="json"),
            "filters": ["requete"],
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "WARNING"},
        "django.db.backends": {"level": "INFO"},  # at DEBUG it writes every value
        # These name recipients and form values at INFO.
        "fontTools": {"level": "ERROR"},
        "pikepdf": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
        "celery": {"level": "WARNING"},
    },
}
