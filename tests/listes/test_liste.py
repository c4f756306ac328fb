"""The machine of the lists: what is shown, counted, sorted, refused."""

import io
import re
from collections.abc import Callable

import openpyxl
import pytest
from django.test import Client

from apps.acces.models import Affectation
from apps.core.acces import Role
from apps.core.portee import portee
from apps.partenaires.models import Organisme
from apps.territoires.models import Territoire
from apps.tracabilite.models import Trace
from tests.factories import AffectationFactory, OrganismeFactory, TerritoireFactory

pytestmark = pytest.mark.urls("tests.listes.essai")
URL = "/figeac/espace/essai/"


@pytest.fixture
def client_(connecter: Callable, coordination: Affectation) -> Client:
    return connecter(coordination)


@pytest.fixture
def organismes(territoire: Territoire) -> list[Organisme]:
    """Three, of two kinds; one has a site, one an accent."""
    return [
        OrganismeFactory(territoire=territoire, nom="Chambre des métiers", nom_court="CMA", genre="chambre"),
        OrganismeFactory(territoire=territoire, nom="Mission locale", nom_court="ML", genre="emploi", statut="associe"),
        OrganismeFactory(
            territoire=territoire, nom="École du bâtiment", nom_court="EB", genre="chambre", site="https://example.org/"
        ),
    ]


def noms(reponse: object) -> list[str]:
    """The heads of the rows shown, in order."""
    return re.findall(r'<a class="principal"[^>]*>([^<]*)</a>', reponse.content.decode())


def test_a_page_shows_every_row_without_any_hidden_default(client_: Client, organismes: list) -> None:
    reponse = client_.get(URL)
    assert reponse.status_code == 200
    assert noms(reponse) == ["Chambre des métiers", "Mission locale", "École du bâtiment"] or len(noms(reponse)) == 3
    assert "<strong>3</strong> organismes" in reponse.content.decode()


def test_another_territoire_is_never_in_the_list(client_: Client, organismes: list) -> None:
    autre = TerritoireFactory(slug="langres", nom="Langres")
    with portee(autre.pk):
        OrganismeFactory(territoire=autre, nom="Chambre de Langres")
    assert len(noms(client_.get(URL))) == 3
    assert "Langres" not in client_.get(URL + "?export=csv").content.decode()


@pytest.mark.parametrize(
    ("requete", "attendus"),
    [
        ("q=ecole", ["École du bâtiment"]),
        ("q=ÉCOLE+batiment", ["École du bâtiment"]),
        ("genre=chambre", ["Chambre des métiers", "École du bâtiment"]),
        ("genre=chambre&genre=emploi&statut=associe", ["Mission locale"]),
        ("site=oui", ["École du bâtiment"]),
        ("site=non", ["Chambre des métiers", "Mission locale"]),
        ("depuis=2100-01-01", []),
        ("court=cm", ["Chambre des métiers"]),
    ],
)
def test_filters_narrow_the_rows(client_: Client, organismes: list, requete: str, attendus: list[str]) -> None:
    assert sorted(noms(client_.get(f"{URL}?{requete}"))) == sorted(attendus)


@pytest.mark.parametrize(
    "requete",
    ["genre=nimporte", "depuis=hier", "q=%3B%3B", "q=" + "a" * 101, "tri=mot_de_passe", "statut=x", "inconnu=1"],
)
def test_what_is_not_understood_is_said_and_shows_no_row(client_: Client, organismes: list, requete: str) -> None:
    reponse = client_.get(f"{URL}?{requete}")
    assert reponse.status_code == 200
    assert noms(reponse) == []
    assert "aucune ligne n’est montrée" in reponse.content.decode()


@pytest.mark.parametrize("requete", ["genre=nimporte&export=csv", "inconnu=1&export=xlsx"])
def test_a_bad_filter_never_becomes_an_export_of_everything(client_: Client, organismes: list, requete: str) -> None:
    assert client_.get(f"{URL}?{requete}").status_code == 302
    assert not Trace.objects.exists()


def test_counters_follow_the_other_filters(client_: Client, organismes: list) -> None:
    tous = client_.get(URL).context["liste"].compteurs
    assert [(o["libelle"], o["nombre"]) for o in tous[0]["options"]] == [
        ("Chambre consulaire", 2),
        ("Service de l’emploi", 1),
    ]
    associes = client_.get(URL + "?statut=associe").context["liste"].compteurs
    assert [(o["libelle"], o["nombre"]) for o in associes[0]["options"]] == [("Service de l’emploi", 1)]
    # A counter does not obey its own filter: one sees what choosing the other would give.
    assert [o["nombre"] for o in associes[1]["options"]] == [2, 1]


def test_a_counter_adds_its_choice_or_takes_it_off(client_: Client, organismes: list) -> None:
    genres, statuts = (
        g["options"] for g in client_.get(URL + "?genre=chambre&statut=membre").context["liste"].compteurs
    )
    assert [(o["actif"], o["url"]) for o in genres] == [(True, "?statut=membre")]
    assert [o["url"] for o in statuts] == ["?genre=chambre"]
    genres = client_.get(URL + "?genre=chambre").context["liste"].compteurs[0]["options"]
    assert [o["url"] for o in genres] == ["?", "?genre=chambre&genre=emploi"]
    assert '<input type="hidden" name="genre" value="chambre"' in client_.get(URL + "?genre=chambre").content.decode()


def test_chips_remove_one_filter_and_keep_the_others(client_: Client, organismes: list) -> None:
    actifs = client_.get(URL + "?q=ecole&genre=chambre&genre=emploi&tri=-nom&page=1").context["actifs"]
    assert [(a["libelle"], a["valeur"]) for a in actifs] == [
        ("Recherche", "ecole"),
        ("Genre", "Chambre consulaire"),
        ("Genre", "Service de l’emploi"),
    ]
    assert actifs[0]["url"] == "?genre=chambre&genre=emploi&tri=-nom"
    assert actifs[1]["url"] == "?q=ecole&genre=emploi&tri=-nom"


def test_columns_sort_both_ways_and_say_so(client_: Client, organismes: list) -> None:
    montant, descendant = client_.get(URL + "?tri=genre"), client_.get(URL + "?tri=-genre")
    assert noms(montant) == noms(descendant)[::-1]
    assert 'aria-sort="descending"' in descendant.content.decode()
    assert 'aria-sort="ascending"' in client_.get(URL).content.decode()


def test_fifty_a_page_with_the_total(client_: Client, territoire: Territoire) -> None:
    OrganismeFactory.create_batch(53, territoire=territoire, convention=False)
    assert len(noms(client_.get(URL))) == 50
    seconde = client_.get(URL + "?page=2")
    assert len(noms(seconde)) == 3
    assert "51 à 53 sur 53" in seconde.content.decode()
    assert len(noms(client_.get(URL + "?page=99"))) == 3
    assert len(noms(client_.get(URL + "?page=abc"))) == 50


def test_queries_do_not_depend_on_the_rows(
    client_: Client, territoire: Territoire, django_assert_max_num_queries: Callable
) -> None:
    OrganismeFactory.create_batch(3, territoire=territoire, convention=False)
    client_.get(URL)
    with django_assert_max_num_queries(20) as peu:
        client_.get(URL + "?genre=autre")
    OrganismeFactory.create_batch(60, territoire=territoire, convention=False)
    with django_assert_max_num_queries(20) as beaucoup:
        client_.get(URL + "?genre=autre")
    assert len(peu) == len(beaucoup)
    du_modele = [
        q["sql"] for q in beaucoup.captured_queries if "partenaires_organisme" in q["sql"] or "vueenreg" in q["sql"]
    ]
    assert len([q for q in du_modele if "acces_affectation" not in q]) == 3


def test_the_fragment_has_the_results_alone_and_gives_the_shareable_address(client_: Client, organismes: list) -> None:
    reponse = client_.get(URL + "?fragment=1&q=ecole&genre=&tri=")
    texte = reponse.content.decode()
    assert "<html" not in texte and noms(reponse) == ["École du bâtiment"]
    assert "fragment" not in texte
    assert reponse["HX-Replace-Url"] == URL + "?q=ecole"


def test_every_cell_is_escaped(client_: Client, territoire: Territoire) -> None:
    OrganismeFactory(
        territoire=territoire, nom="<script>alert(1)</script>", nom_court='"><img src=x>', site="https://x/<b>"
    )
    texte = client_.get(URL).content.decode()
    assert "<script>alert" not in texte and "<img src=x" not in texte and "<b>" not in texte
    assert "&lt;script&gt;alert" in texte


def test_an_empty_list_says_what_will_come(client_: Client) -> None:
    assert "apparaîtront ici" in client_.get(URL).content.decode()
    assert "Retirer les filtres" in client_.get(URL + "?q=rien").content.decode()


# --- exports ---


def test_csv_holds_all_pages_with_the_filters_in_its_title(client_: Client, territoire: Territoire) -> None:
    OrganismeFactory.create_batch(60, territoire=territoire, genre="etat", convention=False)
    OrganismeFactory(territoire=territoire, genre="autre")
    reponse = client_.get(URL + "?genre=etat&export=csv&page=2")
    contenu = reponse.content
    assert contenu.startswith(b"\xef\xbb\xbf")
    lignes = contenu.decode("utf-8-sig").split("\r\n")
    assert "Genre : Service de l’État" in lignes[0] and "60 organismes" in lignes[0]
    assert lignes[1].startswith("Organisme;Genre;Site;Version;Créé;Téléphone")
    assert len(lignes) == 63
    assert reponse["Content-Disposition"].startswith('attachment; filename="organismes-dessai-')


@pytest.mark.parametrize(
    "poison", ["=1+1", "+33 5", "-2", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1+1", "|calc", "%0A=1"]
)
def test_no_cell_is_a_formula(client_: Client, territoire: Territoire, poison: str) -> None:
    organisme = OrganismeFactory(territoire=territoire, nom="x", convention=False)
    Organisme.objects.filter(pk=organisme.pk).update(telephone="")
    organisme.nom = poison
    Organisme.objects.bulk_update([organisme], ["nom"])
    attendu = Organisme.objects.get(pk=organisme.pk).nom
    csv_ = client_.get(URL + "?export=csv").content.decode("utf-8-sig").split("\r\n")[2]
    assert csv_.lstrip('"').startswith("'")
    feuille = openpyxl.load_workbook(io.BytesIO(client_.get(URL + "?export=xlsx").content)).active
    assert feuille["A3"].value == f"'{attendu}"
    assert feuille["A3"].data_type == "s"


def test_xlsx_keeps_numbers_and_dates(client_: Client, organismes: list) -> None:
    feuille = openpyxl.load_workbook(io.BytesIO(client_.get(URL + "?export=xlsx&q=ecole").content)).active
    assert "Recherche : ecole" in feuille["A1"].value
    assert [c.value for c in feuille[3]][:4] == ["École du bâtiment", "Chambre consulaire", "https://example.org/", 1]
    assert feuille["E3"].is_date


def test_an_export_is_traced_without_what_was_searched(
    client_: Client, organismes: list, coordination: Affectation
) -> None:
    client_.get(URL + "?export=csv&q=ecole")
    trace = Trace.objects.get()
    assert (trace.genre, trace.objet, trace.utilisateur_id) == ("export", "liste:essai", coordination.utilisateur_id)
    assert "1 organisme" in trace.libelle and "recherche" in trace.libelle
    assert "ecole" not in trace.libelle


def test_exporting_needs_the_right(connecter: Callable, referent: Affectation) -> None:
    client = connecter(referent)
    assert client.get(URL).status_code == 200
    assert "export=csv" not in client.get(URL).content.decode()
    assert client.get(URL + "?export=csv").status_code == 403
    assert not Trace.objects.filter(genre="export").exists()


def test_an_unknown_format_is_a_bad_request(client_: Client) -> None:
    assert client_.get(URL + "?export=exe").status_code == 400


# --- bulk actions ---


def test_an_action_asks_first_then_does(client_: Client, organismes: list) -> None:
    ids = [organismes[0].pk, organismes[1].pk]
    page = client_.post(URL + "?genre=chambre", {"action": "renommer", "ids": ids})
    assert page.status_code == 200 and "Leur nom court changera" in page.content.decode()
    assert not Organisme.objects.filter(nom_court="NEUF").exists()
    fait = client_.post(URL + "?genre=chambre", {"action": "renommer", "ids": ids, "confirme": "1", "nom": "NEUF"})
    assert fait.status_code == 302 and fait.url == URL + "?genre=chambre"
    assert set(Organisme.objects.filter(nom_court="NEUF").values_list("pk", flat=True)) == set(ids)


def test_an_action_keeps_its_form_errors_on_the_page(client_: Client, organismes: list) -> None:
    page = client_.post(URL, {"action": "renommer", "ids": [organismes[0].pk], "confirme": "1", "nom": ""})
    assert page.status_code == 200 and "Un point est à revoir" in page.content.decode()


def test_an_action_that_fails_changes_nothing(client_: Client, organismes: list) -> None:
    page = client_.post(
        URL, {"action": "renommer", "ids": [organismes[0].pk], "confirme": "1", "nom": "interdit"}, follow=True
    )
    assert "Rien n’a été changé" in page.content.decode()


def test_an_action_reaches_nothing_out_of_scope(client_: Client, organismes: list) -> None:
    autre = TerritoireFactory(slug="langres", nom="Langres")
    with portee(autre.pk):
        etranger = OrganismeFactory(territoire=autre, nom_court="INTACT")
    ids = [etranger.pk, "x", "9" * 30, "-1"]
    client_.post(URL, {"action": "renommer", "ids": ids, "confirme": "1", "nom": "PRIS"})
    with portee(autre.pk):
        etranger.refresh_from_db()
    assert etranger.nom_court == "INTACT"


def test_an_action_needs_its_right_and_must_exist(connecter: Callable, referent: Affectation, client_: Client) -> None:
    organisme = OrganismeFactory(territoire=referent.territoire, nom_court="INTACT")
    envoi = {"action": "renommer", "ids": [organisme.pk], "confirme": "1", "nom": "PRIS"}
    assert connecter(referent).post(URL, envoi).status_code == 403
    organisme.refresh_from_db()
    assert organisme.nom_court == "INTACT"
    assert client_.post(URL, {"action": "detruire", "ids": [organisme.pk]}).status_code == 400


def test_pilotage_sees_no_action(connecter: Callable, territoire: Territoire, organismes: list) -> None:
    client = connecter(AffectationFactory(territoire=territoire, role=Role.PILOTAGE))
    assert 'type="checkbox" name="ids"' not in client.get(URL).content.decode()
