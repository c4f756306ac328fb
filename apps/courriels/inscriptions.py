"""What this app inscribes in the registries of core, once the models exist."""

from django.db.models import QuerySet
from django.urls import reverse

from apps.core.acces import Acces
from apps.core.registres import Entree, balayages, navigation

from .envoi import balayer, purger
from .models import Courriel, EtatCourriel
from .permissions import peut_voir


def non_remis(acces: Acces) -> QuerySet[Courriel]:
    """Mails that did not arrive, or may not have: their number is shown beside the entry of the navigation."""
    return Courriel.objects.visibles_par(acces).filter(etat__in=(EtatCourriel.ECHEC, EtatCourriel.INCERTAIN))


balayages.inscrire("courriels:envoi", (balayer, 30))
balayages.inscrire("courriels:purge", (purger, 24 * 3600))
navigation.inscrire(
    "courriels.liste",
    Entree(
        "Territoire",
        "Courriels",
        "envelope",
        72,
        lambda slug: reverse("courriels:liste", args=[slug]),
        peut_voir,
        non_remis,
    ),
)
