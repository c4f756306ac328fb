"""The grid: the main pages of each role, at both widths, with nothing for axe to find, nothing too wide, a clean console.

The walk-throughs look at the pages that they cross, on both databases; this visits the others.
"""

import pytest

from .conftest import BUREAU, TELEPHONE

pytestmark = [pytest.mark.navigateur, pytest.mark.postgresql]

IDS = {
    "fiche": "SELECT numero FROM fiches_fichenavette WHERE etat = 'prise_en_charge' AND territoire_id = %s",
    "close": "SELECT numero FROM fiches_fichenavette WHERE motif_cloture = 'aboutie' AND territoire_id = %s",
    "demande": "SELECT reference FROM demandes_demande WHERE etat = 'a_qualifier' AND territoire_id = %s",
    "entreprise": "SELECT entreprise_id FROM entreprises_interlocuteur WHERE territoire_id = %s",
    "projet": "SELECT id FROM porteurs_projet WHERE territoire_id = %s",
    "personne": "SELECT id FROM personnes_personne WHERE territoire_id = %s",
    "organisme": "SELECT id FROM partenaires_organisme WHERE nom_court = 'CCI du Lot' AND territoire_id = %s",
    "courriel": "SELECT id FROM courriels_courriel WHERE territoire_id = %s",
    "theme": "SELECT id FROM territoires_theme WHERE territoire_id = %s",
    "membre": "SELECT utilisateur_id FROM acces_affectation WHERE role = 'referent' AND territoire_id = %s",
    "orientation": "SELECT id FROM fiches_orientation WHERE etat = 'envoyee' AND territoire_id = %s",
}
E = "/figeac/espace"
PAGES = {
    "": """/ /figeac/ /figeac/demande/ /figeac/mentions-legales/ /figeac/donnees-personnelles/ /figeac/accessibilite/
        /figeac/plan-du-site/ /figeac/accord-de-partage/ /figeac/suivi/ /compte/connexion/ /compte/mot-de-passe/oublie/""",
    "claire.vidal": f"""{E}/ {E}/a-traiter/ {E}/recherche/?q=figeac {E}/chiffres/ {E}/aide/ {E}/demandes/
        {E}/demandes/saisir/ {E}/demandes/<demande>/ {E}/demandes/<demande>/joindre/ {E}/demandes/<demande>/renseigner/
        {E}/demandes/<demande>/refuser/ {E}/fiches/ {E}/fiches/<fiche>/ {E}/fiches/<close>/ {E}/fiches/<fiche>/modifier/
        {E}/fiches/<fiche>/besoins/ {E}/fiches/<fiche>/orienter/ {E}/fiches/<fiche>/echanges/ {E}/fiches/<fiche>/pieces/
        {E}/fiches/<fiche>/attendre/ {E}/fiches/<fiche>/cloturer/ {E}/fiches/<close>/rouvrir/ {E}/fiches/<close>/suivis/6/
        {E}/entreprises/ {E}/entreprises/nouvelle/ {E}/entreprises/<entreprise>/ {E}/entreprises/<entreprise>/modifier/
        {E}/entreprises/imports/ {E}/entreprises/imports/sirene/ {E}/porteurs/ {E}/porteurs/nouveau/ {E}/porteurs/<projet>/
        {E}/porteurs/<projet>/modifier/ {E}/personnes/<personne>/ {E}/personnes/<personne>/modifier/
        {E}/personnes/<personne>/accord/ {E}/personnes/texte-accord/ {E}/partenaires/ {E}/partenaires/nouveau/
        {E}/partenaires/couverture/ {E}/partenaires/<organisme>/ {E}/partenaires/<organisme>/modifier/
        {E}/partenaires/<organisme>/renommer/ {E}/partenaires/<organisme>/conventions/ {E}/equipe/ {E}/equipe/inviter/
        {E}/equipe/absences/ {E}/equipe/<membre>/ {E}/equipe/<membre>/retirer/ {E}/courriels/ {E}/courriels/<courriel>/
        {E}/reglages/ {E}/reglages/themes/ {E}/reglages/themes/<theme>/ {E}/reglages/communes/
        /compte/ /compte/appareils/ /compte/second-facteur/ /compte/mot-de-passe/""",
    "bernard.pons": f"{E}/ {E}/fiches/ {E}/entreprises/ {E}/partenaires/ {E}/equipe/ {E}/equipe/inviter/ {E}/demandes/saisir/",
    "josiane.bru": f"{E}/ {E}/demandes/ {E}/demandes/saisir/ {E}/aide/",
    "alain.terrisse": f"{E}/ {E}/chiffres/",
    "estelle.marre": f"{E}/ /",
    "paul.navarre": "/administration/ /administration/comptes/ /administration/nomenclatures/ "
    "/administration/territoires/nouveau/",
}


@pytest.fixture(scope="module")
def adresses(site):
    """The addresses of the grid, with something real behind each."""
    figeac = site.lire("SELECT id FROM territoires_territoire WHERE slug = 'figeac'")[0][0]
    objets = {nom: str(site.lire(f"{requete} LIMIT 1", figeac)[0][0]) for nom, requete in IDS.items()}

    def completer(chemin: str) -> str:
        for nom, valeur in objets.items():
            chemin = chemin.replace(f"<{nom}>", valeur)
        return chemin

    return {qui: [completer(c) for c in chemins.split()] for qui, chemins in PAGES.items()}


@pytest.mark.parametrize(
    "largeur", [pytest.param(x, marks=pytest.mark.xdist_group(f"grille-{x}")) for x in (BUREAU, TELEPHONE)]
)
@pytest.mark.parametrize("qui", PAGES)
def test_pages_have_nothing_wrong(visiter, adresses, qui, largeur):
    v = visiter(qui, largeur)
    fautes = []
    for chemin in adresses[qui]:
        reponse = v.page.goto(f"{v.adresse}{chemin}")
        if reponse is None or reponse.status != 200:
            fautes.append(f"{chemin} : {reponse.status if reponse else 'rien'}")
            v.ennuis.clear()
            continue
        try:
            v.regarder()
        except AssertionError as erreur:
            fautes.append(str(erreur))
            v.ennuis.clear()
    assert fautes == [], "\n".join(fautes)
