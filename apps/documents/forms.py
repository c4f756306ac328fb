"""A field that takes several files, each checked by its content."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from apps.core.affichage import taille_fichier
from apps.core.erreurs import ErreurMetier
from apps.core.fichiers import ACCEPT, EXTENSIONS_EN_CLAIR

from .services import verifier


class FichiersInput(forms.FileInput):
    """A plain file control that lets several be picked."""

    allow_multiple_selected = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"accept": ACCEPT, **(attrs or {})})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[UploadedFile]:
        return files.getlist(name) if hasattr(files, "getlist") else [f for f in [files.get(name)] if f]


class FichiersField(forms.FileField):
    """Gives a list of checked files (empty when none). At most `maximum`, FICHIERS_PAR_ENVOI by default."""

    widget = FichiersInput

    def __init__(self, *, maximum: int | None = None, **kwargs: Any) -> None:
        self.maximum = maximum or settings.FICHIERS_PAR_ENVOI
        kwargs.setdefault("label", "Pièces jointes" if self.maximum > 1 else "Fichier")
        kwargs.setdefault("help_text", self._aide())
        super().__init__(**kwargs)
        if self.maximum > 1:
            self.widget.attrs["multiple"] = True

    def _aide(self) -> str:
        combien = f"{self.maximum} fichiers au plus, " if self.maximum > 1 else ""
        return f"{combien}{taille_fichier(settings.FICHIER_TAILLE_MAX)} chacun. {EXTENSIONS_EN_CLAIR}."

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:  # type: ignore[override]
        envoyes = [f for f in (data if isinstance(data, (list, tuple)) else [data]) if f]
        if not envoyes:
            if self.required and not initial:
                raise forms.ValidationError(self.error_messages["required"], code="required")
            return []
        if len(envoyes) > self.maximum:
            raise forms.ValidationError(f"Envoyez au plus {self.maximum} fichiers à la fois.", code="maximum")
        erreurs = []
        for fichier in envoyes:
            try:
                verifier(fichier)
            except ErreurMetier as erreur:
                erreurs.append(
                    forms.ValidationError("%(nom)s : %(quoi)s", params={"nom": fichier.name, "quoi": erreur.message})
                )
        if erreurs:
            raise forms.ValidationError(erreurs)
        return envoyes
