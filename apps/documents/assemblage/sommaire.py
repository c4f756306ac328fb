"""Where each part falls, and the cover and contents that say it."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import Any

from .parties import rendre_parties
from .plan import Exemplaire, Feuille, Liminaire, Partie, Plan

LIGNES_PAR_PAGE = 32


@dataclass(frozen=True)
class Disposition:
    """One copy: the pages of its cover and contents, the first page of each entry, its last page."""

    liminaire: Partie | None
    pages_liminaires: int
    debuts: dict[str, int]
    total: int


def disposer(plan: Plan, liminaire: Partie | None, pages_liminaires: int) -> Disposition:
    """Lay the parts one after the other; with `au_recto` each begins on an odd page."""
    page, debuts = pages_liminaires, {}
    for cle, entree in zip(plan.cles, plan.entrees, strict=True):
        if plan.au_recto and page % 2:
            page += 1
        debuts[cle] = page + 1
        page += entree.partie.pages
    return Disposition(liminaire, pages_liminaires, debuts, page)


def composer(plan: Plan, *, dire: Callable[[str], None]) -> list[Disposition]:
    """The disposition of each copy, its contents laid out until their own length moves nothing any more."""
    exemplaires: list[Exemplaire | None] = list(plan.exemplaires) or [None]
    if plan.liminaire is None:
        return [disposer(plan, None, 0)] * len(exemplaires)
    distincts = exemplaires if plan.liminaire.par_exemplaire else exemplaires[:1]
    trouvees = _point_fixe(plan, plan.liminaire, distincts, dire)
    return trouvees if len(trouvees) == len(exemplaires) else trouvees * len(exemplaires)


def _point_fixe(
    plan: Plan, liminaire: Liminaire, exemplaires: list[Exemplaire | None], dire: Callable[[str], None]
) -> list[Disposition]:
    """Suppose a length, lay out, compare. A length met again means that it swings: the longest is filled up."""
    depart = 1 + ceil(sum(entree.au_sommaire for entree in plan.entrees) / LIGNES_PAR_PAGE)
    supposees = [depart] * len(exemplaires)
    vues: list[set[int]] = [set() for _ in exemplaires]
    trouvees: list[Disposition | None] = [None] * len(exemplaires)
    while any(trouvee is None for trouvee in trouvees):
        rangs = [rang for rang, trouvee in enumerate(trouvees) if trouvee is None]
        feuilles = [_feuille(plan, liminaire, exemplaires[rang], supposees[rang]) for rang in rangs]
        dire("Sommaire")
        for rang, partie in zip(rangs, rendre_parties(feuilles, territoire=plan.territoire), strict=True):
            if partie.pages == supposees[rang] or (partie.pages < supposees[rang] in vues[rang]):
                trouvees[rang] = disposer(plan, partie, supposees[rang])
                continue
            vues[rang].add(supposees[rang])
            supposees[rang] = partie.pages if partie.pages not in vues[rang] else max(vues[rang] | {partie.pages})
    return [trouvee for trouvee in trouvees if trouvee is not None]


def _feuille(plan: Plan, liminaire: Liminaire, exemplaire: Exemplaire | None, longueur: int) -> Feuille:
    disposition = disposer(plan, None, longueur)
    qui = {"numero": exemplaire.numero, "destinataire": exemplaire.destinataire} if exemplaire else None
    ajoutes: dict[str, Any] = {
        "entrees": [
            {
                "titre": entree.titre,
                "niveau": entree.niveau,
                "cle": cle,
                "lien": f"partie:{cle}",
                "page": disposition.debuts[cle],
                "donnees": dict(entree.donnees),
            }
            for cle, entree in zip(plan.cles, plan.entrees, strict=True)
            if entree.au_sommaire
        ],
        "pages": disposition.debuts,
        "total_pages": disposition.total,
        "exemplaire": qui if liminaire.par_exemplaire else None,
        "exemplaires": len(plan.exemplaires),
    }
    return Feuille(liminaire.gabarit, {**liminaire.contexte, **ajoutes}, plan.audience, nom=plan.titre)
