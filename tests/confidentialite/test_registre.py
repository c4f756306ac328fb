"""The register of processing says the data in French, not in the code's own words."""

from django.test import Client

from apps.confidentialite.mots import nom_du_champ, titre_du_champ
from apps.demandes.models import Demande
from apps.entreprises.models import Entreprise


def test_fields_without_words_of_their_own_are_said_in_french() -> None:
    dits = [nom_du_champ(Demande._meta.get_field(n)) for n in ("decidee_par", "retiree_le", "telephone", "siret")]

    assert dits == ["décidée par", "retirée le", "téléphone", "SIRET"]
    assert titre_du_champ(Entreprise._meta.get_field("siret")) == "SIRET"


def test_the_register_shows_no_name_of_the_code(connecter, coordination) -> None:
    client: Client = connecter(coordination)

    page = client.get("/figeac/espace/confidentialite/registre/").content.decode()

    assert "décidée par" in page
    assert not [mot for mot in ("decidee", "donnees,", "apercu", "normalisee", "depose par", "libelle,") if mot in page]
