"""Fields on the nomenclatures: what people type, and what is meant."""

import pytest
from django import forms

from apps.referentiels.enums import Nomenclature
from apps.referentiels.forms import CategorieJuridiqueField, CommuneField, NafField, SirenField, SiretField
from apps.referentiels.models import Commune
from apps.territoires.models import Territoire
from tests.factories import CommuneFactory, DepartementFactory, TerritoireFactory

from .factories import CategorieJuridiqueFactory, NafFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def communes() -> dict[str, Commune]:
    """Figeac shares its post code with Faycelles, whose INSEE code is that post code; and two Saint-Félix."""
    charente = DepartementFactory(code="17", nom="Charente-Maritime")
    corse = DepartementFactory(code="2A", nom="Corse-du-Sud")
    return {
        "figeac": CommuneFactory(),
        "faycelles": CommuneFactory(code_insee="46100", nom="Faycelles", codes_postaux="46100", population=740),
        "felix46": CommuneFactory(code_insee="46266", nom="Saint-Félix", codes_postaux="46100", population=400),
        "felix17": CommuneFactory(code_insee="17327", nom="Saint-Félix", codes_postaux="17330", departement=charente),
        "ajaccio": CommuneFactory(code_insee="2A004", nom="Ajaccio", codes_postaux="20000|20090", departement=corse),
        "lhopital": CommuneFactory(code_insee="46999", nom="L'Hôpital", codes_postaux="46999"),
    }


@pytest.mark.parametrize(
    ("saisie", "attendue"),
    [
        ("Figeac", "figeac"),
        ("  FIGEAC ", "figeac"),
        ("Figeac (46100)", "figeac"),
        ("46100 Figeac", "figeac"),
        ("figeac 46100", "figeac"),
        ("Faycelles (46100)", "faycelles"),
        ("46102", "figeac"),
        ("Faycelles (INSEE 46100)", "faycelles"),
        ("17330", "felix17"),
        ("20090", "ajaccio"),
        ("2a004", "ajaccio"),
        ("St Félix (17330)", "felix17"),
        ("st-felix 46100", "felix46"),
        ("l’hopital", "lhopital"),
        ("L'HÔPITAL", "lhopital"),
        ("ajac", "ajaccio"),
    ],
)
def test_a_commune_is_understood_however_it_is_typed(communes: dict, saisie: str, attendue: str) -> None:
    assert CommuneField().clean(saisie) == communes[attendue]


def test_a_shared_post_code_asks_which_and_never_means_the_insee_code(communes: dict) -> None:
    with pytest.raises(forms.ValidationError) as refus:
        CommuneField().clean("46100")
    assert "Figeac (46100), Faycelles (46100), Saint-Félix (46100)" in refus.value.message


def test_a_name_borne_twice_asks_which(communes: dict) -> None:
    with pytest.raises(forms.ValidationError, match="Plusieurs communes"):
        CommuneField().clean("Saint-Félix")


def test_the_territoire_decides_between_two_of_one_name_but_not_of_one_post_code(communes: dict) -> None:
    territoire = TerritoireFactory(communes=[communes["felix46"], communes["figeac"]])
    champ = CommuneField(territoire=territoire)
    assert champ.clean("Saint Felix") == communes["felix46"]
    with pytest.raises(forms.ValidationError, match="Plusieurs"):
        champ.clean("46100")


@pytest.mark.parametrize("saisie", ["Xyz", "99999", "Figeac (17330)", "(((", "12", "%", "'; DROP TABLE--"])
def test_what_is_not_a_commune_is_said(communes: dict, saisie: str) -> None:
    with pytest.raises(forms.ValidationError, match="pas connue"):
        CommuneField().clean(saisie)


def test_an_optional_commune_may_be_empty(communes: dict) -> None:
    assert CommuneField(required=False).clean(" ") is None


def test_typed_and_kept_codes_are_not_confused(communes: dict) -> None:
    class Formulaire(forms.Form):
        commune = CommuneField(required=False)

    assert 'value="Faycelles (46100)"' in str(Formulaire(initial={"commune": "46100"})["commune"])
    assert 'value="Figeac (46100)"' in str(Formulaire(initial={"commune": communes["figeac"]})["commune"])
    assert 'value="46100"' in str(Formulaire({"commune": "46100"})["commune"])
    assert not Formulaire({"commune": "Figeac (46100)"}, initial={"commune": "46102"}).has_changed()
    assert Formulaire({"commune": "Faycelles (46100)"}, initial={"commune": "46102"}).has_changed()


def test_the_communes_of_the_territoire_are_suggested(communes: dict) -> None:
    class Formulaire(forms.Form):
        commune = CommuneField()

        def __init__(self, territoire: Territoire) -> None:
            super().__init__()
            self.fields["commune"].territoire = territoire

    rendu = str(Formulaire(TerritoireFactory(communes=[communes["figeac"]]))["commune"])
    assert '<option value="Figeac (46100)">' in rendu and "Ajaccio" not in rendu
    assert 'data-suggestions="/communes/"' in rendu and 'list="id_commune_suggestions"' in rendu
    assert "option" not in str(Formulaire(None)["commune"])


@pytest.mark.parametrize(
    "saisie", ["56.10A", "5610a", "56.10A Restauration traditionnelle", "restauration trad", "56 10 A"]
)
def test_an_activity_is_a_code_or_its_words(saisie: str) -> None:
    NafFactory()
    assert NafField().clean(saisie) == "56.10A"


def test_an_activity_unknown_to_a_loaded_nomenclature_is_refused() -> None:
    NafFactory()
    with pytest.raises(forms.ValidationError, match="n’existe pas"):
        NafField().clean("99.99Z")
    NafFactory(nomenclature="NAF2025", code="01.11Y", libelle="Céréales")
    with pytest.raises(forms.ValidationError, match="est de la NAF 2025"):
        NafField().clean("01.11Y")


def test_a_code_of_a_nomenclature_that_is_not_loaded_is_taken_as_it_is() -> None:
    NafFactory()
    champ = NafField(nomenclature=Nomenclature.NAF_2025, required=False)
    assert champ.clean("01.11Y") == "01.11Y"
    assert champ.clean("") == ""
    with pytest.raises(forms.ValidationError, match="Un code s’écrit"):
        champ.clean("boulangerie")


def test_ambiguous_words_ask_for_the_code() -> None:
    NafFactory(), NafFactory(code="56.10C", libelle="Restauration rapide")
    with pytest.raises(forms.ValidationError, match="Plusieurs activités"):
        NafField().clean("restauration")


def test_a_kept_activity_shows_with_its_label() -> None:
    NafFactory()

    class Formulaire(forms.Form):
        naf = NafField(required=False)

    assert 'value="56.10A Restauration traditionnelle"' in str(Formulaire(initial={"naf": "56.10A"})["naf"])
    assert 'value="99.99Z"' in str(Formulaire(initial={"naf": "99.99Z"})["naf"])


def test_legal_forms_come_with_the_usual_ones_first() -> None:
    sarl = CategorieJuridiqueFactory()
    CategorieJuridiqueFactory(code="5", niveau=1, libelle="Société commerciale")
    CategorieJuridiqueFactory(code="5306", libelle="Société en commandite simple")

    class Formulaire(forms.Form):
        forme = CategorieJuridiqueField(required=False)

    rendu = str(Formulaire()["forme"])
    assert rendu.index("Les plus courantes") < rendu.index("Société à responsabilité limitée") < rendu.index("5306")
    form = Formulaire({"forme": "5499"})
    assert form.is_valid() and form.cleaned_data["forme"] == sarl
    assert not Formulaire({"forme": "5"}).is_valid()


@pytest.mark.parametrize(
    ("saisie", "attendu"),
    [
        ("732 829 320 00074", "73282932000074"),
        ("732.829.320-00074", "73282932000074"),
        ("732\u00a0829\u00a0320\u202f00074", "73282932000074"),
        ("35600000049837", "35600000049837"),  # La Poste: the sum of its digits is a multiple of five
        ("", ""),
    ],
)
def test_a_siret_is_read_with_its_spaces(saisie: str, attendu: str) -> None:
    assert SiretField(required=False).clean(saisie) == attendu


@pytest.mark.parametrize(
    ("saisie", "mots"),
    [
        ("732829320", "SIREN"),
        ("73282932000075", "pas valide"),
        ("35600000049838", "pas valide"),
        ("7328293200007", "celui-ci en a 13"),
        ("7328293200007A", "que des chiffres"),
        ("٧٣٢٨٢٩٣٢٠٠٠٠٧٤", "que des chiffres"),
    ],
)
def test_a_wrong_siret_says_why(saisie: str, mots: str) -> None:
    with pytest.raises(forms.ValidationError, match=mots):
        SiretField().clean(saisie)


def test_a_siren_is_checked() -> None:
    assert SirenField().clean("732 829 320") == "732829320"
    with pytest.raises(forms.ValidationError):
        SirenField().clean("732829321")
