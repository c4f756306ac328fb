"""The public door: open to all; a tracking page to whoever holds its address, whatever else they are."""

from typing import Any

from tests.demandes.publics import brouillon_de

MATRICE: dict[str, dict[str, Any]] = {
    "public:accueil": {"tous": 200},
    "public:mentions": {"tous": 200},
    "public:confidentialite": {"tous": 200},
    "public:accessibilite": {"tous": 200},
    "public:plan": {"tous": 200},
    "public:formulaire_papier": {"tous": 200},
    "public:demande": {"tous": 200},
    "public:reprise": {"tous": 302, "args": lambda monde: {"cle": brouillon_de(monde.territoire).cle}},
    "public:etape": {"tous": 200, "args": lambda monde: {"cle": brouillon_de(monde.territoire).cle, "etape": 1}},
    "public:plus_tard": {"tous": 200, "args": lambda monde: {"cle": brouillon_de(monde.territoire).cle}},
    "public:retrouver": {"tous": 200},
    "public:suivi": {"tous": 200},
    "public:envoyee": {"tous": 200},
    "public:recepisse": {"tous": 200},
    "public:formulaire": {"tous": 200},
    # Without its signed value a form of the tracking page is nobody's.
    "public:geste": {"methode": "post", "tous": 400},
    "public:accord": {"tous": 200},
    "public:retrait": {"tous": 200},
    # The request of the world was typed at a counter, and waits for its person.
    "public:confirmer": {"tous": 200},
    # Refused without the signed form, with the page that keeps what was typed.
    "public:message": {"methode": "post", "tous": 400},
}
