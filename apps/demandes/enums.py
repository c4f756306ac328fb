from django.db import models


class Canal(models.TextChoices):
    WEB = "web", "Formulaire web"
    TELEPHONE = "telephone", "Téléphone"
    PERMANENCE = "permanence", "Permanence"
    COURRIEL = "courriel", "Courriel"
    VISITE = "visite", "Visite, aller-vers"
    MANIFESTATION = "manifestation", "Manifestation"
    PARTENAIRE = "partenaire", "Partenaire"
    ELU = "elu", "Élu"


class GenreDemande(models.TextChoices):
    ENTREPRISE = "entreprise", "J’ai une entreprise"
    PROJET = "projet", "J’ai un projet"
    TRANSMISSION = "transmission", "Je veux transmettre mon entreprise"


class EtatDemande(models.TextChoices):
    A_CONFIRMER = "a_confirmer", "À confirmer par la personne"
    A_QUALIFIER = "a_qualifier", "À qualifier"
    FICHE_OUVERTE = "fiche_ouverte", "Fiche ouverte"
    JOINTE = "jointe", "Jointe à une fiche"
    RENSEIGNEE = "renseignee", "Renseignement donné"
    TRANSMISE = "transmise", "Transmise hors territoire"
    REFUSEE = "refusee", "Refusée"
    INDESIRABLE = "indesirable", "Indésirable"
    RETIREE = "retiree", "Retirée par le demandeur"


class MotifRefus(models.TextChoices):
    HORS_CHAMP = "hors_champ", "Hors du champ du service"
    PARTICULIER = "particulier", "Demande d’un particulier"
    TAILLE = "taille", "Entreprise trop grande"
    DEMARCHAGE = "demarchage", "Démarchage commercial"
    INEXPLOITABLE = "inexploitable", "Demande inexploitable"
    DOUBLON = "doublon", "Doublon d’une demande"
