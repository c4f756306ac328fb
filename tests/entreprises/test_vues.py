import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.acces.models import Affectation
from apps.core.acces import Role
from apps.core.registres import recherches
from apps.entreprises.models import Entreprise, ImportEntreprises, Interlocuteur
from apps.personnes.models import Fusion, Personne
from apps.referentiels.enums import Nomenclature
from apps.referentiels.models import Naf
from tests.entreprises.factories import EntrepriseFactory, InterlocuteurFactory, siret
from tests.entreprises.outils_import import jouer
from tests.factories import AffectationFactory, CommuneFactory
from tests.outils import acces_coordination
from tests.personnes.factories import PersonneFactory

BASE = "/figeac/espace/entreprises/"


@pytest.fixture
def client(coordination, connecter):
    return connecter(coordination)


def saisie(**autres: object) -> dict[str, object]:
    return {"nom": "Épicerie du Célé", "etat_siret": "inconnu", "commune": "Figeac", "est_active": "on",
            "est_diffusible": "on", **autres}  # fmt: skip


def test_create_then_see(client) -> None:
    reponse = client.post(
        f"{BASE}nouvelle/", saisie(etat_siret="connu", siret="732 829 320 00074", effectif="25"), follow=True
    )
    e = Entreprise.objects.get()
    assert (e.siret, e.effectif, e.commune.nom) == ("73282932000074", 25, "Figeac")
    page = reponse.content.decode()
    assert "ce n’est plus une très petite entreprise" in page and "Au-dessus du seuil de TPE" in page


@pytest.mark.parametrize(
    ("champs", "mots"),
    [
        ({"etat_siret": "connu", "siret": ""}, "Saisissez le SIRET"),
        ({"siret": "73282932000075"}, "SIRET"),
        ({"nom": ""}, "obligatoire"),
        ({"cessee_le": "2024-01-01"}, "cessée"),
        ({"effectif": "-1"}, "supérieur"),
    ],
)
def test_form_errors(client, champs, mots) -> None:
    reponse = client.post(f"{BASE}nouvelle/", saisie(**champs))
    assert reponse.status_code == 200 and mots in reponse.content.decode()
    assert not Entreprise.objects.exists()


def test_likely_duplicates_are_shown_before_creating(client, territoire) -> None:
    connue = EntrepriseFactory(territoire=territoire, nom="EPICERIE DU CELE")
    reponse = client.post(f"{BASE}nouvelle/", saisie())
    assert "même nom, même commune" in reponse.content.decode().lower()
    assert Entreprise.objects.count() == 1
    client.post(f"{BASE}nouvelle/", saisie(malgre_doublons="1"))
    assert Entreprise.objects.count() == 2
    reponse = client.post(
        f"{BASE}nouvelle/", saisie(nom="X", etat_siret="connu", siret=connue.siret, malgre_doublons="1")
    )
    assert "déjà au répertoire" in reponse.content.decode()
    assert Entreprise.objects.count() == 2


def test_two_editors_lose_nothing(client, territoire) -> None:
    e = EntrepriseFactory(territoire=territoire, siret=None, nom="Avant")
    client.post(f"{BASE}{e.pk}/modifier/", saisie(nom="De la première", version=1))
    reponse = client.post(f"{BASE}{e.pk}/modifier/", saisie(nom="De la seconde", version=1))
    page = reponse.content.decode()
    assert reponse.status_code == 409
    assert "De la première" in page and "De la seconde" in page and 'name="version" value="2"' in page
    assert client.post(f"{BASE}{e.pk}/modifier/", saisie(nom="De la seconde")).status_code == 409
    assert client.post(f"{BASE}{e.pk}/modifier/", saisie(nom="De la seconde", version=2)).status_code == 302
    assert Entreprise.objects.get(pk=e.pk).nom == "De la seconde"


def test_detail_shows_codes_labels_and_transmission(client, territoire) -> None:
    Naf.objects.create(
        nomenclature=Nomenclature.NAF_REV2, code="10.71C", libelle="Boulangerie", recherche="boulangerie"
    )
    e = EntrepriseFactory(territoire=territoire, naf_2025="10.71Y")
    InterlocuteurFactory(entreprise=e, personne=PersonneFactory(territoire=territoire, annee_naissance=1950))
    page = client.get(f"{BASE}{e.pk}/").content.decode()
    assert "10.71C · Boulangerie" in page and "10.71Y" in page and "10.71Y ·" not in page
    assert "À sensibiliser à la transmission" in page


def test_detail_of_the_least_known(client, territoire) -> None:
    e = EntrepriseFactory(territoire=territoire, siret=None, commune=None, naf_rev2="")
    assert client.get(f"{BASE}{e.pk}/").status_code == 200


def test_add_a_contact_recognises_the_person(client, territoire) -> None:
    e, connue = (
        EntrepriseFactory(territoire=territoire),
        PersonneFactory(territoire=territoire, courriel="a@example.org"),
    )
    envoi = {
        "nom": "Lacaze",
        "courriel": "a@example.org",
        "fonction": "Gérante",
        "est_dirigeant": "on",
        "est_principal": "on",
    }
    assert "même adresse électronique" in client.post(f"{BASE}{e.pk}/contacts/ajouter/", envoi).content.decode().lower()
    client.post(f"{BASE}{e.pk}/contacts/ajouter/", {**envoi, "personne": connue.pk})
    lien = Interlocuteur.objects.get()
    assert (lien.personne, lien.fonction, lien.est_principal) == (connue, "Gérante", True)
    client.post(f"{BASE}{e.pk}/contacts/{lien.pk}/", {"fonction": "Présidente"})
    client.post(f"{BASE}{e.pk}/contacts/{lien.pk}/retirer/")
    lien.refresh_from_db()
    assert (lien.fonction, lien.est_dirigeant) == ("Présidente", False) and lien.jusquau is not None
    client.post(f"{BASE}{e.pk}/contacts/ajouter/", {**envoi, "malgre_doublons": "1"})
    assert Personne.objects.count() == 2


def test_merge_and_undo_through_the_pages(client, territoire) -> None:
    a, b = (
        EntrepriseFactory(territoire=territoire, nom="Forge"),
        EntrepriseFactory(territoire=territoire, nom="La Forge", telephone="0565000000"),
    )
    assert "La Forge" in client.get(f"{BASE}{a.pk}/fusionner/?q=la+forge").content.decode()
    page = client.get(f"{BASE}{a.pk}/fusionner/{b.pk}/").content.decode()
    assert "0565000000" in page
    reponse = client.post(
        f"{BASE}{a.pk}/fusionner/{b.pk}/", {"nom": "conservee", "siret": "conservee", "telephone": "absorbee"}
    )
    assert reponse.status_code == 302
    a.refresh_from_db()
    assert (a.nom, a.telephone) == ("Forge", "0565000000")
    assert client.get(f"{BASE}{b.pk}/").headers["Location"] == f"{BASE}{a.pk}/"
    fusion = Fusion.objects.get()
    assert fusion.faite_par_id and client.get(f"{BASE}fusions/{fusion.pk}/defaire/").status_code == 200
    client.post(f"{BASE}fusions/{fusion.pk}/defaire/")
    b.refresh_from_db()
    assert b.fusionnee_dans_id is None


@pytest.mark.parametrize("requete", [
    "?nature=artisanale", "?commune=46102", "?section=C", "?effectif=1-9", "?effectif=50", "?active=oui", "?transmission=oui",
    "?siret=non", "?q=epicerie cele", "?tri=-effectif", "?tri=commune&export=xlsx", "?export=csv&siret=oui",
])  # fmt: skip
def test_filters_answer(client, territoire, requete) -> None:
    EntrepriseFactory(territoire=territoire)
    assert client.get(BASE + requete).status_code == 200


def test_filters_keep_what_they_say(client, territoire) -> None:
    faycelles = CommuneFactory(code_insee="46100", nom="Faycelles")
    territoire.communes.add(faycelles)
    a = EntrepriseFactory(territoire=territoire, nom="Alpha", natures=["artisanale", "commerciale"], effectif=3)
    b = EntrepriseFactory(
        territoire=territoire, nom="Béta", natures=["liberale"], commune=faycelles, naf_rev2="69.20Z", tranche="21"
    )
    c = EntrepriseFactory(territoire=territoire, nom="Gamma", siret=None, naf_rev2="", est_active=False, effectif=0)

    def trouvees(requete: str) -> set[str]:
        return {e.nom for e in client.get(BASE + requete).context["page"].object_list}

    assert trouvees("") == {"Alpha", "Béta", "Gamma"}
    assert trouvees("?nature=commerciale") == {a.nom}
    assert trouvees("?commune=46100") == {b.nom}
    assert (trouvees("?section=C"), trouvees("?section=M")) == ({a.nom}, {b.nom})
    assert (trouvees("?effectif=1-9"), trouvees("?effectif=50"), trouvees("?effectif=0")) == ({a.nom}, {b.nom}, {c.nom})
    assert (trouvees("?active=non"), trouvees("?siret=non")) == ({c.nom}, {c.nom})
    assert (
        trouvees("?q=beta") == {b.nom} and trouvees(f"?q={a.siret}") == {a.nom} and trouvees("?q=FAYCELLES") == {b.nom}
    )


@pytest.mark.parametrize("chemin", ["", "{pk}/"])
def test_same_queries_at_one_and_three_rows(client, territoire, chemin) -> None:
    def remplir() -> Entreprise:
        e = EntrepriseFactory(territoire=territoire, naf_2025="10.71Y")
        for _ in range(Entreprise.objects.count()):
            InterlocuteurFactory(entreprise=e, personne=PersonneFactory(territoire=territoire))
        return e

    comptes = []
    for _ in range(3):
        adresse = BASE + chemin.format(pk=remplir().pk)
        client.get(adresse)
        with CaptureQueriesContext(connection) as requetes:
            assert client.get(adresse).status_code == 200
        comptes.append(len(requetes))
    assert comptes[0] == comptes[2]


# --- what a référent may read ---
@pytest.fixture
def monde(territoire):
    """Something to leak: a contact, a partial-diffusion entreprise, one that stands in no register."""
    publique = EntrepriseFactory(
        territoire=territoire, nom="Forge", enseigne="SecretEnseigne", telephone="0565123456", courriel="secret@example.org",
        adresse="SecretAdresse", note="SecretNote", effectif=98765,
    )  # fmt: skip
    InterlocuteurFactory(
        entreprise=publique, personne=PersonneFactory(territoire=territoire, nom="SecretNom", annee_naissance=1950)
    )
    partielle = EntrepriseFactory(territoire=territoire, nom="Forge cachée", est_diffusible=False)
    inconnue = EntrepriseFactory(territoire=territoire, nom="Forge sans numéro", siret=None)
    return publique, partielle, inconnue


def test_a_referent_reads_the_register_only(monde, referent, connecter) -> None:
    publique, partielle, inconnue = monde
    client = connecter(referent)
    for adresse in (BASE, f"{BASE}{publique.pk}/", f"{BASE}?q=forge"):
        page = client.get(adresse).content.decode()
        assert "Forge" in page and "Secret" not in page and "cachée" not in page and "sans numéro" not in page
        assert "98765" not in page and "98 765" not in page and "98\u202f765" not in page
    for cachee in (partielle, inconnue):
        assert client.get(f"{BASE}{cachee.pk}/").status_code == 404
    for cherche in ("secretenseigne", "0565123456", "secret@example.org", "secretnom"):
        assert client.get(f"{BASE}?q={cherche}").context["total"] == 0
        assert recherches["entreprises"](referent.acces(), cherche, 5) == []
    assert [t.titre for t in recherches["entreprises"](referent.acces(), "forge", 5)] == ["Forge"]
    assert client.get(f"{BASE}?export=csv").status_code == 403
    assert client.get(f"{BASE}?effectif=50").context["total"] == 0
    assert client.get(f"{BASE}?tri=effectif").context["total"] == 0


def test_a_referent_writes_nothing(monde, referent, connecter) -> None:
    client, e = connecter(referent), monde[0]
    for chemin in (
        "nouvelle/",
        "imports/",
        "imports/sirene/",
        f"{e.pk}/modifier/",
        f"{e.pk}/fusionner/",
        f"{e.pk}/contacts/ajouter/",
    ):
        assert client.get(BASE + chemin).status_code == 403, chemin
        assert client.post(BASE + chemin, saisie(version=1)).status_code in (403, 405), chemin
    e.refresh_from_db()
    assert e.nom == "Forge"


@pytest.mark.parametrize("role", [Role.ACCUEIL, Role.PILOTAGE, Role.DPO])
def test_other_roles_have_no_directory(monde, territoire, connecter, role) -> None:
    client = connecter(AffectationFactory(territoire=territoire, role=role))
    assert client.get(BASE).status_code == 403
    assert client.get(f"{BASE}{monde[0].pk}/").status_code == 404
    acces = Affectation.objects.get(role=role).acces()
    assert recherches["entreprises"](acces, "forge", 5) == []


# --- imports ---
def test_import_through_the_pages(client) -> None:
    assert client.get(f"{BASE}imports/").status_code == 200
    fichier = SimpleUploadedFile("a.csv", f"SIRET;Nom\r\n{siret(1)};Forge\r\n123;Fausse\r\n".encode())
    adresse = client.post(f"{BASE}imports/", {"fichier": fichier}).headers["Location"]
    assert "en cours de lecture" in client.get(adresse).content.decode()
    un = ImportEntreprises.objects.get()
    jouer(un)
    page = client.get(adresse).content.decode()
    assert "SIRET\xa0: Un SIRET compte 14 chiffres" in page and "Envoyer le fichier corrigé" in page
    client.post(f"{adresse}confirmer/")
    assert ImportEntreprises.objects.get().etat == "apercu"
    client.post(f"{adresse}abandonner/")
    un.refresh_from_db()
    assert (un.etat, un.fichier.contenu.name, un.erreurs) == ("abandonne", "", [])
    assert not Entreprise.objects.exists()


def test_import_writes_after_confirmation(client) -> None:
    fichier = SimpleUploadedFile("a.csv", f"SIRET;Nom\r\n{siret(1)};Forge\r\n".encode())
    adresse = client.post(f"{BASE}imports/", {"fichier": fichier}).headers["Location"]
    jouer(ImportEntreprises.objects.get())
    client.post(f"{adresse}confirmer/")
    un = jouer(ImportEntreprises.objects.get())
    assert (un.etat, Entreprise.objects.count()) == ("termine", 1)
    assert "Les entreprises sont à jour" in client.get(adresse).content.decode()
    assert client.get(f"{BASE}imports/sirene/").status_code == 200


@pytest.mark.parametrize("genre", ["csv", "xlsx"])
def test_the_model_file_is_accepted_by_the_import(client, territoire, genre) -> None:
    contenu = client.get(f"{BASE}imports/modele.{genre}").content
    client.post(f"{BASE}imports/", {"fichier": SimpleUploadedFile(f"modele.{genre}", contenu)})
    un = jouer(ImportEntreprises.objects.get())
    assert (un.etat, un.erreurs, un.comptes["nouvelles"]) == ("apercu", [], 1)


def test_the_search_finds_without_accents(territoire) -> None:
    EntrepriseFactory(territoire=territoire, nom="Épicerie du Célé")
    trouvailles = recherches["entreprises"](acces_coordination(territoire.pk), "epicerie CELE", 5)
    assert [t.titre for t in trouvailles] == ["Épicerie du Célé"]
