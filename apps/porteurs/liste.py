"""The list of porteurs de projet: one row a projet, who carries it first."""

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from apps.core.templatetags.guichet import badge
from apps.entreprises.liste import communes
from apps.listes.filtres import FiltreChoix, FiltreOuiNon
from apps.listes.liste import Colonne, Liste
from apps.referentiels.enums import NatureActivite

from .enums import GenreProjet, StadeProjet
from .models import Porteur, Projet

TONS = {StadeProjet.LANCE: "succes", StadeProjet.ABANDONNE: "neutre"}


def stade(projet: Projet) -> str:
    """The stage as a badge."""
    return badge(TONS.get(StadeProjet(projet.stade), "info"), projet.get_stade_display(), "")


class ListeProjets(Liste):
    cle = "porteurs"
    titre = "Porteurs de projet"
    nom, nom_pluriel = "projet", "projets"
    tri_defaut = "-cree_le"
    libelle_recherche = "Porteur, projet ou commune"
    vide_titre = "Aucun projet pour l’instant"
    vide_texte = "Une personne sans entreprise, et ce qu’elle veut faire : création, reprise, cession…"
    vide_action = "Ajouter un projet"
    colonnes = (
        Colonne("titre", "Projet", "titre", tri=("titre",), secondaire=lambda p: p.noms),
        Colonne("porteurs", "Porteurs", "noms", ecran=False),
        Colonne("genre", "Nature", Projet.get_genre_display, tri=("genre",)),
        Colonne("stade", "Stade", Projet.get_stade_display, cellule=stade, tri=("stade",)),
        Colonne("commune", "Commune", "commune.nom", tri=("commune__recherche",)),
        Colonne("natures", "Activité prévue",
                lambda p: ", ".join(Projet._meta.get_field("natures").libelles(p.natures)), ecran=False),
        Colonne("emplois", "Emplois prévus", "emplois_prevus", tri=("emplois_prevus",), classe="nombre"),
        Colonne("investissement", "Investissement prévu (€)", "investissement", ecran=False),
        Colonne("echeance", "Échéance", "echeance", tri=("echeance",)),
        Colonne("cree_le", "Connu depuis", "cree_le", tri=("cree_le",)),
    )  # fmt: skip
    filtres = (
        FiltreChoix("genre", "Nature", GenreProjet.choices, "genre"),
        FiltreChoix("stade", "Stade", StadeProjet.choices, "stade", compte=True),
        FiltreChoix("commune", "Commune", communes, "commune", tous="Toutes"),
        FiltreChoix("activite", "Activité prévue", NatureActivite.choices, lambda v: Q(natures__icontains=f'"{v}"')),
        FiltreOuiNon("entreprise", "Entreprise", Q(entreprise__isnull=False), oui="Liée", non="Sans entreprise"),
    )

    def queryset(self) -> QuerySet[Projet]:
        return Projet.objects.visibles_par(self.acces)

    def pour_affichage(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.select_related("commune")

    def preparer(self, objets: list[Any]) -> None:
        noms: dict[int, list[str]] = {}
        for porteur in Porteur.objects.filter(projet__in=[p.pk for p in objets]).select_related("personne"):
            noms.setdefault(porteur.projet_id, []).append(str(porteur.personne))
        for projet in objets:
            projet.noms = ", ".join(noms.get(projet.pk, []))

    def url(self, objet: Any) -> str:
        return reverse("porteurs:detail", args=[self.slug, objet.pk])

    def vide_url(self) -> str:
        return reverse("porteurs:creer", args=[self.slug])
