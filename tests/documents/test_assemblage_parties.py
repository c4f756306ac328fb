"""Parts: laid out once for each content and audience, whole or not at all, by processes that never outlive their job."""

import errno
import io
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from apps.core.erreurs import ErreurMetier
from apps.core.portee import portee
from apps.documents.assemblage import Feuille, atelier, disque, empreintes, oublier_parties, rendre_parties
from apps.documents.assemblage.disque import MESSAGE
from apps.documents.assemblage.habillage import habillage_de
from apps.documents.assemblage.mise_en_page import MiseEnPage
from apps.documents.assemblage.parties import balayer_parties, nom_de
from apps.documents.models import PartiePDF
from apps.territoires.models import Territoire
from apps.travaux.executeur import TravailAnnule
from tests.factories import TerritoireFactory
from tests.outillage.processus import RACINE
from tests.outils import entrer

from .papeterie import contexte, feuille

pytestmark = pytest.mark.usefixtures("papeterie")


def fichiers(dossier: Path) -> list[Path]:
    """What is kept of parts, whole or not."""
    return sorted(f for f in dossier.glob("*/parties/*/*") if f.is_file())


def avant_de_rendre(monkeypatch: pytest.MonkeyPatch, action: Callable[[dict[str, Any]], None]) -> None:
    """Renderers are copies of this process: they do `action` before each sheet."""
    rendre = MiseEnPage.rendre

    def detourne(self: MiseEnPage, **champs: Any) -> tuple[bytes, int]:
        action(dict(champs["contexte"]))
        return rendre(self, **champs)

    monkeypatch.setattr(MiseEnPage, "rendre", detourne)


def test_a_part_is_laid_out_once(territoire: Territoire, sans_rendu: list[Any], papeterie: Path) -> None:
    feuilles = [feuille(1), feuille(2), feuille(1)]
    premieres = rendre_parties(feuilles, territoire=territoire)
    assert [c.contexte["numero"] for c in sans_rendu] == ["FN-2026-0001", "FN-2026-0002"]

    secondes = rendre_parties(feuilles, territoire=territoire)

    assert len(sans_rendu) == 2
    assert secondes == premieres
    assert premieres[0] == premieres[2] != premieres[1]
    ligne = PartiePDF.objects.get(empreinte=premieres[0].empreinte)
    assert (ligne.taille, ligne.pages) == (premieres[0].chemin.stat().st_size, premieres[0].pages)
    assert fichiers(papeterie) == sorted(p.chemin for p in premieres[:2])


def autre_audience(_: Territoire, __: pytest.MonkeyPatch) -> Feuille:
    return feuille(1, audience="organisme:12")


def autre_contenu(_: Territoire, __: pytest.MonkeyPatch) -> Feuille:
    return feuille(1, besoin="Autre chose.")


def autre_gabarit(_: Territoire, __: pytest.MonkeyPatch) -> Feuille:
    return Feuille("essai/couverture.html", contexte(1), feuille(1).audience)


def autre_couleur(territoire: Territoire, _: pytest.MonkeyPatch) -> Feuille:
    territoire.couleur = "#123456"
    return feuille(1)


def autre_logo(territoire: Territoire, _: pytest.MonkeyPatch) -> Feuille:
    sortie = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(sortie, "PNG")
    territoire.logo.save("logo.png", ContentFile(sortie.getvalue()), save=False)
    return feuille(1)


def autre_moteur(_: Territoire, monkeypatch: pytest.MonkeyPatch) -> Feuille:
    monkeypatch.setattr(empreintes, "version", lambda nom: f"{nom}-autre")
    return feuille(1)


def autre_feuille_de_style(_: Territoire, monkeypatch: pytest.MonkeyPatch) -> Feuille:
    statique = empreintes.statique
    monkeypatch.setattr(empreintes, "statique", lambda nom: Path(__file__) if nom.endswith("css") else statique(nom))
    return feuille(1)


def autre_version_du_gabarit(_: Territoire, monkeypatch: pytest.MonkeyPatch) -> Feuille:
    monkeypatch.setattr(empreintes, "gabarits", lambda nom: "modifié")
    return feuille(1)


@pytest.mark.parametrize(
    "changer",
    [
        autre_audience,
        autre_contenu,
        autre_gabarit,
        autre_couleur,
        autre_logo,
        autre_moteur,
        autre_feuille_de_style,
        autre_version_du_gabarit,
    ],
)
def test_whatever_makes_a_part_is_in_its_digest(
    territoire: Territoire, monkeypatch: pytest.MonkeyPatch, changer: Callable[..., Feuille]
) -> None:
    avant = empreintes.empreinte(feuille(1), habillage=habillage_de(territoire), territoire_id=territoire.pk)
    empreintes.outillage.cache_clear()

    autre = changer(territoire, monkeypatch)
    apres = empreintes.empreinte(autre, habillage=habillage_de(territoire), territoire_id=territoire.pk)

    empreintes.outillage.cache_clear()
    assert apres != avant


def test_two_territoires_share_no_part(territoire: Territoire, papeterie: Path) -> None:
    ici = rendre_parties([feuille(1)], territoire=territoire)[0]
    ailleurs = TerritoireFactory(slug="ailleurs", nom=territoire.nom)
    entrer(ailleurs.pk)

    la_bas = rendre_parties([feuille(1)], territoire=ailleurs)[0]

    assert la_bas.empreinte != ici.empreinte
    assert la_bas.chemin.parts[len(papeterie.parts)] == str(ailleurs.pk)


def test_a_whole_file_without_its_row_is_taken_up(territoire: Territoire, sans_rendu: list[Any]) -> None:
    """The job was killed, its transaction lost: what it had laid out is not laid out again."""
    partie = rendre_parties([feuille(1)], territoire=territoire)[0]
    PartiePDF.objects.all().delete()

    assert rendre_parties([feuille(1)], territoire=territoire) == [partie]

    assert len(sans_rendu) == 1
    assert PartiePDF.objects.get().pages == partie.pages


def test_a_row_without_its_file_is_laid_out_again(territoire: Territoire, sans_rendu: list[Any]) -> None:
    partie = rendre_parties([feuille(1)], territoire=territoire)[0]
    partie.chemin.unlink()

    assert rendre_parties([feuille(1)], territoire=territoire) == [partie]

    assert len(sans_rendu) == 2
    assert partie.chemin.is_file()


def test_progress_is_told_after_each_part(territoire: Territoire) -> None:
    rendre_parties([feuille(1)], territoire=territoire)
    dits: list[tuple[int, int | None, str]] = []

    rendre_parties(
        [feuille(rang) for rang in range(1, 5)],
        territoire=territoire,
        avancement=lambda fait, total=None, message="": dits.append((fait, total, message)),
        de=10,
        total=20,
    )

    assert dits == [(10 + fait, 20, "Mise en page") for fait in (1, 2, 3, 4)]


def test_a_full_disk_is_said_and_leaves_nothing_half_done(
    territoire: Territoire, monkeypatch: pytest.MonkeyPatch, papeterie: Path, tmp_path: Path
) -> None:
    """Renderers write by way of a temporary name: here the second sheet finds no room."""
    synchroniser = os.fsync

    def plein(descripteur: int) -> None:
        if len(fichiers(papeterie)) > 1:
            raise OSError(errno.ENOSPC, "plein")
        synchroniser(descripteur)

    monkeypatch.setattr(os, "fsync", plein)
    monkeypatch.setattr(atelier, "FEUILLES_PAR_PROCESSUS", 1)
    with pytest.raises(ErreurMetier, match="assez de place sur le serveur"):
        for rang in (1, 2):
            rendre_parties([feuille(rang)], territoire=territoire)

    assert [f.suffix for f in fichiers(papeterie)] == [".pdf"]
    assert PartiePDF.objects.get().contenu.name == nom_de(territoire.pk, fichiers(papeterie)[0].stem)


def test_only_a_full_disk_is_called_so() -> None:
    for numero in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        with pytest.raises(ErreurMetier, match=MESSAGE[:30]), disque():
            raise OSError(numero, "x")
    with pytest.raises(PermissionError), disque():
        raise PermissionError(errno.EACCES, "x")


def test_a_renderer_that_falls_once_is_replaced(
    territoire: Territoire, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    marque = tmp_path / "tombé"

    def tomber(contenu: dict[str, Any]) -> None:
        if contenu["numero"] == "FN-2026-0002" and not marque.exists():
            marque.touch()
            os.kill(os.getpid(), signal.SIGKILL)

    avant_de_rendre(monkeypatch, tomber)

    assert len(rendre_parties([feuille(rang) for rang in (1, 2, 3)], territoire=territoire)) == 3


def test_a_sheet_that_fells_two_renderers_is_named(territoire: Territoire, monkeypatch: pytest.MonkeyPatch) -> None:
    def tomber(contenu: dict[str, Any]) -> None:
        if contenu["numero"] == "FN-2026-0002":
            os.kill(os.getpid(), signal.SIGKILL)

    avant_de_rendre(monkeypatch, tomber)

    with pytest.raises(ErreurMetier, match=r"FN-2026-0002.*s’est arrêtée brutalement"):
        rendre_parties([feuille(rang) for rang in (1, 2, 3)], territoire=territoire)


def test_what_was_not_foreseen_is_noted_without_its_values(
    territoire: Territoire, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def planter(contenu: dict[str, Any]) -> None:
        raise RuntimeError(contenu["nom"])

    avant_de_rendre(monkeypatch, planter)

    with pytest.raises(atelier.FeuilleImpossible):
        rendre_parties([feuille(2)], territoire=territoire)

    assert "RuntimeError" in caplog.text
    assert "Zoé" not in caplog.text


def test_renderers_are_replaced_before_they_have_grown(
    territoire: Territoire, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Garbage is never collected in them: they end instead."""
    pids = tmp_path / "pids"

    def noter(_: dict[str, Any]) -> None:
        with pids.open("a") as sortie:
            sortie.write(f"{os.getpid()}\n")

    avant_de_rendre(monkeypatch, noter)
    monkeypatch.setattr(atelier, "FEUILLES_PAR_PROCESSUS", 2)

    rendre_parties([feuille(rang, lignes=1, paragraphes=1) for rang in range(1, 9)], territoire=territoire)

    vus = pids.read_text().split()
    assert len(vus) == 8
    assert max(Counter(vus).values()) == 2
    assert str(os.getpid()) not in vus


def test_a_renderer_that_has_grown_is_replaced(territoire: Territoire, monkeypatch: pytest.MonkeyPatch) -> None:
    pids: set[int] = set()
    embaucher = atelier._Atelier._embaucher

    def noter(self: atelier._Atelier) -> Any:
        ouvrier = embaucher(self)
        pids.add(ouvrier.pid)
        return ouvrier

    monkeypatch.setattr(atelier._Atelier, "_embaucher", noter)
    monkeypatch.setattr(atelier, "GROSSI_DE", -1)

    rendre_parties([feuille(rang, lignes=1, paragraphes=1) for rang in range(1, 4)], territoire=territoire)

    assert len(pids) == 3


def test_a_cancelled_job_keeps_what_it_laid_out_and_no_process(territoire: Territoire, papeterie: Path) -> None:
    def annuler(fait: int, total: int | None = None, message: str = "") -> None:
        if fait == 2:
            raise TravailAnnule

    with pytest.raises(TravailAnnule):
        rendre_parties([feuille(rang) for rang in range(1, 7)], territoire=territoire, avancement=annuler)

    assert PartiePDF.objects.count() == 2


def test_renderers_die_with_their_parent(
    territoire: Territoire, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """SIGKILL of the job's process, in the middle of a sheet."""
    pids = tmp_path / "pids"

    def dormir(_: dict[str, Any]) -> None:
        with pids.open("a") as sortie:
            sortie.write(f"{os.getpid()}\n")
        time.sleep(60)

    avant_de_rendre(monkeypatch, dormir)
    commandes = [atelier.Commande("essai/feuille.html", contexte(rang), tmp_path / str(rang), "x") for rang in (1, 2)]
    parent = os.fork()
    if parent == 0:
        try:
            list(atelier.rendre(commandes, atelier.Habillage("x", "", b""), 2))
        finally:
            os._exit(1)
    attendre(lambda: pids.exists() and len(pids.read_text().split()) == 2)

    os.kill(parent, signal.SIGKILL)
    os.waitpid(parent, 0)

    attendre(lambda: not any(vivant(int(pid)) for pid in pids.read_text().split()))


def vivant(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def attendre(condition: Callable[[], bool]) -> None:
    fin = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < fin
        time.sleep(0.05)


def test_without_such_a_kernel_sheets_are_laid_out_here(
    territoire: Territoire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(atelier, "PEUT_SE_DEDOUBLER", False)
    monkeypatch.setattr(os, "fork", None)

    assert rendre_parties([feuille(1)], territoire=territoire)[0].pages >= 1


def test_the_sweep_forgets_what_nothing_uses(territoire: Territoire, papeterie: Path) -> None:
    """Rows and files of a week ago go, and what a killed renderer left; what was used since stays."""
    vieille, servie = rendre_parties([feuille(1), feuille(2)], territoire=territoire)
    PartiePDF.objects.update(utilisee_le=timezone.now() - timedelta(days=8))
    rendre_parties([feuille(2)], territoire=territoire)
    reste = servie.chemin.with_name("abc.pdf.12.partiel")
    for fichier in (vieille.chemin, reste):
        fichier.touch()
        os.utime(fichier, (0, 0))
    frais = servie.chemin.with_name("def.pdf.13.partiel")
    frais.touch()

    assert balayer_parties() == 1

    with portee(territoire.pk):
        assert [p.empreinte for p in PartiePDF.objects.all()] == [servie.empreinte]
    assert fichiers(papeterie) == sorted([servie.chemin, frais])


def test_an_erasure_forgets_every_part_at_once(territoire: Territoire, papeterie: Path) -> None:
    rendre_parties([feuille(1), feuille(2)], territoire=territoire)

    assert oublier_parties(territoire.pk) == 2

    assert fichiers(papeterie) == []
    assert not PartiePDF.objects.exists()


def test_the_site_never_loads_what_makes_documents() -> None:
    """A process of the site keeps its memory: a job alone loads the libraries of PDFs."""
    code = (
        "import django, sys; django.setup(); from django.urls import get_resolver; get_resolver().url_patterns;"
        "print([nom for nom in ('pikepdf', 'weasyprint', 'fontTools') if nom in sys.modules])"
    )
    sortie = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=RACINE)
    assert sortie.stdout.splitlines()[-1] == "[]"
