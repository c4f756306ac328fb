"""What this app inscribes in the registries of core, once the models exist."""

from apps.core.registres import balayages

from .balayage import purger, reprendre

balayages.inscrire("travaux:reprise", (reprendre, 15))
balayages.inscrire("travaux:purge", (purger, 24 * 3600))
