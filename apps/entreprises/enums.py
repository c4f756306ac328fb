from django.db import models


class EtatSiret(models.TextChoices):
    CONNU = "connu", "SIRET connu"
    INCONNU = "inconnu", "SIRET inconnu"
    EN_COURS = "en_cours", "En cours d’immatriculation"


class SourceEntreprise(models.TextChoices):
    SAISIE = "saisie", "Saisie"
    FICHIER = "fichier", "Fichier importé"
    SIRENE = "sirene", "Base SIRENE"
    PROJET = "projet", "Projet abouti"


class GenreImport(models.TextChoices):
    FICHIER = "fichier", "Tableau d’entreprises"
    SIRENE = "sirene", "Fichiers SIRENE"


class EtatImport(models.TextChoices):
    RECU = "recu", "Reçu"
    ANALYSE = "analyse", "Analyse en cours"
    APERCU = "apercu", "Aperçu prêt"
    ECRITURE = "ecriture", "Écriture en cours"
    TERMINE = "termine", "Terminé"
    ECHEC = "echec", "Échec"
    ABANDONNE = "abandonne", "Abandonné"
