"""How an action is shown: its state as icon, words and colour; its date, and the one that was promised first."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.core.affichage import INSECABLE, date_courte, jour_de
from apps.core.templatetags.guichet import badge

from .enums import EtatAction
from .models import Action


def dire_retard(jours: int) -> str:
    """« En retard d’un jour », « En retard de 8 jours »."""
    return "En retard d’un jour" if jours == 1 else f"En retard de {jours}{INSECABLE}jours"


def dire_etat(action: Action) -> str:
    """« En retard de 2 jours », « Faite le 3 déc. »: one sentence for a state."""
    if action.etat == EtatAction.FAITE:
        return f"Faite le {date_courte(jour_de(action.terminee_le))}" if action.terminee_le else "Faite"
    if action.etat == EtatAction.ABANDONNEE:
        return "Abandonnée"
    if action.est_dite_faite:
        return "Dite faite, à vérifier"
    if action.est_en_retard:
        return dire_retard(action.jours_de_retard)
    return "En cours" if action.etat == EtatAction.EN_COURS else "À faire"


def _ton(action: Action) -> tuple[str, str]:
    if action.etat == EtatAction.FAITE:
        return "succes", "check-lg"
    if action.etat == EtatAction.ABANDONNEE:
        return "neutre", "x-circle"
    if action.est_dite_faite:
        return "attention", "eye"
    if action.est_en_retard:
        return "danger", "exclamation-lg"
    return ("info", "arrow-clockwise") if action.etat == EtatAction.EN_COURS else ("neutre", "clock")


def badge_etat(action: Action) -> SafeString:
    """The state as icon, words and colour."""
    ton, icone = _ton(action)
    return badge(ton, dire_etat(action), icone)


def dire_report(action: Action) -> str:
    """« prévue d’abord le 3 déc. » once postponed, else nothing."""
    return f"prévue d’abord le {date_courte(action.echeance_initiale)}" if action.est_reportee else ""


def bouton_faire(action: Action, url: str, formulaire: str) -> SafeString:
    """The button of a row, which sends the page's one form `formulaire` to this action."""
    return format_html(
        '<button class="btn btn-secondary btn-sm" type="submit" form="{}" formaction="{}" '
        'aria-label="C’est fait\u00a0: {}">C’est fait</button>',
        formulaire, url, action.libelle,
    )  # fmt: skip
