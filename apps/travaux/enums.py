from django.db import models


class EtatTravail(models.TextChoices):
    EN_ATTENTE = "en_attente", "En attente"
    EN_COURS = "en_cours", "En cours"
    REUSSI = "reussi", "Prêt"
    ECHOUE = "echoue", "Échoué"
    ANNULE = "annule", "Annulé"


ETATS_FINIS = (EtatTravail.REUSSI, EtatTravail.ECHOUE, EtatTravail.ANNULE)
