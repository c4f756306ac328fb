"""The demonstration and everyday development: one process, SQLite unless the environment says otherwise."""

from .base import *  # noqa: F403
from .base import env

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="demonstration-seulement-jamais-en-production-0000000000")
SECOND_FACTEUR_FACULTATIF = env.bool("SECOND_FACTEUR_FACULTATIF", default=True)
DEMONSTRATION = True
# Served as they lie in static/ and in the packages: no collectstatic before a demonstration.
WHITENOISE_USE_FINDERS = True
