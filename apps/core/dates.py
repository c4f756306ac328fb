"""Working days, with French public holidays (Alsace-Moselle's own ones left out)."""

from datetime import date, timedelta
from functools import lru_cache

import holidays


@lru_cache(maxsize=32)
def feries(annee: int) -> frozenset[date]:
    """The public holidays of metropolitan France in a year (Code du travail, art. L3133-1)."""
    return frozenset(holidays.country_holidays("FR", years=annee))


@lru_cache(maxsize=32)
def _noms_feries(annee: int) -> dict[date, str]:
    return dict(holidays.country_holidays("FR", years=annee, language="fr"))


def nom_ferie(jour: date) -> str:
    """« Ascension », « Fête du Travail »: the name of a public holiday; empty on any other day."""
    return _noms_feries(jour.year).get(jour, "")


def est_ouvre(jour: date) -> bool:
    """Monday to Friday, not a public holiday."""
    return jour.weekday() < 5 and jour not in feries(jour.year)


def ajouter_jours_ouvres(jour: date, nombre: int) -> date:
    """The date `nombre` working days after `jour` (0: the day itself, or the next working day)."""
    if nombre == 0:
        while not est_ouvre(jour):
            jour += timedelta(days=1)
        return jour
    while nombre > 0:
        jour += timedelta(days=1)
        if est_ouvre(jour):
            nombre -= 1
    return jour


def jours_ouvres_entre(debut: date, fin: date) -> int:
    """Working days after `debut` up to and including `fin`; 0 when `fin` is not after `debut`."""
    return sum(est_ouvre(debut + timedelta(days=i)) for i in range(1, (fin - debut).days + 1))


def ajouter_mois(jour: date, mois: int) -> date:
    """The same day `mois` months later, or the last day of that month."""
    total = jour.month - 1 + mois
    annee, rang = jour.year + total // 12, total % 12 + 1
    for quantieme in range(jour.day, 27, -1):
        try:
            return date(annee, rang, quantieme)
        except ValueError:
            continue
    return date(annee, rang, jour.day)
