"""Links of the assembled file: to the pages of its parts, described for those who hear them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pikepdf import Array, Dictionary, Name, Page, String

LIEN = "partie:"
IMPRIMABLE = 4


@dataclass(frozen=True)
class Cible:
    """Where « partie:<cle> » leads, and how it is said."""

    page: Dictionary
    nom: str


def relier(pages: Iterable[Page], cibles: Mapping[str, Cible]) -> None:
    """Turn « partie:<cle> » into a link to a page; one to a part that is not in this document leads nowhere else."""
    for page in pages:
        for annotation in page.obj.get("/Annots", Array()):
            if annotation.get("/Subtype") != "/Link":
                continue
            annotation.F = IMPRIMABLE
            adresse = str(annotation.get("/A", Dictionary()).get("/URI", ""))
            if adresse.startswith(LIEN):
                cible = cibles.get(adresse.removeprefix(LIEN), Cible(page.obj, "Cette page"))
                del annotation["/A"]
                annotation.Dest = _destination(cible.page)
                annotation.Contents = String(cible.nom)
            elif "/Contents" not in annotation:
                annotation.Contents = String(adresse or "Lien vers une autre page")


def _destination(page: Any) -> Array:
    """The top of a page, at the zoom of the reader."""
    return Array([page, Name.XYZ, None, page.MediaBox[3], None])
