"""The directory of the partners."""

from typing import Any

from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.core.acces import Acces
from apps.core.registres import Representant
from apps.core.templatetags.guichet import badge
from apps.listes.filtres import FiltreChoix, FiltreOuiNon
from apps.listes.liste import Colonne, Liste
from apps.territoires.models import Theme

from .couverture import representants_de
from .enums import GenreOrganisme, StatutPartenaire
from .models import Convention, Organisme, OrganismeQuerySet
from .permissions import peut_modifier


def _themes(acces: Acces) -> list[tuple[int, str]]:
    return list(Theme.objects.filter(territoire=acces.territoire_id, est_actif=True).values_list("pk", "nom"))


def _selon_convention(valeur: str) -> Q:
    """Asked at each request: the day counts."""
    en_vigueur = Q(pk__in=Convention.objects.en_vigueur(timezone.localdate()).values("organisme"))
    return en_vigueur if valeur == "oui" else ~en_vigueur


def noms_referents(organisme: Any) -> str:
    """« Marie Pons, Paul Roux »."""
    return ", ".join(r.nom for r in getattr(organisme, "representants", []))


def _referents(organisme: Any) -> str:
    noms = noms_referents(organisme)
    return noms or badge("attention", "Sans référent")


def _convention(organisme: Any) -> str:
    if organisme.conventions_en_vigueur:
        fin = max((c.valable_jusquau for c in organisme.conventions_en_vigueur if c.valable_jusquau), default=None)
        sans_terme = any(c.valable_jusquau is None for c in organisme.conventions_en_vigueur)
        return format_html("Jusqu’au {}", f"{fin:%d/%m/%Y}") if fin and not sans_terme else "Sans terme"
    return badge("danger", "Aucune en vigueur")


def _convention_exportee(organisme: Any) -> str:
    return "oui" if organisme.conventions_en_vigueur else "non"


class ListePartenaires(Liste):
    cle = "partenaires"
    titre = "Partenaires"
    nom, nom_pluriel = "organisme", "organismes"
    tri_defaut = "nom"
    libelle_recherche = "Nom, ancien nom"
    vide_titre = "Aucun partenaire"
    vide_texte = "Les organismes qui accompagnent les entreprises du territoire apparaîtront ici."
    vide_action = "Ajouter un partenaire"
    colonnes = (
        Colonne("nom", "Organisme", "nom", tri=("nom",), secondaire=lambda o: f"{o} · {o.get_genre_display()}"),
        Colonne("statut", "Statut", lambda o: o.get_statut_display(), tri=("statut", "nom")),
        Colonne("referents", "Référents", noms_referents, cellule=_referents),
        Colonne("themes", "Thèmes", lambda o: ", ".join(t.nom for t in o.themes.all()), ecran=False),
        Colonne("telephone", "Téléphone", "telephone", ecran=False),
        Colonne("courriel", "Courriel", "courriel", ecran=False),
        Colonne("convention", "Convention", _convention_exportee, cellule=_convention),
        Colonne("actif", "Actif", "est_actif", cellule=lambda o: "Oui" if o.est_actif else badge("neutre", "Inactif")),
    )
    filtres = (
        FiltreChoix("statut", "Statut", StatutPartenaire.choices, "statut", compte=True),
        FiltreChoix("genre", "Genre", GenreOrganisme.choices, "genre"),
        FiltreChoix("theme", "Thème", _themes, lambda v: Q(themes=v)),
        FiltreChoix(
            "convention", "Convention", [("oui", "En vigueur"), ("non", "Aucune en vigueur")], _selon_convention
        ),
        FiltreOuiNon("actif", "Actif", Q(est_actif=True)),
    )

    def queryset(self) -> OrganismeQuerySet:
        return Organisme.objects.visibles_par(self.acces)

    def pour_affichage(self, queryset: Any) -> Any:
        en_vigueur = Convention.objects.en_vigueur(timezone.localdate())
        return queryset.prefetch_related(
            "themes", Prefetch("conventions", queryset=en_vigueur, to_attr="conventions_en_vigueur")
        )

    def preparer(self, objets: list[Any]) -> None:
        presents: dict[int, list[Representant]] = representants_de(self.acces.territoire_id)  # type: ignore[arg-type]
        for organisme in objets:
            organisme.representants = presents.get(organisme.pk, [])

    def url(self, objet: Organisme) -> str:
        return reverse("partenaires:detail", args=[self.slug, objet.pk])

    def vide_url(self) -> str:
        return reverse("partenaires:creer", args=[self.slug]) if peut_modifier(self.acces) else ""
