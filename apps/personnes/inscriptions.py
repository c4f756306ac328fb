"""What this app inscribes in the registries of core. Imported by AppConfig.ready()."""

from django.urls import reverse

from apps.core import registres
from apps.core.acces import Acces
from apps.core.affichage import telephone
from apps.core.recherche import filtrer

from .models import Personne


def chercher(acces: Acces, saisie: str, maximum: int) -> list[registres.Trouvaille]:
    """Persons found by name, telephone, e-mail or commune; the coordination's only."""
    visibles = Personne.objects.visibles_par(acces).actives().select_related("commune", "territoire")
    return [
        registres.Trouvaille(
            titre=str(p),
            detail=" · ".join(filter(None, (p.commune.nom if p.commune else "", telephone(p.telephone)))),
            url=reverse("personnes:detail", args=[p.territoire.slug, p.pk]),
            genre="Personnes",
            icone="person",
        )
        for p in filtrer(visibles, saisie)[:maximum]
    ]


registres.rattachements.inscrire("personnes.accords", ("personnes.Accord", "personne"))
registres.recherches.inscrire("personnes", chercher)
