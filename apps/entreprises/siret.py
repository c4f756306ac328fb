"""SIREN and SIRET: cleaned, checked (Luhn, and La Poste's own rule), refused with a sentence."""

from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.fr import siren as stdnum_siren
from stdnum.fr import siret as stdnum_siret

from apps.core.erreurs import ErreurMetier
from apps.core.texte import chiffres

LA_POSTE = "356000000"
# What a digit in an even place (from the right, starting at 2) adds to Luhn's sum.
_DOUBLE = {c: (d if (d := int(c) * 2) < 10 else d - 9) for c in "0123456789"}


def valider_siret(saisie: str) -> str:
    """The 14 digits of what was typed, spaces and dots ignored. Raises ErreurMetier."""
    brut = chiffres(saisie)
    if len(brut) != 14:
        raise ErreurMetier(f"Un SIRET compte 14 chiffres : il y en a {len(brut)}.")
    try:
        return stdnum_siret.validate(brut)
    except InvalidChecksum:
        raise ErreurMetier("Ce SIRET n’existe pas : un de ses chiffres est faux. Vérifiez-le.") from None
    except ValidationError:
        raise ErreurMetier("Ce SIRET n’est pas valable.") from None


def valider_siren(saisie: str) -> str:
    """The 9 digits of what was typed. Raises ErreurMetier."""
    brut = chiffres(saisie)
    if len(brut) != 9:
        raise ErreurMetier(f"Un SIREN compte 9 chiffres : il y en a {len(brut)}.")
    try:
        return stdnum_siren.validate(brut)
    except ValidationError:
        raise ErreurMetier("Ce SIREN n’existe pas : un de ses chiffres est faux. Vérifiez-le.") from None


def _luhn(nombre: str) -> bool:
    return (sum(map(int, nombre[-1::-2])) + sum(_DOUBLE[c] for c in nombre[-2::-2])) % 10 == 0


def siret_est_juste(siret: str) -> bool:
    """The same verdict as `valider_siret` on 14 characters, fast enough for a hundred thousand rows."""
    if len(siret) != 14 or not (siret.isascii() and siret.isdigit()):
        return False
    if siret.startswith(LA_POSTE) and siret != "35600000000048":
        return sum(map(int, siret)) % 5 == 0
    return _luhn(siret) and _luhn(siret[:9])
