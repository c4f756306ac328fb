"""Who is logged in, loaded with their roles: one query for the two, on every page."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from apps.comptes.models import Utilisateur

from .models import Affectation


def affectations_de(utilisateur_id: Any) -> list[Affectation]:
    """The roles in force of a person, on active territoires."""
    return list(
        Affectation.objects.actives()
        .filter(utilisateur=utilisateur_id, territoire__est_actif=True)
        .select_related("utilisateur", "territoire", "organisme")
    )


class Identification(AuthenticationBackend):
    """allauth's login. The person of a session carries `affectations_actives`, which the middleware reads."""

    def get_user(self, user_id: Any) -> Utilisateur | None:
        affectations = affectations_de(user_id)
        personne: Utilisateur | None = affectations[0].utilisateur if affectations else super().get_user(user_id)
        if personne is not None:
            personne.affectations_actives = affectations  # type: ignore[attr-defined]
        return personne
