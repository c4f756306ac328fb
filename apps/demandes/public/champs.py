"""Fields of the public form: they take what people type, and give clean values or a sentence that helps."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from stdnum.fr import siren as stdnum_siren
from stdnum.fr import siret as stdnum_siret

from apps.core.affichage import siret as siret_groupe
from apps.core.texte import chiffres, nettoyer, normaliser
from apps.referentiels.models import Commune
from apps.territoires.models import Territoire

_CODE_POSTAL = re.compile(r"(?<!\d)\d{5}(?!\d)")


class LigneField(forms.CharField):
    """One line, clean: no control characters, no line breaks, NFC."""

    def to_python(self, value: Any) -> str:
        return " ".join(nettoyer(str(value)).split()) if value not in self.empty_values else ""


class NomField(LigneField):
    """A person's name. It is read back in mails to an address nobody has checked yet: it carries no address itself."""

    def clean(self, value: Any) -> str:
        nom = super().clean(value)
        if re.search(r"https?:|www\.|[/@<>]", nom, re.IGNORECASE):
            raise ValidationError("Écrivez seulement un nom, sans adresse ni symbole.")
        return nom


class TexteLibreField(forms.CharField):
    """Several lines, clean."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return nettoyer(str(value)) if value not in self.empty_values else ""


class CourrielField(forms.EmailField):
    def to_python(self, value: Any) -> str:
        return nettoyer(str(value)).lower() if value not in self.empty_values else ""


class TelephoneField(LigneField):
    """French or foreign, with or without spaces, dots and prefix."""

    def clean(self, value: Any) -> str:
        telephone = super().clean(value)
        if telephone and (not 6 <= len(chiffres(telephone)) <= 15 or re.search(r"[^\d\s+().\-/]", telephone)):
            raise ValidationError(
                "Ce numéro ne semble pas complet : vérifiez ses chiffres, par exemple 05 65 00 00 00."
            )
        return telephone


class NombreField(forms.DecimalField):
    """A number with a French comma or a point."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        return super().to_python(str(value).replace(",", ".").replace("\u00a0", "").strip() if value else value)


@dataclass(frozen=True)
class EntrepriseSaisie:
    """A name, or a SIRET: never compared with what the service knows."""

    nom: str = ""
    siret: str = ""


class EntrepriseField(LigneField):
    """« Nom ou numéro SIRET » in one field. Only figures: it must be a valid number; anything else is a name."""

    def clean(self, value: Any) -> EntrepriseSaisie:  # type: ignore[override]
        texte = super().clean(value)
        numero = re.sub(r"[\s.\-]", "", texte)
        if not numero.isascii() or not numero.isdigit():
            return EntrepriseSaisie(nom=texte)
        if len(numero) == 14 and stdnum_siret.is_valid(numero):
            return EntrepriseSaisie(siret=numero)
        if len(numero) == 9 and stdnum_siren.is_valid(numero):
            return EntrepriseSaisie(nom=f"SIREN {siret_groupe(numero)}")
        if len(numero) < 9:
            return EntrepriseSaisie(nom=texte)
        raise ValidationError(
            "Ce numéro n’est pas un SIRET (14 chiffres). Vérifiez-le, ou écrivez le nom de l’entreprise à la place."
        )


@dataclass(frozen=True)
class CommuneSaisie:
    """The commune found, or else the words typed."""

    commune: Commune | None = None
    libre: str = ""


class CommuneLibreField(LigneField):
    """A commune by name, with or without its post code; proposals come from the browser's own list.

    Unknown words are kept as they are: nobody is stopped by a spelling. The same name twice asks for the post code.
    """

    def __init__(self, **kwargs: Any) -> None:
        self.territoire: Territoire | None = None
        super().__init__(**kwargs)

    def clean(self, value: Any) -> CommuneSaisie:  # type: ignore[override]
        texte = super().clean(value)
        trouvees = self._chercher(texte)
        if len(trouvees) == 1:
            return CommuneSaisie(commune=trouvees[0])
        if len(trouvees) > 1:
            exemples = " ou ".join(str(c) for c in trouvees[:3])
            raise ValidationError(f"Plusieurs communes correspondent : précisez, par exemple {exemples}.")
        return CommuneSaisie(libre=texte)

    def _chercher(self, texte: str) -> list[Commune]:
        code = _CODE_POSTAL.search(texte)
        nom = normaliser(re.sub(r"[()]", " ", _CODE_POSTAL.sub(" ", texte)))
        if not nom and not code:
            return []
        communes = Commune.objects.select_related("epci")
        if nom:
            communes = communes.filter(recherche=nom)
        if code:
            communes = communes.filter(codes_postaux__contains=code.group())
        trouvees = list(communes.order_by("-population")[:20])
        if len(trouvees) > 1 and self.territoire is not None:
            ici = set(self.territoire.communes.filter(pk__in=[c.pk for c in trouvees]).values_list("pk", flat=True))
            d_ici = [c for c in trouvees if c.pk in ici]
            if len(d_ici) == 1:
                return d_ici
        return trouvees
