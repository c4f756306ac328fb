"""What the child processes of tests.mesures.dossier do: make one dossier, one way, and say what it cost."""

import io
import json
import resource
import time

import pikepdf
from django.core.management import call_command
from django.template.loader import render_to_string

from apps.documents import pdf
from apps.documents.assemblage import Feuille, assembler, rendre_parties
from apps.territoires.models import Territoire
from tests.documents.papeterie import COMITE, NOMS, PARTENAIRES, PHRASES, contexte, plan

COUVERTURE = "<h1>Dossier</h1><h2>Ordre du jour</h2><ul>{lignes}</ul>"
# What one document must do by itself: each sheet on its page, page numbers in its contents.
STYLE = (
    "<style>section { break-before: page; } "
    "li a::after { content: ', page ' target-counter(attr(href), page); }</style>"
)


def preparer() -> None:
    """An empty base, with its territoire."""
    call_command("migrate", verbosity=0)
    Territoire.objects.create(slug="figeac", nom="Pays de Figeac")


def temoin(nombre: int, _: int) -> bytes:
    """One WeasyPrint document, tagged, with contents, heads and folios."""
    titres = {rang: contexte(rang)["nom"] for rang in range(1, nombre + 1)}
    lignes = "".join(f'<li><a href="#f{rang}">{titre}</a></li>' for rang, titre in titres.items())
    corps = "".join(f'<section id="f{rang}">{_corps(rang)}</section>' for rang in titres)
    cadre = render_to_string("documents/papier.html", {"territoire": {"nom": "Pays de Figeac"}})
    html = cadre.replace("</body>", f"{STYLE}{COUVERTURE.format(lignes=lignes)}{corps}</body>")
    weasyprint = pdf.fabrique()
    lecteur = pdf.chercheur(weasyprint)
    return weasyprint.HTML(string=html, base_url="statique:", url_fetcher=lecteur).write_pdf(pdf_variant="pdf/ua-1")


def _corps(rang: int) -> str:
    """What a sheet shows, without what it has around."""
    html = render_to_string("essai/fiche.html", fiche(rang).contexte)
    return html.partition("guichet TPE</p>")[2].partition("</body>")[0]


def fiche(rang: int, tour: int = 0) -> Feuille:
    """A fiche of two pages: identity, summary, actions, exchanges, opinion. One that changed says so."""
    return Feuille(
        "essai/fiche.html",
        {
            **contexte(rang),
            "changee": f"Changée au tour {tour}." if tour else "",
            "identite": [[f"Rubrique {ligne}", PHRASES[(rang + ligne) % 4]] for ligne in range(8)],
            "actions": [
                [f"{1 + i:02d}/03/2026", PARTENAIRES[(rang + i) % 5], PHRASES[(rang + i) % 4], "En cours", f"{i + 2} j"]
                for i in range(6 + rang % 8)
            ],
            "echanges": [[NOMS[(rang + i) % 6], PHRASES[(rang + i) % 4]] for i in range(2 + rang % 4)],
        },
        COMITE,
    )


def en_parties(nombre: int, tour: int) -> bytes:
    """The engine, as a job does: sheets, then the file. The first fiches changed since the last time."""
    territoire = Territoire.objects.get()
    changees = {1, nombre // 2, nombre} if tour else set()
    feuilles = [fiche(rang, tour if rang in changees else 0) for rang in range(1, nombre + 1)]
    return assembler(plan(territoire, rendre_parties(feuilles, territoire=territoire))).contenu


def _calcul() -> float:
    """Seconds of processor, those of the renderers that have ended included."""
    return sum(sum(resource.getrusage(qui)[:2]) for qui in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def main(ordre: str, nombre: str = "0", tour: str = "0") -> None:
    """`preparer`, `temoin 50`, `assembler 50 3`: the number of fiches, then which turn it is (0: none changed)."""
    if ordre == "preparer":
        preparer()
        return
    faire = {"temoin": temoin, "assembler": en_parties}[ordre]
    debut, calcul = time.perf_counter(), _calcul()
    contenu = faire(int(nombre), int(tour))
    duree, calcul = time.perf_counter() - debut, _calcul() - calcul
    pics = (resource.getrusage(qui).ru_maxrss // 1024 for qui in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    with pikepdf.open(io.BytesIO(contenu)) as lu:
        pages = len(lu.pages)
    print(json.dumps({"s": duree, "calcul": calcul, "octets": len(contenu), "pages": pages, "pic": max(pics)}))
