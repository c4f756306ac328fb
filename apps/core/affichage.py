"""How values are said in French on screen, on paper and in mails: dates, telephones, amounts, sizes. Pure functions."""

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.utils import timezone

# The served font has U+00A0 and not the narrow U+202F, which would fall back to another typeface.
INSECABLE = "\u00a0"
JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MOIS = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]
MOIS_COURTS = ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."]


def jour_de(valeur: date | datetime) -> date:
    """The civil day in the site's time zone."""
    if isinstance(valeur, datetime):
        return (timezone.localtime(valeur) if timezone.is_aware(valeur) else valeur).date()
    return valeur


def heure(valeur: datetime) -> str:
    """« 16 h 20 », « 9 h 00 »."""
    locale = timezone.localtime(valeur) if timezone.is_aware(valeur) else valeur
    return f"{locale.hour}{INSECABLE}h{INSECABLE}{locale.minute:02d}"


def _quantieme(jour: date) -> str:
    return "1er" if jour.day == 1 else str(jour.day)


def date_courte(valeur: date | datetime, *, aujourdhui: date | None = None) -> str:
    """« 20 nov. », with the year when it is not the current one."""
    jour, reference = jour_de(valeur), aujourdhui or timezone.localdate()
    texte = f"{_quantieme(jour)}{INSECABLE}{MOIS_COURTS[jour.month - 1]}"
    return texte if jour.year == reference.year else f"{texte}{INSECABLE}{jour.year}"


def date_longue(valeur: date | datetime, *, avec_jour: bool = True) -> str:
    """« vendredi 20 novembre 2026 », and « à 16 h 20 » for a moment."""
    jour = jour_de(valeur)
    texte = f"{_quantieme(jour)}{INSECABLE}{MOIS[jour.month - 1]} {jour.year}"
    if avec_jour:
        texte = f"{JOURS[jour.weekday()]} {texte}"
    return f"{texte} à {heure(valeur)}" if isinstance(valeur, datetime) else texte


def date_relative(valeur: date | datetime, *, aujourdhui: date | None = None) -> str:
    """« aujourd'hui, 9 h 05 », « hier, 16 h 20 », « lundi », « demain », else the short date.

    A bare weekday always means the last six days: a date to come is never said by its weekday alone.
    """
    jour, reference = jour_de(valeur), aujourdhui or timezone.localdate()
    ecart = (reference - jour).days
    mots = {0: "aujourd’hui", 1: "hier", -1: "demain"}
    if ecart in mots:
        return f"{mots[ecart]}, {heure(valeur)}" if isinstance(valeur, datetime) else mots[ecart]
    if 1 < ecart < 7:
        return JOURS[jour.weekday()]
    return date_courte(jour, aujourdhui=reference)


def depuis(valeur: date | datetime, *, aujourdhui: date | None = None) -> str:
    """« aujourd'hui », « hier », « 4 jours », « 3 mois », « 2 ans »: how long something has been waiting."""
    reference = aujourdhui or timezone.localdate()
    jours = (reference - jour_de(valeur)).days
    if jours <= 0:
        return "aujourd’hui"
    if jours == 1:
        return "hier"
    if jours < 60:
        return f"{jours}{INSECABLE}jours"
    if jours < 730:
        return f"{jours // 30}{INSECABLE}mois"
    return f"{jours // 365}{INSECABLE}ans"


def telephone(valeur: str) -> str:
    """« 05 65 00 00 00 », « +33 5 65 00 00 00 »; anything else as it was typed."""
    brut = re.sub(r"[\s.\-()\u00a0]", "", valeur or "")
    if re.fullmatch(r"0\d{9}", brut):
        return INSECABLE.join(brut[i : i + 2] for i in range(0, 10, 2))
    if re.fullmatch(r"(\+33|0033)\d{9}", brut):
        reste = brut[-9:]
        return INSECABLE.join(["+33", reste[0], *(reste[i : i + 2] for i in range(1, 9, 2))])
    return valeur or ""


def lien_telephone(valeur: str) -> str:
    """What a tel: link carries: digits and a leading plus, or nothing."""
    brut = re.sub(r"[^\d+]", "", valeur or "")
    return brut if re.fullmatch(r"\+?\d{4,15}", brut) else ""


def nombre(valeur: object) -> str:
    """Thousands grouped by a no-break space, decimal comma, no useless decimals."""
    try:
        decimal = Decimal(str(valeur))
    except (InvalidOperation, ValueError):
        return str(valeur)
    if not decimal.is_finite():
        return str(valeur)
    entier = decimal == decimal.to_integral_value()
    texte = f"{decimal:,.0f}" if entier else f"{decimal:,.2f}".rstrip("0").rstrip(".")
    return texte.replace(",", INSECABLE).replace(".", ",")


def euros(valeur: object) -> str:
    """« 12 500 € », « 1 234,50 € »."""
    if valeur in (None, ""):
        return ""
    texte = nombre(valeur)
    return f"{texte}{'0' if re.search(r',[0-9]$', texte) else ''}{INSECABLE}€"


def taille_fichier(octets: int | None) -> str:
    """« 640 octets », « 12 Ko », « 1,2 Mo »: thousands, as people's own computers say it in French."""
    if octets is None:
        return ""
    if octets < 1000:
        return f"{octets}{INSECABLE}octet{'s' if octets > 1 else ''}"
    if octets < 1_000_000:
        return f"{max(1, round(octets / 1000))}{INSECABLE}Ko"
    texte = f"{octets / 1_000_000:.1f}".replace(".", ",").removesuffix(",0")
    return f"{texte}{INSECABLE}Mo"


def siret(valeur: str) -> str:
    """A SIRET as 3-3-3-5, a SIREN as 3-3-3; anything else as it is."""
    brut = re.sub(r"\s", "", valeur or "")
    if re.fullmatch(r"\d{9}|\d{14}", brut):
        groupes = [brut[0:3], brut[3:6], brut[6:9], brut[9:]]
        return INSECABLE.join(g for g in groupes if g)
    return valeur or ""


def typographie(texte: str) -> str:
    """Curly apostrophes and no-break spaces where French wants them. Leaves addresses and hours alone."""
    texte = re.sub(r"(?<=\w)'(?=\w)", "’", texte)
    texte = re.sub(r"[ \u00a0\u202f]+([;!?»:])(?=\s|$|[.,)])", INSECABLE + r"\1", texte)
    return re.sub(r"«[ \u00a0\u202f]*", "«" + INSECABLE, texte)


def sans_accents(texte: str) -> str:
    """Lower case without accents, for comparing what is highlighted."""
    return "".join(c for c in unicodedata.normalize("NFKD", texte.lower()) if not unicodedata.combining(c))


def decouper_mots(texte: str) -> list[str]:
    """The text cut into words and what separates them; joined again it is unchanged."""
    return re.findall(r"\w+|\W+", texte)
