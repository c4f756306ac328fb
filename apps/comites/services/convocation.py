"""Convening: the list of who is expected, the frozen ordre du jour, the mails, the answers."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.erreurs import ErreurMetier, TransitionInterdite, exiger
from apps.core.portee import portee
from apps.territoires.models import Territoire

from ..enums import GesteSeance, Reponse, StatutSeance
from ..models import Presence, Seance
from ..permissions import peut_organiser, peut_repondre_pour
from ..workflow import appliquer, verrouiller
from . import ics, ordre
from .attendus import fonction_dite, inscrire_attendus
from .avis import annoncer_retrait, ecrire_a_tous
from .seances import MODIFIABLES, RESERVE, presences_de

JOURS_RAPPEL = 3
REPONSES = (Reponse.PRESENT, Reponse.EXCUSE, Reponse.REPRESENTE)


@transaction.atomic
def convoquer(*, acces: Acces, seance: Seance, message: str = "") -> Seance:
    """Freeze the ordre du jour, open its fiches to those who sit, write to everybody with the calendar entry.

    Raises Refus, TransitionInterdite, ErreurMetier when nobody is expected.
    """
    exiger(peut_organiser(acces), RESERVE)
    seance = appliquer(GesteSeance.CONVOQUER, seance=seance, acces=acces)
    inscrire_attendus(seance)
    presences = presences_de(seance)
    if not presences:
        raise ErreurMetier(f"Personne n’est attendu : ajoutez les membres de « {seance.instance} » avant de convoquer.")
    ordre.figer(acces=acces, seance=seance)
    ecrire_a_tous(seance, presences, "comite_convocation", suffixe="convocation", methode=ics.REQUEST, message=message)
    return seance


@transaction.atomic
def convoquer_les_nouveaux(*, acces: Acces, seance: Seance) -> int:
    """Those who joined the committee since: on the list, convened like the others; how many. Raises Refus."""
    exiger(peut_organiser(acces), RESERVE)
    seance = verrouiller(seance)
    if seance.statut != StatutSeance.CONVOQUEE:
        raise TransitionInterdite("Cette séance n’est pas convoquée, ou a déjà commencé.")
    nouvelles = {p.pk for p in inscrire_attendus(seance)}
    ordre.figer(acces=acces, seance=seance)
    presences = [p for p in presences_de(seance) if p.pk in nouvelles]
    ecrire_a_tous(seance, presences, "comite_convocation", suffixe="convocation", methode=ics.REQUEST)
    return len(nouvelles)


@transaction.atomic
def ajouter_invite(
    *, acces: Acces, seance: Seance, nom: str, fonction: str = "", organisme_dit: str = "", courriel: str = ""
) -> Presence:
    """Somebody from outside, for this séance; written to at once when it is convened. Raises Refus, ErreurMetier."""
    exiger(peut_organiser(acces), RESERVE)
    seance = verrouiller(seance)
    if seance.statut not in (*MODIFIABLES, StatutSeance.EN_COURS):
        raise TransitionInterdite("On n’invite plus personne à une séance tenue ou annulée.")
    if seance.presences.filter(est_invite=True, nom__iexact=nom).exists():
        raise ErreurMetier(f"{nom} est déjà sur la liste.")
    presence = Presence.objects.create(
        territoire_id=seance.territoire_id,
        seance=seance,
        est_invite=True,
        nom=nom,
        fonction=fonction_dite(fonction, organisme_dit),
        courriel=courriel,
    )
    if seance.statut == StatutSeance.CONVOQUEE:
        ecrire_a_tous(seance, [presence], "comite_convocation", suffixe="convocation", methode=ics.REQUEST)
    return presence


@transaction.atomic
def retirer_invite(*, acces: Acces, presence: Presence) -> None:
    """A guest who will not come after all; told when they had been convened. Raises Refus, TransitionInterdite."""
    exiger(peut_organiser(acces), RESERVE)
    seance = verrouiller(presence.seance)
    if not presence.est_invite or seance.statut not in MODIFIABLES:
        raise TransitionInterdite("Seul un invité se retire de la liste, avant la séance.")
    if seance.convoquee_le is not None:
        annoncer_retrait(seance, presence)
    presence.delete()


@transaction.atomic
def repondre(*, acces: Acces, presence: Presence, reponse: str, represente_par: str = "") -> Presence:
    """Present, excused, or represented by somebody; said again, it replaces what was said.

    The coordination may note the answer of anybody. Raises Refus, ErreurMetier, TransitionInterdite.
    """
    seance = verrouiller(presence.seance)
    presence = Presence.objects.select_for_update(of=("self",)).get(pk=presence.pk)
    presence.seance = seance
    exiger(peut_repondre_pour(acces, presence), "Cette réponse est celle d’un autre.")
    if seance.statut not in (StatutSeance.CONVOQUEE, StatutSeance.EN_COURS):
        raise TransitionInterdite("On ne répond qu’à une séance convoquée, qui n’a pas encore eu lieu.")
    if reponse not in (*REPONSES, Reponse.ATTENDUE):
        raise ErreurMetier("Choisissez une réponse : présent, excusé ou représenté.")
    if reponse == Reponse.REPRESENTE and not represente_par.strip():
        raise ErreurMetier("Dites par qui vous serez représenté.")
    presence.reponse = reponse
    presence.represente_par = represente_par if reponse == Reponse.REPRESENTE else ""
    presence.repondue_le = None if reponse == Reponse.ATTENDUE else timezone.now()
    presence.repondue_par_id = acces.utilisateur_id
    presence.version += 1
    presence.save(update_fields=["reponse", "represente_par", "repondue_le", "repondue_par", "version", "modifie_le"])
    return presence


@transaction.atomic
def relancer(*, acces: Acces, seance: Seance) -> int:
    """Remind those who have not answered, once a day at most; how many addresses. Raises Refus, TransitionInterdite."""
    exiger(peut_organiser(acces), RESERVE)
    seance = verrouiller(seance)
    if seance.statut != StatutSeance.CONVOQUEE:
        raise TransitionInterdite("On ne rappelle qu’une séance convoquée.")
    muettes = [p for p in presences_de(seance) if p.reponse == Reponse.ATTENDUE]
    seance.rappelee_le = timezone.now()
    seance.save(update_fields=["rappelee_le", "modifie_le"])
    return ecrire_a_tous(seance, muettes, "comite_rappel", suffixe=f"rappel-{timezone.localdate():%Y%m%d}")


def a_rappeler(territoire_id: int) -> list[Seance]:
    """Convened more than a day ago, within three days, never reminded."""
    jour = timezone.localdate()
    return list(
        Seance.objects.filter(
            territoire=territoire_id,
            statut=StatutSeance.CONVOQUEE,
            rappelee_le__isnull=True,
            jour__range=(jour, jour + timedelta(days=JOURS_RAPPEL)),
            convoquee_le__lt=timezone.now() - timedelta(days=1),
        )
    )


def rappeler() -> int:
    """Sweep: the reminder before each séance, to those who have not answered. How many mails."""
    total = 0
    for territoire_id in Territoire.objects.filter(est_actif=True).values_list("pk", flat=True):
        with portee(territoire_id):
            for seance in a_rappeler(territoire_id):
                total += relancer(acces=Acces.systeme(territoire_id), seance=seance)
    return total
