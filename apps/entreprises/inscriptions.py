"""What this app inscribes in the registries of core. Imported by AppConfig.ready()."""

from django.urls import reverse

from apps.core import registres
from apps.core.acces import Acces
from apps.core.affichage import siret
from apps.core.portee import portee
from apps.core.recherche import filtrer
from apps.territoires.models import Territoire
from apps.travaux.executeur import Executeur

from .imports.depot import GENRE
from .imports.execution import executer, resultat_url
from .models import Entreprise, Interlocuteur
from .permissions import peut_consulter, peut_gerer
from .services import recalculer_transmission


def chercher(acces: Acces, saisie: str, maximum: int) -> list[registres.Trouvaille]:
    """Entreprises found by name, enseigne, SIRET or commune; by the register's fields alone for a référent."""
    complet = peut_gerer(acces)
    visibles = Entreprise.objects.visibles_par(acces).actives().select_related("commune", "territoire")
    trouvees = filtrer(visibles, saisie, champ="recherche" if complet else "recherche_publique")[:maximum]
    return [
        registres.Trouvaille(
            titre=str(e) if complet else e.nom,
            detail=" · ".join(filter(None, (e.commune.nom if e.commune else "", siret(e.siret or e.siren)))),
            url=reverse("entreprises:detail", args=[e.territoire.slug, e.pk]),
            genre="Entreprises",
            icone="building",
        )
        for e in trouvees
    ]


def balayer_transmission() -> int:
    """Each night, each territoire: a birthday, or another threshold, changes who is of interest for transmission."""
    changees = 0
    for territoire_id in Territoire.objects.filter(est_actif=True).values_list("pk", flat=True):
        with portee(territoire_id):
            changees += recalculer_transmission(acces=Acces.systeme(territoire_id))
    return changees


def personne_modifiee(acces: Acces, personne_id: int) -> None:
    """A year of birth changed: so may the mark on the entreprises that the person heads."""
    liens = Interlocuteur.objects.filter(territoire=acces.territoire_id, personne=personne_id)
    entreprises = list(liens.values_list("entreprise_id", flat=True))
    if entreprises:
        recalculer_transmission(acces=acces, entreprises=entreprises)


def panneau_fonctions(acces: Acces, personne: object) -> tuple[str, dict[str, object]] | None:
    """On the page of a person: which entreprises they head or speak for."""
    liens = Interlocuteur.objects.filter(
        personne=personne, entreprise__in=Entreprise.objects.visibles_par(acces)
    ).select_related("entreprise__commune")
    return ("entreprises/_fonctions.html", {"liens": list(liens)}) if liens else None


registres.rattachements.inscrire("entreprises.interlocuteurs", ("entreprises.Interlocuteur", "entreprise"))
registres.rattachements.inscrire("entreprises.fonctions", ("entreprises.Interlocuteur", "personne"))
registres.personnes_modifiees.inscrire("entreprises", personne_modifiee)
registres.panneaux_personne.inscrire("entreprises", panneau_fonctions)
registres.recherches.inscrire("entreprises", chercher)
registres.balayages.inscrire("entreprises_transmission", (balayer_transmission, 24 * 3600))
registres.executeurs.inscrire(
    GENRE,
    Executeur(
        executer,
        libelle="Import d’entreprises",
        duree_max=3600,
        resultat_url=resultat_url,
        resultat_libelle="Voir l’import",
    ),
)
registres.navigation.inscrire(
    "entreprises",
    registres.Entree(
        groupe="Répertoires",
        libelle="Entreprises",
        icone="building",
        ordre=50,
        url=lambda slug: reverse("entreprises:liste", args=[slug]),
        visible=peut_consulter,
    ),
)
