"""Cells and rows, made in Python: a page of 50 rows through template includes costs ten times as much."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from apps.core.affichage import date_courte, date_longue, nombre

from .liste import Colonne, Liste


def dire(valeur: Any) -> str:
    """A raw value as the screen says it (escaped)."""
    if valeur is None or valeur == "":
        return ""
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, (int, float, Decimal)):
        return nombre(valeur)
    if isinstance(valeur, date):
        iso = timezone.localtime(valeur) if isinstance(valeur, datetime) and timezone.is_aware(valeur) else valeur
        return format_html(
            '<time datetime="{}" title="{}">{}</time>', iso.isoformat(), date_longue(valeur), date_courte(valeur)
        )
    return conditional_escape(valeur)


def contenu(colonne: Colonne, objet: Any) -> str:
    """What a cell shows, without its second line."""
    return conditional_escape(colonne.cellule(objet)) if colonne.cellule else dire(colonne.lire(objet))


def _seconde(colonne: Colonne, objet: Any) -> str:
    texte = colonne.secondaire(objet) if colonne.secondaire else ""
    return f'<span class="secondaire">{conditional_escape(texte)}</span>' if texte else ""


def ligne(liste: Liste, colonnes: list[Colonne], objet: Any, *, choisir: bool) -> str:
    """One <tr>: the tick box when there are actions, the head of the row with its link, the other cells."""
    morceaux = ["<tr>"]
    if choisir:
        nom = conditional_escape(liste.nommer(objet))
        morceaux.append(
            f'<td class="choisir"><input class="form-check-input" type="checkbox" name="ids" value="{objet.pk}" '
            f'data-un aria-label="Choisir {nom}"></td>'
        )
    for rang, colonne in enumerate(colonnes):
        corps, seconde = contenu(colonne, objet), _seconde(colonne, objet)
        if rang == 0:
            url = liste.url(objet)
            tete = (
                f'<a class="principal" href="{conditional_escape(url)}">{corps or "Sans titre"}</a>'
                if url
                else f'<span class="principal">{corps}</span>'
            )
            morceaux.append(f'<th scope="row">{tete}{seconde}</th>')
        else:
            classe = f' class="{conditional_escape(colonne.classe)}"' if colonne.classe else ""
            etiquette = f' data-label="{conditional_escape(colonne.libelle)}"' if colonne.libelle else ""
            morceaux.append(f"<td{classe}{etiquette}>{corps}{seconde}</td>")
    morceaux.append("</tr>")
    return "".join(morceaux)


def corps(liste: Liste) -> SafeString:
    """Every row of the page. Each cell was escaped above unless its list marked it safe."""
    colonnes = [c for c in liste.colonnes if c.ecran]
    choisir = bool(liste.actions_permises)
    return mark_safe("\n".join(ligne(liste, colonnes, objet, choisir=choisir) for objet in liste.page.object_list))
