"""Thin views: scope (404), right (403), one service call, redirect."""

from . import cloture, detail, echanges, edition, orientations

__all__ = ["cloture", "detail", "echanges", "edition", "orientations"]
