"""Roles on a territoire: agreed, chosen, ended. History keeps the names; the work of whoever leaves is handed on."""

from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from apps.comptes.models import Utilisateur
from apps.core.acces import Acces, Role
from apps.core.erreurs import ErreurMetier, exiger
from apps.core.registres import travaux_en_cours
from apps.territoires.models import Territoire

from ..models import Affectation
from ..permissions import peut_accorder, peut_terminer

DERNIERE = "C’est la dernière personne de la coordination : invitez-en une autre d’abord."
PORTEURS = (Role.COORDINATION, Role.REFERENT, Role.TECHNICIEN)


@dataclass(frozen=True)
class Reprise:
    """What a person leaves open in one capacity, in words, and who may take it over."""

    organisme_id: int | None
    travaux: list[str] = field(default_factory=list)
    collegues: list[Utilisateur] = field(default_factory=list)


def _en_cours(territoire_id: int) -> list[Affectation]:
    return list(
        Affectation.objects.actives().filter(territoire=territoire_id).select_related("utilisateur", "organisme")
    )


def _porte(affectation: Affectation, organisme_id: int | None) -> bool:
    return affectation.role in PORTEURS and affectation.organisme_id == organisme_id


def reprises(*, acces: Acces, affectations: list[Affectation]) -> list[Reprise]:
    """What ending these roles of one person would leave without anybody, per capacity.

    A capacity is an organisme, or the coordination (None); one that the person keeps by another role leaves nothing.
    """
    if not affectations:
        return []
    fin = {a.pk for a in affectations}
    personne = affectations[0].utilisateur_id
    equipe = _en_cours(affectations[0].territoire_id)
    trouvees = []
    for organisme_id in dict.fromkeys(a.organisme_id for a in affectations if a.role in PORTEURS):
        if any(a.utilisateur_id == personne and a.pk not in fin and _porte(a, organisme_id) for a in equipe):
            continue
        travaux = []
        for _cle, travail in travaux_en_cours:
            nombre = travail.compter(acces, personne, organisme_id)
            if nombre:
                travaux.append(f"{nombre} {travail.singulier if nombre == 1 else travail.pluriel}")
        if travaux:
            collegues = {a.utilisateur_id: a.utilisateur for a in equipe if _porte(a, organisme_id)}
            collegues.pop(personne, None)
            trouvees.append(Reprise(organisme_id, travaux, list(collegues.values())))
    return trouvees


def verifier_coordination(territoire_id: int, affectations: list[Affectation]) -> None:
    """Raise ErreurMetier when ending these would leave the territoire without any coordination."""
    fin = {a.pk for a in affectations if a.role == Role.COORDINATION}
    if not fin:
        return
    Territoire.objects.select_for_update().get(pk=territoire_id)
    restantes = (
        Affectation.objects.actives().filter(territoire=territoire_id, role=Role.COORDINATION).exclude(pk__in=fin)
    )
    if not restantes.exists():
        raise ErreurMetier(DERNIERE)


@transaction.atomic
def terminer(
    *, acces: Acces, affectations: list[Affectation], vers: dict[int | None, Utilisateur] | None = None
) -> None:
    """End roles of one person and hand their open work on, in one step. `vers`: capacity → colleague.

    Where no colleague is left in an organisme the work stays with the organisme. Raises Refus, ErreurMetier when it is
    the last coordination or when a colleague is missing.
    """
    vers = vers or {}
    for affectation in affectations:
        exiger(peut_terminer(acces, affectation))
    if not affectations:
        return
    territoire_id, personne = affectations[0].territoire_id, affectations[0].utilisateur_id
    verifier_coordination(territoire_id, affectations)
    for reprise in reprises(acces=acces, affectations=affectations):
        if not reprise.collegues:
            continue
        collegue = vers.get(reprise.organisme_id)
        if collegue is None or collegue not in reprise.collegues:
            raise ErreurMetier("Dites à qui vont les dossiers en cours de cette personne.")
        for _cle, travail in travaux_en_cours:
            travail.deplacer(acces, personne, collegue.pk, reprise.organisme_id)
    Affectation.objects.filter(pk__in=[a.pk for a in affectations], terminee_le__isnull=True).update(
        terminee_le=timezone.now(), est_choisie=False, modifie_le=timezone.now()
    )


@transaction.atomic
def accorder(*, acces: Acces, affectation: Affectation) -> None:
    """The coordination agrees to a role that a partner proposed."""
    exiger(peut_accorder(acces))
    faites = Affectation.objects.filter(
        pk=affectation.pk, territoire=acces.territoire_id, accordee_le__isnull=True, terminee_le__isnull=True
    ).update(accordee_le=timezone.now(), accordee_par=acces.utilisateur_id, modifie_le=timezone.now())
    if not faites:
        raise ErreurMetier("Ce rôle n’attend plus d’accord.")


@transaction.atomic
def changer_qualite(*, acces: Acces, affectation: Affectation, qualite: str) -> None:
    """Titulaire or suppléant: who is addressed first. The rights are the same."""
    exiger(acces.est_coordination)
    Affectation.objects.filter(pk=affectation.pk, role=Role.REFERENT).update(qualite=qualite, modifie_le=timezone.now())


@transaction.atomic
def choisir(*, utilisateur_id: int, affectation: Affectation) -> None:
    """Work from now on in this one of one's own roles on its territoire."""
    ici = Affectation.objects.filter(utilisateur=utilisateur_id, territoire=affectation.territoire_id)
    ici.exclude(pk=affectation.pk).filter(est_choisie=True).update(est_choisie=False)
    ici.filter(pk=affectation.pk).update(est_choisie=True)
