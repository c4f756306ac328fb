"""Two note-takers on one text: a three-way merge, by lines then by words, that never loses what either wrote."""

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from apps.core.texte import nettoyer

MOTS_MAX = 4000
_MOTS = re.compile(r"\n|[^\S\n]+|\S+")


@dataclass(frozen=True)
class Fusion:
    """The text to keep. `conflit`: both rewrote the same words, and both versions are in it, one under the other."""

    texte: str
    fusionnee: bool = False
    conflit: bool = False


@dataclass(frozen=True)
class _Changement:
    """`de`..`a` of the base becomes `par`, on one side."""

    cote: int
    de: int
    a: int
    par: tuple[str, ...]


def fusionner(*, base: str, mien: str, leur: str) -> Fusion:
    """`mien` and `leur` both come from `base`: what each added is kept."""
    base, mien, leur = nettoyer(base), nettoyer(mien), nettoyer(leur)
    if leur in (base, mien):
        return Fusion(mien)
    if mien == base:
        return Fusion(leur, fusionnee=True)
    conflits: list[str] = []

    def trancher(b: str, m: str, t: str) -> str:
        par_mots = _par_mots(b, m, t)
        if par_mots is not None:
            return par_mots
        return _les_deux(b, m, t, conflits)

    lignes = _trois_voies(base.splitlines(True), mien.splitlines(True), leur.splitlines(True), trancher)
    return Fusion(nettoyer(lignes or ""), fusionnee=True, conflit=bool(conflits))


def _par_mots(base: str, mien: str, leur: str) -> str | None:
    """Changes to different words of one line stand together; None when they touch the same words."""
    if mien.startswith(leur) or leur.startswith(mien):
        return max(mien, leur, key=len)
    mots_b, mots_m, mots_l = (_MOTS.findall(t) for t in (base, mien, leur))
    if max(len(mots_b), len(mots_m), len(mots_l)) > MOTS_MAX:
        return None
    return _trois_voies(mots_b, mots_m, mots_l, _le_plus_long)


def _le_plus_long(base: str, mien: str, leur: str) -> str | None:
    """One went on where the other stopped."""
    return max(mien, leur, key=len) if mien.startswith(leur) or leur.startswith(mien) else None


def _les_deux(base: str, mien: str, leur: str, conflits: list[str]) -> str:
    """Both at the same place: what was added comes on a line of its own; what was rewritten is kept twice, and said."""
    fin = "\n" if mien.endswith("\n") or leur.endswith("\n") else ""
    origine, mien, leur = base.rstrip(), mien.rstrip(), leur.rstrip()
    if _prolonge(mien, origine) and _prolonge(leur, origine):
        commun = _lignes_communes(mien, leur, origine)
        suite_m, suite_l = mien[len(commun) :], leur[len(commun) :]
        if suite_l.startswith("\n"):
            return f"{commun}{suite_m}{suite_l}{fin}"
        return f"{commun}{suite_l}\n{suite_m.strip()}{fin}"
    if _prolonge(mien, origine):
        return f"{leur}\n{mien[len(origine) :].strip()}{fin}"
    if _prolonge(leur, origine):
        return f"{mien}\n{leur[len(origine) :].strip()}{fin}"
    conflits.append(mien)
    return f"{leur}\n{mien}{fin}"


def _prolonge(texte: str, origine: str) -> bool:
    """It is the former text and something after it, no word of it changed."""
    suite = texte[len(origine) :]
    return texte.startswith(origine) and (not origine or suite[:1].isspace() or not suite[:1].isalnum())


def _lignes_communes(mien: str, leur: str, origine: str) -> str:
    """The former text with what both have already added under it or after it, when one of them then goes to a line."""
    egaux = zip(mien, leur, strict=False)
    commun = mien[: next((i for i, (a, b) in enumerate(egaux) if a != b), min(len(mien), len(leur)))]
    fins = [t[len(commun) :] for t in (mien, leur)]
    if any(f.startswith("\n") for f in fins) and all(not f[:1].isalnum() for f in fins):
        return commun
    return origine


def _changements(cote: int, base: Sequence[str], autre: Sequence[str]) -> list[_Changement]:
    comparateur = difflib.SequenceMatcher(None, base, autre, autojunk=False)
    return [
        _Changement(cote, i1, i2, tuple(autre[j1:j2]))
        for genre, i1, i2, j1, j2 in comparateur.get_opcodes()
        if genre != "equal"
    ]


def _se_touchent(groupe: list[_Changement], suivant: _Changement) -> bool:
    de, a = min(c.de for c in groupe), max(c.a for c in groupe)
    return suivant.de < a or (suivant.de == de and suivant.a == a)


def _trois_voies(
    base: Sequence[str], mien: Sequence[str], leur: Sequence[str], decider: Callable[[str, str, str], str | None]
) -> str | None:
    """The base with both lists of changes applied; None as soon as `decider` cannot say."""
    tous = sorted([*_changements(0, base, mien), *_changements(1, base, leur)], key=lambda c: (c.de, c.a, c.cote))
    groupes: list[list[_Changement]] = []
    for changement in tous:
        if groupes and _se_touchent(groupes[-1], changement):
            groupes[-1].append(changement)
        else:
            groupes.append([changement])
    sortie, rang = [], 0
    for groupe in groupes:
        de, a = min(c.de for c in groupe), max(c.a for c in groupe)
        textes = [_appliquer(base, de, a, [c for c in groupe if c.cote == cote]) for cote in (0, 1)]
        initial = "".join(base[de:a])
        if textes[0] == initial or textes[0] == textes[1]:
            choisi: str | None = textes[1]
        elif textes[1] == initial:
            choisi = textes[0]
        else:
            choisi = decider(initial, textes[0], textes[1])
        if choisi is None:
            return None
        sortie += [*base[rang:de], choisi]
        rang = a
    return "".join([*sortie, *base[rang:]])


def _appliquer(base: Sequence[str], de: int, a: int, changements: list[_Changement]) -> str:
    """One side's text of a stretch of the base."""
    sortie, rang = [], de
    for c in changements:
        sortie += [*base[rang : c.de], *c.par]
        rang = c.a
    return "".join([*sortie, *base[rang:a]])
