"""A clock that tells the past: what services write while it is on is dated as if it had been done that day."""

from datetime import datetime, timedelta, tzinfo
from typing import Any
from unittest import mock

from django.utils import timezone


class _GenreInstant(type):
    """Any moment passes for one of ours: Django asks `isinstance(value, datetime)`."""

    def __instancecheck__(cls, valeur: object) -> bool:
        return isinstance(valeur, datetime)


class Horloge:
    """Replaces what Django reads as « now », in this process, between `with` and its end.

    Model defaults, auto_now and services all follow, because they all end in django.utils.timezone.now.
    """

    def __init__(self) -> None:
        self.maintenant = timezone.now()
        self.heure = self.maintenant

    def __enter__(self) -> "Horloge":
        horloge = self

        class Instant(datetime, metaclass=_GenreInstant):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> Any:
                return horloge.heure.astimezone(tz) if tz else horloge.heure.replace(tzinfo=None)

        self._remplacement = mock.patch.object(timezone, "datetime", Instant)
        self._remplacement.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._remplacement.stop()

    def regler(self, moment: datetime) -> datetime:
        """It is now `moment`, or the real now when that is still to come."""
        self.heure = min(moment, self.maintenant)
        return self.heure

    def avancer(self, **duree: float) -> datetime:
        """Some time later."""
        return self.regler(self.heure + timedelta(**duree))
