"""What an app inscribes to have its jobs done. A bare function is an Executeur with the defaults."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from apps.core.registres import executeurs

from .models import Travail


class TravailAnnule(Exception):
    """Raised by `avancement` when the job must stop: cancelled, or no longer ours."""


class Avancement(Protocol):
    """Says how far the job is. Cheap to call for each row; raises TravailAnnule when it must stop."""

    def __call__(self, fait: int, total: int | None = None, message: str = "") -> None: ...


@dataclass(frozen=True)
class Executeur:
    """How a kind of job is done and shown.

    fonction: (travail, avancement) -> result, a small JSON dict of identifiers. It runs in the territoire's scope; on
     PostgreSQL in one transaction that also marks the job done, so that its effects are kept once or not at all. On
     SQLite it opens its own transactions, for a long one would stop every other writer.
    processus: in a child process with an enforced time limit. False is for what takes a second or so.
    duree_max: seconds; TRAVAUX_DUREE_MAX by default.
    libelle: what the progress page calls it (« Export des fiches »).
    resultat_url: (travail) -> where its result is, or "" ; called in the scope of the reader once the job is done.
    resultat_libelle: words of that link.
    """

    fonction: Callable[[Travail, Avancement], dict[str, Any] | None]
    processus: bool = True
    duree_max: int | None = None
    libelle: str = "Travail"
    resultat_url: Callable[[Travail], str] | None = None
    resultat_libelle: str = "Voir le résultat"


def executeur_de(genre: str) -> Executeur:
    """The executor of a kind of job. Raises KeyError when nobody inscribed it."""
    entree = executeurs[genre]
    return entree if isinstance(entree, Executeur) else Executeur(entree)
