"""One file out of parts: pages, stamps, links, outline, tags. No text is laid out here."""

import io
from collections.abc import Callable
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

from apps.travaux.executeur import Avancement

from . import metadonnees, tampons
from .balises import Balises, baliser_sommaire
from .liens import Cible, relier
from .normalisation import Notes, notes_de
from .parties import rendre_parties
from .plan import Assemblage, Exemplaire, Feuille, Partie, Plan
from .polices import Polices, lettres_de
from .signets import Repere, ecrire_signets
from .sommaire import Disposition, composer
from .tampons import HAUTEUR_A4, LARGEUR_A4, PREFIXE, Tampons

PAS = 25


def assembler(plan: Plan, *, avancement: Avancement | None = None, de: int = 0, total: int | None = None) -> Assemblage:
    """The file that a plan describes.

    `avancement(de, total, what is under way)` at each step, so that the job may be cancelled. Raises ErreurMetier as
    `rendre_parties` does: the cover and the contents are laid out here.
    """

    def dire(quoi: str) -> None:
        if avancement:
            avancement(de, total, quoi)

    dispositions = composer(plan, dire=dire)
    planche = Feuille(tampons.GABARIT, {"lettres": tampons.lettres_utiles(plan)}, plan.audience, nom=plan.titre)
    with pikepdf.Pdf.new() as pdf:
        montage = Montage(plan, pdf, rendre_parties([planche], territoire=plan.territoire)[0])
        for exemplaire, disposition in zip(plan.exemplaires or (None,), dispositions, strict=True):
            montage.ajouter(exemplaire, disposition, dire)
        dire("Écriture du fichier")
        return montage.achever()


class Montage:
    """A file under assembly."""

    def __init__(self, plan: Plan, pdf: pikepdf.Pdf, planche: Partie) -> None:
        self.plan, self.pdf = plan, pdf
        self.polices = Polices(pdf)
        self.balises = Balises(pdf, plan.langue)
        self.etiquettes = Array()
        self.reperes: list[Repere] = []
        self._contenus: dict[str, list[tuple[Any, Any]]] = {}  # of the first copy of each part: contents, resources
        self._ouvertures: dict[float, pikepdf.Object] = {}
        source = _ouvrir(planche)
        connues = notes_de(source).polices
        objets = self.polices.detacher(source, connues)
        self._polices_tampons = {PREFIXE + cle[1:]: objet for cle, objet in objets.items()}
        self.tampons = Tampons(plan, lettres_de(connues, objets))

    def ajouter(self, exemplaire: Exemplaire | None, disposition: Disposition, dire: Callable[[str], None]) -> None:
        """One copy of the document, on a recto, with folios of its own."""
        if self.plan.recto_verso and len(self.pdf.pages) % 2:
            self._page_blanche()
        depart = len(self.pdf.pages)
        self._etiqueter(depart, exemplaire)
        branche, niveau = self.balises.document, 1
        if len(self.plan.exemplaires) > 1 and exemplaire:
            titre = f"Exemplaire {exemplaire.numero}" + (
                f" · {exemplaire.destinataire}" if exemplaire.destinataire else ""
            )
            branche, niveau = self.balises.exemplaire(titre), 2
            self.reperes.append(Repere(1, titre, depart))
        self._liminaire(disposition, depart, branche, niveau)
        cibles: dict[str, Cible] = {}
        for rang, (cle, entree) in enumerate(zip(self.plan.cles, self.plan.entrees, strict=True)):
            if rang % PAS == 0:
                dire("Assemblage")
            page = depart + disposition.debuts[cle] - 1
            while len(self.pdf.pages) < page:
                self._page_blanche()
            self._inserer(entree.partie, sous=branche, titre=entree.titre)
            cibles[cle] = Cible(self.pdf.pages[page].obj, f"{entree.titre}, page {disposition.debuts[cle]}")
            self.reperes.append(Repere(niveau + entree.niveau - 1, entree.titre, page))
        self._tamponner(depart, disposition, exemplaire)
        relier(self.pdf.pages[depart:], cibles)

    def _liminaire(self, disposition: Disposition, depart: int, branche: Dictionary, niveau: int) -> None:
        if disposition.liminaire is None:
            return
        section, notes = self._inserer(disposition.liminaire, sous=branche, titre=self.plan.titre)
        baliser_sommaire(section)
        for profondeur, titre, page in notes.reperes:
            self.reperes.append(Repere(niveau + profondeur - 1, titre, depart + page))
        while len(self.pdf.pages) < depart + disposition.pages_liminaires:
            self._page_blanche()

    def _inserer(self, partie: Partie, *, sous: Dictionary, titre: str) -> tuple[Dictionary, Notes]:
        """The pages of a part and its tags, at the end of the file."""
        source = _ouvrir(partie)
        notes = notes_de(source)
        objets = self.polices.detacher(source, notes.polices)
        depart = len(self.pdf.pages)
        self.pdf.pages.extend(source.pages)
        pages = [page.obj for page in self.pdf.pages[depart:]]
        # After its pages: the tags refer to them.
        arbre = self.pdf.copy_foreign(source.Root.StructTreeRoot)
        if partie.empreinte not in self._contenus:
            self._contenus[partie.empreinte] = [(page.Contents, page.Resources) for page in pages]
            self._poser_les_polices(pages, objets)
        for page, (contenu, ressources) in zip(pages, self._contenus[partie.empreinte], strict=True):
            page.Contents, page.Resources = contenu, ressources
        section = self.balises.greffer(arbre, pages, sous=sous, titre=titre)
        return section, notes

    def _poser_les_polices(self, pages: list[Any], objets: dict[str, Dictionary]) -> None:
        for page in pages:
            if "/Font" not in page.Resources:
                page.Resources.Font = Dictionary()
            for cle, police in {**objets, **self._polices_tampons}.items():
                page.Resources.Font[cle] = police

    def _page_blanche(self) -> None:
        page = self.pdf.add_blank_page(page_size=(LARGEUR_A4, HAUTEUR_A4))
        page.obj.Tabs = Name.S

    def _etiqueter(self, depart: int, exemplaire: Exemplaire | None) -> None:
        """Page labels follow the folios; among several copies the number of the copy comes first."""
        etiquette = Dictionary(S=Name.D, St=1)
        if exemplaire and len(self.plan.exemplaires) > 1:
            etiquette.P = pikepdf.String(f"{exemplaire.numero}-")
        self.etiquettes.append(depart)
        self.etiquettes.append(etiquette)

    def _tamponner(self, depart: int, disposition: Disposition, exemplaire: Exemplaire | None) -> None:
        """Wrap what each page of the copy draws, move it to the side of the binding, stamp it."""
        for numero, page in enumerate(self.pdf.pages[depart:], start=1):
            if "/StructParents" not in page.obj:
                continue  # left blank
            couverture = numero == 1 and disposition.liminaire is not None
            marques = self.tampons.page(numero, disposition.total, exemplaire, couverture=couverture)
            decalage = self.tampons.decalage(numero)
            suite = self.pdf.make_stream(b"\nQ\n" + marques)
            page.obj.Contents = Array([self._ouverture(decalage), *_flux(page.obj.Contents), suite])
            for annotation in page.obj.get("/Annots", Array()):
                gauche, bas, droite, haut = (float(cote) for cote in annotation.Rect)
                annotation.Rect = Array([round(c, 3) for c in (gauche + decalage, bas, droite + decalage, haut)])

    def _ouverture(self, decalage: float) -> pikepdf.Object:
        """WeasyPrint leaves its transform on: what it draws goes between q and Q."""
        if decalage not in self._ouvertures:
            self._ouvertures[decalage] = self.pdf.make_stream(f"q 1 0 0 1 {decalage:.3f} 0 cm\n".encode())
        return self._ouvertures[decalage]

    def achever(self) -> Assemblage:
        """Write the file; the same parts give the same bytes."""
        self.polices.achever()
        self.balises.achever()
        ecrire_signets(self.pdf, self.reperes)
        self.pdf.Root.PageLabels = Dictionary(Nums=self.etiquettes)
        metadonnees.ecrire(self.pdf, self.plan)
        sortie = io.BytesIO()
        self.pdf.save(
            sortie,
            min_version="1.7",
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
            deterministic_id=True,
        )
        return Assemblage(sortie.getvalue(), len(self.pdf.pages))


def _ouvrir(partie: Partie) -> pikepdf.Pdf:
    """A part, to take from: what is copied out of it no longer needs it."""
    return pikepdf.open(io.BytesIO(partie.chemin.read_bytes()))


def _flux(contenus: Any) -> list[Any]:
    return list(contenus) if isinstance(contenus, Array) else [contenus]
