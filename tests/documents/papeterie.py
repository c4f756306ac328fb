"""Sheets to make documents of: the shape of a fiche, invented content that changes with its rank."""

from typing import Any

from apps.core.audience import GenreAudience
from apps.documents.assemblage import Entree, Feuille, Liminaire, Partie, Plan
from apps.territoires.models import Territoire

COMITE = str(GenreAudience.COMITE)
NOMS = ["Amélie Œuvrard", "Łukasz Nowak", "Zoé d’Haÿ", "Jean-Noël Çabri", "Ÿvette Guérin", "Björn Ångström"]
PARTENAIRES = ["CCI du Lot", "CMA du Lot", "France Travail", "Grand-Figeac", "Initiative Lot"]
PHRASES = [
    "Le fonds de boulangerie est à reprendre, le matériel est récent et la clientèle fidèle.",
    "Une visite a eu lieu sur place ; l’évaluation du fonds est attendue pour la fin du mois.",
    "Le plan de financement prévoit un prêt d’honneur de 12 000 € et un apport de 8 500 €.",
    "La personne demande qu’on la rappelle après 18 h, « au fournil, plutôt qu’à la maison ».",
]


def contexte(rang: int, *, lignes: int = 8, paragraphes: int = 3, **autres: Any) -> dict[str, Any]:
    return {
        "territoire": {"nom": "Pays de Figeac"},
        "numero": f"FN-2026-{rang:04d}",
        "nom": f"Reprise {rang} · {NOMS[rang % len(NOMS)]}",
        "besoin": PHRASES[rang % len(PHRASES)],
        "activite": "Boulangerie et boulangerie-pâtisserie (10.71C)",
        "effectif": f"{rang % 9} salariés",
        "lignes": [
            [f"{1 + i:02d}/03/2026", PARTENAIRES[(rang + i) % 5], PHRASES[(rang * 3 + i) % 4]] for i in range(lignes)
        ],
        "recit": [" ".join(PHRASES[(rang + i + j) % 4] for j in range(4)) for i in range(paragraphes)],
        **autres,
    }


def feuille(rang: int, *, audience: str = COMITE, **autres: Any) -> Feuille:
    return Feuille("essai/feuille.html", contexte(rang, **autres), audience, nom=f"FN-2026-{rang:04d}")


def plan(territoire: Territoire, parties: list[Partie], **autres: Any) -> Plan:
    """A dossier of these parts, with a cover and its contents."""
    entrees = tuple(
        Entree(f"Reprise {rang} · {NOMS[rang % len(NOMS)]}", partie, cle=f"FN-2026-{rang:04d}")
        for rang, partie in enumerate(parties, start=1)
    )
    valeurs: dict[str, Any] = {
        "territoire": territoire,
        "audience": COMITE,
        "titre": "Dossier de séance · 5 mars 2026",
        "entrees": entrees,
        "liminaire": Liminaire("essai/couverture.html", {"territoire": {"nom": territoire.nom}, "titre": "Dossier"}),
        "tete_gauche": "Comité technique du 5 mars 2026",
        "tete_droite": "Confidentiel",
        **autres,
    }
    return Plan(**valeurs)
