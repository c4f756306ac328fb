"""Lay one sheet out, with the stylesheet and the fonts read once for all sheets of a process."""

import gc
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string

from apps.documents.pdf import SCHEMA_LOGO, SCHEMA_STATIQUE, chercheur, fabrique, statique

from .graisses import fixer
from .habillage import Habillage
from .normalisation import normaliser

FEUILLE_CSS = "css/papier.css"
BOITES = (
    "top-left-corner top-left top-center top-right top-right-corner bottom-left-corner bottom-left bottom-center "
    "bottom-right bottom-right-corner left-top left-middle left-bottom right-top right-middle right-bottom"
).split()
# Heads, feet and folios are stamped on the assembled file: a part does not know its place.
SANS_MARGES = (
    "@page { "
    + " ".join(f"@{boite} {{ content: none !important; }}" for boite in BOITES)
    + " } .tete-gauche, .tete-droite, .pied-gauche { display: none !important; }"
    + " .planche { font-variant-ligatures: none; font-kerning: none; hyphens: manual; }"
)
FINE_INSECABLE, INSECABLE = "\u202f", "\u00a0"


@lru_cache(maxsize=1)
def preparer() -> "MiseEnPage":
    """The one of this process, and of the renderers that are copied from it."""
    ramassait = gc.isenabled()
    gc.disable()  # loading WeasyPrint makes a great many objects, and no garbage
    try:
        return MiseEnPage()
    finally:
        if ramassait:
            gc.enable()


class MiseEnPage:
    """WeasyPrint made ready once; `rendre` may be called for any number of sheets."""

    def __init__(self) -> None:
        self.weasyprint = fabrique()
        self.polices = self.weasyprint.text.fonts.FontConfiguration()
        css, fichiers = fixer(statique(FEUILLE_CSS).read_text(encoding="utf-8"))
        self.style = self.weasyprint.CSS(
            string=css + SANS_MARGES,
            base_url=SCHEMA_STATIQUE,
            url_fetcher=chercheur(self.weasyprint, donnees=fichiers),
            font_config=self.polices,
        )

    def rendre(self, *, gabarit: str, contexte: Mapping[str, Any], habillage: Habillage) -> tuple[bytes, int]:
        """The part, ready to be joined with others, and its number of pages."""
        # The fonts that we serve have no narrow no-break space: another font would be fetched for it alone.
        html: str = render_to_string(gabarit, {**contexte, "habillage": habillage.contexte})
        html = html.replace(FINE_INSECABLE, INSECABLE).replace("&#8239;", "&#160;")
        lecteur = chercheur(
            self.weasyprint,
            donnees={
                SCHEMA_STATIQUE + FEUILLE_CSS: (b"", "text/css"),  # parsed already
                SCHEMA_LOGO: (habillage.logo, "image/png"),
            },
        )
        source = self.weasyprint.HTML(string=html, base_url=SCHEMA_STATIQUE, url_fetcher=lecteur)
        rendu = source.render(stylesheets=[self.style], font_config=self.polices, pdf_variant="pdf/ua-1")
        return normaliser(rendu.write_pdf(pdf_variant="pdf/ua-1")), len(rendu.pages)
