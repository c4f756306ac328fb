from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.core.erreurs import ErreurMetier
from apps.entreprises import services
from apps.entreprises.enums import EtatImport, SourceEntreprise
from apps.entreprises.imports import depot
from apps.entreprises.models import Entreprise
from apps.referentiels.models import CategorieJuridique
from tests.entreprises.donnees_sirene import etablissement, unite
from tests.entreprises.factories import EntrepriseFactory, siret
from tests.entreprises.outils_import import ecrire, importer_sirene, jouer
from tests.outils import acces_coordination

pytestmark = pytest.mark.django_db


@pytest.fixture
def acces(territoire):
    CategorieJuridique.objects.get_or_create(code="5499", defaults={"niveau": 3, "libelle": "SARL"})
    return acces_coordination(territoire.pk)


def test_names_come_from_the_other_file(acces) -> None:
    importer_sirene(
        acces,
        [
            etablissement(
                1, enseigne1Etablissement="AU BON PAIN", activitePrincipaleRegistreMetiersEtablissement="1071CA"
            ),
            etablissement(2),
            etablissement(3, denominationUsuelleEtablissement="CHEZ LULU"),
        ],
        [
            unite(1),
            unite(
                2,
                denominationUniteLegale="",
                nomUniteLegale="MARTIN",
                nomUsageUniteLegale="DURAND",
                prenomUsuelUniteLegale="ÉLISE",
            ),
        ],
    )
    a, b, c = Entreprise.objects.order_by("siret")
    assert (a.nom, a.enseigne, a.categorie_juridique_id, a.natures) == (
        "ÉPICERIE DU CÉLÉ 1",
        "AU BON PAIN",
        "5499",
        ["artisanale"],
    )
    assert (a.naf_rev2, a.naf_2025, a.tranche, a.tranche_annee) == ("10.71C", "10.71Y", "02", 2023)
    assert (a.commune_id, a.adresse, a.code_postal, a.creee_le) == (
        "46102",
        "2 rue DU CANAL",
        "46100",
        date(2015, 3, 1),
    )
    assert (a.source, a.siren, a.etat_siret, a.est_active) == (SourceEntreprise.SIRENE, siret(1)[:9], "connu", True)
    assert b.nom == "DURAND ÉLISE"
    assert c.nom == "CHEZ LULU"
    attendue = Entreprise.objects.get(pk=a.pk)
    attendue.preparer()
    colonnes = ("nom_normalise", "enseigne_normalisee", "recherche", "recherche_publique")
    assert [getattr(a, n) for n in colonnes] == [getattr(attendue, n) for n in colonnes]


def test_what_is_left_out_is_counted(acces) -> None:
    un = importer_sirene(
        acces,
        [
            etablissement(1),
            etablissement(2, etatAdministratifEtablissement="F"),
            etablissement(3, statutDiffusionEtablissement="P", numeroVoieEtablissement="[ND]"),
            etablissement(4),
            etablissement(
                5, nomenclatureActivitePrincipaleEtablissement="NAF1993", activitePrincipaleEtablissement="15.8C"
            ),
            etablissement(6, codeCommuneEtablissement="75056"),
            etablissement(7),
        ],
        [unite(1), unite(4, statutDiffusionUniteLegale="P", denominationUniteLegale="[ND]")],
    )
    assert un.comptes["ecartees"] == {
        "fermes": 1, "diffusion_partielle": 2, "ancienne_nomenclature": 1, "hors_territoire": 1, "sans_nom": 1,
    }  # fmt: skip
    assert (un.lignes, un.comptes["nouvelles"]) == (7, 1)
    assert Entreprise.objects.count() == 1


def test_nothing_is_written_before_confirmation_nor_twice(acces) -> None:
    lignes, noms = [etablissement(i) for i in range(5)], [unite(i) for i in range(5)]
    un = importer_sirene(acces, lignes, noms, confirmer=False, zippe=True)
    assert (un.etat, un.comptes["nouvelles"], Entreprise.objects.count()) == (EtatImport.APERCU, 5, 0)
    assert ecrire(acces, un).etat == EtatImport.TERMINE
    versions = list(Entreprise.objects.order_by("pk").values_list("pk", "version", "modifie_le"))
    encore = importer_sirene(acces, lignes, noms)
    assert (encore.comptes["nouvelles"], encore.comptes["modifiees"], encore.comptes["inchangees"]) == (0, 0, 5)
    assert list(Entreprise.objects.order_by("pk").values_list("pk", "version", "modifie_le")) == versions


def test_blanks_and_hand_typed_values_survive(acces, territoire) -> None:
    connue = EntrepriseFactory(
        territoire=territoire, siret=siret(1), nom="Ancien nom", enseigne="Mon enseigne", telephone="0565000000",
        effectif=4, adresse="Au bourg", natures=["commerciale"], note="À rappeler",
    )  # fmt: skip
    un = importer_sirene(
        acces,
        [etablissement(1, numeroVoieEtablissement="", typeVoieEtablissement="", libelleVoieEtablissement="",
                       trancheEffectifsEtablissement="", enseigne1Etablissement="AUTRE ENSEIGNE")],
        [unite(1)],
    )  # fmt: skip
    e = Entreprise.objects.get(pk=connue.pk)
    assert (un.comptes["modifiees"], e.version) == (1, 2)
    assert (e.nom, e.enseigne, e.telephone, e.effectif) == ("ÉPICERIE DU CÉLÉ 1", "Mon enseigne", "0565000000", 4)
    assert (e.adresse, e.natures, e.note, e.source) == (
        "Au bourg",
        ["commerciale"],
        "À rappeler",
        SourceEntreprise.SAISIE,
    )
    assert "0565000000" in e.recherche and "epicerie du cele" in e.recherche


def test_thirty_bad_rows_among_many(acces) -> None:
    lignes = [etablissement(i) for i in range(2000)]
    for rang in range(30):
        lignes[rang * 60] |= [
            {"siret": "12345678901234"}, {"activitePrincipaleEtablissement": "1071"}, {"trancheEffectifsEtablissement": "ZZ"},
            {"dateCreationEtablissement": "hier"}, {"anneeEffectifsEtablissement": "20"},
        ][rang % 5]  # fmt: skip
    un = importer_sirene(acces, lignes, [unite(i) for i in range(2000)], confirmer=False)
    assert un.comptes["nombre_erreurs"] == 30
    assert [e["ligne"] for e in un.erreurs] == [rang * 60 + 2 for rang in range(30)]
    with pytest.raises(ErreurMetier, match="écarter"):
        depot.confirmer(acces=acces, un=un)
    assert Entreprise.objects.count() == 0
    fini = ecrire(acces, un, ecarter=True)
    assert (fini.etat, Entreprise.objects.count()) == (EtatImport.TERMINE, 1970)
    assert fini.comptes["ecartees"] == {"en_erreur": 30}


def test_a_siret_twice_in_the_file_is_an_error(acces) -> None:
    un = importer_sirene(
        acces, [etablissement(1), etablissement(2), etablissement(1)], [unite(1), unite(2)], confirmer=False
    )
    assert un.erreurs == [{"ligne": 4, "message": f"Le SIRET {siret(1)} est déjà à la ligne 2."}]


def test_known_closed_and_partial_ones_are_marked(acces, territoire) -> None:
    fermee = EntrepriseFactory(territoire=territoire, siret=siret(1))
    partielle = EntrepriseFactory(territoire=territoire, siret=siret(2), nom="Dupont Anne")
    un = importer_sirene(
        acces,
        [
            etablissement(1, etatAdministratifEtablissement="F", dateDebut="2024-06-30"),
            etablissement(2, statutDiffusionEtablissement="P"),
        ],
        [],
    )
    fermee.refresh_from_db()
    partielle.refresh_from_db()
    assert (fermee.est_active, fermee.cessee_le) == (False, date(2024, 6, 30))
    assert (partielle.est_diffusible, partielle.nom) == (False, "Dupont Anne")
    assert (un.comptes["cessees"], un.comptes["masquees"]) == (1, 1)


def test_a_merged_one_does_not_come_back(acces, territoire) -> None:
    gardee, absorbee = (
        EntrepriseFactory(territoire=territoire, siret=siret(1)),
        EntrepriseFactory(territoire=territoire, siret=siret(2)),
    )
    services.fusionner(acces=acces, conservee=gardee, absorbee=absorbee)
    un = importer_sirene(acces, [etablissement(2)], [unite(2)])
    assert un.comptes["ecartees"] == {"deja_fusionnees": 1}
    assert Entreprise.objects.count() == 2


def test_after_2027_the_main_code_is_naf_2025(acces) -> None:
    importer_sirene(
        acces,
        [etablissement(1, nomenclatureActivitePrincipaleEtablissement="NAF2025", activitePrincipaleEtablissement="10.71Y",
                       activitePrincipaleNAF25Etablissement="")],
        [unite(1)],
    )  # fmt: skip
    e = Entreprise.objects.get()
    assert (e.naf_rev2, e.naf_2025) == ("", "10.71Y")


@pytest.mark.parametrize("contenu", [b"a;b;c\n1;2;3\n", b"siret\n\xff\xfe", b"\x00\x01\x02"])
def test_another_file_is_refused_with_a_sentence(acces, contenu) -> None:
    try:
        un = jouer(depot.deposer(acces=acces, genre="sirene", fichier=SimpleUploadedFile("x.csv", contenu)))
    except ErreurMetier as erreur:
        assert erreur.message
    else:
        assert un.etat == EtatImport.ECHEC and "StockEtablissement" in un.message
