"""Committees, who sits on them, who is always invited."""

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.acces.models import Affectation
from apps.comptes.models import Utilisateur
from apps.core.acces import Acces, Role
from apps.core.erreurs import ErreurMetier, exiger
from apps.partenaires.models import Organisme

from ..enums import GenreInstance, PorteeInstance, StatutSeance
from ..models import Instance, InvitePermanent, Membre, Presence, Seance
from ..permissions import peut_organiser
from ..workflow import verrouiller
from . import partages
from .avis import annoncer_retrait
from .seances import MODIFIABLES

RESERVE = "La coordination compose les comités."


def _verifier(acces: Acces, champs: dict[str, Any], sauf: int | None = None) -> None:
    if champs["genre"] != GenreInstance.TECHNIQUE and champs["portee"] != PorteeInstance.ANONYME:
        raise ErreurMetier("Seul un comité technique lit des fiches nommées : choisissez les versions anonymes.")
    du_nom = Instance.objects.filter(territoire=acces.territoire_id, nom__iexact=champs["nom"]).exclude(pk=sauf)
    if du_nom.exists():
        raise ErreurMetier("Un comité porte déjà ce nom.")


@transaction.atomic
def creer_instance(*, acces: Acces, **champs: Any) -> Instance:
    """A new committee. Raises Refus, ErreurMetier."""
    exiger(peut_organiser(acces), RESERVE)
    _verifier(acces, champs)
    return Instance.objects.create(territoire_id=acces.territoire_id, **champs)


@transaction.atomic
def modifier_instance(*, acces: Acces, instance: Instance, version: int | None, **champs: Any) -> Instance:
    """Change a committee; its séances in preparation follow when its members may read less.

    Raises Refus, VersionPerimee, ErreurMetier when persons sit on what would read named fiches.
    """
    exiger(peut_organiser(acces), RESERVE)
    _verifier(acces, champs, instance.pk)
    nominative = champs["portee"] == PorteeInstance.NOMINATIVE
    if nominative and instance.membres.filter(retire_le__isnull=True, utilisateur__isnull=False).exists():
        raise ErreurMetier("Des personnes du pilotage y siègent : elles ne lisent pas de fiches nommées.")
    instance = instance.enregistrer_version(version, champs)
    if not nominative:
        siennes = Seance.objects.filter(Q(instance=instance) | Q(conjointe=instance), statut=StatutSeance.PREPARATION)
        siennes.update(portee=PorteeInstance.ANONYME)
    return instance


def personnes_du_pilotage(territoire_id: int) -> list[Utilisateur]:
    """Who may sit in person: the élus and directors that have the role."""
    actives = Affectation.objects.actives().filter(territoire=territoire_id, role=Role.PILOTAGE)
    return list(Utilisateur.objects.filter(pk__in=actives.values("utilisateur")))


@transaction.atomic
def ajouter_membre(
    *, acces: Acces, instance: Instance, organisme: Organisme | None = None, utilisateur: Utilisateur | None = None
) -> Membre:
    """An organisme, or one person of the pilotage where no names are read. Raises Refus, ErreurMetier."""
    exiger(peut_organiser(acces), RESERVE)
    if (organisme is None) == (utilisateur is None):
        raise ErreurMetier("Choisissez un organisme ou une personne.")
    if utilisateur is not None and not instance.est_anonyme:
        raise ErreurMetier("Ce comité lit des fiches nommées : seuls des organismes conventionnés y siègent.")
    en_place = instance.membres.filter(retire_le__isnull=True, organisme=organisme, utilisateur=utilisateur)
    if en_place.exists():
        raise ErreurMetier(f"{organisme or utilisateur} siège déjà.")
    return Membre.objects.create(
        territoire_id=instance.territoire_id, instance=instance, organisme=organisme, utilisateur=utilisateur
    )


def _a_venir(membre: Membre) -> list[Presence]:
    """Where it is expected, in séances that have not begun."""
    return list(
        Presence.objects.filter(
            Q(seance__instance=membre.instance_id) | Q(seance__conjointe=membre.instance_id),
            seance__statut__in=MODIFIABLES,
            organisme=membre.organisme_id,
            utilisateur=membre.utilisateur_id,
        ).select_related("seance__instance", "seance__conjointe", "seance__territoire", "organisme", "utilisateur")
    )


def _siege_encore(membre: Membre, seance: Seance) -> bool:
    """Through the other committee of a joint séance."""
    autre = seance.conjointe_id if seance.instance_id == membre.instance_id else seance.instance_id
    return Membre.objects.filter(
        instance=autre, organisme=membre.organisme_id, utilisateur=membre.utilisateur_id, retire_le__isnull=True
    ).exists()


@transaction.atomic
def retirer_membre(*, acces: Acces, membre: Membre) -> None:
    """It sits no more: off the lists of the séances to come, told, and the fiches opened for them are closed to it.

    Past presences stay. Raises Refus.
    """
    exiger(peut_organiser(acces), RESERVE)
    membre.retire_le = timezone.now()
    membre.save(update_fields=["retire_le", "modifie_le"])
    for presence in _a_venir(membre):
        seance = presence.seance
        if _siege_encore(membre, seance):
            continue
        if seance.convoquee_le is not None:
            annoncer_retrait(verrouiller(seance), presence)
        presence.delete()
    partages.accorder_territoire(membre.territoire_id)


@transaction.atomic
def ajouter_invite_permanent(*, acces: Acces, instance: Instance, **champs: Any) -> InvitePermanent:
    """Somebody from outside, invited to each séance to be convened. Raises Refus, ErreurMetier."""
    exiger(peut_organiser(acces), RESERVE)
    if instance.invites.filter(nom__iexact=champs["nom"]).exists():
        raise ErreurMetier(f"{champs['nom']} est déjà parmi les invités.")
    return InvitePermanent.objects.create(territoire_id=instance.territoire_id, instance=instance, **champs)


@transaction.atomic
def retirer_invite_permanent(*, acces: Acces, invite: InvitePermanent) -> None:
    """Not invited any more to those not convened yet. Raises Refus."""
    exiger(peut_organiser(acces), RESERVE)
    invite.delete()
