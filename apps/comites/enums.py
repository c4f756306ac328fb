"""Instances, séances, points, presences, decisions and minutes, in the field's words."""

from django.db import models


class GenreInstance(models.TextChoices):
    TECHNIQUE = "technique", "Comité technique"
    PILOTAGE = "pilotage", "Comité de pilotage"
    COMMISSION = "commission", "Commission"


SERIES = {GenreInstance.TECHNIQUE: "CT", GenreInstance.PILOTAGE: "CP", GenreInstance.COMMISSION: "CM"}
SERIE_COMPTE_RENDU = "CR"


class PorteeInstance(models.TextChoices):
    """What its members may read."""

    NOMINATIVE = "nominative", "Fiches nommées, dans la limite des accords"
    ANONYME = "anonyme", "Chiffres et versions anonymes seulement"


class StatutSeance(models.TextChoices):
    PREPARATION = "preparation", "En préparation"
    CONVOQUEE = "convoquee", "Convoquée"
    EN_COURS = "en_cours", "En cours"
    TENUE = "tenue", "Tenue"
    ANNULEE = "annulee", "Annulée"


class GesteSeance(models.TextChoices):
    """What changes the status of a séance (see workflow)."""

    CONVOQUER = "convoquer", "Convoquer"
    OUVRIR = "ouvrir", "Ouvrir la séance"
    TERMINER = "terminer", "Terminer la séance"
    REPRENDRE = "reprendre", "Reprendre la séance"
    ANNULER = "annuler", "Annuler la séance"


class Reponse(models.TextChoices):
    """To the convocation."""

    ATTENDUE = "attendue", "Sans réponse"
    PRESENT = "present", "Présent"
    EXCUSE = "excuse", "Excusé"
    REPRESENTE = "represente", "Représenté"


class EtatPresence(models.TextChoices):
    """In the séance."""

    ATTENDU = "attendu", "Attendu"
    PRESENT = "present", "Présent"
    EXCUSE = "excuse", "Excusé"
    ABSENT = "absent", "Absent"
    REPRESENTE = "represente", "Représenté"


class NaturePoint(models.TextChoices):
    FICHE = "fiche", "Fiche navette"
    SUJET = "sujet", "Sujet libre"
    ACTIONS = "actions", "Suivi des actions"
    BESOINS = "besoins", "Besoins recensés"
    COMPTE_RENDU = "compte_rendu", "Approbation du compte rendu"


class TraitementPoint(models.TextChoices):
    """« Kind of point »."""

    A_TRAITER = "a_traiter", "À traiter"
    SUIVI = "suivi", "Suivi"
    INFORMATION = "information", "Information"


class ModePoint(models.TextChoices):
    """How a fiche comes before the committee."""

    NOMINATIF = "nominatif", "Avec les noms"
    SANS_NOM = "sans_nom", "Sans nom, sur le résumé"
    RESERVE = "reserve", "Point réservé à la coordination"


class ChoixRestreint(models.TextChoices):
    """What becomes of a fiche that the committee does not read yet."""

    ELARGIR = "elargir", "L’ouvrir au comité"
    SANS_NOM = "sans_nom", "La traiter sans nom"
    RESERVER = "reserver", "Réserver le point à la coordination"


class EtatPoint(models.TextChoices):
    PROPOSE = "propose", "Proposé"
    INSCRIT = "inscrit", "À l’ordre du jour"
    ECARTE = "ecarte", "Écarté"


class GenreDecision(models.TextChoices):
    VALIDER = "valider", "Valider l’accompagnement"
    ORIENTER = "orienter", "Orienter"
    AJOURNER = "ajourner", "Ajourner pour pièces"
    VISITE = "visite", "Visite à faire"
    REORIENTER = "reorienter", "Réorienter"
    SANS_SUITE = "sans_suite", "Sans suite"
    CLORE = "clore", "Clore"
    AUTRE = "autre", "Autre décision"


# Those that a free topic or a standing point may take: the others act on a fiche.
DECISIONS_SANS_FICHE = (GenreDecision.AUTRE,)


class StatutCompteRendu(models.TextChoices):
    BROUILLON = "brouillon", "Brouillon"
    PROJET = "projet", "Projet soumis aux remarques"
    APPROUVE = "approuve", "Approuvé"


class JourSemaine(models.IntegerChoices):
    LUNDI = 0, "lundi"
    MARDI = 1, "mardi"
    MERCREDI = 2, "mercredi"
    JEUDI = 3, "jeudi"
    VENDREDI = 4, "vendredi"


class RangMois(models.TextChoices):
    """Which of the month: « the 1st and 3rd Thursday »."""

    PREMIER = "1", "1er"
    DEUXIEME = "2", "2e"
    TROISIEME = "3", "3e"
    QUATRIEME = "4", "4e"
    DERNIER = "dernier", "dernier"
