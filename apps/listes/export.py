"""What is shown, taken away as CSV or XLSX: every page, the filters in the title, no live formula."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from .liste import Colonne, Liste

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
LOT = 1000
# A cell that starts so is a formula for one spreadsheet or another (tab and return are skipped by some of them).
_FORMULE = re.compile(r"^[\s\u00a0]*[=+\-@\uff1d\uff0b\uff0d\uff20|%]|^[\t\r\n]")
_ILLISIBLES = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def neutraliser(texte: str) -> str:
    """A text that no spreadsheet runs: an apostrophe before what looks like a formula."""
    texte = _ILLISIBLES.sub("", texte)[:32000]
    return f"'{texte}" if _FORMULE.match(texte) else texte


def _valeur(colonne: Colonne, objet: Any) -> Any:
    valeur = colonne.exportee(objet) if colonne.exportee else colonne.lire(objet)
    if valeur is None:
        return ""
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, datetime):
        return timezone.localtime(valeur).replace(tzinfo=None, microsecond=0) if timezone.is_aware(valeur) else valeur
    if isinstance(valeur, (date, int, float, Decimal)):
        return valeur
    texte = strip_tags(valeur) if isinstance(valeur, SafeString) else str(valeur)
    return neutraliser(texte)


def titre(liste: Liste, le: datetime | None = None) -> str:
    """« Fiches navettes · État : ouverte · 12 fiches · exporté le 23/11/2026 à 10:05 »."""
    moment = timezone.localtime(le or timezone.now())
    total = f"{liste.total} {liste.nom_pluriel if liste.total > 1 else liste.nom}"
    filtres = [f"{a['libelle']} : {a['valeur']}" for a in liste.actifs] or ["sans filtre"]
    return " · ".join([liste.titre, *filtres, total, f"exporté le {moment:%d/%m/%Y à %H:%M}"])


def _objets(liste: Liste) -> Iterator[Any]:
    """All rows, batch by batch, each completed together as a page would be."""
    tous = iter(liste.resultat().iterator(chunk_size=LOT))
    while lot := list(islice(tous, LOT)):
        liste.preparer(lot)
        yield from lot


def en_csv(liste: Liste) -> bytes:
    """UTF-8 with its mark and « ; »: what a French spreadsheet opens with a double click."""
    colonnes = [c for c in liste.colonnes if c.export]
    sortie = io.StringIO(newline="")
    ecrivain = csv.writer(sortie, delimiter=";", lineterminator="\r\n")
    ecrivain.writerow([neutraliser(titre(liste))])
    ecrivain.writerow([neutraliser(c.libelle or c.cle) for c in colonnes])
    for objet in _objets(liste):
        ecrivain.writerow([_ecrite(_valeur(c, objet)) for c in colonnes])
    return b"\xef\xbb\xbf" + sortie.getvalue().encode("utf-8")


def _ecrite(valeur: Any) -> str:
    """Dates and numbers as a French spreadsheet reads them."""
    if isinstance(valeur, datetime):
        return f"{valeur:%d/%m/%Y %H:%M}"
    if isinstance(valeur, date):
        return f"{valeur:%d/%m/%Y}"
    if isinstance(valeur, (float, Decimal)):
        return str(valeur).replace(".", ",")
    return str(valeur)


def en_xlsx(liste: Liste) -> bytes:
    """One sheet: the title, the heads in bold and frozen, the rows; texts stay texts, numbers and dates themselves."""
    colonnes = [c for c in liste.colonnes if c.export]
    classeur = Workbook(write_only=True)
    feuille = classeur.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", liste.titre)[:31] or "Liste")
    feuille.freeze_panes = "A3"
    for rang in range(1, len(colonnes) + 1):
        feuille.column_dimensions[get_column_letter(rang)].width = 40 if rang == 1 else 22

    def texte(valeur: str, *, gras: bool = False) -> WriteOnlyCell:
        cellule = WriteOnlyCell(feuille, value=valeur)
        cellule.data_type = "s"
        if gras:
            cellule.font = Font(bold=True)
        return cellule

    feuille.append([texte(neutraliser(titre(liste)), gras=True)])
    feuille.append([texte(neutraliser(c.libelle or c.cle), gras=True) for c in colonnes])
    for objet in _objets(liste):
        valeurs = [_valeur(c, objet) for c in colonnes]
        feuille.append([texte(v) if isinstance(v, str) else v for v in valeurs])
    sortie = io.BytesIO()
    classeur.save(sortie)
    return sortie.getvalue()
