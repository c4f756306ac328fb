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
    "instance": "SELECT id FROM comites_instance WHERE genre = 'technique' AND territoire_id = %s",
    "tenue": "SELECT numero FROM comites_seance WHERE statut = 'tenue' AND numero LIKE 'CT-%%' AND territoire_id = %s "
    "ORDER BY jour DESC",
    "preparee": "SELECT numero FROM comites_seance WHERE statut = 'preparation' AND numero LIKE 'CT-%%' "
    "AND territoire_id = %s ORDER BY jour",
    "elus": "SELECT numero FROM comites_seance WHERE statut = 'preparation' AND numero LIKE 'CP-%%' "
    "AND territoire_id = %s",
    "elus_tenue": "SELECT numero FROM comites_seance WHERE statut = 'tenue' AND numero LIKE 'CP-%%' AND territoire_id = %s",
    "point": "SELECT p.id FROM comites_pointordredujour p JOIN comites_seance s ON s.id = p.seance_id "
    "WHERE s.statut = 'preparation' AND s.numero LIKE 'CT-%%' AND p.nature = 'fiche' AND p.etat = 'inscrit' "
    "AND p.territoire_id = %s ORDER BY s.jour, p.ordre",
    "action": "SELECT jeton FROM actions_action WHERE etat = 'a_faire' AND territoire_id = %s",
    "liste_type": "SELECT id FROM actions_listetype WHERE territoire_id = %s",
    "anonyme": "SELECT f.numero FROM fiches_fichenavette f JOIN comites_versionanonyme v ON v.fiche_id = f.id "
    "WHERE f.territoire_id = %s",
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
        {E}/actions/ {E}/actions/nouvelle/ {E}/actions/fiches/<fiche>/nouvelle/ {E}/actions/fiches/<fiche>/liste/
        {E}/actions/listes/ {E}/actions/listes/nouvelle/ {E}/actions/listes/<liste_type>/ {E}/actions/<action>/
        {E}/actions/<action>/modifier/ {E}/actions/<action>/reporter/ {E}/actions/<action>/abandonner/
        {E}/comites/ {E}/comites/calendrier/ {E}/comites/nouvelle/ {E}/comites/serie/ {E}/comites/assiduite/
        {E}/comites/agenda/ {E}/comites/instances/ {E}/comites/instances/nouvelle/ {E}/comites/instances/<instance>/
        {E}/comites/instances/<instance>/modifier/ {E}/comites/versions/<anonyme>/ {E}/comites/versions/<anonyme>/relire/
        {E}/comites/<preparee>/ {E}/comites/<preparee>/ordre-du-jour/ {E}/comites/<preparee>/ordre-du-jour/<point>/
        {E}/comites/<preparee>/ordre-du-jour/sujet/ {E}/comites/<preparee>/ordre-du-jour/fiche/
        {E}/comites/<preparee>/convoquer/ {E}/comites/<preparee>/deplacer/ {E}/comites/<preparee>/annuler/
        {E}/comites/<preparee>/secretaire/ {E}/comites/<preparee>/invites/ {E}/comites/<preparee>/documents/
        {E}/comites/<preparee>/projection/ {E}/comites/<tenue>/ {E}/comites/<tenue>/releve/
        {E}/comites/<tenue>/compte-rendu/ {E}/comites/<tenue>/compte-rendu/envoyer/
        {E}/comites/<tenue>/compte-rendu/sections/nouvelle/ {E}/comites/<elus>/ {E}/comites/<elus>/ordre-du-jour/
        /compte/ /compte/appareils/ /compte/second-facteur/ /compte/mot-de-passe/""",
    "bernard.pons": f"{E}/comites/ {E}/comites/agenda/ {E}/comites/<tenue>/ {E}/comites/<tenue>/compte-rendu/ "
    f"{E}/comites/<tenue>/compte-rendu/remarques/ {E}/comites/<preparee>/ {E}/comites/<preparee>/proposer/ {E}/actions/ "
    f"{E}/ {E}/fiches/ {E}/entreprises/ {E}/partenaires/ {E}/equipe/ {E}/equipe/inviter/ {E}/demandes/saisir/",
    "josiane.bru": f"{E}/ {E}/demandes/ {E}/demandes/saisir/ {E}/aide/",
    "alain.terrisse": f"{E}/ {E}/chiffres/ {E}/comites/ {E}/comites/<elus_tenue>/ {E}/comites/<elus_tenue>/compte-rendu/",
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
