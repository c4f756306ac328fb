"""What every document of a séance says at its head: which one, when, where, for whom, which copy."""

from collections.abc import Iterable
from typing import Any

from apps.core.affichage import INSECABLE, date_longue
from apps.core.audience import Audience, GenreAudience
from apps.partenaires.models import Organisme

from .. import mots
from ..lecture import organismes_lecteurs
from ..models import Presence, Seance
from ..services.attendus import Attendu, attendus

A_RESTITUER = "à restituer"


def entete(seance: Seance) -> dict[str, str]:
    """The séance in words, on paper: without the names of anybody."""
    return {
        "nom": mots.nom_des_instances(seance),
        "titre": f"{mots.nom_des_instances(seance)} du {date_longue(seance.jour, avec_jour=False)}",
        "jour": _majuscule(date_longue(seance.jour)),
        "horaires": mots.horaires(seance),
        "lieu": _majuscule(mots.lieu(seance)),
        "visio": seance.visio,
        "reference": seance.numero,
        "territoire": seance.territoire.nom,
    }


def minuscule(texte: str) -> str:
    return f"{texte[:1].lower()}{texte[1:]}"


def _majuscule(texte: str) -> str:
    return f"{texte[:1].upper()}{texte[1:]}"


def audience_des_membres(seance: Seance) -> Audience:
    """What is laid on the table: for the committee, or without any name where élus sit."""
    genre = GenreAudience.ANONYME if seance.est_anonyme else GenreAudience.COMITE
    return Audience(genre, seance.territoire_id)


def dire_audience(audience: Audience) -> str:
    """« le comité technique », « CCI du Lot », « élus et public, sans nom »."""
    if audience.genre == GenreAudience.ORGANISME:
        return str(Organisme.objects.get(pk=audience.organisme_id, territoire=audience.territoire_id))
    return {
        GenreAudience.COORDINATION: "la coordination",
        GenreAudience.COMITE: "les membres du comité",
        GenreAudience.ANONYME: "les élus et le public, sans nom",
    }[audience.genre]


def mention(audience: Audience, destinataire: str, numero: int = 0) -> str:
    """« Confidentiel · exemplaire 3 · CCI du Lot, à restituer »: at the head of each page of a copy."""
    debut = "Réservé aux membres" if audience.est_anonyme else "Confidentiel"
    if not numero:
        return f"{debut} · exemplaire de {destinataire}" if destinataire else debut
    return f"{debut} · exemplaire{INSECABLE}{numero} · {destinataire}, {A_RESTITUER}"


def exemplaire(audience: Audience, presence: Presence) -> dict[str, Any]:
    """One numbered copy."""
    destinataire = presence.organisme_nom or presence.nom
    numero = presence.exemplaire or 0
    return {
        "numero": numero,
        "destinataire": destinataire,
        "mention": mention(audience, destinataire, numero),
        "organisme": presence.organisme_id,
    }


def destinataires(seance: Seance) -> list[Presence]:
    """Who holds a copy, in the order of the copies. Where fiches are named, only whom a convention lets read them."""
    presences = [p for p in seance.presences.all() if p.exemplaire]
    if not seance.est_anonyme:
        lecteurs = organismes_lecteurs(seance)
        presences = [p for p in presences if p.organisme_id in lecteurs]
    return sorted(presences, key=lambda p: p.exemplaire or 0)


def membres(seance: Seance) -> tuple[list[str], list[str]]:
    """(who sits, who is invited), by name: those of the list once convened, those expected before."""
    lignes: Iterable[Presence | Attendu] = list(seance.presences.all()) or attendus(seance)
    siegent, invites = [], []
    for ligne in lignes:
        (invites if ligne.est_invite else siegent).append(nommer(ligne))
    return siegent, invites


def nommer(ligne: Presence | Attendu) -> str:
    """« CCI du Lot », « Odile Bessières, directrice »."""
    organisme = ligne.organisme_nom if isinstance(ligne, Presence) else str(ligne.organisme or "")
    if organisme:
        return organisme
    return f"{ligne.nom}, {minuscule(ligne.fonction)}" if ligne.fonction else ligne.nom
