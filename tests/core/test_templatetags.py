"""Template tags, components and error pages: what they print, and that they hold without context."""

import importlib.util
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine
from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.db.models.fields import BLANK_CHOICE_DASH
from django.http import HttpRequest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory

from apps.core import affichage, views

N = affichage.INSECABLE
RACINE = Path(settings.BASE_DIR)
LUNDI = date(2026, 11, 23)


def rendre(source: str, **contexte: object) -> str:
    return Template(source).render(Context(contexte))


class Formulaire(forms.Form):
    nom = forms.CharField(label="Votre nom", help_text="Tel qu’on doit vous appeler.")
    telephone = forms.CharField(label="Téléphone", required=False)
    situation = forms.ChoiceField(
        label="Où en êtes-vous ?", choices=[("p", "J’ai un projet"), ("e", "Entreprise")], widget=forms.RadioSelect
    )
    accord = forms.BooleanField(label="J’accepte", required=False)
    jeton = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["situation"].descriptions = {"p": "même sans SIRET"}


@pytest.mark.parametrize(
    ("jour", "attendu"),
    [
        (date(2026, 11, 23), "aujourd’hui"),
        (date(2026, 11, 22), "hier"),
        (date(2026, 11, 24), "demain"),
        (date(2026, 11, 20), "vendredi"),
        (date(2026, 11, 17), "mardi"),
        (date(2026, 11, 16), f"16{N}nov."),
        (date(2026, 11, 25), f"25{N}nov."),
        (date(2025, 11, 1), f"1er{N}nov.{N}2025"),
    ],
)
def test_relative_dates_are_said_as_people_say_them(jour: date, attendu: str) -> None:
    assert affichage.date_relative(jour, aujourdhui=LUNDI) == attendu


@time_machine.travel("2026-11-23T12:00:00+01:00", tick=False)
def test_a_moment_is_told_in_paris_time_with_the_whole_date_in_the_title() -> None:
    html = rendre("{{ d|date_relative }}", d=datetime(2026, 11, 22, 23, 30, tzinfo=UTC))

    assert f"aujourd’hui, 0{N}h{N}30" in html
    assert 'datetime="2026-11-23T00:30:00+01:00"' in html
    assert f'title="lundi 23{N}novembre 2026 à 0{N}h{N}30"' in html


def test_a_missing_date_prints_nothing() -> None:
    assert rendre("{{ d|date_relative }}{{ d|date_courte }}{{ d|date_longue }}{{ d|depuis }}", d=None) == ""


@pytest.mark.parametrize(
    ("jours", "attendu"), [(0, "aujourd’hui"), (1, "hier"), (4, f"4{N}jours"), (90, f"3{N}mois"), (800, f"2{N}ans")]
)
def test_waiting_time(jours: int, attendu: str) -> None:
    assert affichage.depuis(date.fromordinal(LUNDI.toordinal() - jours), aujourdhui=LUNDI) == attendu


@pytest.mark.parametrize(
    ("filtre", "valeur", "attendu"),
    [
        ("telephone", "0565000000", f"05{N}65{N}00{N}00{N}00"),
        ("telephone", "+33 5.65.00.00.00", f"+33{N}5{N}65{N}00{N}00{N}00"),
        ("telephone", "poste 12", "poste 12"),
        ("euros", 12500, f"12{N}500{N}€"),
        ("euros", "1234.5", f"1{N}234,50{N}€"),
        ("euros", None, ""),
        ("nombre", 0, "0"),
        ("nombre", "1.50", "1,5"),
        ("nombre", "0.25", "0,25"),
        ("taille_fichier", 640, f"640{N}octets"),
        ("taille_fichier", 1_200_000, f"1,2{N}Mo"),
        ("taille_fichier", 12_000, f"12{N}Ko"),
        ("taille_fichier", None, ""),
        ("siret", "12345678900012", f"123{N}456{N}789{N}00012"),
        ("siret", "123456789", f"123{N}456{N}789"),
        ("siret", "en cours", "en cours"),
        ("typo", "l'accord : « oui » ?", f"l’accord{N}: «{N}oui{N}»{N}?"),
        ("typo", "https://example.org à 10:30", "https://example.org à 10:30"),
    ],
)
def test_formats(filtre: str, valeur: object, attendu: str) -> None:
    assert rendre("{{ v|" + filtre + " }}", v=valeur) == attendu


@pytest.mark.parametrize(("n", "attendu"), [(0, ""), (1, ""), (1.5, ""), (2, "s"), ([1, 2], "s"), ("", "")])
def test_plural_as_french_counts(n: object, attendu: str) -> None:
    assert rendre("{{ n|pluriel }}", n=n) == attendu


def test_plural_with_two_forms() -> None:
    assert rendre('journ{{ n|pluriel:"al,aux" }}', n=3) == "journaux"


@pytest.mark.parametrize("filtre", ["typo", "telephone", "appeler", "siret", "surligner:'x'", "pluriel"])
def test_filters_never_let_markup_through(filtre: str) -> None:
    assert "<b>" not in rendre("{{ v|" + filtre + " }}", v="<b>gras</b>")


def test_search_is_highlighted_whatever_the_accents() -> None:
    assert rendre("{{ v|surligner:q }}", v="Épicerie <x>", q="epi") == "<mark>Épicerie</mark> &lt;x&gt;"


def test_badge_has_icon_words_and_tone() -> None:
    html = rendre('{% badge "attention" t %}', t="<Réponse attendue>")

    assert "etiquette-attention" in html and "#clock" in html
    assert "&lt;Réponse attendue&gt;" in html


def test_an_unknown_tone_is_neutral() -> None:
    assert "etiquette-neutre" in rendre('{% badge "x y" "mot" %}')


def test_address_parameters_are_kept_and_a_change_goes_back_to_the_first_page() -> None:
    requete = RequestFactory().get("/", {"q": "é a", "canal": ["t", "m"], "page": "4"})

    assert rendre("{% parametres_url page=2 %}", request=requete) == "?q=%C3%A9+a&amp;canal=t&amp;canal=m&amp;page=2"
    assert rendre("{% parametres_url q='' %}", request=requete) == "?canal=t&amp;canal=m"
    assert rendre("{% sans_valeur 'canal' 't' %}", request=requete) == "?q=%C3%A9+a&amp;canal=m"
    assert rendre("{% parametres_url q='' %}") == "?"


def test_a_field_has_its_label_help_and_optional_mention() -> None:
    html = rendre("{% champ f.nom %}{% champ f.telephone %}", f=Formulaire())

    assert '<label class="form-label" for="id_nom">Votre nom</label>' in html
    assert 'aria-describedby="id_nom_aide"' in html and 'id="id_nom_aide"' in html
    assert html.count("(facultatif)") == 1
    assert "aria-invalid" not in html


def test_an_error_is_tied_to_its_field() -> None:
    html = rendre("{% champ f.nom %}", f=Formulaire({}))

    assert 'aria-describedby="id_nom_erreur id_nom_aide"' in html
    assert 'aria-invalid="true"' in html and 'id="id_nom_erreur"' in html
    assert "is-invalid" in html


def test_choices_are_one_group_with_descriptions() -> None:
    html = rendre("{% champ f.situation %}", f=Formulaire({"situation": "p"}))

    assert html.count("<fieldset") == 1 and "<legend" in html
    assert html.count('type="radio"') == 2 and html.count("checked") == 1
    assert "même sans SIRET" in html


def test_crispy_and_the_tag_draw_the_same_fields() -> None:
    formulaire = Formulaire({"nom": "A"})
    crispy = rendre("{% load crispy_forms_tags %}{{ f|crispy }}", f=formulaire)

    for nom in ("nom", "telephone", "situation", "accord"):
        assert " ".join(rendre(f"{{% champ f.{nom} %}}", f=formulaire).split()) in " ".join(crispy.split())


def test_hidden_fields_come_with_the_form() -> None:
    assert 'type="hidden"' in rendre("{% champs f %}", f=Formulaire())


def test_the_summary_links_to_each_field() -> None:
    html = render_to_string("composants/resume_erreurs.html", {"formulaire": Formulaire({})})

    assert 'href="#id_nom"' in html and 'href="#id_situation"' in html
    assert "2 points sont à revoir" in html
    assert render_to_string("composants/resume_erreurs.html", {"formulaire": Formulaire()}).strip() == ""


def test_definitions_are_pairs_or_dicts_and_leave_empty_ones_out() -> None:
    definitions = [
        ("Commune", "Figeac"),
        ("Vide", ""),
        {"libelle": "Emplois", "valeur": 0},
        {"libelle": "Rien", "valeur": None},
    ]

    html = render_to_string("composants/liste_definitions.html", {"definitions": definitions})

    assert re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", html) == [("Commune", "Figeac"), ("Emplois", "0")]


def test_pagination_keeps_filters() -> None:
    page = Paginator(range(200), 50).get_page(2)
    requete = RequestFactory().get("/", {"q": "x"})

    html = render_to_string("composants/pagination.html", {"page": page}, request=requete)

    assert "51 à 100 sur 200" in html
    assert "?q=x&amp;page=3" in html and 'aria-current="page"' in html


COMPOSANTS = sorted(p.name for p in (RACINE / "templates/composants").glob("*.html") if p.name != "champ.html")


@pytest.mark.parametrize("nom", COMPOSANTS)
def test_components_hold_without_context(nom: str) -> None:
    source = (RACINE / "templates/composants" / nom).read_text(encoding="utf-8")

    assert source.startswith(("{#", "{% comment %}")) or nom.startswith("_erreurs")
    if "{% champs formulaire %}" not in source:
        render_to_string(f"composants/{nom}", {}, request=None)


@pytest.mark.parametrize("base", ["base.html", "base_public.html", "base_travail.html"])
def test_layouts_hold_without_context(base: str) -> None:
    html = Template(f'{{% extends "{base}" %}}{{% block titre %}}Essai{{% endblock %}}').render(Context({}))

    assert "<title>Essai" in html and '<html lang="fr">' in html
    assert base == "base.html" or re.search(r"<h1>\s*Essai\s*</h1>", html)


def test_no_inline_style_or_script_in_templates() -> None:
    fautes = [
        f"{p.relative_to(RACINE)}: {m[0]}"
        for p in (RACINE / "templates").rglob("*.html")
        if "documents" not in p.parts and "courriels" not in p.parts
        for m in re.finditer(
            r'\sstyle="|<style|<script(?![^>]*\ssrc=)|\son[a-z]+="|hx-on|javascript:', p.read_text(encoding="utf-8")
        )
    ]

    assert fautes == []


def test_every_icon_named_exists_in_the_sprite() -> None:
    spec = importlib.util.spec_from_file_location("actifs", RACINE / "scripts/actifs.py")
    actifs = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(actifs)
    nommees = {
        (p.relative_to(RACINE), nom)
        for p in (RACINE / "templates").rglob("*.html")
        for nom in re.findall(r"""\{%\s*icone\s+["']([a-z0-9-]+)["']""", p.read_text(encoding="utf-8"))
    }

    assert {(p, n) for p, n in nommees if n not in actifs.ICONES} == set()
    assert len(nommees) > 10


@pytest.mark.parametrize(
    ("vue", "statut", "mot"),
    [
        (views.erreur_400, 400, "comprise"),
        (views.erreur_403, 403, "Vous ne pouvez pas"),
        (views.erreur_404, 404, "introuvable"),
        (views.erreur_500, 500, "pu s’afficher"),
        (views.erreur_csrf, 403, "trop longtemps"),
        (views.conflit, 409, "avant vous"),
    ],
)
def test_error_pages_help_and_give_the_request_id(vue: object, statut: int, mot: str) -> None:
    requete = RequestFactory().get("/figeac/espace/")
    requete.identifiant = "abcd1234"

    reponse = vue(requete)

    assert reponse.status_code == statut
    assert mot in reponse.content.decode() and "abcd1234" in reponse.content.decode()


def test_the_reason_of_a_refusal_is_shown_escaped() -> None:
    reponse = views.erreur_403(RequestFactory().get("/"), Exception("Seule la coordination <clôt>."))

    assert "Seule la coordination &lt;clôt&gt;." in reponse.content.decode()


@pytest.mark.parametrize("vue", [views.erreur_404, views.erreur_500])
def test_error_pages_survive_broken_context_processors_and_templates(
    vue: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    def casse(*args: object, request: HttpRequest | None = None, **kwargs: object) -> str:
        raise RuntimeError("the database is away")

    monkeypatch.setattr(views, "render_to_string", casse)

    reponse = vue(RequestFactory().get("/"))

    assert reponse.status_code in (404, 500)
    assert "revenez à l’accueil" in reponse.content.decode()


def test_a_conflict_shows_both_texts_and_htmx_gets_them_without_a_page() -> None:
    contexte = {
        "champs": [{"libelle": "Analyse", "le_votre": "Le mien <b>", "enregistre": "Le sien"}],
        "par": "A. Pons",
    }

    page = views.conflit(RequestFactory().post("/x"), contexte).content.decode()
    fragment = views.conflit(RequestFactory().post("/x", headers={"HX-Request": "true"}), contexte).content.decode()

    for html in (page, fragment):
        assert "Le mien &lt;b&gt;" in html and "Le sien" in html and "A. Pons" in html
    assert "<html" in page and "<html" not in fragment


def test_an_address_with_two_slashes_does_not_lead_elsewhere() -> None:
    requete = RequestFactory().post("/")
    requete.path = "//exemple.invalid/"

    assert 'href="//' not in views.erreur_csrf(requete).content.decode()


def test_an_empty_choice_is_said_in_words() -> None:
    class Choix(forms.Form):
        tranche = forms.ChoiceField(choices=[*BLANK_CHOICE_DASH, ("1", "Une")], required=False)
        nature = forms.ChoiceField(choices=[*BLANK_CHOICE_DASH, ("1", "Une")])

    rendu = rendre("{% champs form %}", form=Choix())

    assert "---" not in rendu
    assert ">Non précisé<" in rendu and ">Choisir…<" in rendu
