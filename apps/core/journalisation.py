"""Logs carry a request id and no personal data, whoever writes them: Django, Celery, a library, ourselves.

A line keeps its words, the numbers given with it, the path without its keys, and of an exception its class and the
places that it went through. Never a request (tracking keys, searched names), nor an exception's message (a refused
row is quoted in it), nor an object (its name may be a person's).
"""

import logging
import re
import traceback
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from pythonjsonlogger.json import JsonFormatter

requete_courante: ContextVar[str] = ContextVar("requete_courante", default="-")

MASQUE = "…"
# Parts of an address that say nothing of a person and open nothing by themselves; any other part is masked.
PARTIES_SURES = frozenset({"territoire", "numero", "reference", "pk", "etape"})
# Of another kind than what the message says: Celery gives the words of errors, and what a task was given.
MOTS_INTERDITS = frozenset({"exc", "traceback", "args", "kwargs", "return_value", "request"})
SEGMENT_MAX = 16
LIEUX_MAX = 40
_GARDES = ("name", "levelname", "levelno", "created", "msecs", "relativeCreated", "requete")
_MASQUES = (
    (re.compile(r"\b([a-z][a-z0-9+]*://)\S+", re.I), rf"\1{MASQUE}"),
    (re.compile(r"\?\S*=\S*"), f"?{MASQUE}"),
    (re.compile(r"[^\s<>\"'(]+@[^\s<>\"')]+"), MASQUE),
    (re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b"), MASQUE),
    (re.compile(r"\b[\w:=-]{20,}\b"), lambda m: MASQUE if _est_opaque(m.group()) else m.group()),
)


class FiltreRequete(logging.Filter):
    """Adds the id of the request under way to each record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.requete = requete_courante.get()
        return True


def _est_opaque(mot: str) -> bool:
    """A key rather than words: digits, or capitals in the middle."""
    return any(c.isdigit() for c in mot) or any(c.isupper() for c in mot[1:])


def masquer(texte: str) -> str:
    """Without addresses of any kind, query strings and keys."""
    for motif, remplacement in _MASQUES:
        texte = motif.sub(remplacement, texte)
    return texte


def chemin_masque(requete: HttpRequest) -> str:
    """The path without what opens something: « /figeac/suivi/…/ »."""
    chemin = requete.path
    trouve = getattr(requete, "resolver_match", None)
    if trouve is None:
        return "/".join(
            MASQUE if len(s) >= SEGMENT_MAX or not s.isascii() or "@" in s else s for s in chemin.split("/")
        )
    secrets = [str(v) for nom, v in trouve.kwargs.items() if nom not in PARTIES_SURES and str(v)]
    for valeur in sorted([*secrets, *map(str, trouve.args)], key=len, reverse=True):
        chemin = chemin.replace(valeur, MASQUE)
    return chemin


def _valeur(valeur: Any) -> Any:
    """What may be written of an argument: words, numbers, dates and paths of files; of anything else, its class."""
    if isinstance(valeur, HttpRequest):
        return chemin_masque(valeur)
    if valeur is None or isinstance(valeur, str | int | float | date | Path):
        return valeur
    return type(valeur).__name__


def _message(record: logging.LogRecord) -> str:
    requete = getattr(record, "request", None)
    if not isinstance(record.msg, str):
        return str(_valeur(record.msg))
    if record.name.startswith("django.security.") and not record.args:
        return record.name.removeprefix("django.security.")  # the message quotes what was received
    arguments: Any = record.args
    if isinstance(arguments, Mapping):
        arguments = {n: MASQUE if n in MOTS_INTERDITS else _valeur(v) for n, v in arguments.items()}
    elif arguments:
        arguments = tuple(_valeur(v) for v in arguments)
    try:
        texte = record.msg % arguments if arguments else record.msg
    except (TypeError, ValueError):
        texte = record.msg  # a class's name where a number was expected: the words alone
    if isinstance(requete, HttpRequest) and len(requete.path) > 1:
        texte = texte.replace(requete.get_full_path(), chemin_masque(requete))
        texte = texte.replace(requete.path, chemin_masque(requete))
    return masquer(texte)


def _chaine(erreur: BaseException) -> Iterator[BaseException]:
    """The error, then what it came from."""
    vues: set[int] = set()
    suivante: BaseException | None = erreur
    while suivante is not None and id(suivante) not in vues:
        vues.add(id(suivante))
        yield suivante
        suivante = suivante.__cause__ or (None if suivante.__suppress_context__ else suivante.__context__)


def _lieux(erreur: BaseException) -> list[str]:
    """« apps/fiches/services/ouverture.py:84 ouvrir », outermost first, without the values of any variable."""
    racine = f"{settings.BASE_DIR}/"
    cadres = traceback.extract_tb(erreur.__traceback__)[-LIEUX_MAX:]
    return [f"{c.filename.removeprefix(racine)}:{c.lineno} {c.name}" for c in cadres]


def assainir(record: logging.LogRecord) -> logging.LogRecord:
    """A copy with only what may be written; the record itself is left to its other handlers."""
    propre: dict[str, Any] = {nom: getattr(record, nom, "-") for nom in _GARDES}
    propre["msg"] = _message(record)
    ordinaires = logging.makeLogRecord({}).__dict__
    propre |= {
        nom: v
        for nom, v in record.__dict__.items()
        if nom not in ordinaires and nom not in propre and isinstance(v, int | float)
    }
    if statut := propre.pop("status_code", None):
        propre["statut"] = statut
    requete = getattr(record, "request", None)
    if isinstance(requete, HttpRequest):
        propre |= {"methode": requete.method, "chemin": chemin_masque(requete)}
    erreur = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
    if erreur is not None:
        propre["exception"] = " < ".join(f"{type(e).__module__}.{type(e).__qualname__}" for e in _chaine(erreur))
        propre["lieux"] = _lieux(erreur)
    return logging.makeLogRecord(propre)


class FormatJson(JsonFormatter):
    """One JSON object a line."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s %(requete)s", json_ensure_ascii=False)

    def format(self, record: logging.LogRecord) -> str:
        return super().format(assainir(record))


class FormatTexte(logging.Formatter):
    """The same for a person's eyes: what is more than words follows on its own lines."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name} [{requete}] {message}", style="{")

    def format(self, record: logging.LogRecord) -> str:
        propre = assainir(record)
        lignes = [super().format(propre)]
        donnees = propre.__dict__
        if "chemin" in donnees:
            lignes.append(f"  {donnees['methode']} {donnees['chemin']} {donnees.get('statut', '')}".rstrip())
        if "exception" in donnees:
            lignes += [f"  {donnees['exception']}", *(f"    {lieu}" for lieu in donnees["lieux"])]
        return "\n".join(lignes)


__all__ = ["FiltreRequete", "FormatJson", "FormatTexte", "assainir", "chemin_masque", "masquer", "requete_courante"]
