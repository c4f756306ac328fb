"""What this app inscribes in the registries of core."""

from django.urls import reverse

from apps.core.registres import Entree, navigation

from .permissions import peut_regler

navigation.inscrire(
    "reglages",
    Entree(
        "Territoire", "Réglages", "gear", 73, lambda slug: reverse("territoires:reglages", args=[slug]), peut_regler
    ),
)
