"""The access log as a list. The log stands below the lists, so its page is declared here."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from apps.core.acces import Role
from apps.core.affichage import date_longue
from apps.core.erreurs import exiger
from apps.core.requetes import Requete
from apps.tracabilite.models import GenreAcces, Trace
from apps.tracabilite.permissions import peut_lire

from .filtres import FiltreChamp, FiltreChoix, FiltreDate, FiltreTexte
from .liste import Colonne, Liste
from .vues import reponse_liste

ROLES = [(r.value, r.label) for r in Role if r not in (Role.SYSTEME, Role.AUCUN)]


def _qui(trace: Trace) -> str:
    return trace.auteur or ("Système" if trace.role == Role.SYSTEME else "Personne non connectée")


def _role(trace: Trace) -> str:
    return Role(trace.role).label if trace.role in Role.values else trace.role


def _objet(trace: Trace) -> str:
    return trace.libelle or f"{trace.objet} {trace.objet_id}".strip()


class ListeTraces(Liste):
    cle = "traces"
    titre = "Journal des accès"
    nom, nom_pluriel = "accès", "accès"
    tri_defaut = "-quand"
    champ_recherche = None
    vide_titre = "Aucun accès pour l’instant"
    vide_texte = "Chaque lecture, impression, export ou téléchargement d’un dossier s’inscrira ici, gardé douze mois."
    colonnes = (
        Colonne("qui", "Qui", _qui, tri=("auteur",), secondaire=_role),
        Colonne("genre", "Quoi", lambda t: t.get_genre_display(), tri=("genre",)),
        Colonne("objet", "Sur quoi", _objet, secondaire=lambda t: t.objet if t.libelle else ""),
        Colonne("quand", "Quand", "quand", cellule=lambda t: date_longue(t.quand, avec_jour=False), tri=("quand",)),
        Colonne("role", "Rôle", _role, ecran=False),
        Colonne("type", "Type d’objet", "objet", ecran=False),
        Colonne("objet_id", "Identifiant", "objet_id", ecran=False),
        Colonne("requete", "Requête", "requete", ecran=False),
    )
    filtres = (
        FiltreTexte("personne", "Personne", "auteur__icontains"),
        FiltreTexte(
            "sur", "Objet ou numéro", lambda v: Q(libelle__icontains=v) | Q(objet__icontains=v) | Q(objet_id=v)
        ),
        FiltreChoix("genre", "Nature", GenreAcces.choices, "genre", compte=True, tous="Toutes"),
        FiltreChoix("role", "Rôle", ROLES, "role", compte=True),
        FiltreDate("du", "Du", "quand__date__gte"),
        FiltreDate("au", "Au", "quand__date__lte"),
        FiltreChamp(
            "compte",
            "Compte",
            "utilisateur_id",
            lambda acces: forms.IntegerField(min_value=1, widget=forms.HiddenInput),
        ),
    )

    def queryset(self) -> QuerySet[Trace]:
        return Trace.objects.visibles_par(self.acces)

    def nommer(self, objet: Any) -> str:
        return f"{_qui(objet)}, {_objet(objet)}"

    def url(self, objet: Any) -> str:
        """Everything that the same person did."""
        return self.adresse(compte=objet.utilisateur_id) if objet.utilisateur_id else ""


@require_safe
def liste(request: Requete, territoire: str) -> HttpResponse:
    """Who read, printed, exported or downloaded what, the coordination included. For the data protection officer."""
    exiger(peut_lire(request.acces), "Le journal des accès est réservé au délégué à la protection des données.")
    return reponse_liste(request, ListeTraces())
