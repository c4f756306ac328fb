"""How a séance is said in words: on pages, in mails, in calendars. Never a person, never an enterprise."""

from datetime import date

from apps.core.affichage import date_courte, date_longue, heure

from .models import Instance, Seance


def nom_des_instances(seance: Seance) -> str:
    """« Comité technique », « Comité technique et commission commerce » when two meet together."""
    if seance.conjointe is None:
        return seance.instance.nom
    autre = seance.conjointe.nom
    return f"{seance.instance.nom} et {autre[:1].lower()}{autre[1:]}"


def titre(seance: Seance) -> str:
    """« Comité technique du jeudi 3 décembre 2026 »."""
    return f"{nom_des_instances(seance)} du {date_longue(seance.jour)}"


def titre_court(seance: Seance, *, aujourdhui: date | None = None) -> str:
    """« Comité technique du 3 déc. »."""
    return f"{nom_des_instances(seance)} du {date_courte(seance.jour, aujourdhui=aujourdhui)}"


def horaires(seance: Seance) -> str:
    """« de 9 h 30 à 12 h 00 »."""
    return f"de {heure(seance.debut)} à {heure(seance.fin)}"


def quand(seance: Seance) -> str:
    """« jeudi 3 décembre 2026, de 9 h 30 à 12 h 00 »."""
    return f"{date_longue(seance.jour)}, {horaires(seance)}"


def lieu(seance: Seance) -> str:
    """« Maison du territoire, Figeac », « Visioconférence », both when one may choose; empty when nobody said."""
    visio = "visioconférence" if seance.visio else ""
    if seance.lieu:
        return f"{seance.lieu}, ou {visio}" if visio else seance.lieu
    return visio.capitalize()


def portee_dite(instance: Instance | Seance) -> str:
    """What its members read."""
    return "Chiffres et versions anonymes" if instance.est_anonyme else "Fiches nommées, dans la limite des accords"
