"""Who may do what with accounts, roles and absences. Each says yes or no; `exiger` makes it a 403."""

from apps.comptes.models import Utilisateur
from apps.core.acces import Acces, Role

from .models import ROLES_AFFECTES, Affectation, Invitation


def second_facteur_exige(utilisateur: Utilisateur, affectations: list[Affectation] | None = None) -> bool:
    """The coordination of any territoire and the administrators log in with a second factor."""
    if utilisateur.est_administrateur:
        return True
    if affectations is not None:
        return any(a.role == Role.COORDINATION for a in affectations)
    return Affectation.objects.actives().filter(utilisateur=utilisateur, role=Role.COORDINATION).exists()


def peut_administrer(acces: Acces) -> bool:
    """Accounts, territoires and nomenclatures: the administrators of the platform, outside any territoire."""
    return acces.role == Role.ADMINISTRATEUR


def peut_voir_equipe(acces: Acces) -> bool:
    """The coordination and the DPO see everybody, a partner those of its organisme."""
    return acces.est_coordination or acces.est_partenaire or acces.role == Role.DPO


def roles_invitables(acces: Acces) -> list[Role]:
    """The coordination invites anyone; a référent a technicien, or proposes a référent, of its own organisme."""
    if acces.est_coordination:
        return list(ROLES_AFFECTES)
    return [Role.TECHNICIEN, Role.REFERENT] if acces.est_referent else []


def peut_inviter(acces: Acces, role: str | None = None, organisme_id: int | None = None) -> bool:
    """Without a role: whether they may invite at all."""
    permis = roles_invitables(acces)
    if role is None:
        return bool(permis)
    return role in permis and (acces.est_coordination or organisme_id == acces.organisme_id)


def peut_gerer_invitation(acces: Acces, invitation: Invitation) -> bool:
    """Send again, cancel: whoever could have invited."""
    return peut_inviter(acces, invitation.role, invitation.organisme_id)


def peut_accorder(acces: Acces) -> bool:
    """A new référent proposed by a partner waits for the coordination."""
    return acces.est_coordination


def peut_terminer(acces: Acces, affectation: Affectation) -> bool:
    """The coordination ends any role; a référent those of the techniciens of its organisme."""
    if acces.est_coordination:
        return True
    return acces.est_referent and affectation.role == Role.TECHNICIEN and affectation.organisme_id == acces.organisme_id


def peut_voir_absences(acces: Acces) -> bool:
    """The coordination all of them, a partner those of its organisme."""
    return acces.est_coordination or acces.est_partenaire


def peut_noter_absence(acces: Acces, affectation: Affectation) -> bool:
    """The coordination anybody's; a référent those of its organisme; a technicien their own."""
    if acces.est_coordination:
        return True
    if acces.est_referent:
        return affectation.organisme_id == acces.organisme_id
    return acces.est_partenaire and affectation.utilisateur_id == acces.utilisateur_id
