"""Renderers: processes forked from the job's own, each laying out sheets one after the other.

They know no database, never collect garbage, and make room for a fresh one before they have grown; the kernel ends them
with their parent, however it dies. Where there is no such kernel (macOS), sheets are laid out in the job's process.
"""

import ctypes
import gc
import logging
import os
import signal
import sys
import traceback
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from typing import Any

from apps.core.erreurs import ErreurMetier

from .disque import disque, ecrire
from .habillage import Habillage
from .mise_en_page import MiseEnPage, preparer

journal = logging.getLogger(__name__)

PR_SET_PDEATHSIG = 1
FEUILLES_PAR_PROCESSUS = 60
GROSSI_DE = 100 * 1024 * 1024
ESSAIS = 2
PEUT_SE_DEDOUBLER = sys.platform == "linux"

TOMBEE = (
    "La mise en page de {nom} s’est arrêtée brutalement, sans doute par manque de mémoire. "
    "Raccourcissez ses textes, ou retirez-la de ce document."
)
IMPOSSIBLE = "{nom} n’a pas pu être mise en page."


@dataclass
class Commande:
    """A sheet to lay out, and where the part goes."""

    gabarit: str
    contexte: Mapping[str, Any]
    destination: Path
    nom: str
    essais: int = field(default=0)


class FeuilleImpossible(Exception):
    """A sheet that could not be laid out, for a reason noted in the log."""


def rendre(commandes: list[Commande], habillage: Habillage, processus: int) -> Iterator[tuple[Commande, int]]:
    """Lay the sheets out and write the parts, as they come: each with its number of pages.

    Raises ErreurMetier (a full disk, a sheet too large), FeuilleImpossible for what was not foreseen.
    """
    mise_en_page = preparer()
    if not PEUT_SE_DEDOUBLER:
        for commande in commandes:
            yield commande, _faire(mise_en_page, commande, habillage)
        return
    atelier = _Atelier(mise_en_page, habillage, min(processus, len(commandes)))
    try:
        yield from atelier.tourner(commandes)
    finally:
        atelier.fermer()


def _faire(mise_en_page: MiseEnPage, commande: Commande, habillage: Habillage) -> int:
    contenu, pages = mise_en_page.rendre(gabarit=commande.gabarit, contexte=commande.contexte, habillage=habillage)
    with disque():
        ecrire(commande.destination, contenu)
    return pages


@dataclass
class _Ouvrier:
    """One renderer: its process, the pipe to it, what it is doing."""

    pid: int
    lien: Connection
    commande: Commande | None = None

    def attendre(self) -> None:
        self.lien.close()
        os.waitpid(self.pid, 0)

    def tuer(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        self.attendre()


class _Atelier:
    """Hands sheets out, one at a time, and replaces the renderers that end."""

    def __init__(self, mise_en_page: MiseEnPage, habillage: Habillage, nombre: int) -> None:
        self.mise_en_page, self.habillage, self.nombre = mise_en_page, habillage, nombre
        self.ouvriers: dict[Connection, _Ouvrier] = {}

    def tourner(self, commandes: list[Commande]) -> Iterator[tuple[Commande, int]]:
        reste = list(reversed(commandes))
        while reste or any(ouvrier.commande for ouvrier in self.ouvriers.values()):
            self._distribuer(reste)
            for lien in wait(list(self.ouvriers)):
                ouvrier = self.ouvriers[lien]  # type: ignore[index]
                fait = self._entendre(ouvrier, reste)
                if fait is not None:
                    yield fait

    def _distribuer(self, reste: list[Commande]) -> None:
        """Something to do for each renderer that waits, and a renderer for each place."""
        while len(self.ouvriers) < self.nombre and len(reste) > self._oisifs():
            ouvrier = self._embaucher()
            self.ouvriers[ouvrier.lien] = ouvrier
        for ouvrier in self.ouvriers.values():
            if ouvrier.commande is None and reste:
                ouvrier.commande = reste.pop()
                ouvrier.commande.essais += 1
                try:
                    ouvrier.lien.send(ouvrier.commande)
                except OSError:
                    continue  # it has just died: its end is heard by `wait`

    def _oisifs(self) -> int:
        return sum(ouvrier.commande is None for ouvrier in self.ouvriers.values())

    def _entendre(self, ouvrier: _Ouvrier, reste: list[Commande]) -> tuple[Commande, int] | None:
        """What a renderer says: a part is done, it could not be, or nothing any more."""
        commande = ouvrier.commande
        try:
            genre, valeur, part = ouvrier.lien.recv()
        except (EOFError, OSError):
            self._congedier(ouvrier)
            if commande is not None:
                self._recommencer(commande, reste)
            return None
        assert commande is not None
        ouvrier.commande = None
        if part:
            self._congedier(ouvrier)
        if genre == "metier":
            raise ErreurMetier(valeur)
        if genre == "erreur":
            journal.error("Feuille %s : %s", commande.gabarit, valeur)
            raise FeuilleImpossible(IMPOSSIBLE.format(nom=commande.nom))
        return commande, valeur

    def _recommencer(self, commande: Commande, reste: list[Commande]) -> None:
        """Once more, in a fresh process; a sheet that fells two is the culprit."""
        if commande.essais >= ESSAIS:
            raise ErreurMetier(TOMBEE.format(nom=commande.nom))
        reste.append(commande)

    def _congedier(self, ouvrier: _Ouvrier) -> None:
        self.ouvriers.pop(ouvrier.lien)
        ouvrier.attendre()

    def _embaucher(self) -> _Ouvrier:
        ici, la_bas = Pipe()
        parent = os.getpid()
        with warnings.catch_warnings():
            # The thread that hears the worker's orders holds no lock: it waits for bytes.
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if pid == 0:
            _etre_ouvrier(self.mise_en_page, self.habillage, la_bas, parent)
        la_bas.close()
        return _Ouvrier(pid, ici)

    def fermer(self) -> None:
        """Nothing is left running, whatever happened."""
        for ouvrier in self.ouvriers.values():
            ouvrier.tuer()
        self.ouvriers.clear()


def _etre_ouvrier(mise_en_page: MiseEnPage, habillage: Habillage, lien: Connection, parent: int) -> None:
    """The life of a renderer. Never returns: what was copied from the parent must not be closed properly."""
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == parent:
            _se_detacher(lien)
            gc.disable()
            _servir(mise_en_page, habillage, lien)
    except (EOFError, OSError):
        pass  # the parent needs it no more
    finally:
        os._exit(0)


def _se_detacher(lien: Connection) -> None:
    """Keep the pipe and the log, nothing else: no connection to the database, no order meant for the parent."""
    garde = lien.fileno()
    os.closerange(3, garde)
    os.closerange(garde + 1, 4096)
    rien = os.open(os.devnull, os.O_RDONLY)
    os.dup2(rien, 0)


def _servir(mise_en_page: MiseEnPage, habillage: Habillage, lien: Connection) -> None:
    depart = _memoire()
    for rang in range(1, FEUILLES_PAR_PROCESSUS + 1):
        commande = lien.recv()
        try:
            reponse: tuple[str, Any] = ("fait", _faire(mise_en_page, commande, habillage))
        except ErreurMetier as erreur:
            reponse = ("metier", erreur.message)
        except MemoryError:
            reponse = ("metier", TOMBEE.format(nom=commande.nom))
        except Exception as erreur:
            lieux = "".join(traceback.format_tb(erreur.__traceback__))  # without the values that a message may hold
            reponse = ("erreur", f"{type(erreur).__name__}\n{lieux}")
        part = rang == FEUILLES_PAR_PROCESSUS or _memoire() - depart > GROSSI_DE
        lien.send((*reponse, part))
        if part:
            return


def _memoire() -> int:
    """Bytes held in memory by this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
