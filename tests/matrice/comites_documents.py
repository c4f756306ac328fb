"""The documents of the convened committee: the coordination prints, a member has its own copy, nobody else any."""

from typing import Any

from .roles import (
    ANONYME,
    COORDINATION,
    REFERENT_DECLINE,
    REFERENT_SAISI,
    REFERENT_TERMINE,
    SUIVI,
    SUPPLEANT,
)

_MEMBRES = (REFERENT_SAISI, SUPPLEANT, REFERENT_DECLINE, REFERENT_TERMINE)
_LIRE: dict[str, Any] = {ANONYME: 302, SUIVI: 302, COORDINATION: 200, **dict.fromkeys(_MEMBRES, 200), "tous": 404}
_DOSSIER = {"args": lambda monde: {"genre": "dossier"}, "methode": "post"}

MATRICE = {
    "comites:documents": _LIRE,
    "comites:demander_document": {
        **_LIRE, COORDINATION: 302, **dict.fromkeys(_MEMBRES, 302), **_DOSSIER,
    },
}  # fmt: skip
