"""Invitations: one key, one use, kept as a digest. Opening the link changes nothing; only the form behind it does."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from apps.comptes.models import Utilisateur
from apps.core.acces import Acces, Role
from apps.core.erreurs import ErreurMetier, exiger
from apps.core.portee import portee
from apps.courriels.services import annuler as annuler_courriels
from apps.courriels.services import ecrire_compte
from apps.partenaires.models import Organisme
from apps.territoires.models import Territoire

from .. import verrou
from ..models import Affectation, Invitation, Qualite
from ..permissions import peut_gerer_invitation, peut_inviter

INVALIDE = (
    "Cette invitation ne peut plus servir : elle a été utilisée, annulée, ou elle a expiré. Demandez-en une autre."
)


def _empreinte(cle: str) -> str:
    return hashlib.sha256(cle.encode()).hexdigest()


def _prefixe(invitation: Invitation) -> str:
    return f"invitation:{invitation.pk}:"


def _envoyer(invitation: Invitation, *, auteur: str) -> None:
    """A new key, its mail in the outbox, and fourteen days (a setting); any former key stops working."""
    cle = secrets.token_urlsafe(32)
    annuler_courriels(cle_prefixe=_prefixe(invitation), territoire_id=None)
    invitation.empreinte = _empreinte(cle)
    invitation.envoyee_le = timezone.now()
    invitation.envois += 1
    invitation.expire_le = timezone.now() + timedelta(days=invitation.territoire.jours_invitation)
    invitation.save()
    with portee(invitation.territoire_id):
        organisme = str(invitation.organisme) if invitation.organisme_id else ""
    ecrire_compte(
        gabarit="invitation",
        destinataire=invitation.courriel,
        donnees={
            "personne": str(invitation),
            "auteur": auteur,
            "role": invitation.get_role_display().lower(),
            "organisme": organisme,
            "territoire_nom": invitation.territoire.nom,
            "a_accorder": invitation.a_accorder,
            "expire_le": invitation.expire_le,
            "lien": settings.SITE_URL.rstrip("/") + reverse("compte_invitation", args=[cle]),
        },
        cle=f"{_prefixe(invitation)}{invitation.envois}",
    )


def _nom(utilisateur_id: int | None) -> str:
    return str(Utilisateur.objects.filter(pk=utilisateur_id).first() or "L’administration du site")


def _deja_la(territoire_id: int, courriel: str, role: str, organisme_id: int | None) -> None:
    """Raise when the person already has this role, or an invitation to it that still stands."""
    meme = {"territoire": territoire_id, "role": role, "organisme": organisme_id}
    if Affectation.objects.filter(utilisateur__courriel__iexact=courriel, terminee_le__isnull=True, **meme).exists():
        raise ErreurMetier("Cette personne a déjà ce rôle ici.")
    if Invitation.objects.en_attente().filter(courriel__iexact=courriel, **meme).exists():
        raise ErreurMetier("Une invitation à ce rôle est déjà en attente : renvoyez-la plutôt, depuis l’équipe.")


@transaction.atomic
def inviter(
    *,
    acces: Acces,
    courriel: str,
    prenom: str,
    nom: str,
    role: str,
    organisme: Organisme | None = None,
    qualite: str = Qualite.TITULAIRE,
    **champs: Any,
) -> Invitation:
    """Invite somebody to a role of the territoire and write the mail.

    A référent proposed by a partner will wait for the coordination's agreement. `champs`: civilite, telephone,
    fonction, lieu. Raises Refus without the right, ErreurMetier when the person is already there.
    """
    organisme_id = organisme.pk if organisme else None
    exiger(peut_inviter(acces, role, organisme_id), "Vous ne pouvez pas inviter à ce rôle.")
    if (role in (Role.REFERENT, Role.TECHNICIEN)) != (organisme is not None):
        raise ErreurMetier("Un référent ou un technicien appartient à un organisme, et lui seul.")
    courriel = courriel.strip().lower()
    _deja_la(acces.territoire_id, courriel, role, organisme_id)  # type: ignore[arg-type]
    invitation = Invitation(
        territoire_id=acces.territoire_id,
        courriel=courriel,
        prenom=prenom,
        nom=nom,
        role=role,
        organisme=organisme,
        qualite=qualite,
        invitee_par_id=acces.utilisateur_id,
        a_accorder=role == Role.REFERENT and not acces.est_coordination,
        empreinte=secrets.token_hex(32),
        expire_le=timezone.now(),
        **champs,
    )
    invitation.save()
    _envoyer(invitation, auteur=_nom(acces.utilisateur_id))
    return invitation


@transaction.atomic
def inviter_coordination(*, territoire: Territoire, courriel: str, prenom: str, nom: str, auteur_id: int) -> Invitation:
    """The administrator's own: the first coordinator of a territoire."""
    _deja_la(territoire.pk, courriel, Role.COORDINATION, None)
    invitation = Invitation.objects.create(
        territoire=territoire,
        courriel=courriel.strip().lower(),
        prenom=prenom,
        nom=nom,
        role=Role.COORDINATION,
        invitee_par_id=auteur_id,
        empreinte=secrets.token_hex(32),
        expire_le=timezone.now(),
    )
    _envoyer(invitation, auteur=_nom(auteur_id))
    return invitation


def _ouverte(invitation: Invitation) -> Invitation:
    """The row, locked. Raises ErreurMetier when it was accepted or cancelled in between."""
    verrouillee = Invitation.objects.select_for_update(of=("self",)).select_related("territoire").get(pk=invitation.pk)
    if verrouillee.acceptee_le or verrouillee.annulee_le:
        raise ErreurMetier("Cette invitation n’est plus en attente.")
    return verrouillee


@transaction.atomic
def renvoyer(*, acces: Acces, invitation: Invitation) -> Invitation:
    """Send it again with a new key and a new delay; the link of the former mail stops working."""
    exiger(peut_gerer_invitation(acces, invitation))
    invitation = _ouverte(invitation)
    _envoyer(invitation, auteur=_nom(acces.utilisateur_id))
    return invitation


@transaction.atomic
def annuler(*, acces: Acces, invitation: Invitation) -> None:
    """Its link stops working, and its mail does not leave if it has not left."""
    exiger(peut_gerer_invitation(acces, invitation))
    invitation = _ouverte(invitation)
    invitation.annulee_le = timezone.now()
    invitation.save(update_fields=["annulee_le", "modifie_le"])
    annuler_courriels(cle_prefixe=_prefixe(invitation), territoire_id=None)


def trouver(cle: str) -> Invitation | None:
    """The invitation that a link opens, while it can serve. Reading changes nothing."""
    invitation = (
        Invitation.objects.filter(empreinte=_empreinte(cle), territoire__est_actif=True)
        .select_related("territoire", "invitee_par")
        .first()
    )
    return invitation if invitation and invitation.est_utilisable else None


def compte_de(invitation: Invitation) -> Utilisateur | None:
    """The account that already has this address, if any."""
    return Utilisateur.objects.filter(courriel__iexact=invitation.courriel).first()


def _consommer(cle: str) -> Invitation:
    """Lock it: of two answers sent together, one finds it used."""
    invitation = Invitation.objects.select_for_update(of=("self",)).filter(empreinte=_empreinte(cle)).first()
    if invitation is None or not invitation.est_utilisable:
        raise ErreurMetier(INVALIDE)
    return invitation


def _affecter(invitation: Invitation, utilisateur: Utilisateur) -> Affectation:
    maintenant = timezone.now()
    invitation.acceptee_le, invitation.utilisateur = maintenant, utilisateur
    invitation.save(update_fields=["acceptee_le", "utilisateur", "modifie_le"])
    affectation, _ = Affectation.objects.get_or_create(
        utilisateur=utilisateur,
        territoire_id=invitation.territoire_id,
        role=invitation.role,
        organisme_id=invitation.organisme_id,
        terminee_le=None,
        defaults={
            "qualite": invitation.qualite,
            "lieu": invitation.lieu,
            "accordee_le": None if invitation.a_accorder else maintenant,
            "accordee_par_id": None if invitation.a_accorder else invitation.invitee_par_id,
        },
    )
    return affectation


@transaction.atomic
def accepter(*, cle: str, utilisateur: Utilisateur) -> Affectation:
    """The person invited accepts with the account they are logged in with; the address must be the one invited.

    Raises ErreurMetier when it can no longer serve, or is somebody else's.
    """
    invitation = _consommer(cle)
    if invitation.courriel.lower() != utilisateur.courriel.lower():
        raise ErreurMetier(f"Cette invitation est adressée à {invitation.courriel}.")
    return _affecter(invitation, utilisateur)


@transaction.atomic
def accepter_en_creant(*, cle: str, mot_de_passe: str, **champs: Any) -> Affectation:
    """The person invited chooses a password: the account is made, or gets its first password.

    `champs`: civilite, prenom, nom, telephone, fonction. An account that has a password is never touched: its owner
    logs in instead. Raises ErreurMetier.
    """
    invitation = _consommer(cle)
    utilisateur = compte_de(invitation)
    if utilisateur is None:
        utilisateur = Utilisateur.objects.create_user(invitation.courriel, mot_de_passe, **champs)
    elif utilisateur.has_usable_password() or not utilisateur.is_active:
        raise ErreurMetier("Un compte existe déjà avec cette adresse : connectez-vous pour accepter.")
    else:
        utilisateur.set_password(mot_de_passe)
        utilisateur.save(update_fields=["password"])
    verrou.lever_compte(utilisateur.courriel)
    return _affecter(invitation, utilisateur)
