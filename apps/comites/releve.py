"""What a séance decided, point by point: named by number, shown with the names that its reader may know."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from apps.core.acces import Acces
from apps.fiches.models import FicheNavette

from .enums import ModePoint, NaturePoint
from .models import PointOrdreDuJour, Seance
from .noms import Nom, masque_de, nommer, noms_pour, numeros_cites
from .permissions import lit_le_point
from .services.brut import Brut, brut, points_traites


@dataclass(frozen=True)
class ActionDite:
    """One action in words: the holder under the name of that day."""

    qui: str
    quoi: str
    pour_le: date | None


@dataclass(frozen=True)
class LigneReleve:
    """One point for one reader; `decision` is empty when none was taken. A reserved point has no rank."""

    point_id: int
    rang: int | None
    titre: str
    sous_titre: str
    url: str = ""
    decision: str = ""
    motif: str = ""
    actions: list[ActionDite] = field(default_factory=list)


def textes_de(donnees: Brut) -> list[str]:
    """Every text in which a fiche may be cited."""
    return [donnees.get("decision", ""), donnees.get("motif", ""), *(a["quoi"] for a in donnees.get("actions", ()))]


def actions_dites(donnees: Brut, noms: dict[str, Nom]) -> list[ActionDite]:
    """The kept actions, named for this reader."""
    return [
        ActionDite(a["qui"], nommer(a["quoi"], noms), date.fromisoformat(a["pour_le"]) if a["pour_le"] else None)
        for a in donnees.get("actions", ())
    ]


def titre_de(nature: str, fiche: FicheNavette | None, titre: str, noms: dict[str, Nom]) -> tuple[str, str, str]:
    """(title, line under it, address): a fiche by its title for whoever reads it, by its number else."""
    if fiche is None:
        return titre or NaturePoint(nature).label, "", ""
    nom = noms.get(fiche.numero)
    if nom is None:
        return fiche.numero, "", ""
    return nom.titre, " · ".join(x for x in (fiche.numero, nom.qui) if x), nom.url


def lignes(acces: Acces, seance: Seance) -> list[LigneReleve]:
    """The relevé de décisions as `acces` may read it: no reserved point for a member, names by its own scope."""
    points = [p for p in points_traites(seance) if lit_le_point(acces, p)]
    masque = masque_de(seance)
    bruts = {p.pk: brut(p, masque) for p in points}
    titres = {p.pk: masque(p.titre) for p in points}
    noms = noms_pour(acces, seance, _numeros(points, bruts.values(), titres.values()))
    rangs = rangs_de(points)
    resultat = []
    for point in points:
        donnees = bruts[point.pk]
        titre, sous_titre, url = titre_de(point.nature, point.fiche, nommer(titres[point.pk], noms), noms)
        resultat.append(
            LigneReleve(
                point.pk, rangs[point.pk], titre, sous_titre, url, nommer(donnees["decision"], noms),
                nommer(donnees["motif"], noms), actions_dites(donnees, noms),
            )
        )  # fmt: skip
    return resultat


def rangs_de(points: Iterable[PointOrdreDuJour]) -> dict[int, int | None]:
    """1, 2, 3… as every reader counts: a reserved point takes no number."""
    rangs: dict[int, int | None] = {}
    dernier = 0
    for point in points:
        reserve = point.mode == ModePoint.RESERVE
        dernier += not reserve
        rangs[point.pk] = None if reserve else dernier
    return rangs


def _numeros(points: list[PointOrdreDuJour], bruts: Iterable[Brut], titres: Iterable[str]) -> set[str]:
    cites = numeros_cites(t for donnees in bruts for t in textes_de(donnees)) | numeros_cites(titres)
    return cites | {p.fiche.numero for p in points if p.fiche}
