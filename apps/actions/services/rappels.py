"""Remind whoever must act: the day before, a week after, or when the coordination asks; never twice for one date."""

from datetime import timedelta

from django.db import transaction
from django.db.models import DateField, ExpressionWrapper, F, Q, QuerySet
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.affichage import INSECABLE
from apps.core.dates import ajouter_jours_ouvres
from apps.core.erreurs import ErreurMetier, TransitionInterdite
from apps.fiches.enums import StatutFiche

from ..enums import Porteur
from ..models import Action
from .envois import ecrire_au_porteur
from .gestes import raconter

JOURS_RETARD = 7
HEURES_ENTRE_RAPPELS = 12
PERSONNE = "Personne à qui écrire : le porteur n’a pas d’adresse, ou ne lit pas encore la fiche."


def _rappelables(territoire_id: int) -> QuerySet[Action]:
    """Open and not said done; a partner's rests while the fiche waits for the applicant, or once it has closed."""
    repos = Q(porteur=Porteur.ORGANISME, fiche__statut=StatutFiche.EN_ATTENTE)
    closes = Q(fiche__statut__in=(StatutFiche.CLOTUREE, StatutFiche.ANNULEE)) & ~Q(porteur=Porteur.COORDINATION)
    return (
        Action.objects.ouvertes()
        .filter(territoire=territoire_id, dite_faite_le=None)
        .exclude(repos)
        .exclude(closes)
        .order_by("echeance", "pk")
    )


def veille(territoire_id: int) -> QuerySet[Action]:
    """Due by the next working day and not yet reminded today; what was only created today has just been announced.

    What the coordination reminded of earlier by hand is reminded of again: the sweep has one working day for it.
    """
    jour = timezone.localdate()
    return _rappelables(territoire_id).filter(
        Q(veille_rappelee_le=None) | Q(veille_rappelee_le__date__lt=jour),
        echeance__gt=jour, echeance__lte=ajouter_jours_ouvres(jour, 1), cree_le__date__lt=jour,
    )  # fmt: skip


def en_retard(territoire_id: int) -> QuerySet[Action]:
    """Late by a week, not yet reminded since."""
    limite = timezone.localdate() - timedelta(days=JOURS_RETARD)
    semaine = ExpressionWrapper(F("echeance") + timedelta(days=JOURS_RETARD), output_field=DateField())
    return _rappelables(territoire_id).filter(
        Q(retard_rappele_le=None) | Q(retard_rappele_le__date__lt=semaine), echeance__lte=limite
    )


def _deja_rappelee(action: Action, champ: str) -> bool:
    """In the time of this reminder, whoever sent it."""
    quand = getattr(action, champ)
    veille_ = champ == "veille_rappelee_le"
    debut = timezone.localdate() if veille_ else action.echeance + timedelta(days=JOURS_RETARD)
    return quand is not None and timezone.localdate(quand) >= debut


@transaction.atomic
def rappeler_une(action_id: int, champ: str) -> int:
    """Remind for one action, once: the row is locked, and marked with the mails. How many mails.

    Nobody to write to (the holder does not read the fiche yet): not marked, it is tried again.
    """
    action = Action.objects.select_for_update(of=("self",)).get(pk=action_id)
    if _deja_rappelee(action, champ) or not action.est_ouverte:
        return 0
    gabarit = "action_veille" if champ == "veille_rappelee_le" else "action_retard"
    envoyes = ecrire_au_porteur(action, gabarit, suffixe=f"{gabarit}:{action.echeance:%Y%m%d}:{action.reports}")
    if envoyes:
        setattr(action, champ, timezone.now())
        action.save(update_fields=[champ])
    return envoyes


def rappeler_territoire(territoire_id: int) -> int:
    """Every reminder due on one territoire, within its scope; how many mails."""
    total = 0
    for champ, actions in (
        ("veille_rappelee_le", veille(territoire_id)),
        ("retard_rappele_le", en_retard(territoire_id)),
    ):
        for action_id in list(actions.values_list("pk", flat=True)):
            total += rappeler_une(action_id, champ)
    return total


@transaction.atomic
def rappeler(*, acces: Acces, action: Action) -> int:
    """The coordination writes again to whoever must act; how many mails.

    Refused within twelve hours of another reminder, or when there is nobody to write to.
    """
    action = Action.objects.select_for_update(of=("self",)).get(pk=action.pk)
    if action.territoire_id != acces.territoire_id or not action.est_ouverte:
        raise TransitionInterdite("Cette action est terminée : il n’y a plus rien à rappeler.")
    maintenant = timezone.now()
    recent = maintenant - timedelta(hours=HEURES_ENTRE_RAPPELS)
    if any(d is not None and d > recent for d in (action.veille_rappelee_le, action.retard_rappele_le)):
        raise TransitionInterdite("Un rappel est déjà parti il y a moins de douze heures.")
    gabarit = "action_retard" if action.est_en_retard else "action_veille"
    envoyes = ecrire_au_porteur(action, gabarit, suffixe=f"rappel:{maintenant:%Y%m%d%H%M%S}", sauf=acces.utilisateur_id)
    if not envoyes:
        raise ErreurMetier(PERSONNE)
    champ = "retard_rappele_le" if action.est_en_retard else "veille_rappelee_le"
    setattr(action, champ, maintenant)
    action.save(update_fields=[champ])
    raconter(acces, action, f"Rappel envoyé à {action.qui}{INSECABLE}: {action.libelle}")
    return envoyes
