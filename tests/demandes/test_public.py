"""The public pages, and the contact form in three steps."""

import re
import unicodedata
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.core.acces import Acces
from apps.courriels.models import Courriel
from apps.demandes import brouillons
from apps.demandes.enums import EtatDemande
from apps.demandes.models import Brouillon, Demande, LienSuivi, PieceBrouillon
from apps.documents.models import Fichier
from apps.entreprises import services as entreprises
from apps.personnes.enums import Portee
from apps.referentiels.models import Epci
from apps.territoires.models import Territoire
from tests.factories import CommuneFactory, OrganismeFactory, TerritoireFactory, ThemeFactory

from .publics import BESOIN, PROJET, VOUS, envoyer, fichier, jeton_de, jusqu_a, pdf, remplir

pytestmark = pytest.mark.django_db
PAGES = ("accueil", "mentions", "confidentialite", "accessibilite", "plan", "formulaire_papier", "demande", "retrouver")


@pytest.mark.parametrize("nom", PAGES)
def test_public_pages_answer_anybody(client: Client, territoire: Territoire, nom: str) -> None:
    reponse = client.get(reverse(f"public:{nom}", args=["figeac"]))
    assert reponse.status_code == 200
    assert "Pays de Figeac" in reponse.content.decode()


def test_the_home_page_shows_the_words_of_the_territoire(client: Client, territoire: Territoire) -> None:
    OrganismeFactory(territoire=territoire, nom="Chambre d’essai", presentation="Accompagne les artisans.")
    OrganismeFactory(territoire=territoire, nom="Organisme fermé", est_actif=False)
    Territoire.objects.filter(pk=territoire.pk).update(presentation="Un guichet <b>à nous</b>.", pour_qui="Vous.")
    page = client.get("/figeac/").content.decode()
    assert "Un guichet &lt;b&gt;à nous&lt;/b&gt;." in page
    assert "Chambre d’essai" in page and "Accompagne les artisans." in page
    assert "Organisme fermé" not in page
    assert "Demander un accompagnement" in page
    assert "Accessibilité\u00a0: non conforme" in page


def test_the_page_of_an_unknown_territoire_is_not_found(client: Client, territoire: Territoire) -> None:
    assert client.get("/ailleurs/").status_code == 404


def test_a_person_without_company_sends_a_request(client: Client, territoire: Territoire) -> None:
    theme = ThemeFactory(territoire=territoire)
    reponse = envoyer(
        client,
        territoire,
        vous={"nom": "Delmas", "telephone": "06 12 34 56 78", "preference_contact": "telephone"},
        besoin={"themes": [theme.pk], "message": "Cafe\u0301 a\u0300 reprendre."},
    )
    demande = Demande.objects.get()
    assert reponse.status_code == 302 and reponse["Location"].endswith("/envoyee/")
    assert (demande.nom, demande.courriel, demande.siret, demande.genre) == ("Delmas", "", "", "projet")
    assert demande.commune.nom == "Figeac" and not demande.hors_territoire
    assert demande.message == unicodedata.normalize("NFC", "Café à reprendre.")
    assert list(demande.themes.all()) == [theme]
    assert str(demande.emplois_prevus) == "1.50"
    assert demande.etat == EtatDemande.A_QUALIFIER and demande.saisie_role == ""
    assert demande.reference == f"D-{timezone.localdate().year}-0001"
    assert demande.notice_version == territoire.notice_version and demande.notice_lue_le is not None
    assert not Courriel.objects.filter(gabarit="demande_recue").exists()


def test_the_confirmation_gives_the_reference_and_a_receipt(client: Client, territoire: Territoire) -> None:
    reponse = client.get(envoyer(client, territoire)["Location"])
    demande = Demande.objects.get()
    page = reponse.content.decode()
    assert demande.reference in page
    recepisse = client.get(reverse("public:recepisse", args=["figeac", reponse.wsgi_request.path.split("/")[3]]))
    texte = recepisse.content.decode()
    assert demande.reference in texte and "Reprendre la boulangerie" in texte and "data-imprimer" in texte


def test_an_address_receives_the_reference_and_a_link_that_works(client: Client, territoire: Territoire) -> None:
    envoyer(client, territoire)
    demande, courriel = Demande.objects.get(), Courriel.objects.get(gabarit="demande_recue")
    assert courriel.destinataire == "lucie@example.org"
    assert demande.reference in courriel.sujet
    adresse = next(m for m in courriel.corps.split() if "/suivi/" in m)
    assert Client().get(adresse.split("8000", 1)[1]).status_code == 200


def test_each_coordinator_is_told_without_a_name(client: Client, territoire: Territoire, coordination: object) -> None:
    envoyer(client, territoire)
    courriel = Courriel.objects.get(gabarit="demande_nouvelle")
    assert "Delmas" not in courriel.corps and "lucie@" not in courriel.corps
    assert f"/espace/demandes/{Demande.objects.get().reference}/" in courriel.corps


def test_each_step_asks_at_most_five_questions(client: Client, territoire: Territoire) -> None:
    ThemeFactory(territoire=territoire)
    for etape in (1, 2, 3):
        page = client.get(jusqu_a(Client(), territoire, etape) if etape > 1 else "/figeac/demande/")
        assert len(page.context["form"].fields) <= 5
        assert f"Étape {etape} sur 3" in page.content.decode()


@pytest.mark.parametrize(
    ("vous", "champ"),
    [
        ({"nom": ""}, "nom"),
        ({"telephone": "", "courriel": ""}, "courriel"),
        ({"telephone": "12"}, "telephone"),
        ({"telephone": "appelez-moi"}, "telephone"),
        ({"courriel": "lucie@"}, "courriel"),
        ({"courriel": "", "preference_contact": "courriel"}, "courriel"),
        ({"telephone": "", "preference_contact": "telephone"}, "telephone"),
        ({"nom": "Voir http://exemple.test"}, "nom"),
        ({"prenom": "www.exemple.test"}, "prenom"),
    ],
)
def test_the_first_step_says_what_to_correct(client: Client, territoire: Territoire, vous: dict, champ: str) -> None:
    reponse = remplir(client, "/figeac/demande/", VOUS | vous)
    assert reponse.status_code == 422
    assert champ in reponse.context["form"].errors
    page = reponse.content.decode()
    assert f'href="#id_{champ}"' in page  # the summary links to the field
    assert 'value="Lucie"' in page or vous.get("prenom")  # typed values are kept


@pytest.mark.parametrize("saisie", ["732 829 320 00074", "73282932000074", "732.829.320.00074"])
def test_an_enterprise_is_given_by_its_siret(client: Client, territoire: Territoire, saisie: str) -> None:
    envoyer(client, territoire, projet=PROJET | {"genre": "entreprise", "entreprise": saisie})
    demande = Demande.objects.get()
    assert (demande.siret, demande.entreprise_nom) == ("73282932000074", "")


def test_an_enterprise_is_given_by_its_name(client: Client, territoire: Territoire) -> None:
    envoyer(client, territoire, projet=PROJET | {"genre": "entreprise", "entreprise": "Le 8 à Huit"})
    demande = Demande.objects.get()
    assert (demande.siret, demande.entreprise_nom) == ("", "Le 8 à Huit")


@pytest.mark.parametrize(
    ("projet", "champ"),
    [
        ({"genre": "entreprise", "entreprise": ""}, "entreprise"),
        ({"genre": "entreprise", "entreprise": "73282932000075"}, "entreprise"),
        ({"genre": "projet", "projet": ""}, "projet"),
        ({"genre": "autre"}, "genre"),
        ({"commune": ""}, "commune"),
        ({"emplois_prevus": "beaucoup"}, "emplois_prevus"),
        ({"emplois_prevus": "NaN"}, "emplois_prevus"),
        ({"emplois_prevus": "-1"}, "emplois_prevus"),
        ({"emplois_prevus": "1e400"}, "emplois_prevus"),
    ],
)
def test_the_second_step_says_what_to_correct(client: Client, territoire: Territoire, projet: dict, champ: str) -> None:
    url = jusqu_a(client, territoire, 2)
    reponse = remplir(client, url, PROJET | projet)
    assert reponse.status_code == 422
    assert champ in reponse.context["form"].errors


def test_the_form_never_tells_whether_an_enterprise_is_known(client: Client, territoire: Territoire) -> None:
    entreprises.creer(acces=Acces.systeme(territoire.pk), nom="Boulangerie Vidal", siret="73282932000074")
    pages = []
    for siret in ("73282932000074", "44306184100047"):
        visiteur = Client()
        url = jusqu_a(visiteur, territoire, 3, projet=PROJET | {"genre": "entreprise", "entreprise": siret})
        page = visiteur.get(url)
        texte = page.content.decode().replace(jeton_de(page), "").replace(url.split("/")[3], "")
        pages.append(re.sub(r'csrfmiddlewaretoken" value="[^"]+"', "", texte))
    assert pages[0] == pages[1]


def test_two_communes_of_the_same_name_ask_for_the_post_code(client: Client, territoire: Territoire) -> None:
    for code, postal in (("46001", "46330"), ("12001", "12000")):
        CommuneFactory(code_insee=code, nom="Saint-Félix", codes_postaux=postal)
    url = jusqu_a(client, territoire, 2)
    reponse = remplir(client, url, PROJET | {"commune": "saint felix"})
    assert reponse.status_code == 422
    assert "46330" in str(reponse.context["form"].errors["commune"])
    assert remplir(client, url, PROJET | {"commune": "Saint-Félix (46330)"}).status_code == 302


def test_of_two_communes_the_one_of_the_territoire_is_meant(client: Client, territoire: Territoire) -> None:
    ici = CommuneFactory(code_insee="46001", nom="Saint-Félix", codes_postaux="46330")
    CommuneFactory(code_insee="12001", nom="Saint-Félix", codes_postaux="12000")
    territoire.communes.add(ici)
    envoyer(client, territoire, projet=PROJET | {"commune": "Saint-Félix"})
    assert Demande.objects.get().commune == ici


def test_an_unknown_commune_is_kept_as_typed(client: Client, territoire: Territoire) -> None:
    envoyer(client, territoire, projet=PROJET | {"commune": "Le hameau d’en haut"})
    demande = Demande.objects.get()
    assert demande.commune is None and demande.commune_libre == "Le hameau d’en haut"


def test_outside_the_territoire_it_is_said_kindly_and_still_sent(client: Client, territoire: Territoire) -> None:
    epci = Epci.objects.create(siren="200023737", nom="CA du Grand Cahors", genre="CA", recherche="ca du grand cahors")
    cahors = CommuneFactory(code_insee="46042", nom="Cahors", codes_postaux="46000", epci=epci)
    voisin = TerritoireFactory(slug="cahors", nom="Pays de Cahors", communes=[cahors])
    url = jusqu_a(client, territoire, 3, projet=PROJET | {"commune": "Cahors"})
    page = client.get(url).content.decode()
    assert "Cahors n’est pas dans le Pays de Figeac" in page
    assert "CA du Grand Cahors" in page and voisin.nom in page
    assert remplir(client, url, BESOIN, action="envoyer").status_code == 302
    assert Demande.objects.get().hors_territoire


def test_step_three_needs_a_theme_or_words(client: Client, territoire: Territoire) -> None:
    url = jusqu_a(client, territoire, 3)
    reponse = remplir(client, url, {"message": ""}, action="envoyer")
    assert reponse.status_code == 422 and "message" in reponse.context["form"].errors
    assert not Demande.objects.exists()


# --- saved at each step, resumed elsewhere ---


def test_a_form_begun_on_one_device_is_finished_on_another(territoire: Territoire) -> None:
    bureau, telephone = Client(), Client()
    jusqu_a(bureau, territoire, 3)
    cle = Brouillon.objects.get().cle
    reponse = telephone.get(reverse("public:reprise", args=["figeac", cle]), follow=True)
    url = reponse.redirect_chain[-1][0]
    assert url.endswith(f"{cle}/3/")
    assert 'value="Delmas"' in telephone.get(reverse("public:etape", args=["figeac", cle, 1])).content.decode()
    assert remplir(telephone, url, BESOIN, action="envoyer").status_code == 302
    assert Demande.objects.get().nom == "Delmas"


def test_opening_the_link_changes_nothing(client: Client, territoire: Territoire) -> None:
    url = jusqu_a(client, territoire, 3)
    avant = Brouillon.objects.values().get()
    Client().get(reverse("public:reprise", args=["figeac", avant["cle"]]))
    Client().get(url)
    Client().get(reverse("public:plus_tard", args=["figeac", avant["cle"]]))
    assert Brouillon.objects.values().get() == avant
    assert not Courriel.objects.exists()


def test_finish_later_keeps_even_wrong_values_and_mails_the_link(client: Client, territoire: Territoire) -> None:
    url = jusqu_a(client, territoire, 2)
    reponse = remplir(client, url, {"entreprise": "123", "commune": "Fige"}, action="plus_tard")
    brouillon = Brouillon.objects.get()
    assert reponse["Location"].endswith("/plus-tard/")
    assert str(brouillon.cle) in client.get(reponse["Location"]).content.decode()
    assert str(brouillon.cle) in Courriel.objects.get(gabarit="demande_reprise").corps
    assert 'value="Fige"' in client.get(url).content.decode()
    ecart = brouillon.expire_le - timezone.now()
    assert timedelta(days=territoire.jours_brouillon - 1) < ecart <= timedelta(days=territoire.jours_brouillon)


def test_finish_later_works_from_the_first_step_without_an_address(client: Client, territoire: Territoire) -> None:
    reponse = remplir(client, "/figeac/demande/", {"prenom": "Lucie"}, action="plus_tard")
    assert reponse.status_code == 302
    page = client.get(reponse["Location"])
    assert page.status_code == 200 and not Courriel.objects.exists()
    client.post(reponse["Location"], {"courriel": "plus-tard@example.org"})
    assert Courriel.objects.get().destinataire == "plus-tard@example.org"


def test_going_back_keeps_what_was_typed(client: Client, territoire: Territoire) -> None:
    url = jusqu_a(client, territoire, 2)
    reponse = remplir(client, url, {"projet": "Une idée"}, action="revenir")
    assert reponse["Location"].endswith("/1/")
    assert "Une idée" in client.get(url).content.decode()


def test_a_step_cannot_be_skipped(client: Client, territoire: Territoire) -> None:
    url = jusqu_a(client, territoire, 2)
    trois = url.replace("/2/", "/3/")
    assert client.get(trois)["Location"] == url
    assert client.post(trois, {**BESOIN, "action": "envoyer"})["Location"] == url
    assert client.get(url.replace("/2/", "/4/")).status_code == 404
    assert not Demande.objects.exists()


def test_an_earlier_step_made_wrong_again_is_shown_before_sending(client: Client, territoire: Territoire) -> None:
    url = jusqu_a(client, territoire, 3)
    remplir(client, url.replace("/3/", "/1/"), {"nom": ""}, action="plus_tard")
    reponse = remplir(client, url, BESOIN, action="envoyer")
    assert reponse["Location"].endswith("/1/?revoir=1")
    assert "Indiquez votre nom." in client.get(reponse["Location"]).content.decode()
    assert not Demande.objects.exists()


def test_an_expired_form_is_refused_with_a_way_out(client: Client, territoire: Territoire) -> None:
    url = jusqu_a(client, territoire, 3)
    Brouillon.objects.update(expire_le=timezone.now() - timedelta(minutes=1))
    for adresse in (url, reverse("public:reprise", args=["figeac", Brouillon.objects.get().cle])):
        reponse = client.get(adresse)
        assert reponse.status_code == 404 and "Recommencer une demande" in reponse.content.decode()
    assert "Delmas" not in client.get(url).content.decode()


def test_the_draft_of_another_territoire_is_not_found(client: Client, territoire: Territoire) -> None:
    url = jusqu_a(client, territoire, 3)
    TerritoireFactory(slug="langres", nom="Pays de Langres")
    assert client.get(url.replace("/figeac/", "/langres/")).status_code == 404


def test_expired_drafts_are_swept_with_their_files(client: Client, territoire: Territoire) -> None:
    url = jusqu_a(client, territoire, 3)
    remplir(client, url, {"fichiers": pdf()}, action="ajouter")
    nom = Fichier.objects.get().contenu.name
    assert brouillons.purger_expires() == 0
    Brouillon.objects.update(expire_le=timezone.now() - timedelta(minutes=1))
    assert brouillons.purger_expires() == 1
    assert not Brouillon.objects.exists() and not PieceBrouillon.objects.exists()
    assert Fichier.objects.get().supprime_le is not None
    assert nom


# --- files ---


def test_files_survive_an_error_elsewhere_and_leave_with_the_request(client: Client, territoire: Territoire) -> None:
    url = jusqu_a(client, territoire, 3)
    reponse = remplir(client, url, {"message": "", "fichiers": [pdf("a.pdf"), pdf("b.pdf")]}, action="envoyer")
    assert reponse.status_code == 422
    assert "a.pdf" in reponse.content.decode()
    assert remplir(client, url, BESOIN, action="envoyer").status_code == 302
    assert sorted(p.fichier.nom for p in Demande.objects.get().pieces.all()) == ["a.pdf", "b.pdf"]
    assert default_storage.exists(Fichier.objects.first().contenu.name)


def test_a_bad_file_is_refused_and_the_good_one_kept(client: Client, territoire: Territoire) -> None:
    url = jusqu_a(client, territoire, 3)
    envoi = {**BESOIN, "fichiers": [pdf("bon.pdf"), fichier("virus.pdf", b"MZ\x90\x00", "application/pdf")]}
    reponse = remplir(client, url, envoi, action="envoyer")
    assert reponse.status_code == 422 and "virus.pdf" in str(reponse.context["form"].errors["fichiers"])
    assert [p.fichier.nom for p in PieceBrouillon.objects.all()] == ["bon.pdf"]


def test_at_most_five_files_in_all(client: Client, territoire: Territoire) -> None:
    url = jusqu_a(client, territoire, 3)
    remplir(client, url, {"fichiers": [pdf(f"{i}.pdf") for i in range(4)]}, action="ajouter")
    reponse = remplir(client, url, {**BESOIN, "fichiers": [pdf("5.pdf"), pdf("6.pdf")]}, action="envoyer")
    assert reponse.status_code == 422 and "6.pdf" in reponse.content.decode()
    assert PieceBrouillon.objects.count() == 5


def test_a_file_is_taken_back_and_erased(client: Client, territoire: Territoire) -> None:
    url = jusqu_a(client, territoire, 3)
    remplir(client, url, {"fichiers": pdf()}, action="ajouter")
    autre = jusqu_a(Client(), territoire, 3)
    piece = PieceBrouillon.objects.get()
    remplir(client, autre, {}, action=f"retirer-{piece.pk}")  # through another form: not found there
    assert PieceBrouillon.objects.exists()
    remplir(client, url, {}, action=f"retirer-{piece.pk}")
    assert not PieceBrouillon.objects.exists()
    assert Fichier.objects.get().supprime_le is not None


def test_the_enter_key_saves_and_never_takes_a_file_back(client: Client, territoire: Territoire) -> None:
    url = jusqu_a(client, territoire, 3)
    remplir(client, url, {"fichiers": pdf()}, action="ajouter")
    boutons = re.findall(r'<button type="submit"[^>]*value="([^"]+)"', client.get(url).content.decode())
    assert boutons[0] == "enregistrer" and boutons[1].startswith("retirer-")
    reponse = remplir(client, url, {"message": ""}, action="enregistrer")
    assert reponse.status_code == 302 and not Demande.objects.exists()
    assert PieceBrouillon.objects.count() == 1


# --- accord ---


def test_without_an_accord_the_request_goes_through_all_the_same(client: Client, territoire: Territoire) -> None:
    OrganismeFactory(territoire=territoire)
    envoyer(client, territoire)
    demande = Demande.objects.get()
    assert (demande.accord_portee, demande.accord_comite, demande.accord_version) == (Portee.AUCUNE, False, None)


@pytest.mark.parametrize(
    ("coches", "comite", "attendu"),
    [
        (["tous"], "", (Portee.TOUS, False, 0)),
        (["un"], "on", (Portee.NOMMES, True, 1)),
        (["tous", "un"], "", (Portee.TOUS, False, 0)),
        ([], "on", (Portee.AUCUNE, True, 0)),
    ],
)
def test_the_accord_is_kept_with_its_words_and_date(
    client: Client, territoire: Territoire, coches: list[str], comite: str, attendu: tuple
) -> None:
    organisme = OrganismeFactory(territoire=territoire)
    partage = [str(organisme.pk) if c == "un" else c for c in coches]
    envoyer(client, territoire, besoin=BESOIN | {"partage": partage, "comite": comite})
    demande = Demande.objects.get()
    assert (demande.accord_portee, demande.accord_comite, demande.accord_organismes.count()) == attendu
    assert demande.accord_version == 1 and demande.accord_donne_le is not None and demande.accord_canal == "formulaire"


def test_only_partners_of_the_territoire_can_be_named(client: Client, territoire: Territoire) -> None:
    url = jusqu_a(client, territoire, 3)
    reponse = remplir(client, url, BESOIN | {"partage": ["999999"]}, action="envoyer")
    assert reponse.status_code == 422 and "partage" in reponse.context["form"].errors


def test_the_notice_and_the_accord_are_two_things(client: Client, territoire: Territoire) -> None:
    Territoire.objects.filter(pk=territoire.pk).update(
        notice_information="Notice à nous.", notice_version=4, contact_confidentialite="dpo@example.org"
    )
    page = client.get(jusqu_a(client, territoire, 3)).content.decode()
    assert page.index("Notice à nous.") < page.index("Votre accord de partage")
    assert "mission d’intérêt public" in page and "dpo@example.org" in page
    envoyer(Client(), territoire)
    assert Demande.objects.get().notice_version == 4


# --- sent once ---


def test_the_same_form_sent_twice_makes_one_request(client: Client, territoire: Territoire) -> None:
    url = jusqu_a(client, territoire, 3)
    envoi = {**BESOIN, "action": "envoyer", "jeton_formulaire": jeton_de(client.get(url))}
    premiere, seconde = client.post(url, envoi), client.post(url, envoi)
    assert premiere["Location"].endswith("/envoyee/") and seconde["Location"].endswith("/envoyee/")
    assert Demande.objects.count() == 1
    assert client.get(seconde["Location"]).status_code == 200
    assert Courriel.objects.filter(gabarit="demande_recue").count() == 1


def test_long_after_the_sent_form_opens_nothing_any_more(client: Client, territoire: Territoire) -> None:
    url = jusqu_a(client, territoire, 3)
    remplir(client, url, BESOIN, action="envoyer")
    Demande.objects.update(cree_le=timezone.now() - timedelta(hours=2))
    liens = LienSuivi.objects.count()
    reponse = client.post(url, {**BESOIN, "action": "envoyer"})
    assert reponse.status_code == 200 and "déjà envoyée" in reponse.content.decode()
    page = client.get(url)
    assert "déjà envoyée" in page.content.decode() and "Delmas" not in page.content.decode()
    assert LienSuivi.objects.count() == liens
    assert Brouillon.objects.get().donnees == {}


def test_an_unknown_draft_is_not_found(client: Client, territoire: Territoire) -> None:
    assert client.get(reverse("public:etape", args=["figeac", uuid4(), 1])).status_code == 404
    assert client.post(reverse("public:etape", args=["figeac", uuid4(), 1]), {"nom": "x"}).status_code == 404


def test_the_axes_of_the_territoire_are_said_one_by_one(territoire: Territoire) -> None:
    Territoire.objects.filter(pk=territoire.pk).update(
        axes="Accompagner les jeunes\n\n- Mutualiser <entre> partenaires"
    )
    page = Client().get("/figeac/").content.decode()
    assert "<li>Accompagner les jeunes</li><li>Mutualiser &lt;entre&gt; partenaires</li>" in page
    Territoire.objects.filter(pk=territoire.pk).update(axes="")
    assert "Ce que nous menons" not in Client().get("/figeac/").content.decode()
