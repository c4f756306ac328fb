"""Write the access log, and let it go after a year."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.journalisation import requete_courante

from .models import GenreAcces, Trace

journal = logging.getLogger(__name__)

# CNIL: six months to one year for logs of access; the whole year, because a fiche lives long.
CONSERVATION_JOURS = 366


def tracer(
    *,
    acces: Acces,
    genre: GenreAcces = GenreAcces.LECTURE,
    objet: str,
    objet_id: object = "",
    libelle: str = "",
    auteur: str = "",
) -> None:
    """Add one line: who (ids and role from `acces`, `auteur` their name of the day) did what to which object.

    `libelle` is a number or a list's title, never a person's name.
    """
    Trace.objects.create(
        territoire_id=acces.territoire_id,
        utilisateur_id=acces.utilisateur_id,
        auteur=auteur[:170],
        role=acces.role,
        organisme_id=acces.organisme_id,
        genre=genre,
        objet=objet,
        objet_id=str(objet_id),
        libelle=libelle[:200],
        requete=requete_courante.get(),
    )


def purger_anciennes() -> int:
    """Remove what is older than twelve months, in every territoire; how many lines.

    The application role has no right to delete here, so this runs as the user who logged in. Raises DatabaseError when
    that user does not own the tables.
    """
    limite = timezone.now() - timedelta(days=CONSERVATION_JOURS)
    with transaction.atomic(), proprietaire():
        return Trace.objects.filter(quand__lt=limite).delete()[0]


def balayer_anciennes() -> int:
    """The same as a sweep. Where the site's own login owns nothing, it says to schedule the command instead."""
    try:
        return purger_anciennes()
    except DatabaseError:
        journal.warning("The access log was not purged: schedule « manage.py purger_traces » as the owner")
        return 0


@contextmanager
def proprietaire() -> Iterator[None]:
    """Until the end of the transaction, the user who logged in rather than the application role (PostgreSQL)."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as curseur:
        curseur.execute("SELECT current_user")
        role = curseur.fetchone()[0]
        curseur.execute("SET LOCAL ROLE NONE")
        yield
        curseur.execute(f'SET LOCAL ROLE "{role}"')
