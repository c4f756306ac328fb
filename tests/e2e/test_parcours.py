"""The whole walk-through: an entrepreneur, the coordination, two référents, the closing; on a desk and on a phone."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from .conftest import BUREAU, TELEPHONE
from .gestes import envoyer_demande

pytestmark = pytest.mark.navigateur


@pytest.mark.parametrize(
    ("largeur", "prenom", "nom"), [(BUREAU, "Amélie", "Crayssac"), (TELEPHONE, "Noémie", "Vayssière")]
)
def test_request_becomes_a_case_followed_to_its_end(visiter, budget, tmp_path, largeur, prenom, nom):
    ou = f"à {largeur} px"
    entrepreneur = visiter(largeur=largeur)
    envoyer_demande(
        entrepreneur, prenom, nom, projet="Crêperie près du marché couvert", commune="Cardaillac",
        theme="Créer mon entreprise", message="Je voudrais ouvrir une crêperie et je ne sais pas par où commencer.",
    )  # fmt: skip
    entrepreneur.voir(re.compile(r"D-\d{4}-\d{4}"))
    budget(f"envoyer une demande sans SIRET, {ou}", entrepreneur.ecrans - 1, 3, "écrans")
    entrepreneur.suivre(entrepreneur.lien("Suivre ma demande"))
    suivi = entrepreneur.page.url
    entrepreneur.ne_pas_voir("M. Pons")

    coordination = visiter("claire.vidal", largeur)
    coordination.aller("/figeac/espace/")
    coordination.clics = 0
    coordination.suivre(coordination.lien(re.compile("à qualifier")).first)
    coordination.suivre(coordination.lien(re.compile(nom)).first)
    coordination.voir(f"{prenom} {nom}").voir("Ni cette personne, ni cette entreprise ne sont connues")
    coordination.suivre(coordination.bouton("Ouvrir la fiche"))
    fiche = coordination.page.url.split("#")[0]
    coordination.suivre(coordination.lien("Orienter vers un partenaire"))
    coordination.cliquer(coordination.page.get_by_role("checkbox", name=re.compile("^CCI du Lot")))
    coordination.cliquer(coordination.page.get_by_role("checkbox", name=re.compile("^CMA du Lot")))
    coordination.voir(re.compile(r"Mme Roques, suppléante de M\. Delpech \(absent\)"))
    coordination.suivre(coordination.bouton(re.compile("^(Orienter|Envoyer)")))
    budget(f"de la demande aux deux partenaires saisis, {ou}", coordination.clics, 8)
    coordination.voir("sans réponse")

    pons = visiter("bernard.pons", largeur)
    pons.aller("/figeac/espace/")
    pons.clics = 0
    pons.suivre(pons.bouton(re.compile(f"Prendre en charge.*(Crêperie|{nom})")))
    budget(f"du courriel à la prise en charge, après connexion, {ou}", pons.clics, 2)
    pons.voir("Je voudrais ouvrir une crêperie")

    roques = visiter("sylvie.roques", largeur)
    roques.aller("/figeac/espace/")
    roques.suivre(roques.lien(re.compile(f"Décliner.*(Crêperie|{nom})")))
    roques.cliquer(roques.champ("Ne relève pas de nos aides"))
    roques.suivre(roques.bouton(re.compile("^Décliner")))
    roques.voir("Déclinée").ne_pas_voir("Je voudrais ouvrir une crêperie")
    with roques.tolerer("404"):
        roques.page.goto(fiche)
        roques.voir("Cette page est introuvable")

    pons.aller(fiche)
    pons.clics = 0
    pons.choisir(pons.champ("Quoi"), "Visite")
    pons.champ("En une ligne").fill("Local visité, extraction à prévoir.")
    pons.suivre(pons.bouton("Noter", exact=True))
    budget(f"noter une visite, {ou}", pons.clics, 2)
    pons.voir("Local visité, extraction à prévoir.")

    entrepreneur.aller(suivi)
    entrepreneur.voir("Pons").voir("CCI du Lot")
    entrepreneur.ne_pas_voir("Ne relève pas de nos aides").ne_pas_voir("Local visité")

    coordination.aller(fiche)
    coordination.voir("CCI du Lot").voir("Local visité")
    coordination.suivre(coordination.lien("Clore", exact=True))
    coordination.cliquer(coordination.champ("Aboutie", exact=True))
    coordination.cliquer(coordination.champ("Création", exact=True))
    coordination.suivre(coordination.bouton(re.compile("^Clore")))
    coordination.voir("Clôturée").voir("Suivis")

    coordination.ecrans = 0
    retrouver(coordination, largeur, nom)
    coordination.suivre(coordination.page.locator(f"main a[href='{fiche.removeprefix(coordination.adresse)}']").first)
    coordination.voir("Clôturée")
    budget(f"« qu’est devenue Mme X ? », après une recherche, {ou}", coordination.ecrans, 1, "page")

    lignes = exporter(coordination, tmp_path)
    assert any("Crêperie près du marché couvert" in ligne for ligne in lignes)

    ailleurs = visiter("marion.chastel", largeur)
    ailleurs.aller(f"/langres/espace/recherche/?q={nom}")
    ailleurs.ne_pas_voir("Crêperie")
    with ailleurs.tolerer("404"):
        ailleurs.page.goto(fiche)
        ailleurs.ne_pas_voir("Crêperie")


def retrouver(v, largeur: int, nom: str) -> None:
    """« What happened to Mme X? »: one search, without accents."""
    sans_accents = nom.replace("è", "e").lower()
    if largeur == TELEPHONE:
        v.cliquer(v.page.get_by_role("button", name="Menu"))
        champ = v.page.locator("#recherche-menu")
    else:
        champ = v.page.locator("#recherche-globale")
    champ.fill(sans_accents)
    with v.page.expect_navigation():
        champ.press("Enter")
    v.regarder()


def exporter(v, dossier: Path) -> list[str]:
    """The list of fiches as CSV."""
    v.aller("/figeac/espace/fiches/")
    expect(v.page.locator("#resultats")).to_be_visible()
    lien = v.lien("CSV")
    if not lien.is_visible():
        v.cliquer(v.page.locator("summary", has_text=re.compile("Export|Télécharger")).first)
    with v.page.expect_download() as attente:
        lien.click()
    chemin = dossier / attente.value.suggested_filename
    attente.value.save_as(chemin)
    return chemin.read_text(encoding="utf-8-sig").splitlines()
