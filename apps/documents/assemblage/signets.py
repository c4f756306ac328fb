"""The outline (bookmarks) of a file."""

from dataclasses import dataclass

import pikepdf
from pikepdf import OutlineItem


@dataclass(frozen=True)
class Repere:
    """One entry: its depth from 1, its words, its page from 0."""

    niveau: int
    titre: str
    page: int


def ecrire_signets(pdf: pikepdf.Pdf, reperes: list[Repere]) -> None:
    """Each entry hangs under the last one of a lesser depth."""
    if not reperes:
        return
    with pdf.open_outline() as signets:
        pile: list[tuple[int, OutlineItem]] = []
        for repere in reperes:
            signet = OutlineItem(repere.titre, repere.page, "XYZ", top=float(pdf.pages[repere.page].MediaBox[3]))
            while pile and pile[-1][0] >= repere.niveau:
                pile.pop()
            (pile[-1][1].children if pile else signets.root).append(signet)
            pile.append((repere.niveau, signet))
