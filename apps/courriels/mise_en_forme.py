"""The HTML part of a mail, made from its text: escaped, addresses clickable, no style, no image."""

import re

from django.utils.html import escape, format_html, urlize
from django.utils.safestring import SafeString

_SEPARATEUR = re.compile(r"\n{2,}")


def en_html(texte: str) -> str:
    """A small HTML document that says what the text says."""
    paragraphes = "\n".join(
        f"<p>{urlize(escape(p)).replace(chr(10), '<br>' + chr(10))}</p>"
        for p in _SEPARATEUR.split(texte.strip("\n"))
        if p.strip()
    )
    return format_html(
        '<!doctype html>\n<html lang="fr"><head><meta charset="utf-8"></head><body>\n{}\n</body></html>\n',
        SafeString(paragraphes),
    )
