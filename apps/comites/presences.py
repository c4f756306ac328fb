"""Who was there, as the minutes say it."""

from collections.abc import Iterable

from apps.core.affichage import INSECABLE, heure

from .enums import EtatPresence
from .models import Presence, Seance

TITRES = (
    (EtatPresence.PRESENT, "Présent", "Présents"),
    (EtatPresence.REPRESENTE, "Représenté", "Représentés"),
    (EtatPresence.EXCUSE, "Excusé", "Excusés"),
    (EtatPresence.ABSENT, "Absent", "Absents"),
)


def presences_en_mots(seance: Seance) -> str:
    """« Séance ouverte à 9 h 30… », then a line for those present, represented, excused, absent. One query."""
    presences = list(seance.presences.all())
    lignes = [_horaires(seance)]
    for etat, singulier, pluriel in TITRES:
        dits = [_dire(p) for p in presences if p.etat == etat]
        if dits:
            lignes.append(f"{pluriel if len(dits) > 1 else singulier}{INSECABLE}: {', '.join(dits)}.")
    if seance.secretaire is not None:
        lignes.append(f"Secrétaire de séance{INSECABLE}: {seance.secretaire}.")
    return "\n".join(x for x in lignes if x)


def _horaires(seance: Seance) -> str:
    ou = f" ({seance.lieu})" if seance.lieu else ""
    if seance.ouverte_le is None:
        return ""
    levee = f", levée à {heure(seance.terminee_le)}" if seance.terminee_le else ""
    return f"Séance ouverte à {heure(seance.ouverte_le)}{levee}{ou}."


def _dire(presence: Presence) -> str:
    """« CCI du Lot (M. Pons, arrivée à 10 h 05) »."""
    qui = presence.organisme_nom or presence.nom
    return f"{qui} ({', '.join(details)})" if (details := list(_details(presence))) else qui


def _details(presence: Presence) -> Iterable[str]:
    if presence.etat == EtatPresence.REPRESENTE and presence.represente_par:
        yield f"par {presence.represente_par}"
    elif presence.personnes:
        yield presence.personnes
    if presence.est_invite:
        yield ", ".join(x for x in ("invité", presence.fonction) if x)
    if presence.arrivee_le:
        yield f"arrivée à {heure(presence.arrivee_le)}"
    if presence.depart_le:
        yield f"départ à {heure(presence.depart_le)}"
