"""Settings of the processes that make the dossiers to be measured."""

from config.settings.dev import *  # noqa: F403
from config.settings.dev import BASE_DIR, TEMPLATES

TEMPLATES[0]["DIRS"] += [BASE_DIR / "tests" / "documents" / "gabarits"]
