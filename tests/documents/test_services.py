"""Receiving, serving, erasing, sweeping."""

import hashlib
import os
import time
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.db import transaction
from django.http import Http404

from apps.core.erreurs import ErreurMetier
from apps.core.portee import portee
from apps.documents import services
from apps.documents.models import Fichier
from apps.territoires.models import Territoire
from tests.factories import TerritoireFactory
from tests.outils import acces_coordination

from . import fichiers as f


@pytest.fixture(autouse=True)
def dossier(settings: object, tmp_path: Path) -> None:
    """A store of its own for each test: the sweep reads all of it."""
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]


def envoi(nom: str = "Bilan été.PDF", contenu: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(nom, f.pdf() if contenu is None else contenu, content_type="text/html")


def chemin(fichier: Fichier) -> Path:
    return Path(default_storage.path(fichier.contenu.name))


def test_a_file_is_stored_whole_under_a_name_of_ours(territoire: Territoire) -> None:
    fichier = services.recevoir(fichier=envoi(), acces=acces_coordination(territoire.pk))
    assert (fichier.nom, fichier.type_mime, fichier.taille) == ("Bilan été.pdf", "application/pdf", len(f.pdf()))
    assert fichier.empreinte == hashlib.sha256(f.pdf()).hexdigest()
    assert chemin(fichier).read_bytes() == f.pdf()
    assert "Bilan" not in fichier.contenu.name and fichier.cle.hex in fichier.contenu.name
    assert not list(chemin(fichier).parent.glob("*.partiel"))


def test_a_large_upload_comes_from_disk(territoire: Territoire) -> None:
    gros = TemporaryUploadedFile("x.pdf", "application/pdf", 0, None)
    gros.write(f.pdf(b"%" + b"x" * 3_000_000 + b"\n"))
    gros.size = gros.tell()
    fichier = services.recevoir(fichier=gros, acces=acces_coordination(territoire.pk), nom="Autre nom")
    assert fichier.nom == "Autre nom.pdf" and chemin(fichier).stat().st_size == gros.size
    gros.close()


@pytest.mark.parametrize(
    ("contenu", "mots"), [(b"", "vide"), (b"MZ" + b"\x00" * 90, "programmes"), (b"x" * 101, "limite")]
)
def test_what_is_refused_leaves_nothing(territoire: Territoire, settings: object, contenu: bytes, mots: str) -> None:
    settings.FICHIER_TAILLE_MAX = 100  # type: ignore[attr-defined]
    with pytest.raises(ErreurMetier, match=mots):
        services.recevoir(fichier=envoi("a.txt", contenu), acces=acces_coordination(territoire.pk))
    assert not Fichier.objects.exists()


def test_an_interrupted_writing_leaves_no_file(territoire: Territoire, monkeypatch: pytest.MonkeyPatch) -> None:
    avant = set(Path(default_storage.path("")).rglob("*"))
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError):
        services.recevoir(fichier=envoi(), acces=acces_coordination(territoire.pk))
    assert [p for p in set(Path(default_storage.path("")).rglob("*")) - avant if p.is_file()] == []


def test_a_file_is_served_as_an_attachment_that_no_browser_runs(territoire: Territoire) -> None:
    fichier = services.recevoir(fichier=envoi('fac"ture;é\\.pdf'), acces=acces_coordination(territoire.pk))
    reponse = services.servir(fichier)
    assert reponse.content == f.pdf()
    assert reponse["Content-Type"] == "application/pdf"
    assert reponse["Content-Disposition"].startswith("attachment; filename=")
    assert "filename*=UTF-8''" in reponse["Content-Disposition"]
    assert "\r" not in reponse["Content-Disposition"] and reponse["Content-Disposition"].count('"') == 2
    assert reponse["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in reponse["Content-Security-Policy"]
    assert "no-store" in reponse["Cache-Control"]


def test_only_a_pdf_is_shown_for_printing(territoire: Territoire) -> None:
    acces = acces_coordination(territoire.pk)
    for nom, contenu, genre in (("a.pdf", f.pdf(), "inline"), ("a.png", f.png(), "attachment")):
        fichier = services.recevoir(fichier=envoi(nom, contenu), acces=acces)
        reponse = services.servir(fichier, impression=True)
        assert reponse["Content-Disposition"].startswith(genre)


def test_purging_erases_the_content_and_the_name(
    territoire: Territoire, django_capture_on_commit_callbacks: object
) -> None:
    acces = acces_coordination(territoire.pk)
    fichier = services.recevoir(fichier=envoi(), acces=acces)
    disque = chemin(fichier)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        services.purger(fichier=fichier, acces=acces)
    assert not disque.exists()
    fichier = Fichier.objects.get(pk=fichier.pk)
    assert fichier.nom == "Fichier supprimé" and fichier.supprime_le
    with pytest.raises(Http404):
        services.servir(fichier)


def test_purging_needs_the_same_territoire(territoire: Territoire) -> None:
    fichier = services.recevoir(fichier=envoi(), acces=acces_coordination(territoire.pk))
    with pytest.raises(ErreurMetier):
        services.purger(fichier=fichier, acces=acces_coordination(territoire.pk + 1))
    assert chemin(fichier).exists()


def test_a_file_lost_on_disk_is_not_found(territoire: Territoire) -> None:
    fichier = services.recevoir(fichier=envoi(), acces=acces_coordination(territoire.pk))
    chemin(fichier).unlink()
    with pytest.raises(Http404):
        services.servir(fichier)


def vieillir(disque: Path) -> None:
    os.utime(disque, (time.time() - 2 * 86400,) * 2)


def test_what_a_rollback_left_is_swept_after_a_day(territoire: Territoire) -> None:
    acces = acces_coordination(territoire.pk)
    garde = services.recevoir(fichier=envoi(), acces=acces)
    vieillir(chemin(garde))
    autre = TerritoireFactory(slug="langres", nom="Langres")
    with portee(autre.pk):
        d_ailleurs = services.recevoir(fichier=envoi(), acces=acces_coordination(autre.pk))
    vieillir(chemin(d_ailleurs))
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        perdu = services.recevoir(fichier=envoi(), acces=acces)
        raise ZeroDivisionError
    recent = chemin(garde).with_name("recent.partiel")
    recent.write_bytes(b"x")
    assert services.balayer_orphelins() == 0
    vieillir(chemin(perdu))
    assert services.balayer_orphelins() == 1
    assert chemin(garde).exists() and chemin(d_ailleurs).exists() and recent.exists()
    assert not chemin(perdu).exists()
    recent.unlink()
