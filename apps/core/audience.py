"""For whom a document is made: declared by whoever asks for it, never deduced from their own rights."""

from dataclasses import dataclass

from django.db import models


class GenreAudience(models.TextChoices):
    """Who will hold the document in their hands."""

    COORDINATION = "coordination", "Coordination"
    COMITE = "comite", "Comité technique"
    ORGANISME = "organisme", "Un organisme"
    ANONYME = "anonyme", "Élus et public : sans nom"


@dataclass(frozen=True, slots=True)
class Audience:
    """A kind of reader on a territoire and, for `ORGANISME`, which one. Frozen: it is part of cache keys."""

    genre: GenreAudience
    territoire_id: int
    organisme_id: int | None = None

    def __post_init__(self) -> None:
        if (self.genre == GenreAudience.ORGANISME) != (self.organisme_id is not None):
            raise ValueError("Une audience « organisme » nomme l’organisme, les autres n’en nomment aucun.")

    @property
    def cle(self) -> str:
        """« comite », « organisme:12 »: what is stored beside a document."""
        return f"{self.genre}:{self.organisme_id}" if self.organisme_id else str(self.genre)

    @classmethod
    def depuis_cle(cls, cle: str, territoire_id: int) -> "Audience":
        """The audience that `cle` stores. Raises ValueError when it says nothing known."""
        genre, _, organisme = cle.partition(":")
        return cls(GenreAudience(genre), territoire_id, int(organisme) if organisme else None)

    @property
    def est_anonyme(self) -> bool:
        return self.genre == GenreAudience.ANONYME
