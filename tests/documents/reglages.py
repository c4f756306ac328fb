"""Settings of the processes that the proofs of documents start."""

from tests.travaux.reglages import *  # noqa: F403
from tests.travaux.reglages import BASE_DIR, INSTALLED_APPS, TEMPLATES

INSTALLED_APPS += ["tests.documents.essais"]
TEMPLATES[0]["DIRS"] += [BASE_DIR / "tests" / "documents" / "gabarits"]
