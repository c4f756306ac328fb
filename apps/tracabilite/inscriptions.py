"""What this app inscribes in the registries of core."""

from django.urls import reverse

from apps.core.registres import Entree, balayages, navigation

from .permissions import peut_lire
from .services import balayer_anciennes

navigation.inscrire(
    "traces",
    Entree(
        "Territoire", "Journal des accès", "eye", 74, lambda slug: reverse("tracabilite:liste", args=[slug]), peut_lire
    ),
)
balayages.inscrire("traces_anciennes", (balayer_anciennes, 24 * 3600))
