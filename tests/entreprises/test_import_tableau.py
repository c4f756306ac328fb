import io

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook

from apps.core.erreurs import ErreurMetier
from apps.entreprises.enums import EtatImport, SourceEntreprise
from apps.entreprises.imports import depot, tableau
from apps.entreprises.models import Entreprise
from apps.entreprises.siret import siret_est_juste
from apps.referentiels.models import Commune
from tests.entreprises.factories import EntrepriseFactory, siret
from tests.entreprises.outils_import import ecrire, importer_tableau
from tests.factories import CommuneFactory
from tests.outils import acces_coordination

ENTETE = [
    "SIRET",
    "Raison sociale",
    "Ville",
    "Nature de l'activité",
    "Code APE",
    "Effectif",
    "E-mail",
    "Colonne inconnue",
]


@pytest.fixture
def acces(territoire):
    return acces_coordination(territoire.pk)


def table(lignes: list[list[object]], *, separateur: str = ";", encodage: str = "utf-8") -> bytes:
    return "\r\n".join(separateur.join(f'"{c}"' for c in ligne) for ligne in lignes).encode(encodage)


@pytest.mark.parametrize("separateur", [";", ",", "\t"])
@pytest.mark.parametrize("encodage", ["utf-8", "utf-8-sig", "cp1252"])
def test_encodings_and_separators(acces, separateur, encodage) -> None:
    lignes = [
        ENTETE,
        [
            siret(1),
            "Épicerie à l’Ancienne ; fils",
            "Figeac",
            "artisanale, commerciale",
            "10.71c",
            "3",
            "a@example.org",
            "x",
        ],
    ]
    un = importer_tableau(acces, table(lignes, separateur=separateur, encodage=encodage))
    assert (un.etat, un.comptes["nouvelles"], un.erreurs) == (EtatImport.APERCU, 1, [])
    assert not Entreprise.objects.exists()
    assert un.apercu[0]["nom"] == "Épicerie à l’Ancienne ; fils"
    assert ecrire(acces, un).etat == EtatImport.TERMINE
    e = Entreprise.objects.get()
    assert (e.siret, e.nom, e.commune_id, e.natures) == (
        siret(1),
        "Épicerie à l’Ancienne ; fils",
        "46102",
        ["artisanale", "commerciale"],
    )
    assert (e.naf_rev2, e.effectif, e.courriel, e.source) == ("10.71C", 3, "a@example.org", SourceEntreprise.FICHIER)
    assert "epicerie a l ancienne fils" in e.recherche


def test_a_workbook_with_a_title_above_its_header(acces) -> None:
    classeur = Workbook()
    classeur.active.append(["Nos entreprises"])
    classeur.active.append(["SIRET", "Nom", "Commune"])
    classeur.active.append([int(siret(1)), "Forge", "Figeac"])
    classeur.active.append([None, None, None])
    classeur.active.append(["123", "Fausse", "Figeac"])
    sortie = io.BytesIO()
    classeur.save(sortie)
    un = importer_tableau(acces, sortie.getvalue(), "entreprises.xlsx")
    assert [e["ligne"] for e in un.erreurs] == [5]
    assert (un.lignes, un.comptes["nouvelles"]) == (2, 1)


def test_all_or_nothing_with_thirty_bad_rows(acces) -> None:
    lignes = [ENTETE] + [[siret(i), f"Entreprise {i}", "Figeac", "", "", "", "", ""] for i in range(300)]
    fautes = [(0, "123"), (2, "Nullepart"), (3, "pastorale"), (4, "bidule"), (5, "beaucoup"), (6, "pas une adresse")]
    for rang in range(30):
        colonne, valeur = fautes[rang % len(fautes)]
        lignes[rang * 10 + 1][colonne] = valeur
    un = importer_tableau(acces, table(lignes))
    assert un.comptes["nombre_erreurs"] == 30
    assert [e["ligne"] for e in un.erreurs] == [rang * 10 + 2 for rang in range(30)]
    assert un.erreurs[0]["message"] == "SIRET : Un SIRET compte 14 chiffres : il y en a 3."
    with pytest.raises(ErreurMetier, match="Corrigez"):
        depot.confirmer(acces=acces, un=un)
    assert not Entreprise.objects.exists()


def test_replay_changes_nothing_and_blanks_never_erase(acces, territoire) -> None:
    EntrepriseFactory(territoire=territoire, siret=siret(1), nom="Forge", telephone="0565000000", effectif=4)
    EntrepriseFactory(territoire=territoire, siret=None, nom="Sans numéro")
    lignes = [
        ["SIRET", "Nom", "Commune", "Téléphone", "Effectif"],
        [siret(1), "Forge du Célé", "", "", "5"],
        ["", "sans numero", "Figeac", "06 00 00 00 00", ""],
    ]
    un = importer_tableau(acces, table(lignes))
    assert (un.comptes.get("nouvelles", 0), un.comptes["modifiees"]) == (0, 2)
    assert un.apercu[0]["champs"] == ["nom", "effectif"]
    ecrire(acces, un)
    forge = Entreprise.objects.get(siret=siret(1))
    assert (forge.nom, forge.telephone, forge.effectif, forge.version) == ("Forge du Célé", "0565000000", 5, 2)
    assert Entreprise.objects.count() == 2
    encore = importer_tableau(acces, table(lignes))
    assert encore.comptes["inchangees"] == 2


def test_a_siret_is_given_to_the_one_known_without(acces, territoire) -> None:
    connue = EntrepriseFactory(territoire=territoire, siret=None, nom="Forge")
    ecrire(acces, importer_tableau(acces, table([["SIRET", "Nom", "Commune"], [siret(1), "FORGE", "Figeac"]])))
    connue.refresh_from_db()
    assert (connue.siret, connue.etat_siret, Entreprise.objects.count()) == (siret(1), "connu", 1)


def test_the_same_one_twice_in_a_table(acces) -> None:
    un = importer_tableau(acces, table([["SIRET", "Nom"], [siret(1), "A"], [siret(1), "B"], ["", "C"], ["", "c"]]))
    assert [(e["ligne"], "déjà" in e["message"]) for e in un.erreurs] == [(3, True), (5, True)]


def test_communes_of_the_same_name(acces, territoire) -> None:
    a = CommuneFactory(code_insee="46281", nom="Saint-Félix", codes_postaux="46100")
    CommuneFactory(code_insee="17327", nom="Saint-Félix", codes_postaux="17330")
    CommuneFactory(code_insee="46100", nom="Faycelles", codes_postaux="46100")
    lignes = [
        ["Nom", "Commune", "Code postal", "Code INSEE"],
        ["A", "Saint-Félix", "", ""],
        ["B", "saint felix", "17330", ""],
        ["C", "", "46100", "46100"],
    ]
    un = importer_tableau(acces, table(lignes))
    assert [(e["ligne"], "plusieurs communes" in e["message"]) for e in un.erreurs] == [(2, True)]
    territoire.communes.add(a)
    ecrire(acces, importer_tableau(acces, table(lignes)))
    assert dict(Entreprise.objects.values_list("nom", "commune")) == {"A": "46281", "B": "17327", "C": "46100"}


def test_too_many_rows(acces) -> None:
    lignes = [["SIRET", "Nom"]] + [["", f"E{i}"] for i in range(tableau.LIGNES_MAX + 1)]
    un = importer_tableau(acces, table(lignes))
    assert un.etat == EtatImport.ECHEC and "5000 lignes" in un.message


@pytest.mark.parametrize("contenu", [b"", b"\x00\x01", b"PK\x03\x04pas un classeur"])
def test_what_is_no_table_is_refused(acces, contenu) -> None:
    with pytest.raises(ErreurMetier):
        importer_tableau(acces, contenu)


def test_what_a_spreadsheet_does_to_a_siret() -> None:
    assert tableau._siret("5720107000005", None) == "05720107000005" if siret_est_juste("05720107000005") else True
    with pytest.raises(ValueError, match="arrondi"):
        tableau._siret("1,23457E+13", None)


def test_reading_costs_the_same_queries_at_one_and_three_rows(acces) -> None:
    CommuneFactory()
    assert Commune.objects.count() == 1
    comptes = []
    for nombre in (1, 3):
        lignes = [["SIRET", "Nom", "Commune"]] + [[siret(i), f"E{i}", "Figeac"] for i in range(nombre)]
        donnees, _ = tableau.lire(_fichier(table(lignes)), est_classeur=False)
        with CaptureQueriesContext(connection) as requetes:
            tableau.importer(donnees, acces=acces, ecrire=False)
        comptes.append(len(requetes))
    assert comptes[0] == comptes[1] <= 16


def _fichier(contenu: bytes):
    return ContentFile(contenu)


def test_export_comes_back_in(acces, territoire, coordination, connecter) -> None:
    EntrepriseFactory(
        territoire=territoire,
        siret=siret(1),
        nom="=Forge",
        telephone="+33 5 65 00 00 00",
        effectif=3,
        natures=["artisanale"],
    )
    client = connecter(coordination)
    exporte = client.get("/figeac/espace/entreprises/?export=csv").content
    assert b"'=Forge" in exporte
    un = importer_tableau(acces, exporte)
    assert (un.erreurs, un.comptes["inchangees"]) == ([], 1)
