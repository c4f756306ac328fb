"""Ask for a document of a séance: for whom it is was declared, what it says is frozen at this moment."""

from collections.abc import Callable
from typing import Any

from apps.core.acces import Acces
from apps.core.audience import Audience, GenreAudience
from apps.core.erreurs import ErreurMetier, exiger
from apps.documents.enums import Variante
from apps.documents.models import Document
from apps.documents.services_documents import demander

from ..models import CompteRendu, Presence, Seance
from ..papier import dossier, entetes, pieces, rendu
from ..permissions import documents_de, peut_demander_document

LIBELLES = {genre: fabrique.libelle for genre, fabrique in rendu.FABRIQUES.items()}
TOUS, TRAVAIL, COORDINATION = "tous", "travail", "coordination"


def genres_ouverts(acces: Acces, seance: Seance) -> list[str]:
    """The kinds of documents that this person may ask for now, « dossier » first."""
    return documents_de(acces, seance)


def demander_document(
    *, acces: Acces, seance: Seance, genre: str, pour: str = "", variante: str = Variante.LECTURE
) -> Document:
    """One document of a séance. `pour` chooses whose dossier it is; a member only ever gets its own copy.

    Raises Refus, ErreurMetier.
    """
    exiger(peut_demander_document(acces, seance, genre), "Ce document ne vous est pas ouvert à ce moment de la séance.")
    if genre == "dossier":
        return _dossier(acces, seance, pour, variante)
    audience = entetes.audience_des_membres(seance)
    donnees = {**PIECES[genre](seance, audience), "mention": entetes.mention(audience, "")}
    return _demander(acces, seance, genre, audience, donnees, variante=variante)


PIECES: dict[str, Callable[[Seance, Audience], dict[str, Any]]] = {
    "convocation": lambda seance, audience: pieces.convocation(seance),
    "emargement": lambda seance, audience: pieces.emargement(seance),
    "releve": lambda seance, audience: pieces.releve_de_decisions(seance),
    "compte_rendu": lambda seance, audience: pieces.compte_rendu(CompteRendu.objects.get(seance=seance)),
    "actions": pieces.actions,
}


def _dossier(acces: Acces, seance: Seance, pour: str, variante: str) -> Document:
    if not acces.est_coordination:
        return _copie_du_membre(acces, seance, variante)
    audience = entetes.audience_des_membres(seance)
    if pour == COORDINATION and not seance.est_anonyme:
        audience = Audience(GenreAudience.COORDINATION, seance.territoire_id)
    if pour in ("", TRAVAIL, COORDINATION):
        donnees = dossier.composer(seance, audience, [], pour="la coordination")
        return _demander(acces, seance, "dossier", audience, donnees, variante=variante)
    presences = _choisies(seance, pour)
    donnees = dossier.composer(seance, audience, presences)
    dite = _dire_copies(presences)
    return _demander(acces, seance, "dossier", audience, donnees, suite=dite, variante=variante)


def _choisies(seance: Seance, pour: str) -> list[Presence]:
    """Whose numbered copies: everybody's, or one. Raises ErreurMetier when there is none."""
    presences = entetes.destinataires(seance)
    if pour != TOUS:
        presences = [p for p in presences if str(p.exemplaire) == pour]
    if not presences:
        raise ErreurMetier(
            "Aucun exemplaire numéroté pour l’instant : ils le sont à la convocation, pour les membres qu’une "
            "convention autorise à lire les fiches."
        )
    return presences


def _dire_copies(presences: list[Presence]) -> str:
    if len(presences) > 1:
        return f"{len(presences)} exemplaires"
    return f"exemplaire {presences[0].exemplaire}"


def _copie_du_membre(acces: Acces, seance: Seance, variante: str) -> Document:
    """A référent's own copy, as its organisme reads; the élus' one, the same for all."""
    if seance.est_anonyme:
        audience = entetes.audience_des_membres(seance)
        donnees = {**dossier.composer(seance, audience, []), "pour_tous": True}
        return _demander(acces, seance, "dossier", audience, donnees, variante=variante)
    audience = Audience(GenreAudience.ORGANISME, seance.territoire_id, acces.organisme_id)
    siennes = [p for p in entetes.destinataires(seance) if p.organisme_id == acces.organisme_id]
    if not siennes:
        raise ErreurMetier(
            "Votre organisme n’a pas d’exemplaire pour cette séance : il n’y est pas convoqué, ou aucune convention "
            "en cours ne l’autorise à lire les fiches. Voyez avec la coordination."
        )
    donnees = dossier.composer(seance, audience, siennes)
    return _demander(acces, seance, "dossier", audience, donnees, suite=_dire_copies(siennes), variante=variante)


def _demander(
    acces: Acces, seance: Seance, genre: str, audience: Audience, donnees: dict[str, Any], *, variante: str,
    suite: str = "",
) -> Document:  # fmt: skip
    cle = f"comites.{genre}"
    titre = " · ".join(x for x in (LIBELLES[cle], seance.numero, suite) if x)
    return demander(
        acces=acces, genre=cle, titre=titre, objet=seance.cle, audience=audience,
        audience_dite=entetes.dire_audience(audience), donnees=donnees, variante=variante,
    )  # fmt: skip
