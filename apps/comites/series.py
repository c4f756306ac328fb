"""« The 1st and 3rd Thursday »: the days of a series, public holidays set apart."""

import calendar
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from apps.core.dates import nom_ferie

from .enums import JourSemaine, RangMois

DATES_MAX = 120


@dataclass(frozen=True)
class DateDeSerie:
    """One day of the series; a holiday or a day already taken says so and is not kept."""

    jour: date
    ferie: str = ""
    deja: str = ""

    @property
    def est_retenue(self) -> bool:
        return not self.ferie and not self.deja


def _mois(du: date, au: date) -> Iterator[tuple[int, int]]:
    annee, mois = du.year, du.month
    while (annee, mois) <= (au.year, au.month):
        yield annee, mois
        annee, mois = (annee + 1, 1) if mois == 12 else (annee, mois + 1)


def _du_mois(annee: int, mois: int, jour_semaine: int, rangs: set[str]) -> list[date]:
    """The wanted ones among the Thursdays of a month; the last may be the 4th or the 5th, and is kept once."""
    jours = [s[jour_semaine] for s in calendar.monthcalendar(annee, mois) if s[jour_semaine]]
    voulus = {int(r) - 1 for r in rangs if r != RangMois.DERNIER}
    if RangMois.DERNIER in rangs:
        voulus.add(len(jours) - 1)
    return [date(annee, mois, jours[rang]) for rang in sorted(voulus) if rang < len(jours)]


def dates_de(
    *,
    rangs: Iterable[str],
    jour_semaine: int,
    du: date,
    au: date,
    prises: dict[date, str] | None = None,
) -> list[DateDeSerie]:
    """Every day of the series from `du` to `au`, in order; `prises`: days already taken, with a séance's number."""
    prises = prises or {}
    voulus = set(rangs)
    trouves = [j for a, m in _mois(du, au) for j in _du_mois(a, m, jour_semaine, voulus) if du <= j <= au]
    return [DateDeSerie(j, nom_ferie(j), prises.get(j, "")) for j in trouves[:DATES_MAX]]


def serie_dite(rangs: Iterable[str], jour_semaine: int) -> str:
    """« 1er et 3e jeudi du mois »."""
    noms = [RangMois(r).label for r in RangMois.values if r in set(rangs)]
    dits = noms[0] if len(noms) == 1 else f"{', '.join(noms[:-1])} et {noms[-1]}"
    return f"{dits} {JourSemaine(jour_semaine).label} du mois"
