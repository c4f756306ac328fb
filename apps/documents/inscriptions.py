"""What this app inscribes in the registries of core."""

from apps.core.registres import balayages, executeurs

from . import services_documents
from .assemblage import balayer_parties
from .services import balayer_orphelins

balayages.inscrire("documents_orphelins", (balayer_orphelins, 6 * 3600))
balayages.inscrire("documents_parties", (balayer_parties, 6 * 3600))
balayages.inscrire("documents_expires", (services_documents.balayer, 6 * 3600))
executeurs.inscrire(services_documents.GENRE, services_documents.EXECUTEUR)
