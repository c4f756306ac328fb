"""The fiches: whoever is addressed reads and answers, the coordination manages, anybody else finds nothing."""

from typing import Any

from apps.core.portee import portee
from apps.fiches import services
from apps.fiches.enums import GenreOrientation

from .roles import (
    ACCUEIL,
    ACCUEIL_AUTRE,
    ADMINISTRATEUR,
    ANONYME,
    AUTRE_TERRITOIRE,
    COORDINATION,
    DPO,
    PILOTAGE,
    REFERENT_DECLINE,
    REFERENT_NON_SAISI,
    REFERENT_SAISI,
    REFERENT_TERMINE,
    SUIVI,
    SUPPLEANT,
    TECHNICIEN_CONFIE,
    TECHNICIEN_NON_CONFIE,
)

AUTRES = (
    REFERENT_NON_SAISI, REFERENT_DECLINE, TECHNICIEN_NON_CONFIE, ACCUEIL, ACCUEIL_AUTRE, PILOTAGE, DPO, ADMINISTRATEUR,
    AUTRE_TERRITOIRE,
)  # fmt: skip
PARTENAIRES = (
    REFERENT_SAISI, SUPPLEANT, TECHNICIEN_CONFIE, REFERENT_TERMINE, REFERENT_NON_SAISI, REFERENT_DECLINE,
    TECHNICIEN_NON_CONFIE,
)  # fmt: skip
DEHORS = {ANONYME: 302, SUIVI: 302, **dict.fromkeys(AUTRES, 404)}
EN_COURS = (REFERENT_SAISI, SUPPLEANT, TECHNICIEN_CONFIE)
LECTEURS = (*EN_COURS, REFERENT_TERMINE)
LIRE = {**DEHORS, **dict.fromkeys((COORDINATION, *LECTEURS), 200)}
ECRIRE = {**DEHORS, **dict.fromkeys((COORDINATION, *EN_COURS), 200), REFERENT_TERMINE: 403}
GERER = {**DEHORS, COORDINATION: 200, **dict.fromkeys(LECTEURS, 403)}
# On an orientation of « saisi »: the organisme that ended its own part has no business there.
TENIR = {**DEHORS, REFERENT_TERMINE: 404, **dict.fromkeys((COORDINATION, *EN_COURS), 200)}
# On an orientation that was handed to no technicien.
SANS_TECHNICIEN = {**TENIR, TECHNICIEN_CONFIE: 404}
FERMEE = {**DEHORS, **dict.fromkeys(LECTEURS, 404), COORDINATION: 200}


def _orientation(nom: str) -> Any:
    return lambda monde: {"pk": monde.objets["orientations"][nom].pk}


def _fiche(monde: Any, nom: str) -> Any:
    """A second fiche of the same person, made when a row first needs it."""
    with portee(monde.territoire.pk):
        return services.ouvrir(
            acces=monde.affectations[COORDINATION].acces(), titre=f"Fiche {nom}", personnes=[monde.objets["personne"]]
        )


def _absent(monde: Any, cle: str) -> bool:
    """Not made yet, or undone with the test that had made it."""
    objet = monde.objets.get(cle)
    return objet is None or not type(objet).objects.filter(pk=objet.pk).exists()


def _envoyee(genre: str) -> Any:
    """An answer that « saisi » still owes."""

    def args(monde: Any) -> dict[str, Any]:
        cle = f"orientation_{genre}"
        if _absent(monde, cle):
            acces = monde.affectations[COORDINATION].acces()
            monde.objets[cle] = services.orienter(
                acces=acces, fiche=_fiche(monde, genre), organismes=[monde.objets["organismes"]["saisi"]], genre=genre
            )[0]
        return {"pk": monde.objets[cle].pk, "action": "prendre_en_charge"}

    return args


def _close(monde: Any) -> dict[str, Any]:
    """A fiche that « saisi » took part in, closed as a success."""
    if _absent(monde, "fiche_close"):
        acces, fiche = monde.affectations[COORDINATION].acces(), _fiche(monde, "close")
        services.orienter(
            acces=acces, fiche=fiche, organismes=[monde.objets["organismes"]["saisi"]],
            genre=GenreOrientation.ACCOMPAGNEMENT,
        )  # fmt: skip
        services.cloturer(acces=acces, fiche=fiche, motif="aboutie", aboutissements=["creation"])
        monde.objets["fiche_close"] = fiche
    return {"numero": monde.objets["fiche_close"].numero, "mois": 6}


def _personne(monde: Any) -> dict[str, Any]:
    return {"personne": monde.objets["personne"].pk}


def _echange(monde: Any) -> dict[str, Any]:
    return {"pk": monde.objets["echange"].pk}


def _besoin(monde: Any) -> dict[str, Any]:
    return {"pk": monde.objets["besoin"].pk}


MATRICE = {
    "fiches:imprimer": {**LIRE, **dict.fromkeys((COORDINATION, *LECTEURS), 302), "methode": "post"},
    "fiches:liste": {
        **DEHORS, COORDINATION: 200, **dict.fromkeys(PARTENAIRES, 200),
        **dict.fromkeys((ACCUEIL, ACCUEIL_AUTRE, PILOTAGE, DPO), 403),
    },
    "fiches:detail": LIRE,
    "fiches:modifier": GERER,
    "fiches:demandeurs": GERER,
    "fiches:besoins": GERER,
    "fiches:besoin": {**GERER, "args": _besoin},
    "fiches:orienter": GERER,
    "fiches:noter": ECRIRE,
    "fiches:modifier_echange": {**GERER, "args": _echange},
    "fiches:retirer_echange": {**GERER, "args": _echange},
    "fiches:ajouter_piece": ECRIRE,
    "fiches:piece": LIRE,
    "fiches:retirer_piece": GERER,
    "fiches:attendre": GERER,
    "fiches:reprendre": {**GERER, COORDINATION: 302, "methode": "post"},
    "fiches:accord": {**GERER, "args": _personne},
    "fiches:retirer_accord": {**GERER, "args": _personne},
    "fiches:cloturer": GERER,
    "fiches:proposer_cloture": {**GERER, COORDINATION: 403, REFERENT_SAISI: 200, SUPPLEANT: 200},
    "fiches:rouvrir": {**FERMEE, "args": _close},
    "fiches:suivi": {**FERMEE, "args": _close},
    # Its own answer is all that is left to the partner who declined; those who read the fiche are sent there.
    "fiches:reponse": {
        **DEHORS, **dict.fromkeys(LECTEURS, 404), COORDINATION: 302, REFERENT_DECLINE: 200,
        "args": _orientation("decline"),
    },
    "fiches:decliner": {**SANS_TECHNICIEN, "args": _envoyee("accompagnement")},
    "fiches:rendre_avis": {**SANS_TECHNICIEN, "args": _envoyee("avis")},
    "fiches:terminer": {**TENIR, "args": _orientation("saisi")},
    "fiches:section": {**TENIR, COORDINATION: 403, "args": _orientation("saisi")},
    "fiches:confier": {**TENIR, COORDINATION: 403, TECHNICIEN_CONFIE: 403, "args": _orientation("saisi")},
    "fiches:relancer": {
        **SANS_TECHNICIEN, COORDINATION: 302, REFERENT_SAISI: 403, SUPPLEANT: 403, "methode": "post",
        "args": _envoyee("accompagnement"),
    },
    "fiches:annuler": {**TENIR, **dict.fromkeys(EN_COURS, 403), "args": _orientation("saisi")},
    "fiches:repondre": {
        **SANS_TECHNICIEN, **dict.fromkeys((COORDINATION, REFERENT_SAISI, SUPPLEANT), 302), "methode": "post",
        "args": _envoyee("accompagnement"),
    },
}  # fmt: skip
