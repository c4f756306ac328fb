"""Absences: dates that change who is addressed."""

from datetime import date

from django.db import transaction

from apps.core.acces import Acces
from apps.core.erreurs import ErreurMetier, exiger

from ..models import Absence, Affectation
from ..permissions import peut_noter_absence


@transaction.atomic
def noter_absence(
    *, acces: Acces, affectation: Affectation, du: date, au: date, remplacant: Affectation | None = None
) -> Absence:
    """Write down that somebody is away, and who replaces them. Raises Refus, ErreurMetier.

    The replacement works for the same organisme (or the coordination): nobody reads more because somebody is away.
    """
    exiger(peut_noter_absence(acces, affectation), "Vous notez vos propres absences et celles de votre organisme.")
    if au < du:
        raise ErreurMetier("Le retour ne peut précéder le départ.")
    if remplacant is not None:
        memes = (remplacant.territoire_id, remplacant.organisme_id) == (
            affectation.territoire_id,
            affectation.organisme_id,
        )
        if not memes or remplacant.utilisateur_id == affectation.utilisateur_id:
            raise ErreurMetier("La personne qui remplace appartient au même organisme.")
    chevauche = Absence.objects.filter(affectation=affectation, du__lte=au, au__gte=du)
    if chevauche.exists():
        raise ErreurMetier("Une absence est déjà notée pour ces dates.")
    return Absence.objects.create(
        territoire_id=affectation.territoire_id, affectation=affectation, du=du, au=au, remplacant=remplacant
    )


@transaction.atomic
def retirer_absence(*, acces: Acces, absence: Absence) -> None:
    """The person is there after all."""
    exiger(
        peut_noter_absence(acces, absence.affectation),
        "Vous retirez vos propres absences et celles de votre organisme.",
    )
    absence.delete()
