"""How a fiche comes before the committee: by name within the accords, without names, or reserved."""

from apps.core.acces import Acces
from apps.core.erreurs import ErreurMetier, TransitionInterdite
from apps.core.texte import nettoyer
from apps.fiches import services as fiches
from apps.fiches.enums import Confidentialite
from apps.fiches.models import FicheNavette
from apps.fiches.workflow import verrouiller as verrouiller_fiche

from ..enums import ChoixRestreint, ModePoint
from ..lecture import accord_couvre_comite, comite_peut_lire, nomme, noms_connus
from ..models import Seance

ACCORD_MANQUE = (
    "L’accord de partage ne couvre pas le comité : demandez-le à la personne et notez-le sur sa fiche, "
    "ou traitez le point sans nom."
)
RESUME_MANQUE = "Écrivez le résumé sans nom : c’est tout ce que le comité lira de la fiche."
NOM_ECRIT = "Ce texte nomme la personne ou l’entreprise : enlevez le nom, le comité le lira."


class FicheRestreinte(ErreurMetier):
    """The committee does not read this fiche: widen it, treat it without names, or reserve the point."""

    def __init__(self, fiche: FicheNavette) -> None:
        self.fiche = fiche
        self.accord_couvre = accord_couvre_comite(fiche)
        super().__init__(
            f"La fiche {fiche.numero} n’est pas ouverte au comité : choisissez de l’ouvrir, de la traiter sans nom "
            "ou de réserver le point."
            if self.accord_couvre
            else f"L’accord de partage de la fiche {fiche.numero} ne couvre pas le comité : choisissez de la traiter "
            "sans nom ou de réserver le point, ou demandez d’abord l’accord à la personne."
        )


def exiger_ouverte(fiche: FicheNavette) -> None:
    if not fiche.est_ouverte:
        raise TransitionInterdite(f"La fiche {fiche.numero} n’est plus ouverte : rouvrez-la d’abord.")


def exiger_sans_nom(fiche: FicheNavette, texte: str, message: str = NOM_ECRIT) -> None:
    """Refuse a text that names the applicants or the enterprise."""
    if nomme(texte, noms_connus(fiche)):
        raise ErreurMetier(message)


def choisir_mode(
    *,
    acces: Acces,
    seance: Seance,
    fiche: FicheNavette,
    mode: str | None,
    elargir: bool,
    resume: str | None,
    question: str,
) -> ModePoint:
    """The mode that holds, once what it needs is written: a fiche widened, a summary. Raises FicheRestreinte.

    An anonymous séance never names anybody: there the reviewed version alone is shown.
    """
    if seance.est_anonyme:
        return ModePoint.RESERVE if mode == ModePoint.RESERVE else ModePoint.SANS_NOM
    if mode == ModePoint.RESERVE:
        return ModePoint.RESERVE
    if mode == ModePoint.SANS_NOM:
        _ecrire_resume(acces, fiche, resume)
        exiger_sans_nom(fiche, question, "La question nomme la personne ou l’entreprise : enlevez le nom.")
        return ModePoint.SANS_NOM
    if comite_peut_lire(fiche):
        return ModePoint.NOMINATIF
    if not elargir:
        raise FicheRestreinte(fiche)
    _elargir(acces, fiche)
    return ModePoint.NOMINATIF


def _ecrire_resume(acces: Acces, fiche: FicheNavette, resume: str | None) -> None:
    texte = nettoyer(resume) if resume is not None else fiche.resume_sans_nom
    if not texte:
        raise ErreurMetier(RESUME_MANQUE)
    exiger_sans_nom(fiche, texte)
    actuelle = verrouiller_fiche(fiche)
    if actuelle.resume_sans_nom != texte:
        fiches.modifier(acces=acces, fiche=actuelle, version=actuelle.version, resume_sans_nom=texte)
        fiche.refresh_from_db()


def _elargir(acces: Acces, fiche: FicheNavette) -> None:
    """Open the fiche to the committee, if every applicant agreed to it."""
    actuelle = verrouiller_fiche(fiche)
    if not accord_couvre_comite(actuelle):
        raise ErreurMetier(ACCORD_MANQUE)
    fiches.modifier(acces=acces, fiche=actuelle, version=actuelle.version, confidentialite=Confidentialite.COMITE)
    fiche.refresh_from_db()


def mode_possible(seance: Seance, fiche: FicheNavette, choix: str, question: str = "") -> tuple[ModePoint, bool]:
    """(mode, widen?) for a fiche accepted among others: what was chosen where it can be, else the point is reserved."""
    if seance.est_anonyme:
        return ModePoint.SANS_NOM, False
    if comite_peut_lire(fiche):
        return ModePoint.NOMINATIF, False
    if choix == ChoixRestreint.ELARGIR and accord_couvre_comite(fiche):
        return ModePoint.NOMINATIF, True
    noms = noms_connus(fiche)
    dicible = bool(fiche.resume_sans_nom) and not nomme(fiche.resume_sans_nom, noms) and not nomme(question, noms)
    if choix != ChoixRestreint.RESERVER and dicible:
        return ModePoint.SANS_NOM, False
    return ModePoint.RESERVE, False
