from django.db import models


class Situation(models.TextChoices):
    SALARIE = "salarie", "Salarié"
    DEMANDEUR_EMPLOI = "demandeur_emploi", "Demandeur d’emploi"
    INDEPENDANT = "independant", "Indépendant ou dirigeant"
    ETUDIANT = "etudiant", "Étudiant ou apprenti"
    RETRAITE = "retraite", "Retraité"
    AUTRE = "autre", "Autre"


class PreferenceContact(models.TextChoices):
    TELEPHONE = "telephone", "Par téléphone"
    COURRIEL = "courriel", "Par courriel"
    INDIFFERENT = "indifferent", "Indifférent"


class Portee(models.TextChoices):
    """How far an accord de partage goes among the partners."""

    AUCUNE = "aucune", "Aucun partenaire"
    NOMMES = "nommes", "Certains partenaires"
    TOUS = "tous", "Tous les partenaires"


class CanalAccord(models.TextChoices):
    FORMULAIRE = "formulaire", "Formulaire en ligne"
    SUIVI = "suivi", "Page de suivi"
    TELEPHONE = "telephone", "Par téléphone"
    PAPIER = "papier", "Formulaire signé"
    ENTRETIEN = "entretien", "En entretien"


class GenreFusion(models.TextChoices):
    ENTREPRISE = "entreprise", "Entreprise"
    PERSONNE = "personne", "Personne"
