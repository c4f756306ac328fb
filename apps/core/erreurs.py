"""Errors that carry a sentence for the person who meets them."""

from django.core.exceptions import PermissionDenied


class ErreurMetier(Exception):
    """A rule of the field forbids it; the message says what to do, in French, and is shown as it is."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class TransitionInterdite(ErreurMetier):
    """The object is not in a state from which this can be done."""


class VersionPerimee(ErreurMetier):
    """Somebody else changed the object since the form was shown. Views answer 409 with both texts."""

    def __init__(self, message: str = "Quelqu’un a modifié cette page entre-temps.", actuel: object = None) -> None:
        super().__init__(message)
        self.actuel = actuel


class Refus(PermissionDenied):
    """In scope but without the right: 403, with the reason."""


def exiger(permis: bool, message: str = "Votre rôle ne permet pas cette action.") -> None:
    """Raise Refus (403) unless `permis`."""
    if not permis:
        raise Refus(message)
