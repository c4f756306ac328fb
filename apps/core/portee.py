"""The second wall: which territoire the database itself shows, on PostgreSQL, by row-level security."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import connection, models, transaction
from django.db.models.functions import Cast

VARIABLE = "app.territoire"
T = TypeVar("T", bound=models.Model)


def _poser(territoire_id: int | None) -> str:
    """Set the scope until the end of the transaction and give back the former one."""
    with connection.cursor() as curseur:
        curseur.execute(
            f"SELECT current_setting('{VARIABLE}', true), set_config('{VARIABLE}', %s, true)",
            ["" if territoire_id is None else str(territoire_id)],
        )
        return curseur.fetchone()[0] or ""


@contextmanager
def portee(territoire_id: int | None) -> Iterator[None]:
    """A transaction in which the database shows the rows of one territoire only (None: only rows of none).

    On SQLite it is the transaction alone. Nested use gives the outer scope back at its end.
    """
    emboitee = connection.in_atomic_block
    with transaction.atomic():
        if connection.vendor != "postgresql":
            yield
            return
        avant = _poser(territoire_id)
        yield
        _rendre(avant, emboitee)


@contextmanager
def portee_de(territoires: models.QuerySet[T]) -> Iterator[T | None]:
    """The same for the one row of `territoires`, found and entered by one query; None, and no scope, without it."""
    emboitee = connection.in_atomic_block
    with transaction.atomic():
        if connection.vendor != "postgresql":
            yield territoires.order_by().first()
            return
        # The columns of a row are computed in their order: the former scope is read before it is replaced.
        trouve = next(iter(territoires.order_by().annotate(_avant=_lire(), _apres=_entrer())[:1]), None)
        avant: str = (getattr(trouve, "_avant", "") or "") if trouve is not None else _poser(None)
        yield trouve
        _rendre(avant, emboitee)


def _lire() -> Any:
    return models.Func(
        models.Value(VARIABLE), models.Value(True), function="current_setting", output_field=models.TextField()
    )


def _entrer() -> Any:
    return models.Func(
        models.Value(VARIABLE),
        Cast("pk", models.TextField()),
        models.Value(True),
        function="set_config",
        output_field=models.TextField(),
    )


def _rendre(avant: str, emboitee: bool) -> None:
    """Give the outer scope back; without one, the end of the transaction does it."""
    if emboitee:
        _poser(int(avant) if avant else None)
