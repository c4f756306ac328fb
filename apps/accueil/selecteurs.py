"""What the home pages gather from the registries: each app answers for its own, already scoped."""

from collections import Counter
from datetime import date
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from apps.core import registres
from apps.core.acces import Acces
from apps.core.registres import Avis, Compteur, Ligne, Trouvaille

LIGNES_ACCUEIL = 8
# On the home page, so that ten new requests do not hide a fiche that waits for one word.
LIGNES_PAR_GENRE = 3
TROUVAILLES_PAR_GENRE = 8


def lignes_a_traiter(acces: Acces) -> list[Ligne]:
    """Everything that waits for this person, the most pressing kind first, the oldest first within a kind."""
    lignes = [ligne for _, fournir in registres.a_traiter for ligne in fournir(acces)]
    return sorted(lignes, key=lambda ligne: (ligne.rang, _jour(ligne.depuis)))


def premieres_lignes(lignes: list[Ligne]) -> list[Ligne]:
    """The lines of the home page: some of each kind, the most pressing kinds first, then whatever still fits."""
    par_rang: Counter[int] = Counter()
    retenues, reste = [], []
    for ligne in lignes:
        par_rang[ligne.rang] += 1
        (retenues if par_rang[ligne.rang] <= LIGNES_PAR_GENRE else reste).append(ligne)
    choisies = retenues[:LIGNES_ACCUEIL]
    choisies += reste[: LIGNES_ACCUEIL - len(choisies)]
    return sorted(choisies, key=lambda ligne: (ligne.rang, _jour(ligne.depuis)))


def _jour(moment: Any) -> date:
    return moment.date() if hasattr(moment, "date") else moment


def compteurs(acces: Acces) -> list[Compteur]:
    """The counters of the home page, in their order."""
    return sorted((c for _, fournir in registres.compteurs for c in fournir(acces)), key=lambda c: c.ordre)


def avis(acces: Acces) -> list[Avis]:
    """The sentences of « À savoir »."""
    return [a for _, fournir in registres.a_savoir for a in fournir(acces)]


def chiffres_de_l_annee(acces: Acces, annee: int) -> list[tuple[str, str]]:
    """Figures without a name."""
    return [ligne for _, fournir in registres.chiffres for ligne in fournir(acces, annee)]


def panneaux(
    registre: registres.Registre[Any], acces: Acces, request: Any, premiers: tuple[str, ...] = ()
) -> list[SafeString]:
    """The panels of a home page, rendered: those named first, the others in the order of their registry."""
    trouves = [fournir(acces) for _, fournir in sorted(registre, key=lambda entree: entree[0] not in premiers)]
    return [render_to_string(gabarit, contexte, request=request) for gabarit, contexte in filter(None, trouves)]


def trouver(acces: Acces, saisie: str) -> list[tuple[str, list[Trouvaille]]]:
    """Findings of every provider, grouped by kind; nothing for an empty search."""
    if not saisie.strip():
        return []
    groupes: dict[str, list[Trouvaille]] = {}
    for _, chercher in registres.recherches:
        for trouvaille in chercher(acces, saisie, TROUVAILLES_PAR_GENRE):
            groupes.setdefault(trouvaille.genre, []).append(trouvaille)
    return list(groupes.items())
