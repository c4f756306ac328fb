"""Accounts and territoires, by the administrators of the platform: never the content of fiches."""

from collections.abc import Iterable
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from apps.comptes.models import Utilisateur
from apps.core.acces import Acces, Role
from apps.core.erreurs import ErreurMetier, exiger
from apps.courriels.services import ecrire_compte
from apps.referentiels.models import Commune, Epci
from apps.territoires.models import Territoire

from ..models import Affectation
from ..permissions import peut_administrer
from .equipe import verifier_coordination


def fermer_sessions(utilisateur: Utilisateur) -> int:
    """Log the person out everywhere; how many sessions."""
    sessions = list(UserSession.objects.filter(user=utilisateur))
    for session in sessions:
        session.end()
    return len(sessions)


def _autre_administrateur(utilisateur: Utilisateur) -> None:
    """Raise when nobody else could administer the platform."""
    autres = Utilisateur.objects.select_for_update().filter(est_administrateur=True, is_active=True)
    if utilisateur.est_administrateur and not [u for u in autres if u.pk != utilisateur.pk]:
        raise ErreurMetier("C’est le dernier compte d’administration : nommez-en un autre d’abord.")


@transaction.atomic
def desactiver_compte(*, acces: Acces, utilisateur: Utilisateur) -> None:
    """Nobody logs in with it any more; names stay where they are. Refused for the last coordination of a territoire."""
    exiger(peut_administrer(acces))
    _autre_administrateur(utilisateur)
    roles = Affectation.objects.actives().filter(
        utilisateur=utilisateur, role=Role.COORDINATION, territoire__est_actif=True
    )
    for affectation in roles.select_related("territoire"):
        try:
            verifier_coordination(affectation.territoire_id, [affectation])
        except ErreurMetier:
            lieu = affectation.territoire
            raise ErreurMetier(
                f"C’est la dernière personne de la coordination de {lieu} : invitez-en une autre d’abord."
            ) from None
    utilisateur.is_active, utilisateur.desactive_le = False, timezone.now()
    utilisateur.save(update_fields=["is_active", "desactive_le"])
    fermer_sessions(utilisateur)


@transaction.atomic
def reactiver_compte(*, acces: Acces, utilisateur: Utilisateur) -> None:
    """The person logs in again, with the roles that were not ended meanwhile."""
    exiger(peut_administrer(acces))
    utilisateur.is_active, utilisateur.desactive_le = True, None
    utilisateur.save(update_fields=["is_active", "desactive_le"])


@transaction.atomic
def changer_courriel(*, acces: Acces, utilisateur: Utilisateur, courriel: str) -> None:
    """The address that logs in changes: sessions end, the former address hears of it. Raises ErreurMetier."""
    exiger(peut_administrer(acces))
    courriel, ancien = courriel.strip().lower(), utilisateur.courriel
    try:
        validate_email(courriel)
    except ValidationError:
        raise ErreurMetier("Donnez une adresse électronique valide.") from None
    if Utilisateur.objects.filter(courriel__iexact=courriel).exclude(pk=utilisateur.pk).exists():
        raise ErreurMetier("Un compte existe déjà avec cette adresse.")
    if courriel == ancien:
        return
    utilisateur.courriel = courriel
    utilisateur.save(update_fields=["courriel"])
    EmailAddress.objects.filter(user=utilisateur).delete()
    fermer_sessions(utilisateur)
    avis = f"L’adresse de connexion de votre compte est maintenant {courriel}."
    ecrire_compte(gabarit="compte_avis", destinataire=ancien, donnees={"avis": avis, "quand": timezone.now()})


@transaction.atomic
def retirer_second_facteur(*, acces: Acces, utilisateur: Utilisateur) -> None:
    """A telephone is lost: forget the second factor and its recovery codes, log out everywhere, and say so by mail."""
    exiger(peut_administrer(acces))
    Authenticator.objects.filter(user=utilisateur).delete()
    fermer_sessions(utilisateur)
    avis = "Un administrateur a retiré le second facteur de votre compte."
    ecrire_compte(
        gabarit="compte_avis", destinataire=utilisateur.courriel, donnees={"avis": avis, "quand": timezone.now()}
    )


@transaction.atomic
def nommer_administrateur(*, acces: Acces, utilisateur: Utilisateur, oui: bool) -> None:
    """Give or take the administration of the platform; never from the last one."""
    exiger(peut_administrer(acces))
    if not oui:
        _autre_administrateur(utilisateur)
    utilisateur.est_administrateur = oui
    utilisateur.save(update_fields=["est_administrateur"])


def communes_de(epcis: Iterable[Epci], communes: Iterable[Commune]) -> list[Commune]:
    """Every commune of these intercommunalités, and those named one by one."""
    des_epcis = Commune.objects.filter(epci__in=list(epcis))
    return list({c.pk: c for c in [*des_epcis, *communes]}.values())


@transaction.atomic
def enregistrer_territoire(
    *, acces: Acces, territoire: Territoire | None, version: int | None, communes: list[Commune], **champs: Any
) -> Territoire:
    """Create a territoire or change what the administrator holds of it. Raises VersionPerimee."""
    exiger(peut_administrer(acces))
    if territoire is None:
        territoire = Territoire.objects.create(**champs)
    else:
        territoire = territoire.enregistrer_version(version, champs)
    territoire.communes.set(communes)
    return territoire
