"""One fiche on paper, for a declared audience: the coordination chooses it, a partner prints for its own organisme."""

from typing import Any

from django.utils import timezone

from apps.core.acces import Acces
from apps.core.affichage import date_longue
from apps.core.audience import Audience, GenreAudience
from apps.core.erreurs import ErreurMetier, exiger
from apps.documents.fabrique import Fabrique
from apps.documents.feuille_seule import rendre_seule
from apps.documents.models import Document
from apps.documents.services_documents import demander
from apps.partenaires.models import Organisme
from apps.travaux.executeur import Avancement

from .audience import feuille, retirees
from .models import FicheNavette, Orientation

GENRE = "fiches.fiche"
JOURS_GARDES = 7
PERIME = (
    "Depuis, un accord de partage a été retiré ou la fiche a été restreinte : ce document ne se remet plus à "
    "ceux à qui il était destiné."
)
REFUS = {
    GenreAudience.COMITE: (
        "Le comité ne lit pas cette fiche : elle doit lui être élargie (« Modifier la fiche », lecture « Comité "
        "technique ») et l’accord de chaque demandeur doit couvrir le comité."
    ),
    GenreAudience.ORGANISME: "Ce partenaire ne lit pas cette fiche : elle ne lui est pas ouverte, ou ne l’est plus.",
}


def audiences_proposees(acces: Acces, orientations: list[Orientation]) -> list[tuple[str, str]]:
    """(key, words) that the coordination may print for; none to choose for a partner. No query."""
    if not acces.est_coordination:
        return []
    partenaires = {
        f"{GenreAudience.ORGANISME}:{o.organisme_id}": o.nom_du_jour for o in orientations if not o.sur_resume
    }
    return [
        (str(GenreAudience.COORDINATION), "la coordination"),
        (str(GenreAudience.COMITE), "le comité technique"),
        *partenaires.items(),
    ]


def audience_choisie(acces: Acces, cle: str) -> Audience:
    """The audience asked for; a partner's is its own organisme's, whatever it sends. Raises Refus, ErreurMetier."""
    territoire_id = acces.territoire_id or 0
    if not acces.est_coordination:
        exiger(acces.est_partenaire)
        return Audience(GenreAudience.ORGANISME, territoire_id, acces.organisme_id)
    try:
        audience = Audience.depuis_cle(cle or str(GenreAudience.COORDINATION), territoire_id)
    except ValueError:
        raise ErreurMetier("Choisissez pour qui cette fiche s’imprime.") from None
    if audience.est_anonyme:
        raise ErreurMetier("Une fiche ne s’imprime pas sans nom : passez par l’ordre du jour d’une séance.")
    return audience


def demander_fiche(*, acces: Acces, fiche: FicheNavette, audience: Audience) -> Document:
    """The fiche as this audience reads it now. Raises ErreurMetier when it does not."""
    lue = feuille(fiche, audience, complete=True)
    if lue is None:
        raise ErreurMetier(REFUS.get(audience.genre, "Cette fiche n’est plus ouverte."))
    dite = _dite(audience)
    donnees = {"feuille": lue, "destinataire": dite, "imprimee_le": date_longue(timezone.localdate(), avec_jour=False)}
    return demander(
        acces=acces, genre=GENRE, titre=f"Fiche navette {fiche.numero}", objet=f"fiche:{fiche.pk}", audience=audience,
        audience_dite=dite, donnees=donnees,
    )  # fmt: skip


def _dite(audience: Audience) -> str:
    if audience.genre == GenreAudience.ORGANISME:
        return str(Organisme.objects.get(pk=audience.organisme_id, territoire=audience.territoire_id))
    return {GenreAudience.COMITE: "le comité technique"}.get(audience.genre, "la coordination")


def produire(document: Document, avancement: Avancement) -> bytes:
    """The PDF, from what was frozen."""
    donnees: dict[str, Any] = document.donnees
    numero = donnees["feuille"]["numero"]
    return rendre_seule(
        document,
        avancement,
        gabarit="fiches/papier.html",
        contexte=donnees,
        titre=f"Fiche navette {numero} · {donnees['feuille']['titre']}",
        tete_gauche=f"Fiche navette {numero}",
        tete_droite=f"Confidentiel · exemplaire pour {donnees['destinataire']}",
    )


def adresse(document: Document) -> tuple[str, str]:
    """The fiche that it was made of."""
    fiche = FicheNavette.objects.select_related("territoire").get(pk=_fiche(document))
    return fiche.get_absolute_url(), f"Fiche navette {fiche.numero}"


def visible(acces: Acces, document: Document) -> bool:
    """A partner takes what was made for its organisme, while it still reads the fiche."""
    audience = Audience.depuis_cle(document.audience, document.territoire_id)
    return (
        acces.est_partenaire
        and audience.organisme_id == acces.organisme_id
        and FicheNavette.objects.visibles_par(acces).filter(pk=_fiche(document)).exists()
    )


def perime(document: Document) -> str:
    """Printed for others than the coordination, it is given no longer once they may not read the fiche."""
    audience = Audience.depuis_cle(document.audience, document.territoire_id)
    return PERIME if retirees([_fiche(document)], audience) else ""


def _fiche(document: Document) -> int:
    return int(document.objet.partition(":")[2])


FABRIQUE = Fabrique(produire, adresse, "Fiche navette", visible=visible, perime=perime, jours_gardes=JOURS_GARDES)
