"""Loading the nomenclatures, and INSEE's file of NAF 2025."""

import io

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from apps.core.erreurs import ErreurMetier
from apps.referentiels import services
from apps.referentiels.models import CategorieJuridique, Commune, Departement, Epci, Naf, Region
from tests.documents.fichiers import docx_avec

from .factories import NafFactory

pytestmark = pytest.mark.django_db
BON = "Code;Intitulé\nSection A;Agriculture\n01;Culture\n01.1;Cultures\n01.11Y;Céréales et légumineuses\n0112Z;Riz\n"


def fichier(texte: str, codage: str = "utf-8") -> io.BytesIO:
    return io.BytesIO(texte.encode(codage))


def test_all_files_load_and_load_again() -> None:
    bilan = services.charger()
    assert bilan["communes"] == Commune.objects.count() == 34_969
    Commune.objects.filter(pk="46102").update(nom="Autre", population=1)
    services.charger()
    figeac = Commune.objects.get(pk="46102")
    assert (figeac.nom, figeac.code_postal, figeac.epci_id) == ("Figeac", "46100", "200067361")
    assert Commune.objects.get(pk="46100").nom == "Faycelles"
    nombres = (Commune, 34_969), (Epci, 1_255), (Departement, 109), (Region, 26), (Naf, 732), (CategorieJuridique, 306)
    assert [(m, m.objects.count()) for m, _ in nombres] == list(nombres)
    assert Commune.objects.filter(epci="200067361").count() == 92


@pytest.mark.parametrize("codage", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separateur", [";", ",", "\t"])
def test_naf_2025_comes_from_a_csv(codage: str, separateur: str) -> None:
    bilan = services.charger_naf2025(fichier(BON.replace(";", separateur), codage))
    assert (bilan.ajoutees, bilan.modifiees, bilan.total) == (2, 0, 2)
    assert dict(Naf.objects.filter(nomenclature="NAF2025").values_list("code", "libelle")) == {
        "01.11Y": "Céréales et légumineuses",
        "01.12Z": "Riz",
    }


def test_naf_2025_comes_from_an_xlsx_whose_heading_is_not_first() -> None:
    classeur = openpyxl.Workbook()
    for ligne in (["NAF 2025, sous-classes"], [], ["Ligne", "Code NAF 2025", "Libellé court", "Libellé long"]):
        classeur.active.append(ligne)
    classeur.active.append([1, "01.11Y", "Céréales", "Culture de céréales"])
    sortie = io.BytesIO()
    classeur.save(sortie)
    sortie.seek(0)
    services.charger_naf2025(sortie)
    assert str(Naf.objects.get(nomenclature="NAF2025")) == "01.11Y Culture de céréales"


def test_loading_again_says_what_changed() -> None:
    services.charger_naf2025(fichier(BON))
    bilan = services.charger_naf2025(fichier(BON.replace("Riz", "Riz et autres")))
    assert (bilan.ajoutees, bilan.modifiees, bilan.total) == (0, 1, 2)


@pytest.mark.parametrize(
    ("texte", "mots"),
    [
        (BON + "01.13Z;\n", "ligne 7 : le code 01.13Z n’a pas de libellé"),
        (BON + "01.13;x\nABC;y\n", "« ABC » n’est pas un code"),
        (BON + "01.11Y;Autre chose\n", "deux libellés"),
        (BON + "01.13Z;" + "x" * 256 + "\n", "trop long"),
        ("a;b\n1;2\n", "colonnes"),
        ("Code;Libellé\nA;Agriculture\n", "aucune sous-classe"),
        ("", "vide"),
        ("Code;Libellé\n" + "01;x\n" * 20_001, "trop de lignes"),
    ],
)
def test_a_bad_file_loads_nothing(texte: str, mots: str) -> None:
    with pytest.raises(ErreurMetier, match=mots):
        services.charger_naf2025(fichier(texte))
    assert not Naf.objects.exists()


def test_the_file_of_the_former_nomenclature_is_refused() -> None:
    NafFactory(code="01.11Y"), NafFactory(code="01.12Z")
    with pytest.raises(ErreurMetier, match="est celui de la NAF"):
        services.charger_naf2025(fichier(BON))


@pytest.mark.parametrize(
    "contenu", [b"MZ" + b"\x00" * 90, b"%PDF-1.4\n%%EOF", docx_avec({"word/x": b"\x00" * 150_000_000})]
)
def test_a_hostile_file_is_refused(contenu: bytes) -> None:
    with pytest.raises(ErreurMetier):
        services.charger_naf2025(io.BytesIO(contenu))


def test_the_command_says_what_is_wrong(tmp_path: object) -> None:
    with pytest.raises(CommandError, match="ne peut pas être lu"):
        call_command("charger_naf2025", "/nulle/part.csv")
    mauvais = tmp_path / "naf.csv"  # type: ignore[operator]
    mauvais.write_text("a;b\n")
    with pytest.raises(CommandError, match="colonnes"):
        call_command("charger_naf2025", str(mauvais))


def test_an_unknown_code_shows_as_it_is() -> None:
    NafFactory()
    assert services.libelle_naf("NAFRev2", "56.10A") == "56.10A Restauration traditionnelle"
    assert services.libelle_naf("NAF2025", "56.10A") == "56.10A"
    assert services.libelle_naf("NAF2025", "99.99Z") == "99.99Z"
    assert services.libelle_naf("NAFRev2", "") == ""
