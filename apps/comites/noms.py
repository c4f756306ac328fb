"""Names and numbers: minutes are written with the numbers of fiches, and named at reading for whoever may read these.

So an erasure, a corrected name or a withdrawn accord reaches what was written long ago.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db.models import QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from apps.acces.models import Affectation
from apps.core.acces import Acces
from apps.fiches.models import FicheNavette
from apps.personnes.models import Personne
from apps.territoires.models import Territoire

from .models import PointOrdreDuJour, Seance
from .permissions import lit_les_fiches

NUMERO = re.compile(r"\b[A-Z]{1,8}-\d{4}-\d{4,}\b", re.IGNORECASE)
CIVILITES = r"(?:(?:M\.|Monsieur) et (?:Mme|Madame)|M\.|Mme|Mlle|Monsieur|Madame|Mademoiselle)"
# A shorter name is too often a word of the language, or the beginning of one.
NOM_MINIMUM = 3


@dataclass(frozen=True)
class Nom:
    """What a reader who may read the fiche is told beside its number."""

    numero: str
    qui: str
    titre: str
    url: str


def numeros_cites(textes: Iterable[str]) -> set[str]:
    """The numbers written in texts, in capitals."""
    return {n.upper() for texte in textes for n in NUMERO.findall(texte or "")}


def qui_de(fiche: FicheNavette) -> str:
    """« Julien Lacoste et Marie Roux », else the enterprise; prefetch demandeurs__personne for several fiches."""
    personnes = [str(d.personne) for d in fiche.demandeurs.all()]
    if not personnes:
        return str(fiche.entreprise) if fiche.entreprise else ""
    return " et ".join((", ".join(personnes[:-1]), personnes[-1])) if len(personnes) > 1 else personnes[0]


def noms_pour(acces: Acces, seance: Seance, numeros: Iterable[str]) -> dict[str, Nom]:
    """The names of those fiches that this reader may read now; none in an anonymous séance. Two queries, or none."""
    voulus = set(numeros)
    if not voulus or not lit_les_fiches(acces, seance):
        return {}
    fiches = (
        FicheNavette.objects.visibles_par(acces)
        .filter(numero__in=voulus)
        .select_related("territoire", "entreprise")
        .prefetch_related("demandeurs__personne")
    )
    return {f.numero: Nom(f.numero, qui_de(f), f.titre, f.get_absolute_url()) for f in fiches}


def nommer(texte: str, noms: dict[str, Nom]) -> str:
    """« FN-2026-0042 (Julien Lacoste) »: the name stands at the first mention in the text."""
    return "".join(dit for dit, _nom in _morceaux(texte, noms))


def nommer_html(texte: str, noms: dict[str, Nom]) -> SafeString:
    """The same with a link to each fiche that the reader may open; everything else is escaped."""
    return format_html_join("", "{}", ((_html(dit, nom),) for dit, nom in _morceaux(texte, noms)))


def _html(dit: str, nom: Nom | None) -> str:
    if nom is None:
        return dit
    return format_html('<a href="{}">{}</a>{}', nom.url, nom.numero, dit[len(nom.numero) :])


def _morceaux(texte: str, noms: dict[str, Nom]) -> Iterable[tuple[str, Nom | None]]:
    """The text cut at the numbers that have a name, each with its words."""
    dits: set[str] = set()
    debut = 0
    for trouve in NUMERO.finditer(texte or ""):
        nom = noms.get(trouve.group().upper())
        if nom is None:
            continue
        yield texte[debut : trouve.start()], None
        suite = f" ({nom.qui})" if nom.qui and nom.numero not in dits else ""
        dits.add(nom.numero)
        yield nom.numero + suite, nom
        debut = trouve.end()
    yield (texte or "")[debut:], None


def _plat(texte: str) -> str:
    """Without accents nor typographic apostrophes, one character for one, so that positions stay those of the text."""
    decompose = (unicodedata.normalize("NFD", c)[:1] or c for c in texte)
    return "".join({"’": "'", "\u00a0": " ", "\u202f": " "}.get(c, c) for c in decompose)


def _motif(nom: str) -> str:
    return r"\s+".join(re.escape(m) for m in _plat(nom).split())


def _tel_quel(nom: str) -> str:
    """As a proper noun: capitalised or in capitals, never the common noun of the same letters."""
    formes = {_plat(nom).title(), _plat(nom).upper(), *({_plat(nom)} if nom[:1].isupper() else set())}
    return "|".join(sorted(map(_motif, formes)))


@dataclass(frozen=True)
class Appellation:
    """One name that stands for a fiche: a word to look for first, and the pattern of its forms."""

    mot: str
    formes: str
    numero: str

    @cached_property
    def motif(self) -> re.Pattern[str]:
        return re.compile(rf"(?<!\w)(?<!\w-)(?:{self.formes})(?!-?\w)")


def _de_personne(personne: Personne, numero: str, communs: frozenset[str]) -> Appellation | None:
    """« M. Lacoste », « Julien Lacoste », « J. Lacoste », and « Lacoste » alone unless it is somebody else's too."""
    nom, prenom = personne.nom.strip(), personne.prenom.strip()
    if len(nom) < NOM_MINIMUM:
        return None
    formes = []
    if prenom:
        entiers = rf"{_motif(prenom)}\s+{_motif(nom)}|{_motif(nom)}\s+{_motif(prenom)}"
        formes += [
            rf"(?i:(?:{CIVILITES}\s+)?(?:{entiers}))",
            rf"(?:{CIVILITES}\s+)?{re.escape(_plat(prenom[0]).upper())}\.\s*(?i:{_motif(nom)})",
        ]
    if _plat(nom).lower() not in communs:
        formes += [rf"(?i:{CIVILITES}\s+{_motif(nom)})", _tel_quel(nom)]
    return Appellation(_plat(nom).lower(), "|".join(formes), numero) if formes else None


def _d_entreprise(nom: str, numero: str, communs: frozenset[str]) -> Appellation | None:
    """Several words are known in any case; one alone as a proper noun, unless it is a place or a colleague."""
    nom = nom.strip()
    if len(nom) < NOM_MINIMUM or _plat(nom).lower() in communs:
        return None
    formes = rf"(?i:{_motif(nom)})" if len(nom.split()) > 1 else _tel_quel(nom)
    return Appellation(_plat(nom).lower().split()[0], formes, numero)


def noms_communs(territoire_id: int) -> frozenset[str]:
    """Surnames of those who work here and names of communes: alone, they are not taken for an applicant's."""
    gens = Affectation.objects.filter(territoire=territoire_id).values_list("utilisateur__nom", flat=True)
    communes = Territoire.objects.filter(pk=territoire_id).values_list("communes__nom", flat=True)
    return frozenset(_plat(n).lower() for n in (*gens, *communes) if n)


class Masque:
    """Puts the number of a fiche where a text names its applicants or its enterprise."""

    def __init__(self, fiches: Iterable[FicheNavette], territoire_id: int) -> None:
        self._par_numero: dict[str, list[Appellation]] = {}
        fiches = list(fiches)
        communs = noms_communs(territoire_id) if fiches else frozenset()
        for fiche in fiches:
            self._par_numero[fiche.numero] = sorted(_appellations(fiche, communs), key=lambda a: -len(a.formes))

    def __call__(self, texte: str, numero: str = "") -> str:
        """`numero`: the fiche that the text is about, tried before its namesakes."""
        if not texte:
            return ""
        ordre = sorted(self._par_numero.items(), key=lambda x: x[0] != numero)
        for _numero, appellations in ordre:
            for appellation in appellations:
                texte = _remplacer(texte, appellation)
        return texte


def _appellations(fiche: FicheNavette, communs: frozenset[str]) -> list[Appellation]:
    trouvees = [_de_personne(d.personne, fiche.numero, communs) for d in fiche.demandeurs.all()]
    if fiche.entreprise is not None:
        noms = {fiche.entreprise.nom, fiche.entreprise.enseigne}
        trouvees += [_d_entreprise(n, fiche.numero, communs) for n in sorted(noms)]
    return [a for a in trouvees if a is not None]


def _remplacer(texte: str, appellation: Appellation) -> str:
    plat = _plat(texte)
    if appellation.mot.split()[0] not in plat.lower():
        return texte
    morceaux, debut = [], 0
    for trouve in appellation.motif.finditer(plat):
        morceaux += [texte[debut : trouve.start()], appellation.numero]
        debut = trouve.end()
    if not morceaux:
        return texte
    numero = re.escape(appellation.numero)
    # « FN-2026-0042 (Julien Lacoste) » typed or pasted says it once.
    return re.sub(
        rf"{numero}(?:\s*\({numero}\)|,?\s+{numero}\b)+", appellation.numero, "".join(morceaux) + texte[debut:]
    )


def masque_de(seance: Seance) -> Masque:
    """Every fiche that the séance speaks of, whoever reads."""
    points = PointOrdreDuJour.objects.filter(seance=seance, fiche__isnull=False)
    fiches = FicheNavette.objects.filter(pk__in=points.values("fiche"))
    return Masque(_avec_noms(fiches), seance.territoire_id)


def masque_lisible(acces: Acces, seance: Seance) -> Masque:
    """Only those that `acces` may read: a number must not tell somebody whose name they guess."""
    points = PointOrdreDuJour.objects.filter(seance=seance, fiche__isnull=False)
    fiches = FicheNavette.objects.visibles_par(acces).filter(pk__in=points.values("fiche"))
    return Masque(_avec_noms(fiches), seance.territoire_id)


def _avec_noms(fiches: QuerySet[FicheNavette]) -> QuerySet[FicheNavette]:
    return fiches.select_related("entreprise").prefetch_related("demandeurs__personne")
