"""A list, declared once: what it shows, how it is searched, filtered, sorted, counted, exported and acted on.

    class ListeFiches(Liste):
        cle = "fiches"                     # name of its saved views and of its traces
        titre = "Fiches navettes"
        nom, nom_pluriel = "fiche", "fiches"
        tri_defaut = "-ouverte_le"         # a sortable column, « - » first for descending
        champ_recherche = "recherche"      # normalised column; None: no search
        colonnes = (
            Colonne("titre", "Fiche", "titre", tri=("titre",), secondaire=lambda f: f.numero),
            Colonne("etat", "État", FicheNavette.get_etat_display, cellule=lambda f: badge(f.ton, f.etat)),
            Colonne("ouverte_le", "Ouverte", "ouverte_le", tri=("ouverte_le",)),
        )
        filtres = (
            FiltreChoix("etat", "État", Etat.choices, "etat", compte=True),
            FiltreDate("depuis", "Ouverte depuis", "ouverte_le__date__gte"),
        )
        actions = (Action("relancer", "Relancer", "Un rappel part à chaque partenaire.", relancer_lot),)

        def queryset(self):
            return FicheNavette.objects.visibles_par(self.acces)

        def pour_affichage(self, qs):
            return qs.select_related("entreprise")

    def liste(request, territoire):
        return reponse_liste(request, ListeFiches())

The first column is the head of the row and its link (`url`). One instance serves one request. Cost: one query for the
total and every counter, one for the rows of the page, one for the saved views, whatever the number of rows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Page, Paginator
from django.db.models import Count, Model, Q, QuerySet, Value
from django.db.models.expressions import OrderBy
from django.http import QueryDict
from django.utils.functional import cached_property

from apps.core.acces import Acces
from apps.core.recherche import filtrer

from .filtres import Filtre, FormulaireFiltres

# Parameters of the address that are not filters.
PARAMETRES = {"q", "tri", "page", "fragment", "export"}


@dataclass(frozen=True)
class Colonne:
    """One column. `valeur`: a dotted attribute or a function of the object (text, number, date, bool, None).

    `cellule`: what the screen shows instead (escaped unless safe) · `secondaire`: the line in soft ink under it ·
    `tri`: fields to sort by, ascending · `exportee`: what the export writes instead of `valeur` · `ecran=False`: only
    in exports · `export=False`: only on screen.
    """

    cle: str
    libelle: str
    valeur: str | Callable[[Any], Any]
    cellule: Callable[[Any], str] | None = None
    secondaire: Callable[[Any], str] | None = None
    tri: tuple[str | OrderBy, ...] = ()
    exportee: Callable[[Any], Any] | None = None
    classe: str = ""
    ecran: bool = True
    export: bool = True

    def lire(self, objet: Any) -> str | int | float | Decimal | date | datetime | bool | None:
        """The raw value of an object."""
        if callable(self.valeur):
            return self.valeur(objet)
        try:
            return attrgetter(self.valeur)(objet)
        except (AttributeError, ObjectDoesNotExist):
            if self.valeur.count(".") == 0:
                raise
            return None


@dataclass(frozen=True)
class Action:
    """Something done to the chosen rows, after a page of confirmation that says `consequence`.

    `executer(acces=, objets=QuerySet, donnees=dict)` gives back the sentence to show, and may raise ErreurMetier;
    `objets` is scoped by the list. `permise(acces)` decides who is offered it. `formulaire`: what is asked first.
    """

    cle: str
    libelle: str
    consequence: str
    executer: Callable[..., str]
    permise: Callable[[Acces], bool] = lambda acces: True
    formulaire: type[forms.Form] | None = None
    danger: bool = False


@dataclass(frozen=True)
class VuePrevue:
    """A tab that the list brings itself: a name and its filters, as in the address (« etat=ouverte »)."""

    nom: str
    requete: str


class Liste:
    cle = ""
    titre = ""
    nom, nom_pluriel = "ligne", "lignes"
    colonnes: tuple[Colonne, ...] = ()
    filtres: tuple[Filtre, ...] = ()
    actions: tuple[Action, ...] = ()
    vues: tuple[VuePrevue, ...] = ()
    tri_defaut = ""
    par_page = 50
    champ_recherche: str | None = "recherche"
    libelle_recherche = "Rechercher"
    vide_titre = "Rien ici pour l’instant"
    vide_texte = ""
    vide_action = ""

    # Given by `reponse_liste` before anything else is asked.
    acces: Acces
    slug: str
    parametres: QueryDict

    # --- what a list says for itself ---
    def queryset(self) -> QuerySet[Any]:
        """The rows that `self.acces` may see: starts from `visibles_par`."""
        raise NotImplementedError

    def pour_affichage(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """select_related, prefetch_related and annotations that only the shown rows need."""
        return queryset

    def preparer(self, objets: list[Any]) -> None:
        """Complete the rows of one page (or one batch of an export) together, in a constant number of queries."""

    def url(self, objet: Any) -> str:
        """Where the row leads; empty: nowhere."""
        return objet.get_absolute_url() if hasattr(objet, "get_absolute_url") else ""

    def nommer(self, objet: Any) -> str:
        """The object in words, for the tick box and the confirmation."""
        return str(objet)

    def peut_exporter(self) -> bool:
        """Who may take the list away."""
        return True

    def vide_url(self) -> str:
        """The first step that an empty list offers."""
        return ""

    # --- the machine ---
    def preparer_requete(self, acces: Acces, slug: str, parametres: QueryDict) -> "Liste":
        """Bind the list to one request."""
        self.acces, self.slug = acces, slug
        # A form sends its empty fields too: they are no filter.
        self.parametres = sans_vides(parametres)
        for nom in ("fragment", "csrfmiddlewaretoken"):
            self.parametres.pop(nom, None)
        return self

    @cached_property
    def formulaire(self) -> FormulaireFiltres:
        """The filters as a form, bound to the address."""
        formulaire = FormulaireFiltres(
            self.parametres,
            filtres=self.filtres,
            acces=self.acces,
            recherche=self.libelle_recherche if self.champ_recherche else "",
            tris=[c.cle for c in self.colonnes if c.tri],
        )
        formulaire.is_valid()
        return formulaire

    @cached_property
    def erreurs(self) -> list[str]:
        """What was not understood in the address; a list with errors shows no row rather than all."""
        erreurs = [
            f"{self.formulaire.fields[cle].label} : {texte}" if cle in self.formulaire.fields else str(texte)
            for cle, textes in self.formulaire.errors.items()
            for texte in textes
        ]
        connus = PARAMETRES | set(self.formulaire.fields)
        inconnus = [p for p in self.parametres if p not in connus]
        return erreurs + [f"« {p[:40]} » n’est pas un filtre de cette liste." for p in inconnus]

    @cached_property
    def valeurs(self) -> dict[str, Any]:
        """The cleaned values of the filters in force."""
        propres = self.formulaire.cleaned_data
        return {f.cle: propres[f.cle] for f in self.filtres if propres.get(f.cle) not in (None, "", [], ())}

    @property
    def recherche(self) -> str:
        """What is searched."""
        return self.formulaire.cleaned_data.get("q", "") if self.champ_recherche else ""

    @property
    def tri(self) -> str:
        """The sort in force, « cle » or « -cle »."""
        return self.formulaire.cleaned_data.get("tri") or self.tri_defaut

    def chercher(self, queryset: QuerySet[Any], saisie: str) -> QuerySet[Any]:
        """Rows that hold the typed words."""
        return filtrer(queryset, saisie, champ=self.champ_recherche or "")

    @cached_property
    def _cherche(self) -> QuerySet[Any]:
        queryset = self.queryset()
        return self.chercher(queryset, self.recherche) if self.recherche else queryset

    @cached_property
    def _conditions(self) -> dict[str, Q]:
        return {f.cle: f.condition(self.valeurs[f.cle]) for f in self.filtres if f.cle in self.valeurs}

    def _toutes(self, sauf: str = "") -> Q:
        ensemble = Q()
        for cle, condition in self._conditions.items():
            if cle != sauf:
                ensemble &= condition
        return ensemble

    @cached_property
    def _comptes(self) -> dict[str, int]:
        """The total and every counter, in one query. A counter obeys the other filters, not its own."""
        toutes = self._toutes()
        # Of whole rows: PostgreSQL then counts in an index, without opening the table.
        agregats = {"total": Count(Value(1), filter=toutes) if toutes else Count(Value(1))}
        for filtre in self.filtres:
            if filtre.compte:
                for rang, (_, _, valeur) in enumerate(filtre.options(self.formulaire.fields[filtre.cle])):
                    condition = self._toutes(filtre.cle) & filtre.condition(valeur)
                    agregats[f"c_{filtre.cle}_{rang}"] = Count(Value(1), filter=condition)
        return self._cherche.order_by().aggregate(**agregats)

    @property
    def total(self) -> int:
        """How many rows answer the filters."""
        return 0 if self.erreurs else self._comptes["total"]

    def resultat(self) -> QuerySet[Any]:
        """The rows that answer, sorted, with what showing them needs; none when a filter was not understood."""
        if self.erreurs:
            return self.queryset().none()
        return self.pour_affichage(self._cherche.filter(self._toutes())).order_by(*self._ordre())

    def _ordre(self) -> list[Any]:
        inverse, cle = self.tri.startswith("-"), self.tri.lstrip("-")
        colonne = next((c for c in self.colonnes if c.cle == cle and c.tri), None)
        champs = colonne.tri if colonne else ()
        return [*(_inverser(c) if inverse else c for c in champs), "-pk" if inverse else "pk"]

    @cached_property
    def page(self) -> Page:
        """The page asked for, the nearest one if there are fewer."""
        paginateur = Paginator(self.resultat(), self.par_page)
        paginateur.count = self.total
        page = paginateur.get_page(self.parametres.get("page"))
        page.object_list = list(page.object_list)
        self.preparer(page.object_list)
        return page

    def adresse(self, **changements: Any) -> str:
        """« ?… » of this list with parameters changed (a list of values for several, None removes). Drops the page."""
        parametres = self.parametres.copy()
        parametres.pop("page", None)
        parametres.pop("export", None)
        for nom, valeur in changements.items():
            valeurs = valeur if isinstance(valeur, list) else [valeur]
            parametres.setlist(nom, [str(v) for v in valeurs if v not in (None, "")])
        return f"?{sans_vides(parametres).urlencode()}"

    @cached_property
    def actifs(self) -> list[dict[str, str]]:
        """The filters in force as removable chips."""
        puces = []
        if self.recherche:
            puces.append({"libelle": "Recherche", "valeur": self.recherche, "url": self.adresse(q=None)})
        for filtre in self.filtres:
            if filtre.cle not in self.valeurs:
                continue
            actuelles = self.parametres.getlist(filtre.cle)
            for brute, mots in filtre.puces(self.formulaire.fields[filtre.cle], self.valeurs[filtre.cle]):
                restent = [v for v in actuelles if v != brute] if len(actuelles) > 1 else []
                url = self.adresse(**{filtre.cle: restent})
                puces.append({"libelle": filtre.libelle, "valeur": mots, "url": url})
        return puces

    @cached_property
    def compteurs(self) -> list[dict[str, Any]]:
        """One group a counted filter: each choice, its number, its address, whether it is in force."""
        if self.erreurs:
            return []
        groupes = []
        for filtre in self.filtres:
            if not filtre.compte:
                continue
            actuelles = self.parametres.getlist(filtre.cle)
            options = []
            for rang, (brute, mots, _) in enumerate(filtre.options(self.formulaire.fields[filtre.cle])):
                nombre, choisie = self._comptes[f"c_{filtre.cle}_{rang}"], brute in actuelles
                if nombre or choisie:
                    if not filtre.multiple:
                        restent = [] if choisie else [brute]
                    else:
                        restent = [v for v in actuelles if v != brute] if choisie else [*actuelles, brute]
                    url = self.adresse(**{filtre.cle: restent})
                    options.append({"libelle": mots, "nombre": nombre, "url": url, "actif": choisie})
            if options:
                groupes.append({"libelle": filtre.libelle, "options": options})
        return groupes

    @cached_property
    def actions_permises(self) -> list[Action]:
        """The bulk actions that this person is offered."""
        return [a for a in self.actions if a.permise(self.acces)]

    def requete_vue(self) -> str:
        """The filters and the sort, as a saved view keeps them."""
        return canonique(self.parametres)


def _inverser(champ: str | OrderBy) -> str | OrderBy:
    if isinstance(champ, str):
        return champ[1:] if champ.startswith("-") else f"-{champ}"
    return champ.copy().reverse_ordering()  # type: ignore[return-value]


def sans_vides(parametres: QueryDict) -> QueryDict:
    """The same parameters without empty values: an address that people can read and share."""
    propres = QueryDict(mutable=True)
    for nom, valeurs in parametres.lists():
        gardees = [v for v in valeurs if v != ""]
        if gardees:
            propres.setlist(nom, gardees)
    return propres


def canonique(parametres: QueryDict | str) -> str:
    """Filters and sort in one order, so that two addresses of the same view compare equal."""
    parametres = QueryDict(parametres) if isinstance(parametres, str) else parametres
    propres = QueryDict(mutable=True)
    for nom in sorted(parametres):
        valeurs = sorted(v for v in parametres.getlist(nom) if v != "")
        if valeurs and nom not in {"page", "export", "fragment", "csrfmiddlewaretoken"}:
            propres.setlist(nom, valeurs)
    return propres.urlencode()


def objets_choisis(liste: Liste, ids: list[str]) -> QuerySet[Model]:
    """The chosen rows, within what the list may show; identifiers that mean nothing are left out."""
    return liste.queryset().filter(pk__in=[i for i in ids if i.isascii() and i.isdigit() and len(i) < 19])
