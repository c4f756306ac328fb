"""Without a mouse: the public form, and the answer of a référent. The focus is always seen."""

import re

import pytest

from .gestes import envoyer_demande

pytestmark = [pytest.mark.navigateur, pytest.mark.xdist_group("clavier")]


def test_public_form_by_keyboard_alone(visiter):
    v = visiter()
    v.aller("/figeac/")
    v.valider(v.lien("Demander un accompagnement").first)
    v.ecrire(v.champ(re.compile("^Nom")), "Lestrade")
    v.ecrire(v.champ(re.compile("^Téléphone")), "06 00 00 77 01")
    v.valider(v.bouton("Continuer"))
    v.atteindre(v.champ("J’ai une entreprise"))
    v.page.keyboard.press("ArrowDown")
    v.ecrire(v.champ(re.compile("^Votre activité ou votre projet")), "Élevage d’escargots")
    v.ecrire(v.champ(re.compile("^Commune")), "Cajarc")
    v.valider(v.bouton("Continuer"))
    v.atteindre(v.champ("Créer mon entreprise"))
    v.page.keyboard.press("Space")
    v.ecrire(v.champ(re.compile("^Votre besoin")), "Je cherche un terrain et des conseils.")
    v.valider(v.bouton("Envoyer ma demande"))

    v.voir(re.compile(r"D-\d{4}-\d{4}")).voir("gardez le récépissé")


def test_referent_answers_by_keyboard_alone(visiter):
    envoyer_demande(
        visiter(), "Aline", "Tayrac", projet="Librairie ambulante", commune="Béduer", theme="Créer mon entreprise",
        message="Un camion et des livres.",
    )  # fmt: skip
    coordination = visiter("claire.vidal")
    coordination.aller("/figeac/espace/demandes/")
    coordination.suivre(coordination.lien(re.compile("Tayrac")).first)
    coordination.suivre(coordination.bouton("Ouvrir la fiche"))
    coordination.suivre(coordination.lien("Orienter vers un partenaire"))
    coordination.cliquer(coordination.page.get_by_role("checkbox", name=re.compile("^CCI du Lot")))
    coordination.suivre(coordination.bouton("Orienter"))

    v = visiter("bernard.pons")
    v.aller("/figeac/espace/")
    v.valider(v.bouton(re.compile("Prendre en charge.*(Librairie ambulante|Tayrac)")))

    v.voir("Vous accompagnez").voir("Un camion et des livres.")


def test_slash_goes_to_the_search_and_the_first_tab_skips_to_the_content(visiter):
    v = visiter("claire.vidal")
    v.aller("/figeac/espace/")

    v.page.keyboard.press("Tab")
    assert "Aller au contenu" in v.page.evaluate("document.activeElement.innerText")
    v.page.keyboard.press("/")

    assert v.page.evaluate("document.activeElement.id") == "recherche-globale"
