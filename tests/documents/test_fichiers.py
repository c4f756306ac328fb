"""What a file is, by its content: real ones, wrong names, hostile ones."""

import io
import unicodedata

import pytest

from apps.core.fichiers import FichierRefuse, nom_sur, reconnaitre

from . import fichiers as f

VRAIS = {
    "pdf": f.pdf(),
    "png": f.png(),
    "jpg": f.jpeg(),
    "webp": f.webp(),
    "heic": f.heic(),
    "docx": f.docx(),
    "xlsx": f.xlsx(),
    "odt": f.odt(),
    "ods": f.odt("spreadsheet"),
    "odp": f.odt("presentation"),
    "doc": f.ole("WordDocument", "1Table"),
    "xls": f.ole("Workbook"),
    "ppt": f.ole("PowerPoint Document"),
}


@pytest.mark.parametrize(("extension", "contenu"), VRAIS.items(), ids=VRAIS.keys())
@pytest.mark.parametrize("nom", ["vrai", "menteur.exe", "menteur.csv", "sans extension"])
def test_the_content_decides_whatever_the_name(extension: str, contenu: bytes, nom: str) -> None:
    assert reconnaitre(io.BytesIO(contenu), nom).extension == extension


@pytest.mark.parametrize(
    ("contenu", "nom", "extension"),
    [
        (b"nom;commune\nLacoste;Figeac\n", "liste.csv", "csv"),
        ("Été à Figeac".encode("cp1252"), "note.txt", "txt"),
        ("\ufeffÉté".encode(), "NOTE.TXT", "txt"),
        ("Été".encode("utf-16"), "note.txt", "txt"),
        (b"a < b et c > d", "note", "txt"),
    ],
)
def test_text_is_told_by_its_name(contenu: bytes, nom: str, extension: str) -> None:
    assert reconnaitre(io.BytesIO(contenu), nom).extension == extension


HOSTILES = {
    "vide": (b"", "a.pdf"),
    "blanc": (b"   \n", "a.txt"),
    "html": (b"<!DOCTYPE html><html><script>alert(1)</script>", "a.txt"),
    "html nommé pdf": (b"<html>", "a.pdf"),
    "html nommé csv": (b"nom;x\n<script src=//x></script>", "a.csv"),
    "html en utf-16": ("<script>alert(1)</script>".encode("utf-16"), "a.txt"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "a.png"),
    "svg après xml": (b'<?xml version="1.0"?><svg/>', "a.txt"),
    "php": (b"bonjour <?php system('id'); ?>", "a.txt"),
    "script shell": (b"#!/bin/sh\nrm -rf /", "a.txt"),
    "javascript": (b"alert(1)", "a.js"),
    "batch": (b"del *.*", "a.bat"),
    "exécutable": (b"MZ\x90\x00" + b"\x00" * 200, "a.pdf"),
    "elf": (b"\x7fELF" + b"\x00" * 200, "a.jpg"),
    "raccourci": (b"L\x00\x00\x00\x01\x14\x02\x00" + b"\x00" * 80, "a.lnk"),
    "rtf": (b"{\\rtf1 bonjour}", "a.txt"),
    "gif": (b"GIF89a" + b"\x00" * 50, "a.gif"),
    "binaire nommé txt": (bytes(range(256)), "a.txt"),
    "pdf sans fin": (b"%PDF-1.4\n", "a.pdf"),
    "pdf sans version": (b"%PDF-\n%%EOF", "a.pdf"),
    "pdf suivi d'un zip": (f.pdf() + f.zip_de({"a.exe": b"MZ"}), "a.pdf"),
    "pdf suivi de html": (f.pdf() + b"<script>alert(1)</script>", "a.pdf"),
    "pdf précédé de html": (b"<html>" + f.pdf(), "a.pdf"),
    "pdf suivi de 5 Ko": (f.pdf() + b"x" * 5000, "a.pdf"),
    "png tronqué": (f.png()[:-10], "a.png"),
    "png suivi d'un zip": (f.png(suite=f.zip_de({"a": b"b"})), "a.png"),
    "png suivi de html": (f.png(suite=b"<script>"), "a.png"),
    "png de 400 millions de points": (f.png(20_000, 20_000), "a.png"),
    "png de surface nulle": (f.png(0, 5), "a.png"),
    "jpeg tronqué": (f.jpeg()[:100], "a.jpg"),
    "jpeg suivi d'un zip": (f.jpeg(f.zip_de({"a": b"b"})), "a.jpg"),
    "jpeg qui contient html": (b"\xff\xd8\xff\xfe\x00\x20<script>alert(1)</script>" + f.jpeg(), "a.jpg"),
    "jpeg qui est aussi un pdf": (b"\xff\xd8\xff\xfe\x00\x20" + f.pdf() + b"\x00" * 100 + b"\xff\xd9", "a.jpg"),
    "webp tronqué": (f.webp()[:-2], "a.webp"),
    "zip ordinaire": (f.zip_de({"a.txt": b"b"}), "a.docx"),
    "zip vide": (f.zip_de({}), "a.docx"),
    "zip tronqué": (f.docx()[:-30], "a.docx"),
    "rar": (b"Rar!\x1a\x07\x00" + b"\x00" * 50, "a.docx"),
    "7z": (b"7z\xbc\xaf\x27\x1c" + b"\x00" * 50, "a.docx"),
    "gzip": (b"\x1f\x8b\x08" + b"\x00" * 50, "a.csv"),
    "docx avec macros": (f.docx_avec({"word/vbaProject.bin": b"x"}), "a.docx"),
    "docx déclaré avec macros": (
        f.zip_de(
            {
                "[Content_Types].xml": b'<Types ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>',
                "_rels/.rels": b"<r/>",
                "word/document.xml": b"<d/>",
            }
        ),
        "a.docx",
    ),
    "odt avec macros": (
        f.zip_de(
            {
                "mimetype": b"application/vnd.oasis.opendocument.text",
                "META-INF/manifest.xml": b"",
                "content.xml": b"",
                "Basic/Standard/Module1.xml": b"",
            }
        ),
        "a.odt",
    ),
    "docx avec programme": (f.docx_avec({"word/embeddings/a.EXE": b"MZ"}), "a.docx"),
    "chemin qui remonte": (f.docx_avec({"../../etc/passwd": b"x"}), "a.docx"),
    "chemin absolu": (f.docx_avec({"/etc/passwd": b"x"}), "a.docx"),
    "chemin de Windows": (f.docx_avec({"C:\\Windows\\a": b"x"}), "a.docx"),
    "chemin à disque": (f.docx_avec({"C:/Windows/a": b"x"}), "a.docx"),
    "trop d'entrées": (f.docx_avec({f"word/{i}": b"" for i in range(5001)}), "a.docx"),
    "bombe": (f.docx_avec({"word/bombe": b"\x00" * 150_000_000}), "a.docx"),
    "grosse bombe": (f.docx_avec({f"word/bombe{i}": b"\x00" * 110_000_000 for i in range(2)}), "a.docx"),
    "bombe qui ment sur sa taille": (f.zip_menteur(), "a.docx"),
    "docx précédé d'un programme": (b"PK\x03\x04MZ" + f.docx(), "a.docx"),
    "docx qui est aussi un pdf": (b"PK\x03\x04%PDF-1.4" + f.docx() + b"%%EOF", "a.docx"),
    "ole sans flux connu": (f.ole("Autre"), "a.doc"),
    "installateur msi": (f.ole("!Property", "Binary.x"), "a.doc"),
    "doc avec macros": (f.ole("WordDocument", "Macros", "VBA"), "a.doc"),
    "docx chiffré": (f.ole("EncryptedPackage", "EncryptionInfo"), "a.docx"),
    "ole tronqué": (f.ole("WordDocument")[:300], "a.doc"),
    "ole en boucle": (f.ole("Autre").replace(b"\xfe\xff\xff\xff", b"\x01\x00\x00\x00"), "a.doc"),
}


@pytest.mark.parametrize(("contenu", "nom"), HOSTILES.values(), ids=HOSTILES.keys())
def test_what_is_hostile_or_broken_is_refused_in_french(contenu: bytes, nom: str) -> None:
    with pytest.raises(FichierRefuse) as refus:
        reconnaitre(io.BytesIO(contenu), nom)
    assert refus.value.message.endswith(".") and len(refus.value.message) > 10


def test_an_encrypted_zip_is_refused() -> None:
    brut = bytearray(f.docx())
    for signature, decalage in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = -1
        while (place := brut.find(signature, place + 1)) >= 0:
            brut[place + decalage] |= 1
    with pytest.raises(FichierRefuse, match="mot de passe"):
        reconnaitre(io.BytesIO(bytes(brut)))


def test_the_stream_is_left_at_its_start() -> None:
    flux = io.BytesIO(f.pdf())
    reconnaitre(flux)
    assert flux.tell() == 0


def test_a_compressible_but_honest_sheet_is_received() -> None:
    contenu = f.docx_avec({"word/document2.xml": b"<c>0</c>" * 500_000})
    assert reconnaitre(io.BytesIO(contenu)).extension == "docx"


@pytest.mark.parametrize(
    ("recu", "attendu"),
    [
        ("bilan.pdf", "bilan.pdf"),
        ("Bilan 2025 été.PDF", "Bilan 2025 été.pdf"),
        ("facture.pdf.exe", "facture.pdf"),
        ("photo.jpeg", "photo.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("..\\..\\Windows\\system.ini", "system.ini.pdf"),
        ("C:\\Users\\x\\a.doc", "a.pdf"),
        ("/", "document.pdf"),
        ("", "document.pdf"),
        ("...", "document.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("CON", "_CON.pdf"),
        ("nul.txt", "_nul.pdf"),
        ("COM1.tar", "_COM1.tar.pdf"),
        ("a\x00b\r\nc\td.pdf", "abcd.pdf"),
        ("facture\u202efdp.exe", "facturefdp.pdf"),
        ("a\u200bb\ufeff.pdf", "ab.pdf"),
        ('a<b>:"|?*.pdf', "a_b______.pdf"),
        ("x" * 5000 + ".pdf", "x" * 120 + ".pdf"),
        (unicodedata.normalize("NFD", "été.pdf"), "été.pdf"),
        ("\ud800.pdf", "document.pdf"),
        ("日本語.pdf", "日本語.pdf"),
    ],
)
def test_names_are_made_safe(recu: str, attendu: str) -> None:
    assert nom_sur(recu, "pdf") == attendu
