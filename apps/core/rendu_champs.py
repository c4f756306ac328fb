"""What templates/composants/champ.html needs to show one form field, whatever its widget."""

from django import forms
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms import BoundField
from django.utils.safestring import SafeString

ENTREES_CHOIX = (forms.RadioSelect, forms.CheckboxSelectMultiple)
TIRETS = f">{BLANK_CHOICE_DASH[0][1]}<"


def contexte_champ(lie: BoundField, *, classe: str = "", presentation: str = "") -> dict[str, object]:
    """The field, its kind, its rendered control and the ids that tie help and error to it.

    A form may give a choice field `descriptions` (value → a line under the label).
    """
    widget = lie.field.widget
    genre = "simple"
    if isinstance(widget, ENTREES_CHOIX):
        genre = "choix"
    elif isinstance(widget, forms.CheckboxInput):
        genre = "case"
    identifiant = lie.id_for_label or lie.auto_id or lie.html_name
    ids = {"aide": f"{identifiant}_aide", "erreur": f"{identifiant}_erreur"}
    decrit = [ids["erreur"]] if lie.errors else []
    decrit += [ids["aide"]] if lie.help_text else []
    attributs = _attributs(lie, classe, decrit)
    return {
        "champ": lie,
        "genre": genre,
        "ids": ids,
        "presentation": presentation,
        "controle": _controle(lie, attributs) if genre != "choix" else "",
        "options": _options(lie, attributs) if genre == "choix" else [],
        "decrit_par": " ".join(decrit),
        "facultatif": not lie.field.required and genre != "case" and not getattr(lie.field, "sans_mention", False),
    }


def _controle(lie: BoundField, attributs: dict[str, str | bool]) -> SafeString:
    """The control itself; an empty choice is said in words instead of dashes."""
    vide = "Choisir…" if lie.field.required else "Non précisé"
    return SafeString(lie.as_widget(attrs=attributs).replace(TIRETS, f">{vide}<"))


def _attributs(lie: BoundField, classe: str, decrit: list[str]) -> dict[str, str | bool]:
    widget = lie.field.widget
    if isinstance(widget, (forms.CheckboxInput, *ENTREES_CHOIX)):
        base = "form-check-input"
    elif isinstance(widget, forms.Select):
        base = "form-select"
    else:
        base = "form-control"
    propres = [c for c in str(widget.attrs.get("class", "")).split() if c not in {base, "is-invalid"}]
    classes = [base, *propres, classe, "is-invalid" if lie.errors else ""]
    attributs: dict[str, str | bool] = {"class": " ".join(c for c in classes if c)}
    if decrit:
        attributs["aria-describedby"] = " ".join(decrit)
    if lie.errors:
        attributs["aria-invalid"] = "true"
    return attributs


def _options(lie: BoundField, attributs: dict[str, str | bool]) -> list[dict[str, object]]:
    """One entry a choice; the group carries the description, so that it is not read again at each option."""
    descriptions = {str(cle): texte for cle, texte in getattr(lie.field, "descriptions", {}).items()}
    options = []
    for option in lie.subwidgets:
        option.data["attrs"]["class"] = attributs["class"]
        option.data["attrs"].pop("aria-describedby", None)
        options.append(
            {
                "balise": option.tag(),
                "id": option.data["attrs"].get("id", ""),
                "libelle": option.choice_label,
                "description": descriptions.get(str(option.data["value"]), ""),
            }
        )
    return options
