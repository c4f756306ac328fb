from django.db import models


class StatutPartenaire(models.TextChoices):
    MEMBRE = "membre", "Membre du comité technique"
    ASSOCIE = "associe", "Associé"


class GenreOrganisme(models.TextChoices):
    CHAMBRE = "chambre", "Chambre consulaire"
    ETAT = "etat", "Service de l’État"
    EMPLOI = "emploi", "Service de l’emploi"
    COLLECTIVITE = "collectivite", "Collectivité"
    FORMATION = "formation", "Formation"
    ASSOCIATION = "association", "Association"
    FINANCEUR = "financeur", "Financeur"
    AUTRE = "autre", "Autre"


class GenreConvention(models.TextChoices):
    CONVENTION = "convention", "Convention cadre"
    ENGAGEMENT = "engagement", "Engagement de confidentialité"
