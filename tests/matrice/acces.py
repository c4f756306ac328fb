"""The team of a territoire and one's own account. What is named belongs to the organisme « saisi »."""

from datetime import timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.utils import timezone

from apps.acces import services
from apps.acces.models import Absence, Affectation, FormulaireGarde, Invitation
from apps.core.acces import Role
from tests.factories import AffectationFactory

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
)  # fmt: skip

DEHORS = {ANONYME: 302, SUIVI: 302, ADMINISTRATEUR: 404, AUTRE_TERRITOIRE: 404}
REFERENTS_ICI = (REFERENT_SAISI, SUPPLEANT)
TECHNICIENS = (TECHNICIEN_CONFIE, TECHNICIEN_NON_CONFIE)
AILLEURS = (REFERENT_NON_SAISI, REFERENT_DECLINE, REFERENT_TERMINE)
SANS_EQUIPE = (ACCUEIL, ACCUEIL_AUTRE, PILOTAGE)
EQUIPE = {
    **DEHORS,
    **dict.fromkeys((COORDINATION, *REFERENTS_ICI, *TECHNICIENS, *AILLEURS, DPO), 200),
    **dict.fromkeys(SANS_EQUIPE, 403),
}
# Of the organisme « saisi »: out of scope for the other organismes and for those who see no team.
D_ICI = {
    **DEHORS,
    **dict.fromkeys((*AILLEURS, *SANS_EQUIPE), 404),
    **dict.fromkeys((*REFERENTS_ICI, *TECHNICIENS, DPO), 403),
}


def _invitation(monde: Any) -> dict[str, Any]:
    """An invitation of a technicien of « saisi », with the key of its link."""
    organisme = monde.objets["organismes"]["saisi"]
    invitation = Invitation.objects.filter(organisme=organisme).first() or services.inviter(
        acces=monde.affectations[REFERENT_SAISI].acces(),
        courriel="invitee@example.org",
        prenom="Iris",
        nom="Vitet",
        role=Role.TECHNICIEN,
        organisme=organisme,
    )
    return {"pk": invitation.pk}


def _cle(monde: Any) -> dict[str, Any]:
    """A key that opens nothing, beside an invitation that waits."""
    _invitation(monde)
    return {"cle": "inconnue"}


def _absence(monde: Any) -> dict[str, Any]:
    absente = monde.affectations[TECHNICIEN_NON_CONFIE]
    jour = timezone.localdate()
    absence, _ = Absence.objects.get_or_create(territoire=monde.territoire, affectation=absente, du=jour, au=jour)
    return {"pk": absence.pk}


def _proposee(monde: Any) -> dict[str, Any]:
    """A référent proposed by « saisi », whom the coordination has not agreed to."""
    organisme = monde.objets["organismes"]["saisi"]
    trouvee = Affectation.objects.filter(organisme=organisme, accordee_le__isnull=True).first()
    affectation = trouvee or AffectationFactory(
        territoire=monde.territoire, role=Role.REFERENT, organisme=organisme, accordee_le=None
    )
    return {"pk": affectation.pk}


def _appareil(monde: Any) -> dict[str, Any]:
    """A device of the coordinatrice."""
    session, _ = UserSession.objects.get_or_create(
        session_key="matrice", defaults={"user": monde.affectations[COORDINATION].utilisateur, "ip": "192.0.2.1"}
    )
    return {"pk": session.pk}


def _saisie(monde: Any) -> dict[str, Any]:
    """A form kept for the coordinatrice, in another browser than the matrix's."""
    garde = FormulaireGarde.objects.create(
        utilisateur=monde.affectations[COORDINATION].utilisateur,
        chemin="/figeac/espace/",
        donnees={"champs": {"nom": ["Pons"]}},
        expire_le=timezone.now() + timedelta(hours=1),
    )
    return {"cle": garde.cle}


def _role_de(qui: str) -> Any:
    return lambda monde: {"pk": monde.affectations[qui].pk}


def _personne(monde: Any) -> dict[str, Any]:
    return {"pk": monde.affectations[TECHNICIEN_NON_CONFIE].utilisateur_id}


MATRICE = {
    "acces:equipe": EQUIPE,
    "acces:personne": {**EQUIPE, **dict.fromkeys(AILLEURS, 404), "args": _personne},
    "acces:inviter": {
        **EQUIPE,
        **dict.fromkeys((*TECHNICIENS, DPO), 403),
    },
    "acces:renvoyer": {
        **D_ICI,
        **dict.fromkeys((*TECHNICIENS, DPO), 404),
        **dict.fromkeys((COORDINATION, *REFERENTS_ICI), 302),
        "methode": "post",
        "args": _invitation,
    },
    "acces:annuler": {
        **D_ICI,
        **dict.fromkeys((*TECHNICIENS, DPO), 404),
        **dict.fromkeys((COORDINATION, *REFERENTS_ICI), 200),
        "args": _invitation,
    },
    "acces:absences": {**EQUIPE, DPO: 403},
    "acces:retirer_absence": {
        **D_ICI,
        **dict.fromkeys((COORDINATION, *REFERENTS_ICI, TECHNICIEN_NON_CONFIE), 302),
        DPO: 404,
        "methode": "post",
        "args": _absence,
    },
    "acces:accorder": {**D_ICI, COORDINATION: 302, "methode": "post", "args": _proposee},
    "acces:qualite": {**D_ICI, COORDINATION: 302, "methode": "post", "args": _role_de(REFERENT_SAISI)},
    "acces:terminer": {
        **D_ICI,
        **dict.fromkeys((COORDINATION, *REFERENTS_ICI), 200),
        "args": _role_de(TECHNICIEN_NON_CONFIE),
    },
    "acces:retirer": {
        **D_ICI,
        **dict.fromkeys((COORDINATION, *REFERENTS_ICI), 200),
        **dict.fromkeys(SANS_EQUIPE, 403),
        "args": _personne,
    },
    "acces:choisir": {
        "tous": 404,
        ANONYME: 302,
        SUIVI: 302,
        COORDINATION: 302,
        "methode": "post",
        "args": _role_de(COORDINATION),
    },
    "compte": {"tous": 200, ANONYME: 302, SUIVI: 302},
    "compte_appareil_fermer": {
        "tous": 404,
        ANONYME: 302,
        SUIVI: 302,
        COORDINATION: 302,
        "methode": "post",
        "args": _appareil,
    },
    # The key alone opens it; an unknown one says the same to everybody.
    "compte_invitation": {"tous": 410, "args": _cle},
    "compte_saisie": {"tous": 404, ANONYME: 302, SUIVI: 302, "args": _saisie},
}
