"""States of a document, as its asker reads them."""

from django.db import models


class EtatDocument(models.TextChoices):
    ATTENTE = "attente", "En attente"
    EN_COURS = "en_cours", "En préparation"
    PRET = "pret", "Prêt"
    ECHEC = "echec", "Échec"
    ANNULE = "annule", "Annulé"
    EXPIRE = "expire", "Expiré"


class Variante(models.TextChoices):
    """What the file is for."""

    LECTURE = "lecture", "À lire et à imprimer (PDF/UA-1)"
    ARCHIVE = "archive", "À archiver (PDF/A)"
