"""The account itself."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from apps.comptes.models import Utilisateur
from tests.factories import UtilisateurFactory


def test_an_address_is_one_account_whatever_its_case(db: None) -> None:
    personne = Utilisateur.objects.create_user("  Anne.Pons@Example.org ", "vingt carottes bien rouges")
    assert personne.courriel == "anne.pons@example.org"
    with pytest.raises(IntegrityError), transaction.atomic():
        UtilisateurFactory(courriel="ANNE.PONS@example.org")
    assert Utilisateur.objects.get_by_natural_key("Anne.Pons@EXAMPLE.org") == personne


def test_without_a_password_nobody_logs_in(db: None) -> None:
    personne = Utilisateur.objects.create_user("x@example.org")
    assert not personne.has_usable_password()
    assert not personne.check_password("")


def test_how_a_person_is_named() -> None:
    assert str(Utilisateur(courriel="x@example.org")) == "x@example.org"
    personne = Utilisateur(courriel="x@example.org", civilite="M.", prenom="Luc", nom="Pons")
    assert (str(personne), personne.nom_formel, personne.get_short_name()) == ("Luc Pons", "M. Pons", "Luc")


def test_an_address_must_be_one() -> None:
    with pytest.raises(ValidationError):
        Utilisateur(courriel="pas une adresse", password="x").clean_fields()
