"""The list of actions: mine, ours, late, by fiche, by séance; done from the row."""

from typing import Any

from django.db.models import Case, IntegerField, Q, When
from django.urls import reverse
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.affichage import date_courte, jour_de
from apps.listes.filtres import FiltreChoix, FiltreDate, FiltreOuiNon, FiltreTexte
from apps.listes.liste import Colonne, Liste, VuePrevue
from apps.partenaires.models import Organisme

from . import selecteurs
from .enums import EtatAction, Porteur
from .models import Action, ActionQuerySet
from .permissions import peut_creer, peut_finir
from .presentation import badge_etat, bouton_faire, dire_etat, dire_report

FORMULAIRE = "geste-action"
# What is still to do, the oldest day first, then what is done, then what was given up.
OUVERTES_D_ABORD = Case(
    When(etat=EtatAction.FAITE, then=1), When(etat=EtatAction.ABANDONNEE, then=2), default=0,
    output_field=IntegerField(),
).asc()  # fmt: skip
OUVERTES = "etat=a_faire&etat=en_cours"
SEANCES_MAX = 60


def _fiche(action: Any) -> str:
    morceaux = [action.fiche.numero, action.fiche.titre] if action.fiche else ["Générale"]
    return " · ".join([*morceaux, *([action.origine_dite] if action.origine_dite else [])])


def _qui(action: Any) -> str:
    return action.qui


def _date(action: Any) -> str:
    return date_courte(action.echeance)


def _fin(action: Any) -> Any:
    return jour_de(action.terminee_le) if action.terminee_le else None


def _seances(acces: Acces) -> list[tuple[str, str]]:
    """The committees that gave actions to do, as their actions name them."""
    venues = Action.objects.visibles_par(acces).filter(origine__startswith="seance:")
    dites = venues.order_by().values_list("origine", "origine_dite").distinct()[:SEANCES_MAX]
    return sorted({cle: mots or cle for cle, mots in dites}.items(), key=lambda x: x[1])


def _porteurs(acces: Acces) -> list[tuple[str, str]]:
    ici = [(Porteur.COORDINATION.value, "La coordination"), (Porteur.DEMANDEUR.value, "Le demandeur")]
    partenaires = Organisme.objects.visibles_par(acces).order_by("nom_court")
    return [*ici, *((str(pk), nom) for pk, nom in partenaires.values_list("pk", "nom_court"))]


def _porteur(valeur: str) -> Q:
    return Q(organisme=int(valeur)) if valeur.isdigit() else Q(porteur=valeur)


def _provenance(valeur: str) -> Q:
    return {
        "seance": Q(origine__startswith="seance:"),
        "liste": ~Q(liste_dite=""),
        "autre": ~Q(origine__startswith="seance:") & Q(liste_dite=""),
    }[valeur]


class ListeActions(Liste):
    cle = "actions"
    titre = "Actions"
    nom, nom_pluriel = "action", "actions"
    tri_defaut = "etat"
    libelle_recherche = "Quoi, qui, numéro de fiche"
    vide_titre = "Aucune action"
    vide_texte = "Ce que chacun doit faire, décidé en comité ou noté sur une fiche, apparaîtra ici."
    vide_action = "Ajouter une action"

    def __init__(self, acces: Acces) -> None:
        self.colonnes = (
            Colonne("libelle", "Quoi", "libelle", tri=("libelle",), secondaire=_fiche),
            Colonne("fiche", "Fiche", "fiche.numero", ecran=False),
            Colonne("qui", "Qui", _qui, tri=("organisme_nom", "porteur"), secondaire=lambda a: a.responsable_nom),
            Colonne("responsable", "Confiée à", "responsable_nom", ecran=False),
            Colonne("echeance", "Pour le", "echeance", cellule=_date, tri=("echeance",), secondaire=dire_report),
            Colonne("echeance_initiale", "Prévue d’abord le", "echeance_initiale", ecran=False),
            Colonne(
                "etat", "État", dire_etat, cellule=badge_etat, tri=(OUVERTES_D_ABORD, "echeance"), classe="insecable"
            ),
            Colonne("origine", "Décidée par", "origine_dite", ecran=False),
            Colonne("terminee_le", "Terminée le", _fin, ecran=False),
            Colonne("resultat", "Ce qui a été obtenu", lambda a: a.resultat or a.motif_abandon, ecran=False),
            Colonne("geste", "", lambda a: "", cellule=self._geste, classe="action", export=False),
        )
        self.filtres = (
            FiltreChoix(
                "etat", "État", EtatAction.choices, "etat", multiple=True, compte=True
            ),
            FiltreChoix("chez", "Pour qui", [("moi", "Moi"), ("nous", "Nous")], self._chez(acces)),
            FiltreOuiNon("retard", "En retard", self._retard()),
            FiltreChoix("porteur", "Qui", _porteurs, _porteur),
            FiltreTexte("fiche", "Numéro de fiche", "fiche__numero__icontains"),
            FiltreChoix("seance", "Séance", _seances, "origine", tous="Toutes"),
            FiltreChoix(
                "origine", "Origine", [("seance", "Un comité"), ("liste", "Une liste type"), ("autre", "Autre")],
                _provenance, tous="Toutes",
            ),
            FiltreDate("du", "À partir du", "echeance__gte"),
            FiltreDate("au", "Jusqu’au", "echeance__lte"),
        )  # fmt: skip
        self.vues = (
            VuePrevue("Mes actions", f"chez=moi&{OUVERTES}"),
            VuePrevue("Nos actions", f"chez=nous&{OUVERTES}"),
            VuePrevue("En retard", "retard=oui"),
            VuePrevue("Du comité", f"origine=seance&{OUVERTES}"),
        )

    def _chez(self, acces: Acces) -> Any:
        def condition(valeur: str) -> Q:
            return selecteurs.a_moi(acces) if valeur == "moi" else selecteurs.a_nous(acces)

        return condition

    def _retard(self) -> Q:
        return Q(etat__in=(EtatAction.A_FAIRE, EtatAction.EN_COURS), echeance__lt=timezone.localdate())

    def _geste(self, action: Any) -> str:
        if not action.est_ouverte or not peut_finir(self.acces, action):
            return ""
        return bouton_faire(action, reverse("actions:faire", args=[self.slug, action.jeton]), FORMULAIRE)

    def queryset(self) -> ActionQuerySet:
        return Action.objects.visibles_par(self.acces)

    def pour_affichage(self, queryset: Any) -> Any:
        return queryset.select_related("fiche", "organisme")

    def url(self, objet: Any) -> str:
        return reverse("actions:detail", args=[self.slug, objet.jeton])

    def vide_url(self) -> str:
        return reverse("actions:creer", args=[self.slug]) if peut_creer(self.acces) else ""
