"""Statuses of a fiche and of its orientations, in the field's words."""

from django.db import models


class StatutFiche(models.TextChoices):
    """What is stored; all else about a fiche's state is computed (see etat.py)."""

    OUVERTE = "ouverte", "Ouverte"
    EN_ATTENTE = "en_attente", "En attente du demandeur"
    CLOTUREE = "cloturee", "Clôturée"
    ANNULEE = "annulee", "Annulée"


class EtatFiche(models.TextChoices):
    """Computed from the status and the orientations, in this precedence (see etat.calculer)."""

    ANNULEE = "annulee", "Annulée"
    CLOTUREE = "cloturee", "Clôturée"
    ATTENTE_DEMANDEUR = "attente_demandeur", "En attente du demandeur"
    SANS_REPONSE = "sans_reponse", "En attente de réponse"
    PRISE_EN_CHARGE = "prise_en_charge", "Prise en charge"
    SUIVIE = "suivie", "Suivie par la coordination"
    A_REORIENTER = "a_reorienter", "À réorienter"
    A_CLORE = "a_clore", "À clore"
    A_ORIENTER = "a_orienter", "À orienter"


class ActionFiche(models.TextChoices):
    """What changes the stored status (see workflow.TRANSITIONS_FICHE)."""

    ATTENDRE = "attendre", "Mettre en attente du demandeur"
    REPRENDRE = "reprendre", "Reprendre"
    CLOTURER = "cloturer", "Clore"
    ROUVRIR = "rouvrir", "Rouvrir"
    ANNULER = "annuler", "Annuler l’ouverture"


class ActionOrientation(models.TextChoices):
    """What changes the state of an orientation (see workflow.TRANSITIONS_ORIENTATION)."""

    PRENDRE_EN_CHARGE = "prendre_en_charge", "Prendre en charge"
    DECLINER = "decliner", "Décliner"
    TERMINER = "terminer", "Terminer"
    RENDRE_AVIS = "rendre_avis", "Rendre l’avis"
    LIRE = "lire", "Marquer comme lue"
    ANNULER = "annuler", "Annuler l’orientation"
    DEFAIRE = "defaire", "Revenir en arrière"


class Confidentialite(models.TextChoices):
    COORDINATION = "coordination", "Coordination seule"
    PARTENAIRES = "partenaires", "Partenaires concernés"
    COMITE = "comite", "Comité technique"


class Visibilite(models.TextChoices):
    """Who reads an échange, a pièce or a journal entry."""

    COORDINATION = "coordination", "Coordination et l’organisme de l’auteur"
    PARTENAIRES = "partenaires", "Partenaires de la fiche"
    COMITE = "comite", "Comité technique"


class Priorite(models.TextChoices):
    NORMALE = "normale", "Normale"
    HAUTE = "haute", "Haute"
    URGENTE = "urgente", "Urgente"


class Origine(models.TextChoices):
    """Where the request comes from, counted by the territoire."""

    DIRECTE = "directe", "Demande directe"
    TELEPHONE = "telephone", "Téléphone"
    PERMANENCE = "permanence", "Permanence"
    VISITE = "visite", "Visite, aller-vers"
    MANIFESTATION = "manifestation", "Manifestation"
    PARTENAIRE = "partenaire", "Partenaire"
    ELU = "elu", "Élu"


class GenreOrientation(models.TextChoices):
    ACCOMPAGNEMENT = "accompagnement", "Accompagnement"
    AVIS = "avis", "Avis"
    INFORMATION = "information", "Information"


class EtatOrientation(models.TextChoices):
    ENVOYEE = "envoyee", "Envoyée"
    PRISE_EN_CHARGE = "prise_en_charge", "Prise en charge"
    TERMINEE = "terminee", "Terminée"
    DECLINEE = "declinee", "Déclinée"
    AVIS_RENDU = "avis_rendu", "Avis rendu"
    LUE = "lue", "Lue"
    ANNULEE = "annulee", "Annulée"


class ResultatOrientation(models.TextChoices):
    """How an accompagnement ended."""

    AIDE = "aide", "Aide apportée"
    PAS_D_AIDE = "pas_d_aide", "Pas d’aide disponible"
    INJOIGNABLE = "injoignable", "Injoignable"
    SANS_SUITE = "sans_suite", "Sans suite du demandeur"
    RELAYEE = "relayee", "Relayée à un autre organisme"


class MotifDeclin(models.TextChoices):
    HORS_CHAMP = "hors_champ", "Ne relève pas de nos aides"
    HORS_SECTEUR = "hors_secteur", "Hors de notre secteur"
    DEJA_SUIVI = "deja_suivi", "Déjà suivi par ailleurs"
    INDISPONIBLE = "indisponible", "Pas disponible dans les délais"
    INCOMPLET = "incomplet", "Demande trop incomplète"
    AUTRE = "autre", "Autre raison"


class MotifPartage(models.TextChoices):
    ORIENTATION = "orientation", "Orientation"
    TRANSMISSION = "transmission", "Confiée à un technicien"
    COMITE = "comite", "Ordre du jour du comité"


class GenreEchange(models.TextChoices):
    APPEL = "appel", "Appel"
    VISITE = "visite", "Visite"
    RENDEZ_VOUS = "rendez_vous", "Rendez-vous"
    COURRIEL = "courriel", "Courriel"
    REUNION = "reunion", "Réunion"
    NOTE = "note", "Note"


class MotifCloture(models.TextChoices):
    ABOUTIE = "aboutie", "Aboutie"
    REORIENTEE = "reorientee", "Réorientée hors du guichet"
    ABANDONNEE = "abandonnee", "Abandonnée par le demandeur"
    SANS_NOUVELLES = "sans_nouvelles", "Sans nouvelles"
    HORS_PERIMETRE = "hors_perimetre", "Hors périmètre"
    DOUBLON = "doublon", "Doublon"


class Aboutissement(models.TextChoices):
    """The kinds of « aboutie »."""

    CREATION = "creation", "Création"
    REPRISE = "reprise", "Reprise"
    TRANSMISSION = "transmission", "Transmission"
    INSTALLATION = "installation", "Installation agricole"
    EMBAUCHE = "embauche", "Embauche"
    FORMATION = "formation", "Formation"
    FINANCEMENT = "financement", "Financement obtenu"
    IMPLANTATION = "implantation", "Local trouvé"
    MAINTIEN = "maintien", "Maintien de l’activité"
    DEVELOPPEMENT = "developpement", "Développement"


class ActionJournal(models.TextChoices):
    """What a frozen line of the journal tells."""

    OUVERTURE = "ouverture", "Ouverture"
    MODIFICATION = "modification", "Modification"
    BESOIN = "besoin", "Besoin"
    ACCORD = "accord", "Accord de partage"
    ORIENTATION = "orientation", "Orientation"
    REPONSE = "reponse", "Réponse d’un partenaire"
    TRANSMISSION = "transmission", "Transmission à un technicien"
    SECTION = "section", "Section d’un partenaire"
    ECHANGE = "echange", "Échange"
    PIECE = "piece", "Pièce"
    ATTENTE = "attente", "Attente du demandeur"
    PROPOSITION = "proposition", "Proposition de clôture"
    CLOTURE = "cloture", "Clôture"
    REOUVERTURE = "reouverture", "Réouverture"
    ANNULATION = "annulation", "Annulation"
    DEMANDE = "demande", "Demande jointe"
    MESSAGE = "message", "Message du demandeur"
    SUIVI = "suivi", "Suivi"
    RESPONSABLE = "responsable", "Personne en charge"
    ACTION = "action", "Action"
    COMITE = "comite", "Comité technique"
    FUSION = "fusion", "Fusion"
