"""Does the organisme that must act read the fiche it acts on? If not, the orientation that opens it, or what to do."""

from dataclasses import dataclass

from django.db import transaction

from apps.core.acces import Acces
from apps.core.erreurs import ErreurMetier
from apps.fiches import services as fiches
from apps.fiches.enums import Confidentialite, GenreOrientation, MotifPartage
from apps.fiches.models import FicheNavette, Orientation, Partage
from apps.fiches.services.orientation import obstacle
from apps.fiches.workflow import EN_COURS
from apps.partenaires.models import Organisme

from ..models import Action

SUR_RESUME = (
    "Ce partenaire n’a reçu qu’un résumé sans nom : annulez d’abord cette demande d’avis, ou attendez sa réponse."
)
FERMEE = "La fiche n’est plus ouverte : rouvrez-la d’abord."


@dataclass(frozen=True)
class LecturePorteur:
    """`lit`: nothing stands between the holder and the fiche. Else what does, or that it may be oriented."""

    lit: bool
    obstacle: str = ""
    peut_orienter: bool = False


def lit(fiche: FicheNavette, organisme_id: int) -> bool:
    """The fiche was addressed to this organisme; what a committee opens for its séance does not count."""
    if fiche.confidentialite == Confidentialite.COORDINATION:
        return False
    partages = Partage.objects.en_cours().filter(fiche=fiche, organisme=organisme_id)
    return partages.exclude(motif=MotifPartage.COMITE).exists()


def lecture_du_porteur(action: Action) -> LecturePorteur:
    """For the holder of an action. The coordination, the applicant and general actions need no orientation."""
    if action.fiche is None or action.organisme is None:
        return LecturePorteur(True)
    return lecture(action.fiche, action.organisme)


def lecture(fiche: FicheNavette, organisme: Organisme) -> LecturePorteur:
    """For an organisme that would act on this fiche: asked before the action exists."""
    if lit(fiche, organisme.pk):
        return LecturePorteur(True)
    if not fiche.est_ouverte:
        return LecturePorteur(False, FERMEE)
    courantes = Orientation.objects.filter(fiche=fiche, organisme=organisme.pk, etat__in=EN_COURS)
    if courantes.filter(sur_resume=True).exists():
        return LecturePorteur(False, SUR_RESUME)
    actuel = Organisme.objects.avec_convention().filter(pk=organisme.pk, est_actif=True).first()
    if actuel is None:
        return LecturePorteur(False, f"{organisme} n’est plus un partenaire actif.")
    motif = obstacle(fiche, actuel, fiches.accords_de(fiche), set())
    return LecturePorteur(False, motif, not motif)


@transaction.atomic
def orienter_porteur(
    *, acces: Acces, action: Action, genre: str = GenreOrientation.ACCOMPAGNEMENT, message: str = ""
) -> Orientation:
    """Address the fiche to the organisme that holds the action, which it then reads. Within the accord only.

    Raises ErreurMetier, saying what to do, when the accord, the convention or the fiche do not allow it.
    """
    if action.fiche is None or action.organisme is None:
        raise ErreurMetier("Cette action ne demande aucune orientation.")
    etat = lecture_du_porteur(action)
    if etat.lit:
        raise ErreurMetier(f"{action.organisme} lit déjà cette fiche.")
    if etat.obstacle:
        raise ErreurMetier(f"{action.organisme} : {etat.obstacle}")
    (orientation,) = fiches.orienter(
        acces=acces, fiche=action.fiche, organismes=[action.organisme], genre=genre, message=message or action.libelle,
        raisons={action.organisme.pk: action.origine_dite or "une action lui est confiée"},
    )  # fmt: skip
    return orientation
