"""States and holders of an action, in the field's words."""

from django.db import models


class EtatAction(models.TextChoices):
    """« Reportée » is no state: a postponed action is still to do, with its first date kept (see ReportAction)."""

    A_FAIRE = "a_faire", "À faire"
    EN_COURS = "en_cours", "En cours"
    FAITE = "faite", "Faite"
    ABANDONNEE = "abandonnee", "Abandonnée"


OUVERTS = (EtatAction.A_FAIRE, EtatAction.EN_COURS)


class Porteur(models.TextChoices):
    """Who must act."""

    COORDINATION = "coordination", "La coordination"
    ORGANISME = "organisme", "Un partenaire"
    DEMANDEUR = "demandeur", "Le demandeur"


class GesteAction(models.TextChoices):
    """What changes the state of an action (see workflow)."""

    COMMENCER = "commencer", "Commencer"
    FAIRE = "faire", "Marquer comme faite"
    ABANDONNER = "abandonner", "Abandonner"
    ROUVRIR = "rouvrir", "Rouvrir"
