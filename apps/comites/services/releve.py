"""The relevé de décisions leaves the same day, as a link."""

from django.db import transaction
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.erreurs import TransitionInterdite

from ..enums import StatutSeance
from ..models import Seance
from ..workflow import verrouiller
from .membres import ecrire_aux_lecteurs


@transaction.atomic
def envoyer_releve(*, acces: Acces, seance: Seance) -> int:
    """Tell the members that the decisions can be read; to how many. Sent again, it is another mail.

    The members read the relevé from now on.
    """
    seance = verrouiller(seance)
    if seance.territoire_id != acces.territoire_id or seance.statut != StatutSeance.TENUE:
        raise TransitionInterdite("Le relevé s’envoie une fois la séance terminée.")
    seance.releve_envoye_le = timezone.now()
    seance.version += 1
    seance.save(update_fields=["releve_envoye_le", "version", "modifie_le"])
    return ecrire_aux_lecteurs(seance, "releve_decisions", route="comites:releve", suffixe=f"releve:{seance.version}")
