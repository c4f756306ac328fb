"""A whole séance: made, convened, printed, held, told, approved at the next one; on a desk and on a phone."""

import io
import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from apps.core.dates import nom_ferie

from .conftest import BUREAU, TELEPHONE
from .gestes import par_le_menu
from .site import Site

pytestmark = pytest.mark.navigateur

# What is decided on the first three points, and who does what: five actions.
DECISIONS = {
    "Valider l’accompagnement": [("CCI du Lot", "Relire le prévisionnel"), ("La coordination", "Rappeler la personne")],
    "Visite à faire": [("CCI du Lot", "Voir l’atelier"), ("France Travail", "Chiffrer l’aide à l’embauche")],
    "Réorienter": [("CMA du Lot", "Donner la liste des formations")],
}
ADRESSEE = "Région Occitanie"
FAITE = "Relire le prévisionnel"
# Seconds: the first dossier lays every sheet out.
PATIENCE_DOSSIER = 90_000


@pytest.fixture
def site(base, tmp_path):
    """A fresh one each time: a séance uses up the proposals."""
    lance = Site(base, tmp_path, f"seance_{uuid4().hex[:8]}")
    yield lance
    lance.arreter()


def jeudi_libre(site) -> date:
    """The next Thursday on which the committee does not meet yet."""
    pris = {str(x[0]) for x in site.lire("SELECT jour FROM comites_seance")}
    jour = date.today() + timedelta(days=1)
    while jour.weekday() != 3 or str(jour) in pris or nom_ferie(jour):
        jour += timedelta(days=1)
    return jour


def numero_de(v) -> str:
    """The number of the séance whose page is shown."""
    return re.search(r"CT-\d{4}-\d{4}", v.page.url)[0]


def creer(v, jour: date) -> str:
    """From the home page; gives the number of the séance."""
    v.aller("/figeac/espace/")
    par_le_menu(v, "Comité technique")
    v.suivre(v.lien("Nouvelle séance"))
    v.choisir(v.champ("Comité", exact=True), "Comité technique")
    v.champ(re.compile("^Date")).fill(jour.isoformat())
    v.champ("De", exact=True).fill("09:30")
    v.champ("À", exact=True).fill("12:00")
    v.suivre(v.bouton("Créer la séance"))
    return numero_de(v)


def preparer(v) -> dict[str, str]:
    """Four proposals accepted, a topic and a fiche added; gives number and title of the fiches proposed."""
    v.suivre(v.lien("Préparer l’ordre du jour").first)
    lignes = v.page.locator("#propositions li", has_text=re.compile(r"FN-.*Pas encore ouverte", re.S))
    fiches = {
        re.search(r"FN-\d{4}-\d{4}", ligne.inner_text())[0]: ligne.locator("strong").first.inner_text()
        for ligne in (lignes.nth(rang) for rang in range(4))
    }
    for rang in range(4):
        v.cliquer(lignes.nth(rang).get_by_role("checkbox"))
    v.cliquer(v.page.get_by_role("radio", name=re.compile("^Les ouvrir au comité")))
    v.suivre(v.bouton("Mettre à l’ordre du jour"))
    v.suivre(v.lien("Un sujet libre"))
    v.champ(re.compile("^Sujet")).fill("Aides à l’embauche d’apprentis")
    v.suivre(v.bouton(re.compile("^(Ajouter|Mettre|Enregistrer)")))
    v.champ("Une fiche navette").fill("FN-")
    v.suivre(v.bouton("Chercher"))
    v.suivre(v.lien(re.compile("^(Ajouter|Choisir|Mettre)")).first)
    v.cliquer(v.page.get_by_role("radio", name=re.compile("éserv")))
    v.suivre(v.bouton(re.compile("^(Ajouter|Mettre|Enregistrer)")))
    v.voir("Ordre du jour (8)")
    return fiches


def convoquer(v) -> None:
    v.suivre(v.lien("Convoquer").first)
    v.suivre(v.bouton("Convoquer"))
    v.voir("Convoquée")


def repondre(v) -> None:
    """From the home of a référent, on the spot."""
    v.aller("/figeac/espace/")
    v.clics = 0
    v.suivre(v.bouton(re.compile("^Présent")).first)


def lire_le_dossier(v, numero: str, titres: list[str], budget, ou: str) -> None:
    """One click on the page of the séance, then the file, read back."""
    v.aller(f"/figeac/espace/comites/{numero}/")
    v.clics = 0
    v.suivre(v.bouton("Dossier de séance"))
    budget(f"imprimer le dossier, {ou}", v.clics, 1)
    lien = v.lien(re.compile("^Voir et imprimer"))
    expect(lien).to_be_visible(timeout=PATIENCE_DOSSIER)
    v.regarder()
    reponse = v.contexte.request.get(v.adresse + lien.get_attribute("href"))
    assert reponse.status == 200
    pdf = PdfReader(io.BytesIO(reponse.body()))
    texte = "\n".join(page.extract_text() for page in pdf.pages).replace("\xa0", " ")
    assert "Confidentiel" in texte
    for titre in titres:
        assert titre in texte, titre


def tenir(v, numero: str, titres: list[str], budget, ou: str) -> None:
    """Three points with a decision each, five actions between them; the others are gone through at the end."""
    v.aller(f"/figeac/espace/comites/{numero}/")
    v.suivre(v.bouton("Ouvrir la séance"))
    for titre, (decision, actions) in zip(titres, DECISIONS.items(), strict=False):
        aller_au_point(v, titre)
        v.clics = 0
        v.champ("Synthèse de la discussion").fill(f"Le comité a entendu : {titre}.")
        decider(v, decision, actions)
        traiter(v)
        if len(actions) == 2 and decision == "Valider l’accompagnement":
            budget(f"tenir un point, décision et deux actions, {ou}", v.clics, 4)
    v.suivre(v.lien("Terminer la séance"))
    v.suivre(v.bouton("Terminer la séance"))


def aller_au_point(v, titre: str) -> None:
    """By the agenda, which is folded on a phone."""
    agenda = v.page.locator(".tenue-agenda")
    lien = agenda.get_by_role("link", name=titre)
    if not lien.is_visible():
        v.cliquer(agenda.locator("summary"))
    v.suivre(lien)


def decider(v, decision: str, actions: list[tuple[str, str]]) -> None:
    v.cliquer(v.page.locator("label.btn", has_text=re.compile(f"^{decision}$")))
    if decision == "Réorienter":
        v.cliquer(v.page.locator("label.puce", has_text=ADRESSEE))
    for qui, quoi in actions:
        v.choisir(v.champ("Qui", exact=True), qui)
        v.champ("Quoi", exact=True).fill(quoi)
        v.champ("Quoi", exact=True).press("Enter")
        expect(v.page.locator("[data-actions]")).to_contain_text(quoi)


def traiter(v) -> None:
    expect(v.page.locator("[data-etat-tenue]")).to_contain_text("Tout est enregistré")
    v.suivre(v.bouton(re.compile("^(Point suivant|Dernier point traité)")))


def raconter(v, numero: str) -> None:
    """The relevé the same day, then the minutes as « projet »."""
    v.aller(f"/figeac/espace/comites/{numero}/releve/")
    v.voir("Relire le prévisionnel")
    v.suivre(v.bouton("Envoyer aux membres"))
    v.aller(f"/figeac/espace/comites/{numero}/")
    v.suivre(v.bouton("Rédiger le compte rendu"))
    v.suivre(v.lien("Envoyer aux membres"))
    v.suivre(v.bouton(re.compile("^Envoyer")))
    v.voir("Projet")


def approuver(v, numero: str, suivante: str) -> None:
    """In the next séance, under way, where the four actions left come back."""
    v.aller(f"/figeac/espace/comites/{suivante}/")
    convoquer(v)
    v.suivre(v.bouton("Ouvrir la séance"))
    aller_au_point(v, "Suivi des actions")
    attendues = [quoi for actions in DECISIONS.values() for _, quoi in actions if quoi != FAITE]
    for quoi in attendues:
        expect(v.page.locator("main")).to_contain_text(quoi)
    v.ne_pas_voir(FAITE)
    v.aller(f"/figeac/espace/comites/{suivante}/")
    v.suivre(v.lien(f"Approuver le compte rendu {numero}"))
    v.suivre(v.bouton("Approuver"))
    v.voir(re.compile(r"CR-\d{4}-\d{4}")).voir("Approuvé")


@pytest.mark.parametrize("largeur", [BUREAU, TELEPHONE])
def test_a_seance_from_its_making_to_its_approved_minutes(visiter, budget, site, largeur):
    ou = f"à {largeur} px"
    jour = jeudi_libre(site)
    claire = visiter("claire.vidal", largeur)
    numero = creer(claire, jour)
    fiches = preparer(claire)
    convoquer(claire)

    pons = visiter("bernard.pons", largeur)
    repondre(pons)
    budget(f"répondre à la convocation, {ou}", pons.clics, 1)
    claire.aller(f"/figeac/espace/comites/{numero}/")
    claire.voir("CCI du Lot")

    lire_le_dossier(claire, numero, list(fiches), budget, ou)
    tenir(claire, numero, list(fiches.values()), budget, ou)
    raconter(claire, numero)
    claire.aller(f"/figeac/espace/fiches/{next(iter(fiches))}/")
    claire.voir(re.compile(r"Comité technique du .*accompagnement validé"))
    claire.aller(f"/figeac/espace/fiches/{list(fiches)[2]}/")
    claire.voir(re.compile(f"Comité technique du .*réorienter vers .*{ADRESSEE}"))

    pons.aller("/figeac/espace/")
    pons.suivre(pons.bouton(f"C’est fait : {FAITE}"))
    suivante = site.lire(
        "SELECT s.numero FROM comites_seance s JOIN comites_instance i ON i.id = s.instance_id "
        "WHERE i.genre = 'technique' AND s.statut = 'preparation' AND s.jour > %s ORDER BY s.jour", jour.isoformat(),
    )[0][0]  # fmt: skip
    approuver(claire, numero, suivante)


def test_an_agenda_of_twelve_points_from_the_proposals(visiter, budget, site):
    """From the home page, on the séance that is being prepared: each proposal ticked by hand."""
    v = visiter("claire.vidal")
    v.aller("/figeac/espace/")
    v.clics = 0
    par_le_menu(v, "Comité technique")
    v.suivre(v.page.locator("main tbody tr", has_text="CT-").get_by_role("link").first)
    v.suivre(v.lien("Préparer l’ordre du jour").first)
    points = v.page.locator("#ordre li[data-point]")
    a_cocher = 12 - points.count()
    assert 0 < a_cocher <= 9
    for rang in range(a_cocher):
        v.cliquer(v.page.locator("#propositions li").nth(rang).get_by_role("checkbox"))
    v.suivre(v.bouton("Mettre à l’ordre du jour"))

    expect(points).to_have_count(12)
    budget("un ordre du jour de douze points", v.clics, 15)
