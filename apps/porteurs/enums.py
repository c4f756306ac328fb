from django.db import models


class GenreProjet(models.TextChoices):
    CREATION = "creation", "Création"
    REPRISE = "reprise", "Reprise"
    DEVELOPPEMENT = "developpement", "Développement"
    CESSION = "cession", "Cession ou transmission"
    INSTALLATION = "installation", "Installation agricole"


class StadeProjet(models.TextChoices):
    IDEE = "idee", "Idée"
    ETUDE = "etude", "Étude"
    MONTAGE = "montage", "Montage"
    FINANCEMENT = "financement", "Financement"
    IMMATRICULATION = "immatriculation", "Immatriculation"
    LANCE = "lance", "Lancé"
    ABANDONNE = "abandonne", "Abandonné"
