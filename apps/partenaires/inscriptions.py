"""What the partners put into the registries."""

from datetime import timedelta

from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.recherche import filtrer
from apps.core.registres import Avis, Entree, Trouvaille, a_savoir, navigation, recherches
from apps.territoires.models import Territoire

from .models import Convention, Organisme
from .permissions import peut_voir

AVIS_MAX = 5


def fins_de_convention(acces: Acces) -> list[Avis]:
    """« À savoir »: conventions that end within the territoire's delay, or are over with none after them."""
    if not (acces.est_coordination or acces.est_partenaire):
        return []
    territoire = Territoire.objects.get(pk=acces.territoire_id)
    aujourdhui = timezone.localdate()
    limite = aujourdhui + timedelta(days=territoire.jours_alerte_convention)
    visibles = Convention.objects.visibles_par(acces).filter(organisme__est_actif=True)
    # An organisme bound beyond the limit, or without end, needs nothing yet.
    tranquilles = visibles.filter(signee_le__lte=limite).exclude(valable_jusquau__lte=limite).values("organisme")
    fins = (
        visibles.exclude(organisme__in=tranquilles)
        .values("organisme", "organisme__nom_court")
        .annotate(fin=Max("valable_jusquau"))
        .order_by("fin")
    )
    avis = []
    for ligne in fins[:AVIS_MAX]:
        verbe = "a pris fin" if ligne["fin"] < aujourdhui else "prend fin"
        texte = f"La convention de {ligne['organisme__nom_court']} {verbe} le {ligne['fin']:%d/%m/%Y}."
        avis.append(Avis(texte, reverse("partenaires:detail", args=[territoire.slug, ligne["organisme"]])))
    return avis


def chercher(acces: Acces, saisie: str, nombre: int) -> list[Trouvaille]:
    """Partners whose name, short name or former name holds the typed words."""
    if not peut_voir(acces):
        return []
    trouves = filtrer(Organisme.objects.visibles_par(acces), saisie).select_related("territoire")[:nombre]
    return [
        Trouvaille(
            o.nom,
            o.get_genre_display(),
            reverse("partenaires:detail", args=[o.territoire.slug, o.pk]),
            "Partenaires",
            "building",
        )
        for o in trouves
    ]


navigation.inscrire(
    "partenaires.liste",
    Entree(
        "Répertoires",
        "Partenaires",
        "share",
        52,
        lambda slug: reverse("partenaires:liste", args=[slug]),
        peut_voir,
    ),
)
recherches.inscrire("partenaires", chercher)
a_savoir.inscrire("partenaires.conventions", fins_de_convention)
