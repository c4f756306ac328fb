"""The assembled file, read back: text, numbers, links, outline, tags, fonts, copies."""

import io
import random
from typing import Any

import pikepdf
import pytest
from django.core.files.base import ContentFile
from django.template.loader import render_to_string
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont
from PIL import Image

from apps.documents import pdf
from apps.documents.assemblage import Entree, Exemplaire, Liminaire, Partie, Plan, assembler, rendre_parties, sommaire
from apps.documents.assemblage.plan import Feuille
from apps.documents.assemblage.truetype import Illisible, Programme
from apps.documents.enums import Variante
from apps.territoires.models import Territoire

from .lecture import LecturePDF, lire
from .papeterie import COMITE, NOMS, contexte, feuille, plan

pytestmark = pytest.mark.usefixtures("papeterie_garnie")
COPIES = (
    Exemplaire(1, "CCI du Lot", "Confidentiel · exemplaire CCI du Lot, à restituer"),
    Exemplaire(2, "France Travail", "Confidentiel · exemplaire France Travail, à restituer"),
)
MM = 72 / 25.4


def parties_de(territoire: Territoire, nombre: int, **autres: Any) -> list[Partie]:
    return rendre_parties([feuille(rang, **autres) for rang in range(1, nombre + 1)], territoire=territoire)


def dossier(territoire: Territoire, nombre: int = 3, **autres: Any) -> LecturePDF:
    return lire(assembler(plan(territoire, parties_de(territoire, nombre), **autres)).contenu)


def test_the_file_is_sound_for_a_screen_reader(territoire: Territoire) -> None:
    lu = dossier(territoire)

    assert lu.fautes() == []
    assert (lu.titre, lu.langue) == ("Dossier de séance · 5 mars 2026", "fr")
    racine = lu.arbre()
    assert (racine.genre, [n.genre for n in racine.enfants]) == ("Document", ["Sect"] * 4)
    assert lu.titres()[:5] == [
        ("H1", "Dossier"),
        ("H2", "Ordre du jour"),
        ("H1", f"Reprise 1 · {NOMS[1]}"),
        ("H2", "Besoin"),
        ("H2", "Partenaires"),
    ]
    assert lu.tables()[:2] == [["Date", "Partenaire", "Ce qui s’est passé"], ["Activité", "Effectif"]]
    tableaux = racine.tous("Table")
    assert {th.portee for th in tableaux[0].tous("TH")} == {"Column"}
    assert {th.portee for th in tableaux[1].tous("TH")} == {"Row"}


def test_the_tag_tree_is_lean(territoire: Territoire) -> None:
    """Runs of text and anonymous boxes have no node of their own: a thousand parts hold in memory."""
    racine = dossier(territoire).arbre()

    assert {n.genre for n in racine.tous("P")[0].enfants + racine.tous("TD")[0].enfants} <= {"P"}
    nombre = len(racine.tous("Span", "NonStruct"))
    assert nombre < 0.1 * len(racine.tous("P", "TD", "TH", "TR", "H1", "H2"))


def test_a_file_in_one_go_is_read_with_its_faults(territoire: Territoire) -> None:
    """The reader of these tests is not blind: WeasyPrint leaves margin boxes outside the tree, heads without a scope."""
    fautes = lire(pdf.rendre(gabarit="essai/feuille.html", contexte=contexte(1))).fautes()

    assert any("absent de l’arbre" in faute for faute in fautes)
    assert any("sans portée" in faute for faute in fautes)


def test_each_line_of_the_contents_leads_to_its_page(territoire: Territoire) -> None:
    lu = dossier(territoire, 4)

    lignes = lu.arbre().tous("TOCI")
    assert len(lignes) == len(lu.liens) == 4
    for rang, (ligne, lien) in enumerate(zip(lignes, lu.liens, strict=True), start=1):
        titre = f"Reprise {rang} · {NOMS[rang]}"
        assert ligne.texte.endswith(f"{titre}, page {lien.vers}")
        assert lu.texte(int(lien.vers)).partition("FN-")[0].endswith(f"{titre} ")
        assert lien.dit == f"{titre}, page {lien.vers}"


def test_contents_of_several_pages_move_the_numbers_that_they_give(territoire: Territoire) -> None:
    """Whatever the first guess of their length was, the last one is right."""
    partie = parties_de(territoire, 1, lignes=1, paragraphes=1)[0]
    entrees = tuple(
        Entree(f"Fiche {rang} dont le titre est assez long pour prendre deux lignes du sommaire " * 2, partie)
        for rang in range(80)
    )

    lu = lire(assembler(plan(territoire, [], entrees=entrees)).contenu)

    pages_du_sommaire = lu.pages - 80
    assert pages_du_sommaire > 2
    # A title on two lines is two links to the same page.
    assert list(dict.fromkeys(lien.vers for lien in lu.liens)) == list(range(pages_du_sommaire + 1, lu.pages + 1))
    assert lu.arbre().tous("TOCI")[-1].texte.endswith(f"page {lu.pages}")
    assert lu.fautes() == []


def test_contents_that_swing_between_two_lengths_are_filled_up(
    territoire: Territoire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With two pages it takes three, with three it takes two: a blank page ends it."""
    longueurs = {2: 3, 3: 2}
    partie = parties_de(territoire, 1)[0]

    def rendre(feuilles: list[Feuille], **_: Any) -> list[Partie]:
        debut = feuilles[0].contexte["entrees"][0]["page"] - 1
        return [Partie("x", partie.chemin, longueurs[debut])]

    monkeypatch.setattr(sommaire, "rendre_parties", rendre)

    dispositions = sommaire.composer(plan(territoire, [partie]), dire=lambda quoi: None)

    assert [(d.pages_liminaires, d.debuts["FN-2026-0001"]) for d in dispositions] == [(3, 4)]


def test_heads_and_folios_are_stamped_and_not_spoken(territoire: Territoire) -> None:
    lu = dossier(territoire, 2)

    for page in range(1, lu.pages + 1):
        texte = lu.texte(page)
        assert "Comité technique du 5 mars 2026" in texte
        assert "Confidentiel" in texte
        assert f"{page} / {lu.pages}" in texte
        assert f"{territoire.nom} · guichet TPE" in texte
    assert "guichet TPE" not in lu.arbre().texte
    assert lu.etiquettes == [str(page) for page in range(1, lu.pages + 1)]


def test_a_stamp_has_any_letter_and_never_overlaps(territoire: Territoire) -> None:
    lu = dossier(territoire, 1, tete_gauche="Comité élargi à Łódź et Győr, " * 8, tete_droite="Exemplaire de M. Őry")

    assert "Łódź et Győr" in lu.texte(2)
    assert "…" in lu.texte(2)
    assert "Exemplaire de M. Őry" in lu.texte(2)


def test_a_cover_may_go_without_stamps(territoire: Territoire) -> None:
    lu = dossier(territoire, 1, tampons_couverture=False)

    assert "Confidentiel" not in lu.texte(1)
    assert "Confidentiel" in lu.texte(2)


def test_the_outline_follows_the_levels(territoire: Territoire) -> None:
    parties = parties_de(territoire, 3, lignes=1, paragraphes=1)
    entrees = (
        Entree("Suivi des actions", parties[0]),
        Entree("Reprise", parties[1], niveau=2),
        Entree("Besoins recensés", parties[2]),
    )

    lu = lire(assembler(plan(territoire, [], entrees=entrees)).contenu)

    assert lu.signets == [
        (1, "Dossier", 1),
        (2, "Ordre du jour", 1),
        (1, "Suivi des actions", 2),
        (2, "Reprise", 3),
        (1, "Besoins recensés", 4),
    ]


def test_copies_share_their_pages_and_differ_by_their_stamps(territoire: Territoire, sans_rendu: list[Any]) -> None:
    un = assembler(plan(territoire, parties_de(territoire, 3)))
    sans_rendu.clear()

    tous = assembler(plan(territoire, parties_de(territoire, 3), exemplaires=COPIES))

    lu = lire(tous.contenu)
    assert {commande.gabarit for commande in sans_rendu} <= {"essai/couverture.html"}
    assert len(tous.contenu) < 1.5 * len(un.contenu)
    depart = [page for niveau, titre, page in lu.signets if titre.startswith("Exemplaire")]
    assert depart == [1, un.pages + 1 + un.pages % 2]
    assert all(page % 2 for page in depart)
    assert "exemplaire CCI du Lot, à restituer" in lu.texte(2)
    assert "exemplaire France Travail, à restituer" in lu.texte(depart[1] + 1)
    assert f"2 / {un.pages}" in lu.texte(depart[1] + 1)
    assert lu.etiquettes[0] == "1-1"
    assert lu.etiquettes[depart[1] - 1 : depart[1] + 1] == ["2-1", "2-2"]
    assert [lien.vers for lien in lu.liens if lien.page == depart[1]] == [
        int(lien.vers) + depart[1] - 1 for lien in lu.liens if lien.page == 1
    ]
    assert lu.fautes() == []
    assert [n.genre for n in lu.arbre().enfants] == ["Part", "Part"]


def test_a_cover_may_name_its_recipient(territoire: Territoire, sans_rendu: list[Any]) -> None:
    liminaire = Liminaire(
        "essai/couverture.html", {"territoire": {"nom": "x"}, "titre": "Dossier"}, par_exemplaire=True
    )

    lu = dossier(territoire, 1, liminaire=liminaire, exemplaires=COPIES)

    assert "exemplaire n° 1 remis à CCI du Lot" in lu.texte(1)
    assert "exemplaire n° 2 remis à France Travail" in lu.texte(lu.signets[4][2])
    assert len([c for c in sans_rendu if c.gabarit == "essai/feuille.html"]) <= 1


def test_each_sheet_may_begin_on_a_recto(territoire: Territoire) -> None:
    parties = rendre_parties(
        [feuille(1, lignes=1, paragraphes=1), feuille(2, paragraphes=15), feuille(3, lignes=1)], territoire=territoire
    )
    assert [p.pages for p in parties] == [1, 2, 1]

    lu = lire(assembler(plan(territoire, parties, au_recto=True)).contenu)

    assert [lien.vers for lien in lu.liens] == [3, 5, 7]
    assert [page for page in range(1, lu.pages + 1) if not lu.texte(page)] == [2, 4]
    assert "7 / 7" in lu.texte(7)
    assert lu.fautes() == []


@pytest.mark.parametrize(("recto_verso", "versos"), [(True, 18), (False, 24)])
def test_the_margin_of_the_binding_is_mirrored(territoire: Territoire, recto_verso: bool, versos: int) -> None:
    """24 mm inside, 18 mm outside; links move with the text."""
    parties = parties_de(territoire, 2, lignes=1, paragraphes=1, lien="FN-2026-0002")

    lu = lire(assembler(plan(territoire, parties, recto_verso=recto_verso)).contenu)

    assert [round(_gauche(lu, page) / MM, 1) for page in (1, 2, 3)] == [24, versos, 24]
    ici = [lien.rectangle[0] for lien in lu.liens if lien.page in (2, 3)]
    assert [round(x / MM, 1) for x in ici] == [versos, 24]


def _gauche(lu: LecturePDF, page: int) -> float:
    """Where the leftmost text of a page begins."""
    places: list[float] = []

    def voir(texte: str, cm: list[float], tm: list[float], *_: Any) -> None:
        if texte.strip():
            places.append(cm[0] * tm[4] + cm[4])

    lu.autre.pages[page - 1].extract_text(visitor_text=voir)
    return min(places)


def test_links_between_sheets_lead_to_each_other(territoire: Territoire) -> None:
    """And one to a sheet that this document leaves out stays where it is."""
    parties = rendre_parties([feuille(1, lien="FN-2026-0002"), feuille(2, lien="FN-2026-0099")], territoire=territoire)

    lu = lire(assembler(plan(territoire, parties)).contenu)

    vers = {lien.page: lien.vers for lien in lu.liens if lien.page > 1}
    seconde = lu.liens[1].vers
    assert vers == {2: seconde, seconde: seconde}
    assert lu.fautes() == []


def test_each_font_is_embedded_once(territoire: Territoire) -> None:
    """Whatever the alphabet of each sheet, and the text can still be searched."""
    parties = rendre_parties(
        [feuille(1), feuille(2, nom="ĄĆĘŁŃ ÓŚŹŻ"), feuille(3, nom="Őŵ Ûß çÞ")], territoire=territoire
    )

    lu = lire(assembler(plan(territoire, parties)).contenu)

    assert set(lu.polices.values()) == {1}
    assert len(lu.polices) == len(lu._polices_des_pages()) >= 4
    assert "ĄĆĘŁŃ ÓŚŹŻ" in lu.texte(int(lu.liens[1].vers))
    assert "Őŵ Ûß çÞ" in lu.texte(int(lu.liens[2].vers))


def test_letters_that_no_font_has_keep_their_sheet_sound(territoire: Territoire) -> None:
    parties = rendre_parties([feuille(1), feuille(2, nom="日本 Ελλάς 🎉")], territoire=territoire)

    lu = lire(assembler(plan(territoire, parties)).contenu)

    assert lu.fautes() == []
    assert "Ελλάς" in lu.texte(int(lu.liens[1].vers))


def test_the_file_is_not_much_larger_than_one_in_one_go(territoire: Territoire) -> None:
    corps = "".join(render_to_string("essai/feuille.html", contexte(rang)) for rang in range(1, 13))
    weasyprint = pdf.fabrique()
    temoin = weasyprint.HTML(string=corps, base_url="statique:", url_fetcher=pdf.chercheur(weasyprint))

    assemblage = assembler(plan(territoire, parties_de(territoire, 12)))

    assert len(assemblage.contenu) < 1.5 * len(temoin.write_pdf(pdf_variant="pdf/ua-1"))


def test_the_same_plan_gives_the_same_bytes(territoire: Territoire) -> None:
    parties = parties_de(territoire, 3)

    premier, second = (assembler(plan(territoire, parties, exemplaires=COPIES)) for _ in range(2))

    assert premier.contenu == second.contenu


def test_the_archive_says_what_it_keeps(territoire: Territoire) -> None:
    """PDF/A-2a beside PDF/UA-1: colours, extension schema, printable links, an identifier."""
    lu = dossier(territoire, 2, variante=Variante.ARCHIVE, auteur="Pays de Figeac", sujet="Comité <technique>")

    assert lu.fautes() == []
    assert "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in lu.xmp
    assert "pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/<" in lu.xmp
    assert "Comité &lt;technique&gt;" in lu.xmp
    intention = lu.pdf.Root.OutputIntents[0]
    assert (intention.S, intention.DestOutputProfile.N) == ("/GTS_PDFA1", 3)
    assert {int(a.F) for page in lu.pdf.pages for a in page.obj.get("/Annots", [])} == {4}
    assert "/ID" in lu.pdf.trailer
    assert (lu.pdf.docinfo["/Author"], lu.pdf.docinfo["/Subject"]) == ("Pays de Figeac", "Comité <technique>")
    assert "/OutputIntents" not in dossier(territoire, 2).pdf.Root


@pytest.mark.parametrize("etat", ["bon", "tronqué", "pas une image", "disparu"])
def test_a_broken_logo_stops_no_document(territoire: Territoire, etat: str) -> None:
    image = io.BytesIO()
    bruit = Image.frombytes("RGB", (60, 60), random.Random(1).randbytes(60 * 60 * 3))
    bruit.save(image, "PNG")
    contenus = {
        "bon": image.getvalue(),
        "tronqué": image.getvalue()[:2000],
        "pas une image": b"<svg/>",
        "disparu": b"x",
    }
    territoire.logo.save("logo.png", ContentFile(contenus[etat]), save=False)
    territoire.logo.close()
    if etat == "disparu":
        territoire.logo.storage.delete(territoire.logo.name)

    lu = dossier(territoire, 1)

    figures = lu.arbre().tous("Figure")
    assert [figure.alternative for figure in figures] == ([territoire.nom] if etat == "bon" else [])
    assert lu.fautes() == []


def test_a_document_of_one_sheet_needs_neither_cover_nor_stamps(territoire: Territoire) -> None:
    parties = parties_de(territoire, 1)

    lu = lire(
        assembler(
            Plan(territoire=territoire, audience=COMITE, titre="FN-2026-0001", entrees=(Entree("Fiche", parties[0]),))
        ).contenu
    )

    assert lu.pages == parties[0].pages
    assert lu.fautes() == []
    assert f"1 / {lu.pages}" in lu.texte(1)


def test_an_assembly_can_be_cancelled(territoire: Territoire) -> None:
    dits: list[tuple[int, int | None, str]] = []

    assembler(
        plan(territoire, parties_de(territoire, 1)),
        avancement=lambda fait, total=None, message="": dits.append((fait, total, message)),
        de=1,
        total=2,
    )

    assert list(dict.fromkeys(message for _, _, message in dits)) == ["Sommaire", "Assemblage", "Écriture du fichier"]
    assert {(fait, total) for fait, total, _ in dits} == {(1, 2)}


# --- font programs ---


def programmes(territoire: Territoire, *mots: str) -> list[tuple[bytes, set[int]]]:
    """The bold font of a sheet for each of these titles: the subset, and the glyphs of its letters."""
    trouves = []
    for partie in rendre_parties([feuille(1, nom=nom) for nom in mots], territoire=territoire):
        with pikepdf.open(partie.chemin) as source:
            for police in source.pages[0].Resources.Font.values():
                if str(police.BaseFont).endswith("Sans-3-Bold"):
                    largeurs = list(police.DescendantFonts[0].W)
                    numeros = {
                        int(d) + i for d, s in zip(largeurs[::2], largeurs[1::2], strict=True) for i in range(len(s))
                    }
                    flux = police.DescendantFonts[0].FontDescriptor.FontFile2
                    trouves.append((flux.read_bytes(), numeros))
    return trouves


def dessins(programme: bytes, numeros: set[int]) -> dict[int, Any]:
    police = TTFont(io.BytesIO(programme))
    police.setGlyphOrder([f"g{rang}" for rang in range(police["maxp"].numGlyphs)])
    glyphes = police.getGlyphSet()
    trouves = {}
    for numero in numeros:
        crayon = DecomposingRecordingPen(glyphes)
        glyphes[f"g{numero}"].draw(crayon)
        trouves[numero] = (crayon.value, police["hmtx"][f"g{numero}"])
    return trouves


def test_the_union_of_subsets_draws_the_same_letters(territoire: Territoire) -> None:
    """Accents are built of glyphs that have other numbers in each subset."""
    sous_ensembles = programmes(territoire, "Île aux îles", "Àéîõü ÿ", "Maïs")
    commun = Programme()
    assert all(commun.ajouter(programme, numeros) for programme, numeros in sous_ensembles)

    ensemble = commun.ecrire()

    for programme, numeros in sous_ensembles:
        assert dessins(ensemble, numeros) == dessins(programme, numeros)
    assert len(ensemble) < sum(len(programme) for programme, _ in sous_ensembles)


def test_another_font_is_never_mixed_in(territoire: Territoire) -> None:
    (gras, numeros), *_ = programmes(territoire, "Île")
    commun = Programme()
    assert commun.ajouter(gras, numeros)
    avant = commun.ecrire()
    autre = TTFont(pdf.statique("vendor/polices/source-sans-3-latin-normal.woff2"))
    autre.flavor = None
    sortie = io.BytesIO()
    autre.save(sortie)

    assert not commun.ajouter(sortie.getvalue(), numeros)

    assert commun.ecrire() == avant
    with pytest.raises(Illisible):
        commun.ajouter(b"OTTO" + gras[4:], numeros)
