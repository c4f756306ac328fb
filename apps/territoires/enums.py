from django.db import models


class GenreTerritoire(models.TextChoices):
    PAYS = "pays", "Pays"
    PETR = "petr", "Pôle d’équilibre territorial et rural"
    EPCI = "epci", "Intercommunalité"
    AUTRE = "autre", "Autre"


class BaseLegale(models.TextChoices):
    """RGPD, article 6 (1): the ones a public body or an association may rely on here."""

    MISSION = "mission", "Mission d’intérêt public"
    INTERET = "interet", "Intérêt légitime"
    CONSENTEMENT = "consentement", "Consentement"


# A territoire's slug is the first segment of its addresses: these are taken.
SLUGS_RESERVES = frozenset({
    "administration", "compte", "static", "media", "vivant", "pret", "aide", "api", "favicon.ico", "robots.txt",
    "_", "admin", "territoires", "espace", "communes", "naf",
})  # fmt: skip
