"""Load and read the national nomenclatures."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import openpyxl
from django.conf import settings
from django.db import models, transaction

from apps.core.erreurs import ErreurMetier
from apps.core.fichiers import FichierRefuse, reconnaitre
from apps.core.texte import nettoyer, normaliser

from .enums import Nomenclature
from .models import CategorieJuridique, Commune, Departement, Epci, Naf, Region

DOSSIER = settings.BASE_DIR / "fixtures" / "referentiels"
LIGNES_MAX = 20_000
_SOUS_CLASSE = re.compile(r"^(\d{2})\.?(\d{2})\.?([A-Z])$")
# Section, division, group, class: INSEE's file lists every level, only sub-classes are kept.
_AUTRE_NIVEAU = re.compile(r"^(SECTION\s+)?[A-Z]$|^\d{1,2}$|^\d{2}\.?\d{1,2}$")


def _lire(dossier: Path, nom: str) -> Iterator[dict[str, str]]:
    with (dossier / nom).open(encoding="utf-8", newline="") as fichier:
        for ligne in csv.DictReader(fichier):
            yield {cle: " ".join(valeur.split()) for cle, valeur in ligne.items()}


def _ecrire(modele: type[models.Model], lignes: Iterable[models.Model], cles: tuple[str, ...]) -> int:
    """Insert or bring up to date, by key; rows that are not in the file stay (old objects may point to them)."""
    champs = [f.name for f in modele._meta.concrete_fields if f.name not in cles and not f.primary_key]
    ecrites = modele._default_manager.bulk_create(
        lignes, batch_size=2000, update_conflicts=True, unique_fields=cles, update_fields=champs
    )
    return len(ecrites)


@transaction.atomic
def charger(dossier: Path = DOSSIER) -> dict[str, int]:
    """Load every nomenclature of the folder; run again, it brings names and populations up to date. Rows by file."""
    bilan = {
        "régions": _ecrire(
            Region, (Region(code=x["code"], nom=x["nom"]) for x in _lire(dossier, "regions.csv")), ("code",)
        ),
        "départements": _ecrire(
            Departement,
            (
                Departement(code=x["code"], nom=x["nom"], region_id=x["region"] or None)
                for x in _lire(dossier, "departements.csv")
            ),
            ("code",),
        ),
        "intercommunalités": _ecrire(
            Epci,
            (
                Epci(
                    siren=x["siren"],
                    nom=x["nom"],
                    genre=x["type"],
                    population=int(x["population_municipale"] or 0),
                    recherche=normaliser(x["nom"]),
                )
                for x in _lire(dossier, "epci.csv")
            ),
            ("siren",),
        ),
        "communes": _ecrire(
            Commune,
            (
                Commune(
                    code_insee=x["code_insee"],
                    nom=x["nom"],
                    recherche=normaliser(x["nom"]),
                    codes_postaux=x["codes_postaux"],
                    departement_id=x["departement"],
                    population=int(x["population"] or 0),
                    epci_id=x["epci_siren"] or None,
                    siren=x["siren"],
                )
                for x in _lire(dossier, "communes.csv")
            ),
            ("code_insee",),
        ),
        "NAF rév. 2": _ecrire(
            Naf,
            (
                Naf(nomenclature=Nomenclature.NAF_REV2, recherche=normaliser(x["code"], x["libelle"])[:300], **x)
                for x in _lire(dossier, "naf_rev2.csv")
            ),
            ("nomenclature", "code"),
        ),
        "formes juridiques": _ecrire(
            CategorieJuridique,
            (CategorieJuridique(**x) for x in _lire(dossier, "categories_juridiques.csv")),  # type: ignore[arg-type]
            ("code",),
        ),
    }
    return bilan


@dataclass(frozen=True)
class BilanNaf:
    """What a file of NAF 2025 brought."""

    ajoutees: int
    modifiees: int
    total: int


@transaction.atomic
def charger_naf2025(fichier: IO[bytes]) -> BilanNaf:
    """Load INSEE's file of NAF 2025, CSV or XLSX, columns found by their name; all of it or nothing.

    Only what the file says is kept: a code without a label is an error, none is invented. Raises ErreurMetier, with the
    number of the first bad rows.
    """
    lignes = _sous_classes(_tableau(fichier))
    codes = {code for code, _ in lignes}
    connus = Naf.objects.filter(nomenclature=Nomenclature.NAF_REV2, code__in=codes).count()
    if connus > 0.9 * len(codes):
        raise ErreurMetier("Ce fichier est celui de la NAF rév. 2 : choisissez celui de la NAF 2025.")
    existants = dict(Naf.objects.filter(nomenclature=Nomenclature.NAF_2025).values_list("code", "libelle"))
    _ecrire(
        Naf,
        [
            Naf(
                nomenclature=Nomenclature.NAF_2025,
                code=code,
                libelle=libelle,
                division=code[:2],
                recherche=normaliser(code, libelle)[:300],
            )
            for code, libelle in lignes
        ],
        ("nomenclature", "code"),
    )
    ajoutees = len(codes - existants.keys())
    modifiees = sum(1 for code, libelle in lignes if existants.get(code, libelle) != libelle)
    return BilanNaf(ajoutees, modifiees, len(codes))


def _sous_classes(tableau: Iterator[list[str]]) -> list[tuple[str, str]]:
    """The sub-classes of the table, code and label; every bad row is named at once."""
    colonnes: tuple[int, int] | None = None
    trouvees: dict[str, str] = {}
    erreurs: list[str] = []
    for numero, ligne in enumerate(tableau, 1):
        if numero > LIGNES_MAX:
            raise ErreurMetier("Ce fichier a trop de lignes pour être une nomenclature.")
        if colonnes is None:
            colonnes = _colonnes(ligne)
            continue
        code, libelle = (nettoyer(ligne[i]) if i < len(ligne) else "" for i in colonnes)
        code, libelle = code.upper(), " ".join(libelle.split())
        if not code or _AUTRE_NIVEAU.match(code):
            continue
        forme = _SOUS_CLASSE.match(code)
        if forme is None:
            erreurs.append(f"ligne {numero} : « {code[:20]} » n’est pas un code")
        elif not libelle:
            erreurs.append(f"ligne {numero} : le code {code} n’a pas de libellé")
        elif len(libelle) > 255:
            erreurs.append(f"ligne {numero} : le libellé est trop long")
        else:
            propre = "{}.{}{}".format(*forme.groups())
            if trouvees.setdefault(propre, libelle) != libelle:
                erreurs.append(f"ligne {numero} : le code {propre} a deux libellés")
    if colonnes is None:
        raise ErreurMetier("Les colonnes « code » et « libellé » (ou « intitulé ») n’ont pas été trouvées.")
    if erreurs:
        suite = f" (et {len(erreurs) - 5} autres)" if len(erreurs) > 5 else ""
        raise ErreurMetier("Rien n’a été chargé. " + " ; ".join(erreurs[:5]) + suite + ".")
    if not trouvees:
        raise ErreurMetier("Ce fichier ne contient aucune sous-classe (code comme 01.11Y).")
    return sorted(trouvees.items())


def _colonnes(ligne: list[str]) -> tuple[int, int] | None:
    """Where the code and the label stand, if this row is the heading."""
    titres = [normaliser(t) for t in ligne]
    codes = [i for i, t in enumerate(titres) if t == "code" or ("code" in t and ("naf" in t or "sous" in t))]
    libelles = [i for i, t in enumerate(titres) if "libelle" in t or "intitule" in t]
    # The longest label comes first when INSEE gives several (long, 65, 40 characters).
    longs = [i for i in libelles if not re.search(r"\d{2}|court", titres[i].replace("2025", ""))]
    return (codes[0], (longs or libelles)[0]) if codes and libelles else None


def _tableau(fichier: IO[bytes]) -> Iterator[list[str]]:
    """The rows of a CSV (UTF-8 or Windows-1252; « ; », « , » or tab) or of the first sheet of an XLSX."""
    try:
        genre = reconnaitre(fichier, "fichier.csv")
    except FichierRefuse as refus:
        raise ErreurMetier(refus.message) from None
    if genre.extension == "xlsx":
        return _tableau_xlsx(fichier)
    if genre.extension != "csv":
        raise ErreurMetier("Donnez le fichier de l’INSEE en CSV ou en XLSX.")
    brut = fichier.read()
    try:
        texte = brut.decode("utf-8-sig")
    except UnicodeDecodeError:
        texte = brut.decode("cp1252", "replace")
    debut = texte[:4000]
    separateur = max(";,\t", key=debut.count)
    return csv.reader(io.StringIO(texte, newline=""), delimiter=separateur)


def _tableau_xlsx(fichier: IO[bytes]) -> Iterator[list[str]]:
    classeur = openpyxl.load_workbook(fichier, read_only=True, data_only=True)
    try:
        for ligne in classeur.worksheets[0].iter_rows(values_only=True, max_row=LIGNES_MAX + 1, max_col=30):
            yield ["" if valeur is None else str(valeur) for valeur in ligne]
    finally:
        classeur.close()


def libelle_naf(nomenclature: str, code: str) -> str:
    """« 56.10A Restauration traditionnelle »; the code alone when its nomenclature does not know it."""
    return libelles_naf([(nomenclature, code)]).get((nomenclature, code), code)


def libelles_naf(paires: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The same for many (nomenclature, code), in one query; unknown ones give their code."""
    voulues = {(n, c) for n, c in paires if c}
    trouvees: dict[tuple[str, str], Any] = {
        (naf.nomenclature, naf.code): str(naf) for naf in Naf.objects.filter(code__in={c for _, c in voulues})
    }
    return {paire: trouvees.get(paire, paire[1]) for paire in voulues}


class CommuneInconnue(ErreurMetier):
    """No commune answers; `proches` holds some that start alike."""

    def __init__(self, proches: list[Commune]) -> None:
        super().__init__("Cette commune n’est pas connue.")
        self.proches = proches


class CommuneAmbigue(ErreurMetier):
    """Several communes answer."""

    def __init__(self, communes: list[Commune]) -> None:
        super().__init__("Plusieurs communes portent ce nom ou ce code postal.")
        self.communes = communes


def trouver_commune(saisie: str, *, preferees: models.QuerySet[Commune] | None = None) -> Commune:
    """The commune that was meant: by name, post code, both, or INSEE code; `preferees` wins between several.

    Five digits are a post code first: 46100 is Figeac's post code, though it is also the INSEE code of Faycelles.
    Raises CommuneAmbigue, CommuneInconnue.
    """
    saisie = nettoyer(saisie)
    trouve = re.search(r"(?<![0-9A-Za-z])([0-9]{5}|2[ABab][0-9]{3})(?![0-9A-Za-z])", saisie)
    code = trouve[1].upper() if trouve else ""
    nom = nom_de_commune(saisie.replace(trouve[1], " ") if trouve else saisie)
    par_code: models.QuerySet[Commune] = Commune.objects.all()
    if code:
        par_code = _par_code_postal(code)
        if not par_code.exists():
            par_code = Commune.objects.filter(code_insee=code)
    if nom:
        candidates = list(par_code.filter(recherche=nom).order_by("-population")[:20])
        if not candidates and code:
            candidates = list(Commune.objects.filter(code_insee=code, recherche=nom))
    elif code:
        candidates = list(par_code.order_by("-population")[:20])
    else:
        candidates = []
    if len(candidates) > 1 and preferees is not None:
        ici = list(preferees.filter(pk__in=[c.pk for c in candidates]))
        # A name borne by one commune of the territoire is that one; a post code shared by several is still ambiguous.
        candidates = ici if len(ici) == 1 and nom else candidates
    if len(candidates) == 1:
        return candidates[0]
    if candidates:
        raise CommuneAmbigue(candidates)
    proches = list(
        (par_code if code else Commune.objects.all()).filter(recherche__startswith=nom).order_by("-population")[:5]
    )
    if len(proches) == 1 and not code and len(nom) >= 4:
        return proches[0]
    raise CommuneInconnue(proches or list(par_code.order_by("-population")[:5] if code else []))


def _par_code_postal(code: str) -> models.QuerySet[Commune]:
    return Commune.objects.filter(
        models.Q(codes_postaux__startswith=code) | models.Q(codes_postaux__contains=f"|{code}")
    )


def nom_de_commune(saisie: str) -> str:
    """A name as communes keep theirs: no accents, « St » and « Ste » written out, no brackets."""
    mots = [
        {"st": "saint", "ste": "sainte"}.get(m, m) for m in normaliser(saisie).replace(".", " ").split() if m != "insee"
    ]
    return " ".join(mots)


def chercher_communes(saisie: str, maximum: int = 12) -> list[Commune]:
    """Suggestions for what is being typed, the largest first; by the start of the name or of the post code."""
    mot = nom_de_commune(saisie)
    if len(mot) < 2:
        return []
    debut = re.match(r"^(\d{2,5})\b", mot)
    if debut:
        return list(_par_code_postal(debut[1]).order_by("-population")[:maximum])
    return list(Commune.objects.filter(recherche__startswith=mot).order_by("-population")[:maximum])


def chercher_naf(saisie: str, *, nomenclature: str) -> models.QuerySet[Naf]:
    """Sub-classes whose code starts so, or whose label holds every word."""
    mots = normaliser(saisie).split()[:6]
    if not mots or len(mots[0]) < 2:
        return Naf.objects.none()
    condition = models.Q()
    for mot in mots:
        condition &= models.Q(recherche__contains=mot)
    return Naf.objects.filter(nomenclature=nomenclature).filter(condition)
