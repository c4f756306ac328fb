"""The inbox of demandes; for an accueil or a référent, what they typed."""

from collections.abc import Callable
from typing import Any

from django.db.models import (
    Aggregate,
    CharField,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.affichage import date_courte, jour_de
from apps.core.templatetags.guichet import badge
from apps.core.texte import normaliser
from apps.listes.filtres import FiltreChoix, FiltreDate, FiltreOuiNon
from apps.listes.liste import Colonne, Liste, VuePrevue
from apps.referentiels.models import Commune
from apps.territoires.models import Theme

from .enums import Canal, EtatDemande, GenreDemande
from .models import Demande

A_TRIER_REQUETE = f"etat={EtatDemande.A_QUALIFIER}&etat={EtatDemande.A_CONFIRMER}"
TONS = {
    EtatDemande.A_QUALIFIER: ("attention", "clock"),
    EtatDemande.A_CONFIRMER: ("attention", "hourglass-split"),
    EtatDemande.FICHE_OUVERTE: ("succes", "folder2-open"),
    EtatDemande.JOINTE: ("succes", "link-45deg"),
    EtatDemande.REFUSEE: ("neutre", "x-lg"),
}


class Enumerer(Aggregate):
    """The values of a group, as one text: « 3,5 »."""

    function = "STRING_AGG"
    template = "%(function)s(%(expressions)s, ',')"
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **extra)


def choix_des_filtres(acces: Acces) -> dict[str, list[tuple[str, str]]]:
    """Themes and communes of the territoire, by one union."""

    def part(queryset: QuerySet[Any], genre: str, cle: str, rang: Any) -> QuerySet[Any, Any]:
        return queryset.order_by().values_list(
            Value(genre, output_field=CharField()), Cast(cle, CharField()), "nom", Cast(rang, IntegerField())
        )

    themes = Theme.objects.filter(territoire=acces.territoire_id)
    communes = Commune.objects.filter(territoires=acces.territoire_id)
    choix: dict[str, list[tuple[int, str, str, str]]] = {"theme": [], "commune": []}
    for genre, cle, nom, rang in part(themes, "theme", "pk", "ordre").union(
        part(communes, "commune", "pk", Value(0)), all=True
    ):
        choix[genre].append((rang, normaliser(nom), cle, nom))
    return {genre: [(cle, nom) for _, _, cle, nom in sorted(lignes)] for genre, lignes in choix.items()}


def _theme_demande(theme: Any) -> Q:
    liens = Demande.themes.through.objects.filter(demande_id=OuterRef("pk"), theme_id=theme)
    return Q(Exists(liens))


def _commune(demande: Demande) -> str:
    return demande.commune.nom if demande.commune else demande.commune_libre


def _quoi(demande: Demande) -> str:
    return (
        demande.entreprise_nom or " ".join(demande.projet.split())[:80] or demande.noms_themes  # type: ignore[attr-defined]
    )


def _badge(demande: Demande) -> str:
    ton, icone = TONS.get(EtatDemande(demande.etat), ("neutre", "check-lg"))
    return badge(ton, demande.get_etat_display(), icone)


class ListeDemandes(Liste):
    cle = "demandes"
    titre = "Demandes"
    nom, nom_pluriel = "demande", "demandes"
    tri_defaut = "-recue_le"
    libelle_recherche = "Nom, entreprise, commune, téléphone, référence"
    vide_titre = "Aucune demande"
    vide_texte = "Les demandes du formulaire public, et celles que vous saisissez, arrivent ici."
    vide_action = "Saisir une demande"
    vues = (
        VuePrevue("À qualifier", A_TRIER_REQUETE),
        VuePrevue("Converties", f"etat={EtatDemande.FICHE_OUVERTE}&etat={EtatDemande.JOINTE}"),
    )
    colonnes = (
        Colonne("demandeur", "Demandeur", "demandeur", tri=("nom", "prenom"), secondaire=_quoi),
        Colonne("commune", "Commune", _commune, tri=("commune__recherche",)),
        Colonne("themes", "Besoins", "noms_themes"),
        Colonne("canal", "Canal", lambda d: d.get_canal_display(), tri=("canal",)),
        Colonne("recue_le", "Reçue", "recue_le", cellule=lambda d: date_courte(d.recue_le), tri=("recue_le",),
                secondaire=lambda d: d.age),
        Colonne("etat", "État", lambda d: d.get_etat_display(), tri=("etat",),
                cellule=_badge),
        Colonne("reference", "Référence", "reference", tri=("annee", "rang"), ecran=False),
        Colonne("telephone", "Téléphone", "telephone", ecran=False),
        Colonne("courriel", "Courriel", "courriel", ecran=False),
        Colonne("origine", "Origine", lambda d: d.get_origine_display(), ecran=False),
        Colonne("fiche", "Fiche", lambda d: d.fiche.numero if d.fiche else "", ecran=False),
    )  # fmt: skip

    def __init__(self) -> None:
        self._choix: dict[str, list[tuple[str, str]]] | None = None
        self.filtres = (
            FiltreChoix("etat", "État", EtatDemande.choices, "etat", multiple=True, compte=True),
            FiltreChoix("canal", "Canal", Canal.choices, "canal"),
            FiltreChoix("situation", "Situation", GenreDemande.choices, "genre"),
            FiltreChoix("theme", "Besoin", self._choisir("theme"), _theme_demande),
            FiltreChoix("commune", "Commune", self._choisir("commune"), "commune", tous="Toutes"),
            FiltreOuiNon("hors_territoire", "Hors territoire", Q(hors_territoire=True)),
            FiltreDate("depuis", "Reçue depuis le", "recue_le__date__gte"),
            FiltreDate("jusquau", "Jusqu’au", "recue_le__date__lte"),
        )

    def _choisir(self, filtre: str) -> Callable[[Acces], list[tuple[str, str]]]:
        def choix(acces: Acces) -> list[tuple[str, str]]:
            if self._choix is None:
                self._choix = choix_des_filtres(acces)
            return self._choix[filtre]

        return choix

    def queryset(self) -> QuerySet[Demande]:
        return Demande.objects.visibles_par(self.acces)

    def pour_affichage(self, queryset: QuerySet[Demande]) -> QuerySet[Demande]:
        themes = (
            Demande.themes.through.objects.filter(demande_id=OuterRef("pk"))
            .order_by()
            .values("demande_id")
            .annotate(cles=Enumerer(Cast("theme_id", CharField())))
        )
        return queryset.select_related("commune", "fiche").annotate(cles_themes=Subquery(themes.values("cles")))

    def preparer(self, objets: list[Any]) -> None:
        """`age`: how long a request has waited, while it waits. `noms_themes`: in the order of the territoire."""
        aujourdhui = timezone.localdate()
        themes = self._choisir("theme")(self.acces)
        for demande in objets:
            cles = (demande.cles_themes or "").split(",")
            demande.noms_themes = ", ".join(nom for cle, nom in themes if cle in cles)
            attend = demande.etat in (EtatDemande.A_QUALIFIER, EtatDemande.A_CONFIRMER)
            jours = (aujourdhui - jour_de(demande.recue_le)).days
            demande.age = (
                (f"attend depuis {jours} jour{'s' if jours > 1 else ''}" if jours else "arrivée aujourd’hui")
                if attend
                else ""
            )

    def url(self, demande: Demande) -> str:
        return reverse("demandes:detail", args=[self.slug, demande.reference])

    def vide_url(self) -> str:
        return reverse("demandes:saisir", args=[self.slug])
