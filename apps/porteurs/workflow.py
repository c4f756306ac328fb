"""The stages of a projet: which one may follow which."""

from apps.core.erreurs import TransitionInterdite

from .enums import StadeProjet

EN_CHEMIN = frozenset(
    {
        StadeProjet.IDEE,
        StadeProjet.ETUDE,
        StadeProjet.MONTAGE,
        StadeProjet.FINANCEMENT,
        StadeProjet.IMMATRICULATION,
    }
)
# A projet goes back as well as forward; « lancé » wants an entreprise, and an abandoned projet may be taken up again.
SUITES: dict[str, frozenset[str]] = {
    **{stade: (EN_CHEMIN | {StadeProjet.LANCE, StadeProjet.ABANDONNE}) - {stade} for stade in EN_CHEMIN},
    StadeProjet.LANCE: frozenset({StadeProjet.IMMATRICULATION, StadeProjet.ABANDONNE}),
    StadeProjet.ABANDONNE: EN_CHEMIN,
}


def suites(stade: str, *, a_entreprise: bool) -> list[StadeProjet]:
    """The stages that may follow, in their order."""
    possibles = SUITES[stade] - (set() if a_entreprise else {StadeProjet.LANCE})
    return [s for s in StadeProjet if s in possibles]


def verifier(depuis: str, vers: str, *, a_entreprise: bool) -> None:
    """Raises TransitionInterdite with what to do instead."""
    if depuis == vers:
        raise TransitionInterdite(f"Le projet est déjà au stade « {StadeProjet(vers).label} ».")
    if vers == StadeProjet.LANCE and not a_entreprise:
        raise TransitionInterdite("Pour dire le projet lancé, indiquez d’abord l’entreprise née du projet.")
    if vers not in SUITES[depuis]:
        raise TransitionInterdite(
            f"Un projet « {StadeProjet(depuis).label} » ne passe pas au stade « {StadeProjet(vers).label} »."
        )
