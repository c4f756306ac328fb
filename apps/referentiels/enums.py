"""National codes short enough to be written down."""

from django.db import models


class Nomenclature(models.TextChoices):
    """Which nomenclature a NAF code belongs to. NAF 2025 is in force on 1 January 2027 (décret 2025-736)."""

    NAF_REV2 = "NAFRev2", "NAF rév. 2"
    NAF_2025 = "NAF2025", "NAF 2025"


class NatureActivite(models.TextChoices):
    """What decides between CMA, CCI and chambre d'agriculture."""

    ARTISANALE = "artisanale", "Artisanale"
    COMMERCIALE = "commerciale", "Commerciale"
    LIBERALE = "liberale", "Libérale"
    AGRICOLE = "agricole", "Agricole"
    ASSOCIATIVE = "associative", "Associative"


class TrancheEffectif(models.TextChoices):
    """INSEE's tranches d'effectif salarié."""

    NN = "NN", "Non employeur ou inconnu"
    T00 = "00", "0 salarié"
    T01 = "01", "1 ou 2 salariés"
    T02 = "02", "3 à 5 salariés"
    T03 = "03", "6 à 9 salariés"
    T11 = "11", "10 à 19 salariés"
    T12 = "12", "20 à 49 salariés"
    T21 = "21", "50 à 99 salariés"
    T22 = "22", "100 à 199 salariés"
    T31 = "31", "200 à 249 salariés"
    T32 = "32", "250 à 499 salariés"
    T41 = "41", "500 à 999 salariés"
    T42 = "42", "1 000 à 1 999 salariés"
    T51 = "51", "2 000 à 4 999 salariés"
    T52 = "52", "5 000 à 9 999 salariés"
    T53 = "53", "10 000 salariés et plus"


# Lowest headcount of each tranche, to compare with a territoire's threshold.
PLANCHER_TRANCHE = {
    "NN": 0, "00": 0, "01": 1, "02": 3, "03": 6, "11": 10, "12": 20, "21": 50, "22": 100, "31": 200,
    "32": 250, "41": 500, "42": 1000, "51": 2000, "52": 5000, "53": 10000,
}  # fmt: skip


class Public(models.TextChoices):
    """Kinds of public that an organisme accompanies."""

    ENTREPRISE = "entreprise", "Entreprises"
    CREATEUR = "createur", "Créateurs"
    REPRENEUR = "repreneur", "Repreneurs"
    CEDANT = "cedant", "Cédants"
    DEMANDEUR_EMPLOI = "demandeur_emploi", "Demandeurs d’emploi"
    JEUNE = "jeune", "Jeunes de moins de 26 ans"
    SALARIE = "salarie", "Salariés"
    ASSOCIATION = "association", "Associations"
