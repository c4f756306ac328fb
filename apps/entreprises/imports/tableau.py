"""Everyday tables (CSV or XLSX, up to 5,000 rows), through django-import-export: previewed, all or nothing, replayable.

An entreprise is recognised by its SIRET; without one, by its name in its commune. A blank cell never erases anything.
"""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.validators import EmailValidator, URLValidator
from django.utils import timezone
from import_export.fields import Field
from import_export.resources import ModelResource
from import_export.widgets import Widget
from openpyxl import load_workbook
from tablib import Dataset

from apps.core.acces import Acces
from apps.core.affichage import nombre
from apps.core.erreurs import ErreurMetier
from apps.core.texte import chiffres, nettoyer, normaliser
from apps.entreprises.enums import EtatSiret, SourceEntreprise
from apps.entreprises.models import Entreprise
from apps.entreprises.siret import siret_est_juste, valider_siren, valider_siret
from apps.referentiels.enums import NatureActivite, Nomenclature, TrancheEffectif
from apps.referentiels.models import CategorieJuridique, Commune, Naf

from .lecture import Forme, ouvrir

LIGNES_MAX = 5000
COLONNES: dict[str, tuple[str, tuple[str, ...]]] = {
    "siret": ("SIRET", ("siret", "n siret", "no siret", "numero siret", "numero de siret")),
    "siren": ("SIREN", ("siren", "n siren", "numero siren")),
    "nom": ("Nom", ("nom", "raison sociale", "denomination", "denomination sociale", "entreprise",
                    "nom de l entreprise", "societe", "nom ou raison sociale")),
    "enseigne": ("Enseigne", ("enseigne", "nom commercial")),
    "categorie_juridique": ("Forme juridique", ("forme juridique", "categorie juridique", "statut juridique")),
    "natures": ("Nature de l’activité", ("nature de l activite", "nature", "natures", "nature d activite")),
    "naf_rev2": ("Code NAF rév. 2", ("code naf rev 2", "naf rev 2", "naf", "code naf", "ape", "code ape", "naf ape")),
    "naf_2025": ("Code NAF 2025", ("code naf 2025", "naf 2025", "naf25", "code naf25")),
    "effectif": ("Effectif", ("effectif", "nombre de salaries", "salaries", "nb salaries")),
    "effectif_annee": ("Année de l’effectif", ("annee de l effectif", "annee effectif")),
    "tranche": ("Tranche d’effectif", ("tranche d effectif", "tranche effectif", "tranche", "tranche d effectifs")),
    "tranche_annee": ("Année de la tranche", ("annee de la tranche", "annee tranche")),
    "code_insee": ("Code INSEE", ("code insee", "code commune", "insee", "code insee commune")),
    "commune": ("Commune", ("commune", "ville", "localite")),
    "code_postal": ("Code postal", ("code postal", "cp")),
    "adresse": ("Adresse", ("adresse", "rue", "adresse postale", "voie")),
    "telephone": ("Téléphone", ("telephone", "tel", "telephone fixe", "portable", "mobile")),
    "courriel": ("Courriel", ("courriel", "email", "e mail", "mail", "adresse electronique", "adresse mail")),
    "site": ("Site internet", ("site internet", "site", "site web", "url")),
    "est_active": ("Active", ("active", "en activite", "etat")),
    "creee_le": ("Créée le", ("creee le", "date de creation", "creation", "cree le")),
    "cessee_le": ("Cessée le", ("cessee le", "date de cessation", "cessation")),
    "note": ("Note", ("note", "notes", "remarque", "remarques", "commentaire", "commentaires")),
}  # fmt: skip
_PAR_NOM = {alias: cle for cle, (_, autres) in COLONNES.items() for alias in autres}
_NAF = re.compile(r"(\d{2})\.?(\d{2})([A-Z])")
_TELEPHONE = re.compile(r"[\d\s.+()/-]{4,20}")


def cle_colonne(entete: object) -> str:
    """The column that a header means, or nothing."""
    return _PAR_NOM.get(normaliser(str(entete or "").replace("°", " ")).replace("@", " "), "")


def _cellule(valeur: object) -> str:
    """A spreadsheet's cell as text: whole numbers without decimals, dates as 2026-11-23."""
    if valeur is None:
        return ""
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, float) and valeur.is_integer():
        return str(int(valeur))
    if isinstance(valeur, (datetime, date)):
        return valeur.strftime("%Y-%m-%d")
    return nettoyer(str(valeur)).removeprefix("'")


def _lignes_xlsx(fichier: File) -> list[list[str]]:
    with fichier.open("rb") as brut:
        try:
            classeur = load_workbook(brut, read_only=True, data_only=True)
            feuille = classeur.worksheets[0]
            lignes = []
            for ligne in feuille.iter_rows(max_row=LIGNES_MAX + 10, max_col=80, values_only=True):
                lignes.append([_cellule(v) for v in ligne])
            classeur.close()
        except Exception as erreur:
            # openpyxl raises anything on a damaged workbook: KeyError, ValueError, zip and XML errors.
            raise ErreurMetier("Ce classeur est illisible : enregistrez-le à nouveau au format XLSX.") from erreur
    return lignes


def lire(fichier: File, *, est_classeur: bool) -> tuple[Dataset, Forme | None]:
    """The rows under our own column names, each with its number in the file, and what was recognised of a text.

    Rows above the header (a title) are left out; unknown columns are ignored. Raises ErreurMetier.
    """
    forme = None
    if est_classeur:
        brutes = _lignes_xlsx(fichier)
    else:
        with ouvrir(fichier) as table:
            forme = table.forme
            brutes = [[_cellule(v) for v in table.entete]]
            for numero, ligne in table.lignes:
                while len(brutes) < numero - 1:
                    brutes.append([])
                brutes.append([_cellule(v) for v in ligne])
                if len(brutes) > LIGNES_MAX + 10:
                    break
    for rang, ligne in enumerate(brutes[:6]):
        cles = [cle_colonne(v) for v in ligne]
        if len([c for c in cles if c]) >= 2 or "siret" in cles:
            return _assembler(cles, brutes[rang + 1 :], rang + 2), forme
    raise ErreurMetier(
        "La première ligne doit nommer les colonnes, par exemple SIRET, Nom et Commune. Partez du modèle si besoin."
    )


def _assembler(cles: list[str], lignes: list[list[str]], premiere: int) -> Dataset:
    if "nom" not in cles and "siret" not in cles:
        raise ErreurMetier("Il manque une colonne « SIRET » ou « Nom » : sans elles, aucune entreprise n’est reconnue.")
    doubles = [COLONNES[c][0] for c, n in Counter(c for c in cles if c).items() if n > 1]
    if doubles:
        raise ErreurMetier(f"La colonne « {doubles[0]} » est présente deux fois.")
    while lignes and not any(lignes[-1]):
        lignes.pop()
    if len(lignes) > LIGNES_MAX:
        raise ErreurMetier(f"Ce tableau dépasse {LIGNES_MAX} lignes : coupez-le, ou importez les fichiers SIRENE.")
    places = [(cle, rang) for rang, cle in enumerate(cles) if cle]
    if "siret" not in cles:
        # import-export wants the column that recognises a row, even empty.
        places.append(("siret", len(cles) + 1000))
    donnees = Dataset(headers=["_numero", *(cle for cle, _ in places)])
    for numero, ligne in enumerate(lignes, start=premiere):
        valeurs = [ligne[rang] if rang < len(ligne) else "" for _, rang in places]
        if any(valeurs):
            donnees.append([numero, *valeurs])
    if not len(donnees):
        raise ErreurMetier("Ce tableau n’a aucune ligne sous ses titres de colonnes.")
    return donnees


class _Lu(Widget):
    """Reads a cell with a function that raises ErreurMetier or ValueError with a sentence."""

    def __init__(self, lire: Any) -> None:
        super().__init__()
        self.lire = lire

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        try:
            return self.lire(value, row)
        except ErreurMetier as erreur:
            raise ValueError(erreur.message) from None
        except ValidationError as erreur:
            raise ValueError(" ".join(erreur.messages)) from None


def _texte(longueur: int) -> Any:
    def lire(valeur: str, _row: Any) -> str:
        if len(valeur) > longueur:
            raise ValueError(f"{longueur} caractères au plus.")
        return valeur

    return lire


def _entier(maximum: int, minimum: int = 0) -> Any:
    plafond = nombre(maximum) if maximum > 9999 else maximum  # a year is not grouped

    def lire(valeur: str, _row: Any) -> int:
        brut = valeur.replace(" ", "").replace("\u00a0", "").removesuffix(",0").removesuffix(".0")
        if not (brut.isascii() and brut.isdigit()) or not minimum <= int(brut[:12]) <= maximum:
            raise ValueError(f"« {valeur[:20]} » n’est pas un nombre entre {minimum} et {plafond}.")
        return int(brut)

    return lire


def _siret(valeur: str, _row: Any) -> str:
    if re.search(r"\d[eE]\+?\d", valeur):
        raise ValueError("le tableur a arrondi ce SIRET : mettez la colonne au format texte et saisissez-le à nouveau.")
    brut = chiffres(valeur)
    # A spreadsheet drops leading zeros.
    if 11 <= len(brut) < 14 and siret_est_juste(brut.zfill(14)):
        return brut.zfill(14)
    return valider_siret(valeur)


def _date(valeur: str, _row: Any) -> date:
    for forme in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"):
        try:
            return datetime.strptime(valeur[:10], forme).date()
        except ValueError:
            continue
    raise ValueError(f"« {valeur[:20]} » n’est pas une date : écrivez 25/12/2026.")


def _oui(valeur: str, _row: Any) -> bool:
    mot = normaliser(valeur)
    if mot in {"oui", "o", "1", "vrai", "true", "active", "actif", "a", "x"}:
        return True
    if mot in {"non", "n", "0", "faux", "false", "cessee", "fermee", "ferme", "inactive", "c"}:
        return False
    raise ValueError(f"« {valeur[:20]} » : écrivez oui ou non.")


def _telephone(valeur: str, _row: Any) -> str:
    if not _TELEPHONE.fullmatch(valeur):
        raise ValueError(f"« {valeur[:20]} » n’est pas un téléphone.")
    return valeur


def _courriel(valeur: str, _row: Any) -> str:
    EmailValidator("Cette adresse électronique n’est pas valable.")(valeur)
    return valeur.lower()


def _site(valeur: str, _row: Any) -> str:
    adresse = valeur if "://" in valeur else f"https://{valeur}"
    URLValidator(schemes=["http", "https"], message="Cette adresse de site n’est pas valable.")(adresse)
    return adresse


def _natures(valeur: str, _row: Any) -> list[str]:
    connues = {normaliser(libelle): code for code, libelle in NatureActivite.choices}
    connues |= {m[:-1]: c for m, c in connues.items()} | {"artisanat": "artisanale", "commerce": "commerciale",
                "agriculture": "agricole", "association": "associative", "artisan": "artisanale"}  # fmt: skip
    trouvees = []
    for mot in filter(None, re.split(r"[,;/|+]| et ", valeur)):
        code = connues.get(normaliser(mot))
        if code is None:
            raise ValueError(
                f"nature « {mot.strip()[:30]} » inconnue : artisanale, commerciale, libérale, agricole ou associative."
            )
        trouvees.append(code)
    return [c for c in NatureActivite.values if c in trouvees]


def _tranche(valeur: str, _row: Any) -> str:
    code = valeur.zfill(2) if valeur.isdigit() else valeur.upper()
    if code in TrancheEffectif.values:
        return code
    par_mots = {normaliser(libelle): c for c, libelle in TrancheEffectif.choices}
    if (mot := normaliser(valeur)) in par_mots:
        return par_mots[mot]
    raise ValueError(f"tranche d’effectif « {valeur[:20]} » inconnue.")


class EntrepriseResource(ModelResource):
    """One row, one entreprise. Made for one territoire; rows are looked up in what was read once."""

    siret = Field("siret", "siret", widget=_Lu(_siret))
    siren = Field("siren", "siren", widget=_Lu(lambda v, _r: valider_siren(v)))
    nom = Field("nom", "nom", widget=_Lu(_texte(160)))
    enseigne = Field("enseigne", "enseigne", widget=_Lu(_texte(160)))
    natures = Field("natures", "natures", widget=_Lu(_natures))
    effectif = Field("effectif", "effectif", widget=_Lu(_entier(1_000_000)))
    effectif_annee = Field("effectif_annee", "effectif_annee", widget=_Lu(_entier(2100, 1900)))
    tranche = Field("tranche", "tranche", widget=_Lu(_tranche))
    tranche_annee = Field("tranche_annee", "tranche_annee", widget=_Lu(_entier(2100, 1900)))
    code_postal = Field("code_postal", "code_postal", widget=_Lu(_texte(10)))
    adresse = Field("adresse", "adresse", widget=_Lu(_texte(500)))
    telephone = Field("telephone", "telephone", widget=_Lu(_telephone))
    courriel = Field("courriel", "courriel", widget=_Lu(_courriel))
    site = Field("site", "site", widget=_Lu(_site))
    est_active = Field("est_active", "est_active", widget=_Lu(_oui))
    creee_le = Field("creee_le", "creee_le", widget=_Lu(_date))
    cessee_le = Field("cessee_le", "cessee_le", widget=_Lu(_date))
    note = Field("note", "note", widget=_Lu(_texte(5000)))

    class Meta:
        model = Entreprise
        fields = (
            "siret", "siren", "nom", "enseigne", "natures", "effectif", "effectif_annee", "tranche", "tranche_annee",
            "code_postal", "adresse", "telephone", "courriel", "site", "est_active", "creee_le", "cessee_le", "note",
        )  # fmt: skip
        import_id_fields = ("siret",)
        use_bulk = True
        batch_size = 500
        use_transactions = True
        skip_diff = True
        report_skipped = True

    # Read once for the whole table, then looked up.
    CALCULES = (
        "siren", "etat_siret", "nom_normalise", "enseigne_normalisee", "recherche", "recherche_publique", "version",
        "modifie_le", "naf_rev2", "naf_2025", "categorie_juridique", "commune",
    )  # fmt: skip

    def __init__(self, acces: Acces) -> None:
        super().__init__()
        self.acces = acces
        self.comptes: Counter[str] = Counter()
        self.apercu: list[dict[str, Any]] = []
        self.vus: dict[str, int] = {}

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        colonnes = {c: [normaliser(v) for v in dataset[c]] for c in ("commune", "code_insee") if c in dataset.headers}
        codes = {str(v).upper().zfill(5) for v in (dataset["code_insee"] if "code_insee" in colonnes else []) if v}
        toutes = Commune.objects.all()
        trouvees = {c.pk: c for c in toutes.filter(pk__in=codes)}
        trouvees |= {c.pk: c for c in toutes.filter(recherche__in=set(colonnes.get("commune", [])))}
        ici = set(toutes.filter(territoires=self.acces.territoire_id).values_list("pk", flat=True))
        self.par_code = trouvees
        self.par_nom: dict[str, list[Commune]] = {}
        for commune in sorted(trouvees.values(), key=lambda c: c.pk not in ici):
            self.par_nom.setdefault(commune.recherche, []).append(commune)
        self.ici = ici
        self.formes = (
            {f.pk: f for f in CategorieJuridique.objects.all()} if "categorie_juridique" in dataset.headers else {}
        )
        self.formes_par_nom = {normaliser(f.libelle): f for f in self.formes.values()}
        self.naf = {
            n: set(Naf.objects.filter(nomenclature=n).values_list("code", flat=True))
            for n in (Nomenclature.NAF_REV2, Nomenclature.NAF_2025)
        }
        connues = Entreprise.objects.filter(territoire=self.acces.territoire_id).select_related(
            "commune", "fusionnee_dans"
        )
        self.par_siret: dict[str, Entreprise] = {}
        self.par_nom_commune: dict[tuple[str, str | None], list[Entreprise]] = {}
        sirets = {chiffres(str(v)).zfill(14) for v in dataset["siret"]} if "siret" in dataset.headers else set()
        noms = {normaliser(v)[:160] for v in dataset["nom"]} if "nom" in dataset.headers else set()
        for lot in _lots(sorted(sirets)):
            for e in connues.filter(siret__in=lot):
                if not e.fusionnee_dans_id or e.siret not in self.par_siret:
                    self.par_siret[e.siret or ""] = e
        for lot in _lots(sorted(noms - {""})):
            for e in connues.filter(nom_normalise__in=lot, fusionnee_dans__isnull=True):
                # The same object whichever way it is found.
                e = self.par_siret.get(e.siret or "", e)
                self.par_nom_commune.setdefault((e.nom_normalise, e.commune_id), []).append(e)

    def after_import(self, dataset: Dataset, result: Any, **kwargs: Any) -> None:
        """Nothing: import-export would set the key's sequence back to the highest that this territoire shows."""

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        self.numero = row["_numero"]
        self.erreurs: dict[str, list[str]] = {}
        row["_commune"] = self._commune(row)
        self.siret_lu = ""
        if row.get("siret"):
            try:
                self.siret_lu = _siret(row["siret"], row)
            except (ErreurMetier, ValueError):
                self.siret_lu = ""

    def _refuser(self, colonne: str, message: str) -> None:
        self.erreurs.setdefault(colonne, []).append(message)

    def _commune(self, row: Any) -> Commune | None:
        code, nom = str(row.get("code_insee") or "").upper(), normaliser(row.get("commune") or "")
        if code:
            commune = self.par_code.get(code.zfill(5))
            if commune is None:
                self._refuser("code_insee", f"le code INSEE « {code[:10]} » n’est pas celui d’une commune.")
            return commune
        if not nom:
            return None
        candidates = self.par_nom.get(nom, [])
        postal = chiffres(str(row.get("code_postal") or "")).zfill(5)
        precises = [c for c in candidates if postal in c.codes_postaux.split("|")]
        ici = [c for c in candidates if c.pk in self.ici]
        for choix in (precises, ici, candidates):
            if len(choix) == 1:
                return choix[0]
        if candidates:
            self._refuser(
                "commune",
                f"plusieurs communes s’appellent « {row['commune'][:40]} » : ajoutez le code INSEE ou postal.",
            )
        else:
            self._refuser("commune", f"la commune « {row['commune'][:40]} » n’existe pas (écrivez son nom en entier).")
        return None

    def get_instance(self, instance_loader: Any, row: Any) -> Entreprise | None:
        if self.siret_lu and self.siret_lu in self.par_siret:
            return self.par_siret[self.siret_lu]
        commune = row["_commune"]
        cle = (normaliser(row.get("nom") or "")[:160], commune.pk if commune else None)
        candidates = self.par_nom_commune.get(cle, []) if all(cle) else []
        if self.siret_lu:
            candidates = [e for e in candidates if not e.siret]
        return candidates[0] if len(candidates) == 1 else None

    def init_instance(self, row: Any = None) -> Entreprise:
        return Entreprise(territoire_id=self.acces.territoire_id, source=SourceEntreprise.FICHIER)

    def import_field(self, field: Field, instance: Any, row: Any, is_m2m: bool = False, **kwargs: Any) -> None:
        if row.get(field.column_name) not in (None, ""):
            super().import_field(field, instance, row, is_m2m, **kwargs)

    def import_instance(self, instance: Entreprise, row: Any, **kwargs: Any) -> None:
        self.avant = {n: getattr(instance, n) for n in self._suivis()}
        erreurs: dict[str, Any] = {}
        try:
            super().import_instance(instance, row, **kwargs)
        except ValidationError as erreur:
            erreurs = dict(erreur.update_error_dict({}))
        if row["_commune"] is not None:
            instance.commune = row["_commune"]
        self._codes(instance, row)
        if not instance.nom and "nom" not in erreurs:
            self._refuser("nom", "le nom de l’entreprise manque.")
        if instance.fusionnee_dans_id:
            self._refuser(
                "siret", f"cette entreprise a été fusionnée avec « {instance.fusionnee_dans} » : retirez la ligne."
            )
        self._doubles(instance)
        for colonne, messages in self.erreurs.items():
            erreurs.setdefault(colonne, []).extend(messages)
        if erreurs:
            raise ValidationError(erreurs)

    def _doubles(self, instance: Entreprise) -> None:
        cle = instance.siret or f"{normaliser(instance.nom)}|{instance.commune_id}"
        if cle in self.vus:
            self._refuser("siret", f"cette entreprise est déjà à la ligne {self.vus[cle]}.")
        self.vus.setdefault(cle, self.numero)

    def _codes(self, instance: Entreprise, row: Any) -> None:
        for colonne, nomenclature in (("naf_rev2", Nomenclature.NAF_REV2), ("naf_2025", Nomenclature.NAF_2025)):
            brut = str(row.get(colonne) or "").upper().replace(" ", "")
            if not brut:
                continue
            forme = _NAF.fullmatch(brut)
            code = f"{forme[1]}.{forme[2]}{forme[3]}" if forme else ""
            if not code or (self.naf[nomenclature] and code not in self.naf[nomenclature]):
                self._refuser(colonne, f"« {brut[:10]} » n’est pas un code de la {nomenclature.label}.")
            else:
                setattr(instance, colonne, code)
        brut = str(row.get("categorie_juridique") or "")
        if brut:
            forme_juridique = self.formes.get(brut) or self.formes_par_nom.get(normaliser(brut))
            if forme_juridique is None:
                self._refuser(
                    "categorie_juridique", f"forme juridique « {brut[:40]} » inconnue : écrivez son code INSEE."
                )
            instance.categorie_juridique = forme_juridique

    def _suivis(self) -> list[str]:
        return [*self._meta.fields, "naf_rev2", "naf_2025", "categorie_juridique_id", "commune_id"]

    def skip_row(self, instance: Entreprise, original: Any, row: Any, import_validation_errors: Any = None) -> bool:
        if import_validation_errors:
            return False
        changes = [n for n in self._suivis() if getattr(instance, n) != self.avant[n]]
        genre = "nouvelles" if instance.pk is None else "modifiees" if changes else "inchangees"
        self.comptes[genre] += 1
        if genre != "inchangees" and len(self.apercu) < 50:
            self.apercu.append({
                "ligne": self.numero, "nom": str(instance), "genre": genre,
                "champs": [_libelle(n) for n in changes] if genre == "modifiees" else [],
            })  # fmt: skip
        return genre == "inchangees"

    def validate_instance(self, instance: Any, import_validation_errors: Any = None, **kwargs: Any) -> None:
        """Everything was checked while reading, without a query a row."""
        if import_validation_errors:
            raise ValidationError(import_validation_errors)

    def before_save_instance(self, instance: Entreprise, row: Any, **kwargs: Any) -> None:
        if instance.siret:
            instance.etat_siret = EtatSiret.CONNU
        if instance.pk:
            instance.version += 1
            instance.modifie_le = timezone.now()
        instance.preparer()

    def get_bulk_update_fields(self) -> list[str]:
        return list(dict.fromkeys([*self._meta.fields, *self.CALCULES]))


def _lots(valeurs: list[str]) -> Iterable[list[str]]:
    for debut in range(0, len(valeurs), 500):
        yield valeurs[debut : debut + 500]


def _libelle(attribut: str) -> str:
    return str(Entreprise._meta.get_field(attribut.removesuffix("_id")).verbose_name)


def importer(donnees: Dataset, *, acces: Acces, ecrire: bool) -> tuple[EntrepriseResource, list[dict[str, Any]]]:
    """Check every row, and write them all when none is wrong and `ecrire`. Gives the counts and the errors by row."""
    ressource = EntrepriseResource(acces)
    resultat = ressource.import_data(
        donnees, dry_run=not ecrire, use_transactions=ecrire, rollback_on_validation_errors=True, raise_errors=False
    )
    erreurs = []
    for invalide in resultat.invalid_rows:
        mots = [
            f"{COLONNES.get(colonne, ('', ()))[0]} : {' '.join(textes)}" if colonne in COLONNES else " ".join(textes)
            for colonne, textes in invalide.error_dict.items()
        ]
        numero = donnees["_numero"][invalide.number - 1]
        erreurs.append({"ligne": numero, "message": " ; ".join(m.rstrip(".") for m in mots) + "."})
    # Anything else is a fault of ours, never a line to correct.
    for fautive in [*resultat.base_errors, *(e for ligne in resultat.error_rows for e in ligne.errors)]:
        raise fautive.error
    return ressource, sorted(erreurs, key=lambda e: e["ligne"])
