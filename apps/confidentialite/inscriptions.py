"""What this app inscribes in the registries of core."""

from django.urls import reverse
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.affichage import date_courte
from apps.core.registres import Avis, Entree, a_savoir, navigation
from apps.territoires.models import Territoire

from .models import DemandeDroit
from .permissions import peut_consulter


def avis(acces: Acces) -> list[Avis]:
    """Requests of persons whose answer is due: said on the coordination's home."""
    if not acces.est_coordination:
        return []
    ouvertes = list(DemandeDroit.objects.visibles_par(acces).ouvertes()[:3])
    if not ouvertes:
        return []
    slug = Territoire.objects.only("slug").get(pk=acces.territoire_id).slug
    jour = timezone.localdate()
    return [
        Avis(
            f"Demande de droits {d.reference} : réponse {'due depuis' if d.est_en_retard(jour) else 'avant'} "
            f"le {date_courte(d.echeance)}.",
            reverse("confidentialite:demande", args=[slug, d.reference]),
        )
        for d in ouvertes
    ]


navigation.inscrire(
    "confidentialite.registre",
    Entree(
        "Données personnelles",
        "Registre",
        "journal-text",
        80,
        lambda slug: reverse("confidentialite:registre", args=[slug]),
        peut_consulter,
    ),
)
navigation.inscrire(
    "confidentialite.demandes",
    Entree(
        "Données personnelles",
        "Demandes de droits",
        "person-lock",
        81,
        lambda slug: reverse("confidentialite:demandes", args=[slug]),
        peut_consulter,
    ),
)
a_savoir.inscrire("confidentialite", avis)
