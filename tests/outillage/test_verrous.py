"""The locks pin versions and hashes, and name no address: any registry may serve them."""

import json
import re
from pathlib import Path

import pytest

RACINE = Path(__file__).resolve().parents[2]
VERROUS = ["base", "dev"]


def exigences(nom: str) -> dict[str, list[str]]:
    """Each pinned requirement with its hashes."""
    lues: dict[str, list[str]] = {}
    courante = ""
    for ligne in (RACINE / "requirements" / f"{nom}.lock").read_text(encoding="utf-8").splitlines():
        if trouve := re.match(r"([a-z0-9][a-z0-9._-]*(?:\[[a-z,]+\])?==\S+(?: ; [^\\]+)?)", ligne):
            courante = trouve[1].strip()
            lues[courante] = []
        lues.setdefault(courante, []).extend(re.findall(r"--hash=(sha256:[0-9a-f]{64})", ligne))
    return lues


@pytest.mark.parametrize("nom", VERROUS)
def test_lock_names_no_address(nom):
    contenu = (RACINE / "requirements" / f"{nom}.lock").read_text(encoding="utf-8")

    assert not re.search(r"https?://|file:|--(?:extra-)?index-url|--find-links|--trusted-host| @ ", contenu)


@pytest.mark.parametrize("nom", VERROUS)
def test_every_requirement_has_hashes(nom):
    lues = exigences(nom)

    assert len(lues) > 50
    assert [exigence for exigence, empreintes in lues.items() if not empreintes] == []


def test_both_locks_agree():
    """dev.lock is installed over base.lock: a version that differed would replace what production runs."""
    base, dev = exigences("base"), exigences("dev")
    noms = {re.split(r"[\[=]", exigence)[0] for exigence in base}

    ecarts = [e for e in dev if re.split(r"[\[=]", e)[0] in noms and e not in base]

    assert ecarts == []


def test_npm_lock_has_integrity_and_no_address():
    paquets = json.loads((RACINE / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    installes = {nom: valeurs for nom, valeurs in paquets.items() if nom}

    assert installes
    assert all(valeurs["integrity"].startswith("sha512-") for valeurs in installes.values())
    assert not any("resolved" in valeurs for valeurs in installes.values())
