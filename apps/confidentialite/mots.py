"""What a field is called on the screens of the data protection officer, and in what a person is sent."""

from typing import Any

from django.utils.text import capfirst

# Normalised copies of other fields, kept to search.
COPIES = {"recherche", "recherche_publique", "telephone_chiffres", "nom_normalise", "enseigne_normalisee"}

# Fields that no form shows: their model gives them no words of their own.
MOTS = {
    "apercu": "aperçu",
    "apres": "après la fusion",
    "auteur_nom": "nom de l’auteur",
    "avant": "avant la fusion",
    "avec_demandeur": "échange avec le demandeur",
    "calendrier": "invitation jointe",
    "cloture_note": "note de clôture",
    "cloture_proposee_note": "note de la clôture proposée",
    "cloture_proposee_par": "clôture proposée par",
    "corps_html": "corps mis en page",
    "decidee_par": "décidée par",
    "demande_par": "demandé par",
    "depose_par": "déposé par",
    "depose_par_nom": "nom de qui a déposé",
    "donnees": "réponses commencées",
    "du": "absent du",
    "au": "absent jusqu’au",
    "envoyee_par": "envoyée par",
    "libelle": "libellé",
    "motif_reouverture": "motif de la réouverture",
    "participants_dits": "participants nommés",
    "repondue_par": "répondue par",
    "signee_par": "signée par",
}

# Names in the code carry no accents: those that the data protection officer may read.
ACCENTS = {
    mot: accentue
    for paire in (
        "accordee accordée, activite activité, annee année, annule annulé, annulee annulée, "
        "arrivee arrivée, cle clé, cloture clôture, cloturee clôturée, commence commencé, confirme confirmé, "
        "cree créé, declin déclin, defaite défaite, demandee demandée, departement département, deposee déposée, "
        "derniere dernière, desactive désactivé, echeance échéance, envoye envoyé, envoyee envoyée, epci EPCI, "
        "etape étape, etat état, fusionnee fusionnée, genre nature, jusqua jusqu’au, "
        "liee liée, modifie modifié, numero numéro, portee portée, "
        "precedent précédent, preference préférence, presence présence, priorite priorité, proposee proposée, "
        "qualite qualité, reference référence, reponse réponse, repondre répondre, repondue répondue, "
        "resultat résultat, retire retiré, retiree retirée, revoque révoqué, role rôle, serie série, siren SIREN, "
        "siret SIRET, supprime supprimé, termine terminé, terminee terminée, visibilite visibilité"
    ).split(", ")
    for mot, accentue in [paire.split()]
}


def _accentuer(mots: str) -> str:
    return " ".join(ACCENTS.get(mot, mot) for mot in mots.split())


def nom_du_champ(champ: Any) -> str:
    """The words for a field, in the middle of a sentence."""
    dit = str(champ.verbose_name)
    return MOTS.get(champ.name) or (_accentuer(dit) if dit == champ.name.replace("_", " ") else dit)


def titre_du_champ(champ: Any) -> str:
    """The same at the head of a line: « SIRET » keeps its capitals."""
    return capfirst(nom_du_champ(champ))
