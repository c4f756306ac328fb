"""What the members ask to change in the minutes while these are « projet », and what is done of it."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.erreurs import ErreurMetier, TransitionInterdite, VersionPerimee
from apps.fiches.journal import signature

from ..models import CompteRendu, RemarqueCompteRendu, SectionCompteRendu
from ..noms import masque_lisible
from .compte_rendu import marquer_change, verrouiller_ouvert


@transaction.atomic
def remarquer(
    *, acces: Acces, compte_rendu: CompteRendu, texte: str, section: SectionCompteRendu | None = None
) -> RemarqueCompteRendu:
    """A remark on the whole or on one section. The names that its author may know become numbers, and only these."""
    compte_rendu = verrouiller_ouvert(acces, compte_rendu)
    if not compte_rendu.remarques_ouvertes:
        raise TransitionInterdite("Le délai pour faire des remarques est passé : appelez la coordination.")
    if not texte.strip():
        raise ErreurMetier("Écrivez votre remarque.")
    if section is not None and section.compte_rendu_id != compte_rendu.pk:
        raise ErreurMetier("Cette section n’est pas de ce compte rendu.")
    qui = signature(acces)
    remarque = RemarqueCompteRendu.objects.create(
        territoire_id=compte_rendu.territoire_id, compte_rendu=compte_rendu, section=section,
        texte=masque_lisible(acces, compte_rendu.seance)(texte), **qui,
    )  # fmt: skip
    marquer_change(compte_rendu)
    return remarque


@transaction.atomic
def traiter_remarque(
    *,
    acces: Acces,
    remarque: RemarqueCompteRendu,
    retenue: bool,
    suite: str = "",
    traitee_le: datetime | None = None,
) -> RemarqueCompteRendu:
    """Say whether it is taken up, and why not. `traitee_le` is what the form showed: somebody else's answer stays.

    The sections are changed by whoever edits them.
    """
    compte_rendu = verrouiller_ouvert(acces, remarque.compte_rendu)
    actuelle = RemarqueCompteRendu.objects.get(pk=remarque.pk, compte_rendu=compte_rendu)
    if actuelle.traitee_le != traitee_le:
        raise VersionPerimee(actuel=actuelle)
    if not retenue and not suite.strip():
        raise ErreurMetier("Dites en un mot pourquoi la remarque n’est pas retenue.")
    actuelle.retenue, actuelle.suite, actuelle.traitee_le = retenue, suite.strip()[:240], timezone.now()
    actuelle.save(update_fields=["retenue", "suite", "traitee_le", "modifie_le"])
    marquer_change(compte_rendu)
    return actuelle
