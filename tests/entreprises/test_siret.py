import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.fr import siret as stdnum_siret

from apps.core.erreurs import ErreurMetier
from apps.entreprises.siret import siret_est_juste, valider_siren, valider_siret


@pytest.mark.parametrize("saisie", ["732 829 320 00074", "73282932000074", "356 000 000 09075", "35600000000048"])
def test_a_right_siret_is_compacted(saisie: str) -> None:
    assert len(valider_siret(saisie)) == 14


@pytest.mark.parametrize(("saisie", "mots"), [("73282932000075", "faux"), ("123", "14 chiffres"), ("", "14 chiffres")])
def test_a_wrong_siret_says_why(saisie: str, mots: str) -> None:
    with pytest.raises(ErreurMetier, match=mots):
        valider_siret(saisie)


def test_siren() -> None:
    assert valider_siren("732 829 320") == "732829320"
    with pytest.raises(ErreurMetier, match="faux"):
        valider_siren("732829321")


@given(st.one_of(
    st.text(alphabet="0123456789", min_size=13, max_size=15),
    st.integers(0, 99999).map(lambda n: f"356000000{n:05d}"),
    st.text(max_size=14),
))  # fmt: skip
def test_the_fast_check_agrees_with_stdnum(numero: str) -> None:
    attendu = len(numero) == 14 and numero.isascii() and numero.isdigit() and stdnum_siret.is_valid(numero)
    assert siret_est_juste(numero) == attendu


def test_the_fast_check_accepts_la_poste() -> None:
    assert siret_est_juste("35600000009075")
    assert siret_est_juste("73282932000074")
    assert not siret_est_juste("73282932000075")
