"""Names of received files: shown and downloaded, never used as a path of ours; made harmless all the same."""

import re
import unicodedata

LONGUEUR_MAX = 120
# Controls, bidirectional marks, zero-width characters: they hide what a name really is (« facture‮fdp.exe »).
_INVISIBLES = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_INTERDITS = re.compile(r'[<>:"/\\|?*]')
_PERIPHERIQUES = re.compile(r"^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)$", re.IGNORECASE)
# Extensions taken off before the true one is put: those that we accept, and those that a system would run.
_EXTENSIONS = re.compile(
    r"\.(pdf|jpe?g|jfif|png|webp|hei[cf]|gif|docx?|docm|dotm?|xlsx?|xlsm|pptx?|pptm|odt|ods|odp|txt|csv|rtf|zip"
    r"|exe|com|bat|cmd|scr|pif|msi|dll|jar|js|mjs|vbs?|wsf|ps1|sh|py|php\d?|phtml|html?|xhtml|svgz?|xml|lnk|hta|cpl|apk|iso)$",
    re.IGNORECASE,
)


def extension_annoncee(nom: str) -> str:
    """The extension that the sender's name claims, in lower case without its dot; proves nothing."""
    base = re.split(r"[\\/]", nom or "")[-1].strip()
    return base.rpartition(".")[2].lower()[:10] if "." in base else ""


def nom_sur(nom: str, extension: str) -> str:
    """A name in NFC without path, invisible or reserved parts, cut to length, ending by the true extension."""
    nom = unicodedata.normalize("NFC", (nom or "")[:2000])
    nom = re.split(r"[\\/]", nom)[-1]
    nom = _INTERDITS.sub("_", _INVISIBLES.sub("", nom))
    nom = re.sub(r"\s+", " ", nom).rstrip(" .")
    while _EXTENSIONS.search(nom):
        nom = _EXTENSIONS.sub("", nom).rstrip(" .")
    nom = nom.strip(" .")[:LONGUEUR_MAX].strip(" .")
    if not nom or not re.search(r"\w", nom):
        nom = "document"
    if _PERIPHERIQUES.match(nom.split(".")[0].strip()):
        nom = f"_{nom}"
    return f"{nom}.{extension}"
