"""Who may do what on a fiche and on an orientation: role, status and scope together."""

from dataclasses import dataclass

from apps.core.acces import Acces

from .enums import ActionOrientation, MotifPartage, StatutFiche
from .models import Echange, FicheNavette, Orientation, Partage, PieceFiche
from .workflow import EN_COURS, destination

REPONSES = frozenset(
    {
        ActionOrientation.PRENDRE_EN_CHARGE,
        ActionOrientation.DECLINER,
        ActionOrientation.TERMINER,
        ActionOrientation.RENDRE_AVIS,
        ActionOrientation.LIRE,
        ActionOrientation.DEFAIRE,
    }
)


@dataclass(frozen=True)
class Droits:
    """What one person may do on one fiche, asked once a page."""

    coordonne: bool
    ecrit: bool
    est_referent: bool
    ouverte: bool

    @property
    def gere(self) -> bool:
        """Title, needs, accord, orientations, waiting: the coordination, while the fiche is open."""
        return self.coordonne and self.ouverte

    @property
    def peut_noter(self) -> bool:
        return self.ecrit and self.ouverte

    @property
    def peut_proposer(self) -> bool:
        """A référent proposes closing, the coordination closes."""
        return self.est_referent and self.ecrit and self.ouverte


def partages_de(acces: Acces, fiche: FicheNavette) -> list[Partage]:
    """The current shares that open this fiche to this partner."""
    return list(Partage.objects.en_cours().pour(acces).filter(fiche=fiche)) if acces.est_partenaire else []


def droits(acces: Acces, fiche: FicheNavette) -> Droits:
    """The rights of `acces` on a fiche that it sees. One query for a partner, none for the coordination."""
    ecrit = acces.est_coordination or any(
        p.peut_ecrire and p.motif != MotifPartage.COMITE for p in partages_de(acces, fiche)
    )
    return Droits(acces.est_coordination, ecrit, acces.est_referent, fiche.est_ouverte)


def peut_gerer(acces: Acces, fiche: FicheNavette) -> bool:
    """Change title, needs, people in charge, accord, waiting, orientations."""
    return acces.est_coordination and fiche.est_ouverte


def peut_noter(acces: Acces, fiche: FicheNavette) -> bool:
    """Write an échange or add a pièce: whoever takes part in the fiche, never a reader of the committee."""
    return droits(acces, fiche).peut_noter


def peut_proposer_cloture(acces: Acces, fiche: FicheNavette) -> bool:
    return droits(acces, fiche).peut_proposer


def peut_cloturer(acces: Acces, fiche: FicheNavette) -> bool:
    """Only the coordination closes."""
    return acces.est_coordination and fiche.est_ouverte


def peut_rouvrir(acces: Acces, fiche: FicheNavette) -> bool:
    return acces.est_coordination and fiche.statut == StatutFiche.CLOTUREE


def peut_suivre(acces: Acces, fiche: FicheNavette) -> bool:
    """Note a follow-up after closing."""
    return acces.est_coordination and fiche.statut == StatutFiche.CLOTUREE


def tient(acces: Acces, orientation: Orientation) -> bool:
    """The orientation is this person's own: their organisme's référent, or the technicien it was handed to."""
    if not acces.est_partenaire or acces.organisme_id != orientation.organisme_id:
        return False
    return acces.est_referent or orientation.technicien_id == acces.utilisateur_id


def peut_repondre(acces: Acces, orientation: Orientation, action: ActionOrientation | None = None) -> bool:
    """Answer for the organisme; the coordination notes an answer given by telephone. `action`: that one precisely."""
    if not (acces.est_coordination or tient(acces, orientation)):
        return False
    if action is None:
        return True
    if action == ActionOrientation.ANNULER or (action == ActionOrientation.DEFAIRE and orientation.annulee_le):
        return acces.est_coordination and destination(action, orientation) is not None
    return action in REPONSES and destination(action, orientation) is not None


def peut_confier(acces: Acces, orientation: Orientation) -> bool:
    """A référent hands the case to a technicien of the organisme, while it runs."""
    return acces.est_referent and tient(acces, orientation) and orientation.etat in EN_COURS


def peut_ecrire_section(acces: Acces, orientation: Orientation) -> bool:
    """The avis and the help given are the partner's own words, until signed."""
    return tient(acces, orientation) and orientation.etat in EN_COURS


def peut_relancer(acces: Acces, orientation: Orientation) -> bool:
    return acces.est_coordination and destination(ActionOrientation.ANNULER, orientation) is not None


def peut_changer_echange(acces: Acces, echange: Echange) -> bool:
    """Its author, and the coordination for what its own wrote."""
    return echange.supprime_le is None and echange.auteur_id is not None and echange.auteur_id == acces.utilisateur_id


def peut_retirer_piece(acces: Acces, piece: PieceFiche) -> bool:
    """Who added it, or the coordination."""
    return acces.est_coordination or (piece.depose_par_id is not None and piece.depose_par_id == acces.utilisateur_id)
