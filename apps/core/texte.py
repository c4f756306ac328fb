"""Texts: cleaned at the door, normalised for search."""

import re
import unicodedata

_CONTROLES = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
_NON_MOTS = re.compile(r"[^0-9a-z@.]+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d"})


def nettoyer(texte: str) -> str:
    """NFC, without control or bidirectional-override characters, line ends as \\n, outer spaces gone."""
    texte = unicodedata.normalize("NFC", texte).replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROLES.sub("", texte).strip()


def normaliser(*morceaux: object) -> str:
    """What search compares: lower case, no accents, ligatures opened, words separated by one space.

    Digits written in groups (« 05 65 00 00 00 ») must be passed already joined to be found joined.
    """
    texte = " ".join(str(m) for m in morceaux if m not in (None, ""))
    texte = unicodedata.normalize("NFKD", texte.lower().translate(_LIGATURES))
    texte = "".join(c for c in texte if not unicodedata.combining(c))
    return _NON_MOTS.sub(" ", texte).strip()


def chiffres(texte: str) -> str:
    """Only the digits: for telephones, SIREN and SIRET typed with spaces."""
    return re.sub(r"\D", "", texte or "")
