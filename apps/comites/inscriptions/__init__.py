"""What this app inscribes in the registries of core, subject by subject."""

from . import calendrier, compte_rendu, documents, ordre, tenue

__all__ = ["calendrier", "compte_rendu", "documents", "ordre", "tenue"]
