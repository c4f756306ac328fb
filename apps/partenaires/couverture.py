"""Which theme is answered for on which commune, and by whom."""

from dataclasses import dataclass, field

from apps.core.acces import Acces
from apps.core.registres import Representant, representants
from apps.referentiels.models import Commune
from apps.territoires.models import Territoire, Theme

from .models import Organisme


@dataclass
class LigneTheme:
    """One theme: who covers it, on how many communes, and where nobody does."""

    theme: Theme
    organismes: list[Organisme] = field(default_factory=list)
    couvertes: int = 0
    total: int = 0
    trous: list[Commune] = field(default_factory=list)


@dataclass
class Couverture:
    """The whole territoire, or one commune of it."""

    lignes: list[LigneTheme]
    communes: list[Commune]
    commune: Commune | None
    sans_referent: list[Organisme]
    sans_convention: list[Organisme]
    sans_theme: list[Organisme]

    @property
    def trous(self) -> int:
        """How many couples theme × commune nobody answers for."""
        return sum(len(ligne.trous) for ligne in self.lignes)


def representants_de(territoire_id: int) -> dict[int, list[Representant]]:
    """The active référents of each organisme, from whoever knows them."""
    trouves: dict[int, list[Representant]] = {}
    for _cle, fournir in representants:
        for organisme_id, personnes in fournir(territoire_id).items():
            trouves.setdefault(organisme_id, []).extend(personnes)
    return trouves


def calculer(*, acces: Acces, territoire: Territoire, code_commune: str = "") -> Couverture:
    """The coverage of a territoire: a theme is covered on a commune by an active organisme that has an active référent.

    An organisme without communes covers them all. Six queries, whatever the size.
    """
    communes = list(territoire.communes.select_related("epci").order_by("recherche"))
    commune = next((c for c in communes if c.pk == code_commune), None)
    visees = [commune] if commune else communes
    organismes = list(
        Organisme.objects.visibles_par(acces)
        .filter(est_actif=True)
        .avec_convention()
        .prefetch_related("themes", "communes")
    )
    presents = representants_de(territoire.pk)
    zones = {o.pk: {c.pk for c in o.communes.all()} for o in organismes}
    lignes = []
    for theme in Theme.objects.filter(territoire=territoire, est_actif=True):
        ligne = LigneTheme(theme, total=len(visees))
        actifs = [o for o in organismes if o.pk in presents and theme in o.themes.all()]
        for c in visees:
            if any(not zones[o.pk] or c.pk in zones[o.pk] for o in actifs):
                ligne.couvertes += 1
            else:
                ligne.trous.append(c)
        ligne.organismes = [o for o in actifs if commune is None or not zones[o.pk] or commune.pk in zones[o.pk]]
        lignes.append(ligne)
    return Couverture(
        lignes=lignes,
        communes=communes,
        commune=commune,
        sans_referent=[o for o in organismes if o.pk not in presents],
        sans_convention=[o for o in organismes if not o.a_convention],  # type: ignore[attr-defined]
        sans_theme=[o for o in organismes if not o.themes.all()],
    )
