"""Faults while a document is made: it ends ready or failed for a reason that is said, never lost, twice or half a file."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import transaction

from apps.core.audience import Audience, GenreAudience
from apps.core.portee import portee
from apps.core.registres import fabriques
from apps.documents import services_documents as services
from apps.documents.enums import EtatDocument
from apps.documents.models import Document, Fichier, PartiePDF
from apps.territoires.models import Territoire
from apps.travaux.balayage import reprendre
from apps.travaux.models import Travail
from tests.documents.essais.dossier import FABRIQUE, GENRE, donnees
from tests.documents.lecture import LecturePDF, lire
from tests.factories import AffectationFactory, TerritoireFactory
from tests.outillage.processus import Processus
from tests.travaux.lanceur import Lanceur
from tests.travaux.test_execution import vivant

from .conftest import Courtier

pytestmark = pytest.mark.postgresql

BAIL = 4
PATIENCE = 300  # these machines do other work as well


class Atelier:
    """A territoire, workers that make documents in it, and what they leave on disk."""

    def __init__(self, lanceur: Lanceur) -> None:
        self.lanceur = lanceur
        self.fichiers = lanceur.dossier / "fichiers"
        self.territoire: Territoire = TerritoireFactory()
        with portee(self.territoire.pk):
            self.acces = AffectationFactory(territoire=self.territoire, role="coordination").acces()

    def travailleur(self, **autres: str) -> Processus:
        return self.lanceur.travailleur(**{**self.reglages(), **autres})

    def planificateur(self, **autres: str) -> Processus:
        return self.lanceur.planificateur(**{**self.reglages(), **autres})

    @staticmethod
    def reglages() -> dict[str, str]:
        return {"DJANGO_SETTINGS_MODULE": "tests.documents.reglages", "TRAVAUX_BAIL": str(BAIL)}

    def demander(self, nombre: int, **autres: int) -> Document:
        with portee(self.territoire.pk):
            return services.demander(
                acces=self.acces,
                genre=GENRE,
                titre="Dossier d’essai",
                objet="essai:1",
                audience=Audience(GenreAudience.COMITE, self.territoire.pk),
                audience_dite="Comité technique",
                donnees=donnees(nombre, **autres),
            )

    def relire(self, document: Document) -> Document:
        with portee(self.territoire.pk):
            return Document.objects.select_related("travail", "fichier").get(pk=document.pk)

    def attendre(self, condition: Callable[[], object], quoi: str) -> None:
        fin = time.monotonic() + PATIENCE
        while not condition():
            journaux = "\n---\n".join(processus.sortie for processus in self.lanceur._lances)
            assert time.monotonic() < fin, f"{quoi}\n{journaux}"
            time.sleep(0.1)

    def attendre_la_fin(self, document: Document, relancer: tuple[Processus, dict[str, str]] | None = None) -> Document:
        """`relancer`: a worker, started again if it ends meanwhile, as compose does.

        Celery ends one whose acknowledgement finds no broker.
        """

        def fini() -> bool:
            nonlocal relancer
            if relancer is not None and relancer[0].popen.poll() is not None:
                self.travailleur(**relancer[1])
                relancer = None
            return self.relire(document).etat in (EtatDocument.PRET, EtatDocument.ECHEC)

        self.attendre(fini, "le document n’aboutit pas")
        return self.relire(document)

    def parties(self) -> list[Path]:
        """The whole parts on disk."""
        return sorted(self.fichiers.glob(f"{self.territoire.pk}/parties/*/*.pdf"))

    def lire(self, document: Document) -> LecturePDF:
        """The one file of this document; there is no other, nor half of one."""
        with portee(self.territoire.pk):
            assert Fichier.objects.count() == 1
            ranges = {self.fichiers / ligne.contenu.name for ligne in Fichier.objects.all()}
            parties = {self.fichiers / ligne.contenu.name for ligne in PartiePDF.objects.all()}
        assert parties == set(self.parties())
        autres = {f for f in self.fichiers.glob("[0-9]*/**/*") if f.is_file()} - ranges - parties
        assert {f.suffix for f in autres} <= {".partiel"}, "un fichier sans ligne"
        return lire((self.fichiers / document.fichier.contenu.name).read_bytes())


@pytest.fixture
def atelier(lanceur: Lanceur) -> Iterator[Atelier]:
    fabriques.inscrire(GENRE, FABRIQUE)
    yield Atelier(lanceur)
    fabriques._entrees.pop(GENRE)


def descendants(pid: int) -> set[int]:
    """Every process that comes from this one."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            champs = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        parents.setdefault(int(champs[1]), []).append(int(stat.parent.name))
    trouves: set[int] = set()
    reste = [pid]
    while reste:
        enfants = parents.get(reste.pop(), [])
        trouves.update(enfants)
        reste += enfants
    return trouves


def commande(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


@pytest.mark.parametrize("victime", ["le travailleur", "le processus du travail", "un rendeur"])
def test_a_process_killed_in_the_middle_of_a_dossier(atelier: Atelier, victime: str) -> None:
    """SIGKILL once four sheets are laid out. Renderers die with their job; the document is made once, and what was laid
    out before is not laid out again."""
    nombre = 16
    atelier.planificateur()
    premier = atelier.travailleur()
    document = atelier.demander(nombre)
    atelier.attendre(lambda: len(atelier.parties()) >= 4, "pas commencé")
    avant = {chemin: chemin.stat().st_mtime_ns for chemin in atelier.parties()}
    tous = descendants(premier.popen.pid)
    travail = next(pid for pid in tous if "executer_travail" in commande(pid) and descendants(pid) & tous)
    rendeurs = descendants(travail)
    assert rendeurs

    if victime == "le travailleur":
        os.killpg(premier.popen.pid, signal.SIGKILL)
        atelier.attendre(lambda: not any(vivant(pid) for pid in {travail, *rendeurs}), "des processus survivent")
        atelier.travailleur()
    elif victime == "le processus du travail":
        os.kill(travail, signal.SIGKILL)
        atelier.attendre(lambda: not any(vivant(pid) for pid in rendeurs), "des rendeurs survivent")
    else:
        os.kill(min(rendeurs), signal.SIGKILL)
    fini = atelier.attendre_la_fin(document)

    assert fini.etat == EtatDocument.PRET, fini.travail.erreur
    assert fini.travail.tentatives == (1 if victime == "un rendeur" else 2)
    lu = atelier.lire(fini)
    assert (lu.pages, lu.fautes()) == (fini.pages, [])
    assert len([s for s in lu.signets if s[1].startswith("Reprise")]) == nombre
    assert {chemin: chemin.stat().st_mtime_ns for chemin in avant} == avant


def test_a_broker_that_stops_and_starts_again(atelier: Atelier, courtier: Courtier) -> None:
    """Stopped while one dossier is under way, and when another is asked for: both are made, once each."""
    courtier.demarrer()
    travailleur = atelier.travailleur(REDIS_URL=courtier.url)
    atelier.planificateur(REDIS_URL=courtier.url)
    premier = atelier.demander(12)
    atelier.attendre(lambda: len(atelier.parties()) >= 2, "pas commencé")

    courtier.arreter()
    second = atelier.demander(2, paragraphes=2)
    assert atelier.demander(2, paragraphes=2).pk == second.pk
    premier = atelier.attendre_la_fin(premier)
    Travail.objects.filter(pk=second.travail_id).update(reveille_le=None)
    courtier.demarrer()
    second = atelier.attendre_la_fin(second, relancer=(travailleur, {"REDIS_URL": courtier.url}))

    for document in (premier, second):
        assert (document.etat, document.travail.tentatives) == (EtatDocument.PRET, 1)
    with portee(atelier.territoire.pk):
        assert (Document.objects.count(), Fichier.objects.count()) == (2, 2)


@pytest.mark.parametrize(("octets", "quoi"), [("4000", "PARTIES"), ("48000", "DOCUMENT")])
def test_a_disk_without_room(atelier: Atelier, octets: str, quoi: str) -> None:
    """A part, or the document itself, finds no room: failed at once, in words that lead somewhere; started again once
    there is room, it is made, from the parts that were kept."""
    premier = atelier.travailleur(**{f"ESSAI_{quoi}_MAX": octets})
    atelier.planificateur()
    document = atelier.demander(8, paragraphes=4)

    echec = atelier.attendre_la_fin(document)

    assert echec.etat == EtatDocument.ECHEC
    assert "place" in echec.travail.erreur
    assert echec.travail.tentatives == 1
    assert not list(atelier.fichiers.rglob("*.partiel"))
    with portee(atelier.territoire.pk):
        assert not Fichier.objects.exists()
    gardees = len(atelier.parties())
    assert gardees >= 8 if quoi == "DOCUMENT" else gardees == 0
    premier.achever()
    atelier.travailleur()
    with portee(atelier.territoire.pk), transaction.atomic():
        services.relancer(acces=atelier.acces, document=echec)
    fini = atelier.attendre_la_fin(document)
    assert fini.etat == EtatDocument.PRET, fini.travail.erreur
    assert atelier.lire(fini).fautes() == []


def test_a_broken_logo_and_a_note_of_forty_thousand_words(atelier: Atelier) -> None:
    """A hundred pages of one paragraph, and a logo cut in two: ready, whole, every word of it."""
    with portee(atelier.territoire.pk):
        atelier.territoire.logo.name = "logos/logo.png"
        atelier.territoire.save()
    atelier.fichiers.joinpath("logos").mkdir(parents=True)
    atelier.fichiers.joinpath("logos/logo.png").write_bytes(ContentFile(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").read())
    atelier.travailleur(TRAVAUX_BAIL="60")
    atelier.planificateur()

    document = atelier.attendre_la_fin(atelier.demander(2, mots=40_000))

    assert document.etat == EtatDocument.PRET, document.travail.erreur
    assert document.travail.tentatives == 1
    lu = atelier.lire(document)
    assert lu.fautes() == []
    assert sum(lu.texte(page).count("mot") for page in range(1, lu.pages + 1)) == 40_000


def test_asked_for_by_many_at_once_it_is_made_once(atelier: Atelier) -> None:
    """Ten requests, woken again and again, two workers."""
    for _ in range(2):
        atelier.travailleur()
    documents = {atelier.demander(3, paragraphes=2).pk for _ in range(10)}
    for _ in range(3):
        Travail.objects.update(reveille_le=None)
        reprendre()

    assert len(documents) == 1
    document = atelier.attendre_la_fin(Document(pk=documents.pop()))
    assert (document.etat, document.travail.tentatives) == (EtatDocument.PRET, 1)
    assert atelier.lire(document).fautes() == []
