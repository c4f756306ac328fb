from django.db import models


class Droit(models.TextChoices):
    """RGPD, articles 15 to 21."""

    ACCES = "acces", "Accès"
    RECTIFICATION = "rectification", "Rectification"
    EFFACEMENT = "effacement", "Effacement"
    LIMITATION = "limitation", "Limitation"
    PORTABILITE = "portabilite", "Portabilité"
    OPPOSITION = "opposition", "Opposition"


class EtatDemandeDroit(models.TextChoices):
    RECUE = "recue", "Reçue"
    EN_COURS = "en_cours", "En cours"
    REPONDUE = "repondue", "Répondue"
    REFUSEE = "refusee", "Refusée"


OUVERTES = (EtatDemandeDroit.RECUE, EtatDemandeDroit.EN_COURS)
