"""The types of files that the service receives."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TypeFichier:
    """One accepted type: its extension (without dot), its media type, its name in words."""

    extension: str
    mime: str
    libelle: str


class FichierRefuse(Exception):
    """The file is not accepted; the message says why and what to do, in French."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
TYPES = {
    t.extension: t
    for t in (
        TypeFichier("pdf", "application/pdf", "PDF"),
        TypeFichier("jpg", "image/jpeg", "photo JPEG"),
        TypeFichier("png", "image/png", "image PNG"),
        TypeFichier("webp", "image/webp", "image WebP"),
        TypeFichier("heic", "image/heic", "photo HEIC"),
        TypeFichier("docx", _OOXML + "wordprocessingml.document", "document Word"),
        TypeFichier("xlsx", _OOXML + "spreadsheetml.sheet", "classeur Excel"),
        TypeFichier("pptx", _OOXML + "presentationml.presentation", "présentation PowerPoint"),
        TypeFichier("doc", "application/msword", "document Word"),
        TypeFichier("xls", "application/vnd.ms-excel", "classeur Excel"),
        TypeFichier("ppt", "application/vnd.ms-powerpoint", "présentation PowerPoint"),
        TypeFichier("odt", _ODF + "text", "texte OpenDocument"),
        TypeFichier("ods", _ODF + "spreadsheet", "classeur OpenDocument"),
        TypeFichier("odp", _ODF + "presentation", "présentation OpenDocument"),
        TypeFichier("txt", "text/plain", "texte"),
        TypeFichier("csv", "text/csv", "tableau CSV"),
    )
}
