"""A meeting kept in a real browser: four clicks a point, and nothing lost when the network or the login goes."""

import itertools
import json
import re
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.outillage.processus import RACINE, environnement

from .conftest import TELEPHONE
from .gestes import remplir_connexion

pytestmark = [pytest.mark.navigateur, pytest.mark.xdist_group("tenue")]
ATTENTE = 20_000
NUMEROS = itertools.count(7001)
COUPE = "ERR_INTERNET_DISCONNECTED"


@pytest.fixture
def seance(site):
    """A meeting of its own for each test: {numero, points, titres}."""
    env = environnement(
        DJANGO_SETTINGS_MODULE="config.settings.dev", VAR_DIR=str(site.var), LOG_LEVEL="WARNING",
        **({"DATABASE_URL": site.url} if site.url else {}),
    )  # fmt: skip
    sortie = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.e2e.preparer_seance", f"CT-2026-{next(NUMEROS)}"],
        env=env, cwd=RACINE, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert sortie.returncode == 0, sortie.stderr[-3000:]
    return json.loads(sortie.stdout.splitlines()[-1])


def adresse(seance, suite="tenir/"):
    return f"/figeac/espace/comites/{seance['numero']}/{suite}"


def etat(v):
    return v.page.locator("[data-etat-tenue]")


def enregistre(v):
    """The page says that all is stored."""
    expect(etat(v)).to_have_text("✓ Tout est enregistré", timeout=ATTENTE)


def zone(v):
    return v.champ("Synthèse de la discussion")


def synthese(site, seance, rang=0):
    (ligne,) = site.lire("SELECT synthese FROM comites_pointordredujour WHERE id = %s", seance["points"][rang])
    return ligne[0]


def actions(site, seance, rang=0):
    lignes = site.lire(
        "SELECT a.libelle FROM comites_actiondepoint p JOIN actions_action a ON a.id = p.action_id "
        "WHERE p.point_id = %s ORDER BY a.libelle", seance["points"][rang],
    )  # fmt: skip
    return [libelle for (libelle,) in lignes]


def ecrire_action(v, libelle):
    """By keyboard: who, what, Enter. The focus is then on the next line."""
    v.page.keyboard.press("ArrowDown")
    v.page.keyboard.press("Tab")
    v.page.keyboard.type(libelle)
    v.page.keyboard.press("Enter")


def test_a_point_with_a_decision_and_two_actions(visiter, site, seance, budget):
    v = visiter("claire.vidal")
    v.aller(adresse(seance))
    debut = v.clics
    v.cliquer(zone(v))
    v.page.keyboard.type("La CCI juge le fonds sain.")
    v.cliquer(v.page.get_by_text("Valider l’accompagnement", exact=True))
    v.atteindre(v.champ("Qui", exact=True))
    ecrire_action(v, "Expertiser le matériel")
    expect(v.champ("Qui", exact=True)).to_be_focused()
    ecrire_action(v, "Instruire le pass rebond")
    enregistre(v)
    expect(v.page.locator(".tableau-actions tbody tr")).to_have_count(2)
    v.suivre(v.bouton(re.compile("^Point suivant")))
    budget("un point tenu : décision et deux actions", v.clics - debut, 4)

    v.voir(seance["titres"][1])
    assert synthese(site, seance) == "La CCI juge le fonds sain."
    assert actions(site, seance) == ["Expertiser le matériel", "Instruire le pass rebond"]
    journal = site.lire(
        "SELECT j.texte FROM fiches_entreejournal j JOIN comites_pointordredujour p ON p.fiche_id = j.fiche_id "
        "WHERE p.id = %s AND j.action = 'comite' ORDER BY j.id DESC", seance["points"][0],
    )  # fmt: skip
    assert "accompagnement validé" in journal[0][0]


def test_two_note_takers_lose_nothing(visiter, site, seance):
    claire, hugo = visiter("claire.vidal"), visiter("hugo.lacaze")
    for v in (claire, hugo):
        v.aller(adresse(seance))
    zone(claire).press_sequentially("La CCI juge le fonds sain.")
    zone(hugo).press_sequentially("La CMA ira voir le four.")
    for v in (claire, hugo):
        enregistre(v)

    for v in (claire, hugo):
        expect(zone(v)).to_have_value(re.compile("fonds sain"), timeout=ATTENTE)
        expect(zone(v)).to_have_value(re.compile("voir le four"), timeout=ATTENTE)
    # Each goes on where they were.
    zone(claire).press_sequentially(" Prix à revoir.")
    zone(hugo).press_sequentially(" Avant Noël.")
    for v in (claire, hugo):
        enregistre(v)
    texte = synthese(site, seance)
    for mots in ("La CCI juge le fonds sain.", "La CMA ira voir le four.", "Prix à revoir.", "Avant Noël."):
        assert texte.count(mots) == 1, texte


def test_two_decisions_at_once_are_both_shown(visiter, site, seance):
    claire, hugo = visiter("claire.vidal"), visiter("hugo.lacaze")
    for v in (claire, hugo):
        v.aller(adresse(seance))
    hugo.contexte.set_offline(True)
    with hugo.tolerer(COUPE, "409"):
        hugo.page.get_by_text("Sans suite", exact=True).click()
        expect(etat(hugo)).to_contain_text("la décision")
        claire.page.get_by_text("Valider l’accompagnement", exact=True).click()
        enregistre(claire)
        hugo.contexte.set_offline(False)
        hugo.voir("Quelqu’un a noté une autre décision").voir("accompagnement validé")
        hugo.page.get_by_role("button", name="Prendre l’autre").click()
        enregistre(hugo)
    expect(hugo.page.locator("#genre-valider")).to_be_checked()
    assert site.lire("SELECT genre FROM comites_decision WHERE point_id = %s", seance["points"][0]) == [("valider",)]


def test_a_network_cut_loses_nothing(visiter, site, seance):
    v = visiter("claire.vidal")
    v.aller(adresse(seance))
    zone(v).fill("Avant la coupure.")
    enregistre(v)

    v.contexte.set_offline(True)
    with v.tolerer(COUPE):
        zone(v).press_sequentially(" Pendant la coupure.")
        v.page.get_by_text("Valider l’accompagnement", exact=True).click()
        v.atteindre(v.champ("Qui", exact=True))
        ecrire_action(v, "Rappeler le cédant")
        expect(etat(v)).to_contain_text("Pas encore enregistré")
        v.voir("Connexion coupée").voir("Rien n’est perdu").voir("la synthèse").voir("une action").voir("la décision")
        assert synthese(site, seance) == "Avant la coupure."

        v.contexte.set_offline(False)
        enregistre(v)
    assert synthese(site, seance) == "Avant la coupure. Pendant la coupure."
    assert actions(site, seance) == ["Rappeler le cédant"]
    v.ne_pas_voir("Connexion coupée")


def test_a_tab_closed_during_the_cut_is_found_again(visiter, site, seance):
    v = visiter("claire.vidal")
    v.aller(adresse(seance))
    v.contexte.set_offline(True)
    with v.tolerer(COUPE):
        zone(v).fill("Écrit puis fermé.")
        expect(etat(v)).to_contain_text("Pas encore enregistré")
        v.page.close()
    v.contexte.set_offline(False)

    v.page = v.contexte.new_page()
    v.aller(adresse(seance))

    expect(zone(v)).to_have_value("Écrit puis fermé.")
    enregistre(v)
    assert synthese(site, seance) == "Écrit puis fermé."


def test_an_answer_lost_on_the_way_writes_nothing_twice(visiter, site, seance):
    """The site stores what was sent, the network goes before its answer comes."""
    v = visiter("claire.vidal")
    v.aller(adresse(seance))
    perdues = []

    def perdre(route):
        perdues.append(route.fetch())
        route.abort("connectionreset")

    with v.tolerer("ERR_CONNECTION_RESET"):
        v.page.route(f"**{adresse(seance, 'tenir/')}{seance['points'][0]}/", perdre)
        v.atteindre(v.champ("Qui", exact=True))
        ecrire_action(v, "Une seule fois")
        expect(etat(v)).to_contain_text("une action")
        zone(v).press_sequentially("Le four")
        v.page.wait_for_timeout(1500)
        v.page.unroute_all()
        zone(v).press_sequentially(" est à changer.")
        enregistre(v)
    assert perdues
    assert actions(site, seance) == ["Une seule fois"]
    assert synthese(site, seance) == "Le four est à changer."


def test_a_login_expired_in_the_middle_loses_nothing(visiter, site, seance):
    comptes = json.loads((RACINE / "fixtures" / "demonstration" / "comptes.json").read_text(encoding="utf-8"))
    v = visiter("claire.vidal")
    v.aller(adresse(seance))
    v.contexte.clear_cookies(name="guichet_session")
    with v.tolerer("401", "403"):
        zone(v).fill("Tapé après l’expiration.")
        v.voir("Votre connexion au site a expiré").voir("Pas encore enregistré")
        assert synthese(site, seance) == ""

        with v.contexte.expect_page() as ouverte:
            v.page.get_by_role("link", name="Se reconnecter").click()
        seconde, premiere = ouverte.value, v.page
        v.page = seconde
        remplir_connexion(v, "claire.vidal", comptes[0]["mot_de_passe"])
        v.voir("Vous êtes reconnecté")
        v.page = premiere

        enregistre(v)
    assert synthese(site, seance) == "Tapé après l’expiration."
    v.ne_pas_voir("a expiré")


def test_the_wall_follows_the_meeting(visiter, seance):
    v, mur = visiter("claire.vidal"), visiter("claire.vidal")
    v.aller(adresse(seance))
    mur.aller(adresse(seance, "projection/"))
    expect(mur.page.locator("h2")).to_have_text(seance["titres"][0])
    zone(v).fill("Lu par toute la salle.")
    expect(mur.page.locator("body")).to_contain_text("Lu par toute la salle.", timeout=ATTENTE)

    v.page.keyboard.press("Control+Enter")

    expect(mur.page.locator("h2")).to_have_text(seance["titres"][1], timeout=ATTENTE)


def test_by_keyboard_through_the_agenda(visiter, seance):
    v = visiter("claire.vidal")
    v.aller(adresse(seance))
    with v.page.expect_navigation():
        v.page.keyboard.press("Alt+ArrowDown")
    v.voir(seance["titres"][1])
    with v.page.expect_navigation():
        v.page.keyboard.press("Alt+ArrowUp")
    expect(v.page.locator("#t-point")).to_have_text(seance["titres"][0])


def test_presences_are_stored_as_they_are_ticked(visiter, site, seance):
    v = visiter("claire.vidal")
    v.aller(adresse(seance))
    v.suivre(v.lien("présences"))
    rang = v.page.locator("[data-presence]").first
    rang.get_by_text("Représenté", exact=True).click()
    rang.get_by_label("Représenté par").fill("Mme Roques")
    enregistre(v)
    lignes = site.lire(
        "SELECT p.etat, p.represente_par FROM comites_presence p JOIN comites_seance s ON s.id = p.seance_id "
        "WHERE s.numero = %s AND p.etat <> 'attendu'", seance["numero"],
    )  # fmt: skip
    assert lignes == [("represente", "Mme Roques")]
    v.voir("1 représenté")


def test_the_pages_on_a_phone(visiter, seance):
    v = visiter("claire.vidal", largeur=TELEPHONE)
    for suite in ("tenir/", "tenir/presences/", "projection/", "terminer/"):
        v.aller(adresse(seance, suite))


def test_without_scripts_the_buttons_do_it_all(visiter, site, seance):
    v = visiter("claire.vidal", scripts=False)
    v.aller(adresse(seance))
    zone(v).fill("Sans script.")
    v.page.get_by_text("Valider l’accompagnement", exact=True).click()
    v.champ("Qui", exact=True).select_option(index=1)
    v.champ("Quoi", exact=True).fill("Rappeler")
    v.suivre(v.bouton(re.compile("^Point suivant")))
    v.voir(seance["titres"][1])
    assert synthese(site, seance) == "Sans script."
    assert actions(site, seance) == ["Rappeler"]
