"""What this app inscribes in the registries of core. Imported by AppConfig.ready()."""

from django.urls import reverse

from apps.core import registres
from apps.core.acces import Acces
from apps.core.recherche import filtrer

from .models import Porteur, Projet
from .permissions import peut_gerer
from .services import rafraichir_recherche


def chercher(acces: Acces, saisie: str, maximum: int) -> list[registres.Trouvaille]:
    """Projets found by title, porteur or commune; the coordination's only."""
    visibles = Projet.objects.visibles_par(acces).select_related("commune", "territoire")
    return [
        registres.Trouvaille(
            titre=p.titre,
            detail=" · ".join(filter(None, (p.get_genre_display(), p.commune.nom if p.commune else ""))),
            url=reverse("porteurs:detail", args=[p.territoire.slug, p.pk]),
            genre="Projets",
            icone="signpost-split",
        )
        for p in filtrer(visibles, saisie)[:maximum]
    ]


def panneau_personne(acces: Acces, personne: object) -> tuple[str, dict[str, object]] | None:
    """On the page of a person: the projets that they carry."""
    portages = Porteur.objects.filter(personne=personne, projet__in=Projet.objects.visibles_par(acces))
    lignes = list(portages.select_related("projet"))
    return ("porteurs/_portages.html", {"portages": lignes}) if lignes else None


def panneau_entreprise(acces: Acces, entreprise: object) -> tuple[str, dict[str, object]] | None:
    """On the page of an entreprise: the projets that it was born of, or that concern it."""
    projets = list(Projet.objects.visibles_par(acces).filter(entreprise=entreprise))
    return ("porteurs/_projets.html", {"projets": projets}) if projets else None


registres.rattachements.inscrire("porteurs.projets", ("porteurs.Projet", "entreprise"))
registres.rattachements.inscrire("porteurs.portages", ("porteurs.Porteur", "personne"))
registres.personnes_modifiees.inscrire("porteurs", rafraichir_recherche)
registres.panneaux_personne.inscrire("porteurs", panneau_personne)
registres.panneaux_entreprise.inscrire("porteurs", panneau_entreprise)
registres.recherches.inscrire("porteurs", chercher)
registres.navigation.inscrire(
    "porteurs",
    registres.Entree(
        groupe="Répertoires",
        libelle="Porteurs de projet",
        icone="signpost-split",
        ordre=51,
        url=lambda slug: reverse("porteurs:liste", args=[slug]),
        visible=peut_gerer,
    ),
)
