"""Write whole files or none, and say a full disk to the person who asked, in words that lead somewhere."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from apps.core.erreurs import ErreurMetier

PARTIEL = ".partiel"
PLEIN = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
MESSAGE = (
    "Il n’y a plus assez de place sur le serveur pour ranger ce document. Rien n’a été perdu\u00a0: "
    "demandez à l’administrateur de libérer de l’espace, puis relancez-le."
)


@contextmanager
def disque() -> Iterator[None]:
    """Turn « no space left » into ErreurMetier; every other error passes through."""
    try:
        yield
    except OSError as erreur:
        if erreur.errno in PLEIN:
            raise ErreurMetier(MESSAGE) from erreur
        raise


def ecrire(destination: Path, contenu: bytes) -> None:
    """Write under a temporary name of this process, then rename: a file under its final name is whole."""
    destination.parent.mkdir(parents=True, exist_ok=True)
    partiel = destination.with_name(f"{destination.name}.{os.getpid()}{PARTIEL}")
    try:
        with partiel.open("wb") as sortie:
            sortie.write(contenu)
            sortie.flush()
            os.fsync(sortie.fileno())
        if settings.FILE_UPLOAD_PERMISSIONS is not None:
            partiel.chmod(settings.FILE_UPLOAD_PERMISSIONS)
        partiel.rename(destination)
    except BaseException:
        partiel.unlink(missing_ok=True)
        raise
