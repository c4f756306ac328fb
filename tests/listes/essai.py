"""A list over the organismes, with everything a list may have, and its address."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.utils.html import format_html

from apps.core.acces import Acces
from apps.core.erreurs import ErreurMetier
from apps.listes.filtres import FiltreChoix, FiltreDate, FiltreOuiNon, FiltreTexte
from apps.listes.liste import Action, Colonne, Liste, VuePrevue
from apps.listes.vues import reponse_liste
from apps.partenaires.enums import GenreOrganisme, StatutPartenaire
from apps.partenaires.models import Organisme


class MotifForm(forms.Form):
    nom = forms.CharField(label="Nouveau nom court", max_length=30)


def renommer(*, acces: Acces, objets: QuerySet[Organisme], donnees: dict[str, Any]) -> str:
    if donnees["nom"] == "interdit":
        raise ErreurMetier("Ce nom est interdit.")
    return f"{objets.update(nom_court=donnees['nom'])} organismes renommés."


class ListeEssai(Liste):
    cle = "essai"
    titre = "Organismes d’essai"
    nom, nom_pluriel = "organisme", "organismes"
    tri_defaut = "nom"
    vide_titre = "Aucun organisme"
    vide_texte = "Les organismes partenaires apparaîtront ici."
    vues = (VuePrevue("Membres", "statut=membre"),)
    colonnes = (
        Colonne("nom", "Organisme", "nom", tri=("nom",), secondaire=lambda o: o.nom_court),
        Colonne("genre", "Genre", lambda o: o.get_genre_display(), tri=("genre",)),
        Colonne("site", "Site", "site", cellule=lambda o: format_html("<em>{}</em>", o.site)),
        Colonne("version", "Version", "version", classe="nombre"),
        Colonne("cree_le", "Créé", "cree_le", tri=("cree_le",)),
        Colonne("telephone", "Téléphone", "telephone", ecran=False),
    )
    filtres = (
        FiltreChoix("genre", "Genre", GenreOrganisme.choices, "genre", multiple=True, compte=True),
        FiltreChoix("statut", "Statut", StatutPartenaire.choices, "statut", compte=True),
        FiltreChoix("version", "Version", [(1, "Première"), (2, "Seconde")], "version", multiple=True, tous="Toutes"),
        FiltreOuiNon("site", "Avec un site", ~Q(site="")),
        FiltreDate("depuis", "Créé depuis", "cree_le__date__gte"),
        FiltreTexte("court", "Nom court", "nom_court__icontains"),
    )
    actions = (
        Action("renommer", "Renommer", "Leur nom court changera.", renommer, lambda a: a.est_coordination, MotifForm),
    )

    def queryset(self) -> QuerySet[Organisme]:
        return Organisme.objects.visibles_par(self.acces)

    def url(self, objet: Organisme) -> str:
        return f"/{self.slug}/espace/organismes/{objet.pk}/"

    def peut_exporter(self) -> bool:
        return self.acces.est_coordination


def essai(request: HttpRequest, territoire: str) -> HttpResponse:
    return reponse_liste(request, ListeEssai())


urlpatterns = [
    path("<slug:territoire>/espace/essai/", essai, name="essai"),
    path("", include("config.urls")),
]
