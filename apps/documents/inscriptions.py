"""What this app inscribes in the registries of core."""

from apps.core.registres import balayages

from .services import balayer_orphelins

balayages.inscrire("documents_orphelins", (balayer_orphelins, 6 * 3600))
