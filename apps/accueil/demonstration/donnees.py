"""The texts of the set, and names drawn from them."""

import json
from functools import cache
from random import Random
from typing import Any

from django.conf import settings

DOSSIER = settings.BASE_DIR / "fixtures" / "demonstration"
GRAINE = 46102
INVENTEE = "Personne inventée pour la démonstration."
INVENTE = "Entreprise inventée pour la démonstration."


@cache
def lire(nom: str) -> Any:
    """One file of fixtures/demonstration/."""
    return json.loads((DOSSIER / f"{nom}.json").read_text(encoding="utf-8"))


class Annuaire:
    """Invented names, each telephone and address given once. No number of these series is in service."""

    def __init__(self, hasard: Random, rang: int, annee: int) -> None:
        self.hasard = hasard
        self.annee = annee
        self.textes = lire("noms")
        self._suivant = rang * 20_000
        self._vus: set[tuple[str, str]] = set()

    def personne(self, nom: str = "", prenom: str = "") -> dict[str, Any]:
        """civilité, prénom, nom, téléphone, courriel, année de naissance."""
        for _ in range(30):
            madame = prenom in self.textes["prenoms_f"] if prenom else self.hasard.random() < 0.46
            choisi = prenom or self.hasard.choice(self.textes["prenoms_f" if madame else "prenoms_m"])
            famille = nom or self.hasard.choice(self.textes["noms"])
            if (choisi, famille) not in self._vus:
                break
        self._vus.add((choisi, famille))
        numero = self.numero()
        return {
            "civilite": "Mme" if madame else "M.",
            "prenom": choisi,
            "nom": famille,
            "telephone": telephone("06", numero),
            "courriel": f"personne{numero}@example.org",
            "annee_naissance": self.annee_naissance(),
            "note": INVENTEE,
        }

    def annee_naissance(self) -> int:
        """Of somebody at work: 22 to 68 years old, 47 most often."""
        return int(self.annee - self.hasard.triangular(22, 68, 47))

    def numero(self) -> int:
        self._suivant += 1
        return self._suivant


def telephone(prefixe: str, numero: int) -> str:
    """« 06 00 01 23 45 »."""
    chiffres = f"{numero:08d}"
    return " ".join([prefixe, *(chiffres[i : i + 2] for i in range(0, 8, 2))])


def situer(nom: str) -> str:
    """« à Figeac », « au Bourg », « aux Vitarelles »."""
    for article, forme in (("Le ", "au "), ("Les ", "aux ")):
        if nom.startswith(article):
            return forme + nom.removeprefix(article)
    return f"à {nom}"


def du_lieu(nom: str) -> str:
    """« du Causse », « de la Borie », « des Tilleuls », « d’Assier »."""
    for article, forme in (("Le ", "du "), ("Les ", "des "), ("La ", "de la ")):
        if nom.startswith(article):
            return forme + nom.removeprefix(article)
    return ("d’" if nom[0] in "AEÉIOUH" else "de ") + nom
