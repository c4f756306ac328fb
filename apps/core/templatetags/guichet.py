"""Tags and filters of every template (a builtin library): icons, badges, dates in words, form fields, query strings."""

import uuid
from datetime import date, datetime

from django import template
from django.core.paginator import Page
from django.forms import BoundField
from django.http import QueryDict
from django.template.context import Context
from django.template.loader import render_to_string
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from apps.core import affichage
from apps.core.middleware import CHAMP_JETON
from apps.core.rendu_champs import contexte_champ

register = template.Library()

ICONE_DU_TON = {
    "info": "info-circle",
    "attention": "clock",
    "danger": "exclamation-circle",
    "succes": "check-lg",
    "neutre": "",
}
ICONE_DU_MESSAGE = {
    **ICONE_DU_TON,
    "attention": "exclamation-triangle",
    "succes": "check-circle",
    "neutre": "info-circle",
}
ICONE_DU_TYPE = {
    "pdf": "file-earmark-pdf",
    "image": "file-earmark-image",
    "spreadsheet": "file-earmark-spreadsheet",
    "excel": "file-earmark-spreadsheet",
    "csv": "file-earmark-spreadsheet",
    "word": "file-earmark-text",
    "text": "file-earmark-text",
}


@register.simple_tag
def icone(nom: str, classe: str = "") -> SafeString:
    """One icon of the sprite. Decorative: words always stand beside it. Names: ICONES in scripts/actifs.py."""
    if not nom:
        return SafeString("")
    return format_html(
        '<svg class="icone{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        f" {classe}" if classe else "",
        static("vendor/icones.svg"),
        nom,
    )


@register.simple_tag
def badge(ton: str, texte: object, icone_nom: str | None = None) -> SafeString:
    """A state as icon, words and colour. Tones: info, attention, danger, succes, neutre. An empty icon: none."""
    ton = ton if ton in ICONE_DU_TON else "neutre"
    nom = ICONE_DU_TON[ton] if icone_nom is None else icone_nom
    return format_html('<span class="etiquette etiquette-{}">{}<span>{}</span></span>', ton, icone(nom), texte)


@register.simple_tag
def jeton_unique() -> SafeString:
    """A hidden key, new each time a form is shown: sent twice, it acts once (UneFoisMiddleware)."""
    return format_html('<input type="hidden" name="{}" value="{}">', CHAMP_JETON, uuid.uuid4().hex)


@register.filter
def icone_du_message(ton: str) -> str:
    """The icon of an alert of this tone."""
    return ICONE_DU_MESSAGE.get(ton, "info-circle")


@register.filter
def icone_de_fichier(type_mime: str) -> str:
    """The icon of a file's type."""
    return next((nom for mot, nom in ICONE_DU_TYPE.items() if mot in (type_mime or "").lower()), "file-earmark")


def _time(valeur: date | datetime, texte: str, classe: str = "") -> SafeString:
    """The words inside <time>, the whole date in its title and for machines."""
    if isinstance(valeur, datetime) and timezone.is_aware(valeur):
        valeur = timezone.localtime(valeur)
    attribut = format_html(' class="{}"', classe) if classe else ""
    return format_html(
        '<time datetime="{}" title="{}"{}>{}</time>',
        valeur.isoformat(),
        affichage.date_longue(valeur),
        attribut,
        texte,
    )


@register.filter
def date_relative(valeur: date | datetime | None) -> str:
    """« hier, 16 h 20 », « lundi », « 20 nov. », inside <time>; the whole date on paper."""
    return _time(valeur, affichage.date_relative(valeur), "date-relative") if isinstance(valeur, date) else ""


@register.filter
def date_courte(valeur: date | datetime | None) -> str:
    """« 20 nov. », inside <time>."""
    return _time(valeur, affichage.date_courte(valeur)) if isinstance(valeur, date) else ""


@register.filter
def date_longue(valeur: date | datetime | None) -> str:
    """« vendredi 20 novembre 2026 »."""
    return affichage.date_longue(valeur) if isinstance(valeur, date) else ""


@register.filter
def depuis(valeur: date | datetime | None) -> str:
    """« 4 jours », « hier », inside <time>."""
    return _time(valeur, affichage.depuis(valeur)) if isinstance(valeur, date) else ""


@register.filter
def telephone(valeur: str | None) -> str:
    """« 05 65 00 00 00 »."""
    return affichage.telephone(valeur or "")


@register.filter
def appeler(valeur: str | None) -> str:
    """The telephone as a link that calls, when it looks like one."""
    lien = affichage.lien_telephone(valeur or "")
    texte = affichage.telephone(valeur or "")
    return format_html('<a class="insecable" href="tel:{}">{}</a>', lien, texte) if lien else texte


@register.filter
def nombre(valeur: object) -> str:
    """« 12 500 »."""
    return "" if valeur in (None, "") else affichage.nombre(valeur)


@register.filter
def euros(valeur: object) -> str:
    """« 12 500 € »."""
    return affichage.euros(valeur)


@register.filter
def taille_fichier(octets: int | None) -> str:
    """« 1,2 Mo »."""
    return affichage.taille_fichier(octets)


@register.filter
def siret(valeur: str | None) -> str:
    """« 123 456 789 00012 »."""
    return affichage.siret(valeur or "")


@register.filter
def pluriel(quantite: object, formes: str = "s") -> str:
    """The ending for a quantity, as French counts: 0 and 1 are singular. « x » or « al,aux » as argument."""
    singulier, _, plural = formes.rpartition(",")
    try:
        total = len(quantite) if hasattr(quantite, "__len__") else float(quantite)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return singulier
    return plural if abs(total) >= 2 else singulier


@register.filter(is_safe=True)
def typo(texte: object) -> str:
    """No-break spaces and apostrophes of French in a text of ours. The result is escaped if the text was not safe."""
    sur = isinstance(texte, SafeString)
    resultat = affichage.typographie(str(texte or ""))
    return SafeString(resultat) if sur else resultat


@register.filter
def index(tableau: object, cle: object) -> object:
    """A value of a mapping by a key held in a variable; empty when it has none."""
    return tableau.get(cle, "") if hasattr(tableau, "get") else ""


@register.simple_tag(takes_context=True)
def parametres_url(context: Context, **changements: object) -> str:
    """« ?… » of the current address with parameters changed; None or empty removes one. Any change drops the page."""
    requete = context.get("request")
    parametres = requete.GET.copy() if requete is not None else QueryDict(mutable=True)
    if "page" not in changements:
        parametres.pop("page", None)
    for nom, valeur in changements.items():
        if valeur in (None, ""):
            parametres.pop(nom, None)
        else:
            parametres[nom] = str(valeur)
    return f"?{parametres.urlencode()}" if parametres else "?"


@register.simple_tag(takes_context=True)
def sans_valeur(context: Context, nom: str, valeur: object) -> str:
    """« ?… » of the current address without this one value of a parameter that may hold several: removes a chip."""
    parametres = context["request"].GET.copy()
    parametres.pop("page", None)
    parametres.setlist(nom, [v for v in parametres.getlist(nom) if v != str(valeur)])
    return f"?{parametres.urlencode()}" if parametres.urlencode() else "?"


@register.simple_tag
def champ(lie: BoundField, classe: str = "", presentation: str = "") -> SafeString:
    """A field our way: label above, help under it, error under the field, « (facultatif) » unless required.

    `presentation`: « colonnes » or « simple » for choices (cards by default). `classe` goes to the control itself.
    """
    if not isinstance(lie, BoundField):
        return SafeString("")
    if lie.is_hidden:
        return SafeString(f"{lie}{lie.errors if lie.errors else ''}")
    return render_to_string("composants/champ.html", contexte_champ(lie, classe=classe, presentation=presentation))


@register.simple_tag
def champs(formulaire: object) -> SafeString:
    """Every field of a form in its order, hidden ones included; the summary of errors is resume_erreurs.html."""
    return format_html_join("", "{}", ((champ(lie),) for lie in formulaire))  # type: ignore[attr-defined]


@register.filter
def surligner(texte: object, recherche: str) -> str:
    """The text with the searched words marked, accents and case ignored word by word."""
    mots = {affichage.sans_accents(m) for m in (recherche or "").split() if len(m) > 1}
    if not mots:
        return conditional_escape(str(texte or ""))
    morceaux = affichage.decouper_mots(str(texte or ""))
    return format_html_join(
        "",
        "{}",
        (
            (format_html("<mark>{}</mark>", m) if any(affichage.sans_accents(m).startswith(x) for x in mots) else m,)
            for m in morceaux
        ),
    )


class Capture(template.Node):
    """Keeps what it renders in a variable, without outer spaces: an empty block can then leave its frame out."""

    def __init__(self, nodelist: template.NodeList, nom: str) -> None:
        self.nodelist, self.nom = nodelist, nom

    def render(self, context: Context) -> str:
        context[self.nom] = SafeString(self.nodelist.render(context).strip())
        return ""


@register.tag
def capturer(parser: template.base.Parser, token: template.base.Token) -> Capture:
    """{% capturer nom %}…{% endcapturer %}"""
    _, nom = token.split_contents()
    nodelist = parser.parse(("endcapturer",))
    parser.delete_first_token()
    return Capture(nodelist, nom)


@register.simple_tag(takes_context=True)
def bloc_rendu(context: Context, nom: str) -> str:
    """The content of a block a second time: the title of the page is also its h1."""
    blocs = context.render_context.get(BLOCK_CONTEXT_KEY)
    bloc = blocs.get_block(nom) if blocs is not None else None
    return bloc.render(context) if bloc is not None else ""


@register.simple_tag
def pages_visibles(page: Page) -> list[int | None]:
    """Page numbers worth a link around the current one; None stands for a gap."""
    return [
        n if isinstance(n, int) else None
        for n in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    ]
