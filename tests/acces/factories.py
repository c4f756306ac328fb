"""Invitations and what they send."""

import re
from typing import Any

from apps.acces import services
from apps.acces.models import Affectation, Invitation
from apps.core.acces import Role
from apps.core.portee import portee
from apps.courriels.models import Courriel


def inviter(par: Affectation, **champs: Any) -> Invitation:
    """An invitation sent by somebody; an accueil by default."""
    donnees = {"courriel": "nouvelle@example.org", "prenom": "Nora", "nom": "Alby", "role": Role.ACCUEIL, **champs}
    return services.inviter(acces=par.acces(), **donnees)


def cle_envoyee(rang: int = -1) -> str:
    """The key of the link in the n-th invitation mail."""
    corps = courriels_de_compte("invitation")[rang].corps
    return re.search(r"/compte/invitation/([^/\s]+)/", corps)[1]  # type: ignore[index]


def courriels_de_compte(gabarit: str) -> list[Courriel]:
    """Mails of accounts, which belong to no territoire, in their order."""
    with portee(None):
        return list(Courriel.objects.filter(gabarit=gabarit).order_by("pk"))
