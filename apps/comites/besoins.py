"""« Besoins recensés »: needs by theme and by NAF section since the last séance, those that nobody answers first."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from apps.fiches.enums import EtatFiche, MotifCloture, StatutFiche
from apps.fiches.models import Besoin, FicheNavette

from .intitules import code_naf, sections_naf
from .models import Seance

SEUIL = 5
SANS_ACTIVITE = "Activité non précisée"
JOURS_SANS_SEANCE = 30
# Nobody here could: everybody declined, or the fiche closed on a way out of the guichet.
SANS_REPONSE = (MotifCloture.REORIENTEE, MotifCloture.HORS_PERIMETRE)


@dataclass(frozen=True)
class Case:
    """A count, or what stands for one too small to be shown."""

    nombre: int | None

    @property
    def est_cachee(self) -> bool:
        return self.nombre is None

    def __str__(self) -> str:
        if self.nombre is None:
            return f"moins de {SEUIL}"
        return str(self.nombre) if self.nombre else "–"


CACHEE = Case(None)


@dataclass
class LigneBesoins:
    """One theme: its count in each section, in all, and how many nobody answers."""

    theme: str
    cases: list[Case]
    total: Case
    sans_reponse: Case


@dataclass
class Besoins:
    """The table. In an anonymous one, no count under 5 is shown nor can be found by subtraction."""

    sections: list[str] = field(default_factory=list)
    lignes: list[LigneBesoins] = field(default_factory=list)
    totaux: list[Case] = field(default_factory=list)
    total: Case = field(default_factory=lambda: Case(0))
    depuis: datetime | None = None
    anonyme: bool = False

    @property
    def a_des_cases_cachees(self) -> bool:
        return self.total.est_cachee or any(c.est_cachee for x in self.lignes for c in (*x.cases, x.total))


def besoins_recenses(territoire_id: int, depuis: datetime, jusqua: datetime, anonyme: bool = False) -> Besoins:
    """The needs of the fiches opened from `depuis` until `jusqua`, without a name. Three queries."""
    besoins = list(
        Besoin.objects.filter(
            territoire=territoire_id, fiche__territoire=territoire_id, fiche__ouverte_le__gte=depuis,
            fiche__ouverte_le__lt=jusqua,
        )
        .filter(~Q(fiche__statut=StatutFiche.ANNULEE))
        .exclude(fiche__motif_cloture=MotifCloture.DOUBLON)
        .select_related("theme", "fiche__entreprise", "fiche__projet")
    )  # fmt: skip
    sections = sections_naf(code_naf(b.fiche) for b in besoins)
    # A fiche counts once in a case, whatever the number of its needs of one theme.
    vus = {(b.theme.nom, sections.get(code_naf(b.fiche), SANS_ACTIVITE), b.fiche_id): b for b in besoins}
    comptes = Counter((theme, section) for theme, section, _ in vus)
    sans = Counter(theme for (theme, _, _), b in vus.items() if sans_reponse(b))
    tableau = _dresser(comptes, sans, anonyme)
    tableau.depuis = depuis
    return tableau


def besoins_de(seance: Seance, anonyme: bool | None = None) -> Besoins:
    """Since the last séance held by the same instance (a month without one) until this one begins."""
    derniere = Seance.objects.tenues().filter(instance=seance.instance_id, jour__lt=seance.jour).first()
    depuis = derniere.debut if derniere is not None else seance.debut - timedelta(days=JOURS_SANS_SEANCE)
    cache = seance.est_anonyme if anonyme is None else anonyme or seance.est_anonyme
    return besoins_recenses(seance.territoire_id, depuis, seance.debut, cache)


def en_lignes(besoins: Besoins) -> list[dict[str, Any]]:
    """For a screen: a line a theme, its sectors in words; the whole table is on paper."""
    lignes = []
    for x in besoins.lignes:
        dits = [f"{s} ({c})" for s, c in zip(besoins.sections, x.cases, strict=True) if c.est_cachee or c.nombre]
        lignes.append({"theme": x.theme, "total": x.total, "sans_reponse": x.sans_reponse, "secteurs": ", ".join(dits)})
    return lignes


def sans_reponse(besoin: Besoin) -> bool:
    """Said so at closing, or nobody of the guichet could."""
    fiche: FicheNavette = besoin.fiche
    if besoin.est_satisfait is not None:
        return not besoin.est_satisfait
    return fiche.etat == EtatFiche.A_REORIENTER or fiche.motif_cloture in SANS_REPONSE


def _dresser(comptes: Counter[tuple[str, str]], sans: Counter[str], anonyme: bool) -> Besoins:
    sections = sorted({s for _, s in comptes}, key=lambda s: (s == SANS_ACTIVITE, s))
    themes = sorted({t for t, _ in comptes})
    brutes = {t: [comptes[(t, s)] for s in sections] for t in themes}
    lignes = [
        LigneBesoins(
            theme=t,
            cases=[_case(n, anonyme) for n in brutes[t]],
            total=_somme(brutes[t], anonyme),
            sans_reponse=_part(sans[t], sum(brutes[t]), anonyme),
        )
        for t in themes
    ]
    # Sorted by what is shown: the order must not tell what is hidden.
    lignes.sort(key=lambda x: (-(x.sans_reponse.nombre or 0), -(x.total.nombre or 0), x.theme))
    colonnes = [[brutes[t][i] for t in themes] for i in range(len(sections))]
    tout = [n for t in themes for n in brutes[t]]
    return Besoins(
        sections=sections, lignes=lignes, totaux=[_somme(c, anonyme) for c in colonnes], total=_tout(tout, anonyme),
        anonyme=anonyme,
    )  # fmt: skip


def _petit(nombre: int) -> bool:
    return 0 < nombre < SEUIL


def _case(nombre: int, anonyme: bool) -> Case:
    return CACHEE if anonyme and _petit(nombre) else Case(nombre)


def _somme(nombres: Iterable[int], anonyme: bool) -> Case:
    """A total of a line or a column: not shown beside a hidden case, which it would tell by subtraction."""
    nombres = list(nombres)
    return CACHEE if anonyme and any(_petit(n) for n in nombres) else Case(sum(nombres))


def _tout(nombres: list[int], anonyme: bool) -> Case:
    """The whole: shown when what is hidden is at least two cases and five needs."""
    petits = [n for n in nombres if _petit(n)]
    if anonyme and petits and (len(petits) < 2 or sum(petits) < SEUIL):
        return CACHEE
    return Case(sum(nombres))


def _part(nombre: int, total: int, anonyme: bool) -> Case:
    """A part of a total: hidden when it or the rest is too small."""
    return CACHEE if anonyme and (_petit(nombre) or _petit(total - nombre)) else Case(nombre)
