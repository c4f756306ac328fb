"""The first administrator of an installation."""

import io

import pytest
from django.core.management import CommandError, call_command

from apps.comptes.models import Utilisateur

LONG = "un mot de passe bien long"


def creer(monkeypatch: pytest.MonkeyPatch, courriel: str, mot_de_passe: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{mot_de_passe}\n"))
    call_command("creer_administrateur", courriel, stdout=io.StringIO())


@pytest.mark.django_db
def test_it_makes_an_administrator_who_may_log_in(monkeypatch: pytest.MonkeyPatch) -> None:
    creer(monkeypatch, "Admin@example.org", LONG)
    utilisateur = Utilisateur.objects.get()
    assert (utilisateur.courriel, utilisateur.est_administrateur) == ("admin@example.org", True)
    assert utilisateur.check_password(LONG)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("courriel", "mot_de_passe", "raison"),
    [("pas une adresse", LONG, "adresse"), ("admin@example.org", "court", "12")],
)
def test_it_refuses_with_a_reason(
    monkeypatch: pytest.MonkeyPatch, courriel: str, mot_de_passe: str, raison: str
) -> None:
    with pytest.raises(CommandError, match=raison):
        creer(monkeypatch, courriel, mot_de_passe)
    assert not Utilisateur.objects.exists()


@pytest.mark.django_db
def test_an_account_is_not_taken_over(monkeypatch: pytest.MonkeyPatch) -> None:
    creer(monkeypatch, "admin@example.org", LONG)
    with pytest.raises(CommandError, match="existe déjà"):
        creer(monkeypatch, "ADMIN@example.org", LONG + " autre")
    assert Utilisateur.objects.get().check_password(LONG)
