"""Nothing that was typed is lost: another device, a login that expires, two editors, a merge taken back."""

import json
import re

import pytest

from tests.outillage.processus import RACINE

from .conftest import TELEPHONE
from .gestes import remplir_besoin, remplir_connexion, remplir_projet, remplir_vous, se_connecter

pytestmark = [pytest.mark.navigateur, pytest.mark.xdist_group("continuite")]


@pytest.fixture(scope="module")
def mot_de_passe():
    """The password of the demonstration's accounts."""
    comptes = json.loads((RACINE / "fixtures" / "demonstration" / "comptes.json").read_text(encoding="utf-8"))
    return comptes[0]["mot_de_passe"]


@pytest.fixture
def fiche_en_charge(site):
    """A fiche that a référent has in charge: its number, the orientation, the référent's login."""
    return site.lire(
        "SELECT f.numero, o.id, u.courriel FROM fiches_orientation o JOIN fiches_fichenavette f ON f.id = o.fiche_id "
        "JOIN comptes_utilisateur u ON u.id = o.referent_id JOIN territoires_territoire t ON t.id = f.territoire_id "
        "WHERE o.etat = 'prise_en_charge' AND f.statut = 'ouverte' AND t.slug = 'figeac' ORDER BY o.id"
    )[0]


def test_request_begun_on_a_desk_and_finished_on_a_phone(visiter):
    bureau, telephone = visiter(), visiter(largeur=TELEPHONE)
    bureau.aller("/figeac/demande/")
    remplir_vous(bureau, "Marthe", "Cabanes", "marthe.cabanes@example.org")
    bureau.suivre(bureau.bouton("Continuer"))
    bureau.champ(re.compile("^Votre activité ou votre projet")).fill("Ferme pédagogique")
    bureau.suivre(bureau.bouton("Finir plus tard"))
    lien = bureau.page.locator("a.lien-long").get_attribute("href")

    telephone.aller(lien)
    assert telephone.champ(re.compile("^Votre activité ou votre projet")).input_value() == "Ferme pédagogique"
    remplir_projet(telephone, "Ferme pédagogique", "Livernon")
    telephone.suivre(telephone.bouton("Continuer"))
    remplir_besoin(telephone, "Créer mon entreprise", "Accueillir des classes.")
    telephone.suivre(telephone.bouton("Envoyer ma demande"))

    telephone.voir("marthe.cabanes@example.org")
    bureau.page.goto(lien)
    bureau.ne_pas_voir("Ferme pédagogique")


def test_session_closed_from_another_device(visiter, mot_de_passe):
    bureau, telephone = visiter(), visiter(largeur=TELEPHONE)
    for v in (bureau, telephone):
        se_connecter(v, "odile.garrigues", mot_de_passe, suite="/figeac/espace/")
        v.voir("Garrigues")

    bureau.aller("/compte/appareils/")
    bureau.suivre(bureau.bouton(re.compile("^Déconnecter(?! tous)")).first)

    telephone.aller("/figeac/espace/")
    assert "/compte/connexion/" in telephone.page.url
    bureau.aller("/figeac/espace/")
    assert "/compte/connexion/" not in bureau.page.url


def test_form_sent_after_the_login_expired(visiter, mot_de_passe, fiche_en_charge):
    numero, _, _ = fiche_en_charge
    v = visiter()
    se_connecter(v, "hugo.lacaze", mot_de_passe, suite=f"/figeac/espace/fiches/{numero}/")
    v.champ("En une ligne").fill("Appel du notaire, acte prévu en janvier.")
    v.contexte.clear_cookies(name="guichet_session")

    v.suivre(v.bouton("Noter", exact=True))
    v.voir("Votre connexion avait expiré")
    remplir_connexion(v, "hugo.lacaze", mot_de_passe)
    assert v.page.locator("[name=texte]").input_value() == "Appel du notaire, acte prévu en janvier."
    v.suivre(v.bouton("Envoyer maintenant"))

    v.aller(f"/figeac/espace/fiches/{numero}/")
    v.voir("Appel du notaire, acte prévu en janvier.")


def test_two_editors_of_one_section_lose_nothing(visiter, fiche_en_charge):
    numero, orientation, courriel = fiche_en_charge
    ici, ailleurs = (visiter(courriel.split("@")[0]) for _ in range(2))
    for v in (ici, ailleurs):
        v.aller(f"/figeac/espace/fiches/orientations/{orientation}/section/")
    ici.champ(re.compile("^L’aide apportée")).fill("Prévisionnel relu ensemble.")
    ailleurs.champ(re.compile("^L’aide apportée")).fill("Stage de cinq jours proposé.")

    ici.suivre(ici.bouton("Enregistrer"))
    with ailleurs.tolerer("409"):
        ailleurs.suivre(ailleurs.bouton("Enregistrer"))
    ailleurs.voir("Quelqu’un a enregistré avant vous")
    ailleurs.voir("Prévisionnel relu ensemble.").voir("Stage de cinq jours proposé.")
    ailleurs.champ(re.compile("^L’aide apportée")).fill("Prévisionnel relu ensemble. Stage de cinq jours proposé.")
    ailleurs.suivre(ailleurs.bouton("Enregistrer"))

    ici.aller(f"/figeac/espace/fiches/{numero}/")
    ici.voir("Prévisionnel relu ensemble. Stage de cinq jours proposé.")


def test_two_entreprises_merged_then_parted(visiter, site):
    (une, nom), (autre, autre_nom) = site.lire(
        "SELECT e.id, e.nom FROM entreprises_entreprise e JOIN territoires_territoire t ON t.id = e.territoire_id "
        "WHERE t.slug = 'figeac' AND e.enseigne = '' AND e.est_active ORDER BY e.siret DESC LIMIT 2"
    )
    v = visiter("claire.vidal")
    v.aller(f"/figeac/espace/entreprises/{une}/")
    v.suivre(v.lien("Fusionner"))
    v.champ("Nom, enseigne, SIRET ou commune").fill(autre_nom)
    v.suivre(v.bouton("Chercher"))
    v.suivre(v.page.locator(f"main a[href$='/entreprises/{une}/fusionner/{autre}/']").first)
    v.suivre(v.bouton("Fusionner", exact=True))
    v.voir(nom).voir(f"{autre_nom}").voir("a été fusionnée ici")

    v.suivre(v.lien(re.compile("^Défaire")))
    v.suivre(v.bouton("Défaire la fusion"))

    v.aller(f"/figeac/espace/entreprises/{autre}/")
    assert autre_nom in v.titre
    v.ne_pas_voir("a été fusionnée")


def test_shared_view_is_a_tab_for_the_colleagues(visiter):
    v = visiter("claire.vidal")
    v.aller("/figeac/espace/fiches/?etat=prise_en_charge")
    v.cliquer(v.page.locator("summary", has_text="Enregistrer cette vue"))
    v.champ("Nom de la vue").fill("Chez les partenaires")
    v.cliquer(v.champ("La partager avec mes collègues"))
    v.suivre(v.bouton("Enregistrer", exact=True))
    v.voir("Chez les partenaires")

    collegue = visiter("hugo.lacaze")
    collegue.aller("/figeac/espace/fiches/")
    collegue.suivre(collegue.lien(re.compile("^Chez les partenaires")))
    assert "etat=prise_en_charge" in collegue.page.url or collegue.page.locator("[aria-current=page]").count()

    pons = visiter("bernard.pons")
    pons.aller("/figeac/espace/fiches/")
    pons.ne_pas_voir("Chez les partenaires")
