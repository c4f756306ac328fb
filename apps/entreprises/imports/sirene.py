"""INSEE's SIRENE stocks: StockEtablissement joined with StockUniteLegale on SIREN, read by column name.

Memory follows the territoire (its establishments' SIREN and names), never the size of the files.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from django.core.files.base import File

from apps.core.erreurs import ErreurMetier
from apps.core.texte import nettoyer
from apps.entreprises.siret import siret_est_juste
from apps.referentiels.enums import NatureActivite, TrancheEffectif

from .lecture import colonnes, ouvrir

EXIGEES = (
    "siren", "siret", "etatAdministratifEtablissement", "statutDiffusionEtablissement", "codeCommuneEtablissement",
    "activitePrincipaleEtablissement", "nomenclatureActivitePrincipaleEtablissement",
)  # fmt: skip
EXIGEES_NOMS = ("siren", "denominationUniteLegale", "nomUniteLegale")
NON_DIFFUSE = "[ND]"
NAF_REV2 = frozenset({"NAFRev2"})
NAF_2025 = frozenset({"NAF2025", "NAF25"})
FORME_NAF = re.compile(r"\d{2}\.\d{2}[A-Z]")
ERREURS_MAX = 200
TRANCHES = frozenset(TrancheEffectif.values)
PAS = 2000
VOIES = {
    "ALL": "allée", "AV": "avenue", "BD": "boulevard", "CAR": "carrefour", "CHE": "chemin", "CHS": "chaussée",
    "CITE": "cité", "COR": "corniche", "CRS": "cours", "DOM": "domaine", "DSC": "descente", "ECA": "écart",
    "ESP": "esplanade", "FG": "faubourg", "GR": "grande rue", "HAM": "hameau", "HLE": "halle", "IMP": "impasse",
    "LD": "lieu-dit", "LOT": "lotissement", "MAR": "marché", "MTE": "montée", "PAS": "passage", "PL": "place",
    "PLN": "plaine", "PLT": "plateau", "PRO": "promenade", "PRV": "parvis", "QUA": "quartier", "QUAI": "quai",
    "RES": "résidence", "RLE": "ruelle", "ROC": "rocade", "RPT": "rond-point", "RTE": "route", "RUE": "rue",
    "SEN": "sente", "SQ": "square", "TPL": "terre-plein", "TRA": "traverse", "VLA": "villa", "VLGE": "village",
    "ZA": "ZA", "ZAC": "ZAC", "ZI": "ZI",
}  # fmt: skip
INDICES = {"B": "bis", "T": "ter", "Q": "quater"}


@dataclass(slots=True)
class Etablissement:
    """One retained establishment, as it will be written."""

    siret: str
    nom: str = ""
    enseigne: str = ""
    categorie: str = ""
    natures: list[str] = field(default_factory=list)
    naf_rev2: str = ""
    naf_2025: str = ""
    tranche: str = ""
    tranche_annee: int | None = None
    commune: str = ""
    adresse: str = ""
    code_postal: str = ""
    creee_le: date | None = None


@dataclass
class Bilan:
    """What was read: how many rows were left out, for each reason, and the rows that hold an error."""

    lues: int = 0
    ecartees: Counter[str] = field(default_factory=Counter)
    nombre_erreurs: int = 0
    erreurs: list[dict[str, object]] = field(default_factory=list)
    # Known establishments that the file says closed (with the day) or no longer fully diffused.
    fermes: list[tuple[str, str]] = field(default_factory=list)
    partiels: list[str] = field(default_factory=list)

    def erreur(self, ligne: int, message: str) -> None:
        self.nombre_erreurs += 1
        if len(self.erreurs) < ERREURS_MAX:
            self.erreurs.append({"ligne": ligne, "message": message})


# SIREN -> name, legal form, is it fully diffused.
Noms = dict[str, tuple[str, str, bool]]
Progres = Callable[[int, int], None]


def _propre(texte: str) -> str:
    if not texte or texte == NON_DIFFUSE:
        return ""
    return texte.strip() if texte.isascii() and texte.isprintable() else nettoyer(texte)


def sirens_du_territoire(fichier: File, communes: frozenset[str], progres: Progres) -> set[str]:
    """First reading: whose names are needed."""
    retenus: set[str] = set()
    with ouvrir(fichier) as table:
        places = colonnes(table.entete, EXIGEES, "StockEtablissement")
        siren, commune = places["siren"], places["codeCommuneEtablissement"]
        for numero, ligne in table.lignes:
            if len(ligne) > commune and ligne[commune] in communes:
                retenus.add(ligne[siren])
            if numero % PAS == 0:
                progres(table.lus, table.taille)
    return retenus


def lire_noms(fichier: File, sirens: set[str], progres: Progres) -> Noms:
    """Second file: the names of those SIREN only."""
    noms: Noms = {}
    with ouvrir(fichier) as table:
        places = colonnes(table.entete, EXIGEES_NOMS, "StockUniteLegale")

        def prendre(ligne: list[str], nom: str) -> str:
            place = places.get(nom)
            return _propre(ligne[place]) if place is not None and place < len(ligne) else ""

        siren = places["siren"]
        for numero, ligne in table.lignes:
            if ligne[siren] in sirens:
                personne = " ".join(
                    filter(
                        None,
                        (
                            prendre(ligne, "nomUsageUniteLegale") or prendre(ligne, "nomUniteLegale"),
                            prendre(ligne, "prenomUsuelUniteLegale") or prendre(ligne, "prenom1UniteLegale"),
                        ),
                    )
                )
                nom = prendre(ligne, "denominationUniteLegale") or personne
                nom = nom or prendre(ligne, "denominationUsuelle1UniteLegale")
                diffusee = prendre(ligne, "statutDiffusionUniteLegale") != "P"
                noms[ligne[siren]] = (nom[:160], prendre(ligne, "categorieJuridiqueUniteLegale"), diffusee)
            if numero % PAS == 0:
                progres(table.lus, table.taille)
    return noms


class Lecteur:
    """Turns rows of StockEtablissement into establishments, counting what it leaves out and why."""

    def __init__(
        self, places: dict[str, int], communes: frozenset[str], noms: Noms, formes: frozenset[str], bilan: Bilan
    ):
        self.communes, self.noms, self.formes, self.bilan = communes, noms, formes, bilan
        self.largeur = max(places[n] for n in EXIGEES) + 1
        self.vus: dict[str, int] = {}
        self.place = places
        self.p_commune = places["codeCommuneEtablissement"]
        self.p_siret = places["siret"]
        self.p_etat = places["etatAdministratifEtablissement"]
        self.p_diffusion = places["statutDiffusionEtablissement"]
        self.p_nomenclature = places["nomenclatureActivitePrincipaleEtablissement"]

    def _prendre(self, ligne: list[str], nom: str) -> str:
        place = self.place.get(nom)
        if place is None or place >= len(ligne):
            return ""
        return _propre(ligne[place])

    def lire(self, numero: int, ligne: list[str]) -> Etablissement | None:
        """The establishment of a row, or None when it is left out or wrong (both are counted)."""
        bilan = self.bilan
        bilan.lues += 1
        if len(ligne) < self.largeur:
            bilan.erreur(numero, "La ligne est incomplète.")
            return None
        if ligne[self.p_commune] not in self.communes:
            bilan.ecartees["hors_territoire"] += 1
            return None
        siret = ligne[self.p_siret]
        if not siret_est_juste(siret):
            bilan.erreur(numero, f"Le SIRET « {siret[:20]} » n’est pas valable.")
            return None
        if siret in self.vus:
            bilan.erreur(numero, f"Le SIRET {siret} est déjà à la ligne {self.vus[siret]}.")
            return None
        self.vus[siret] = numero
        return self._retenir(numero, ligne, siret)

    def _retenir(self, numero: int, ligne: list[str], siret: str) -> Etablissement | None:
        bilan = self.bilan
        if ligne[self.p_etat] == "F":
            bilan.ecartees["fermes"] += 1
            bilan.fermes.append((siret, self._prendre(ligne, "dateDebut")))
            return None
        nom, categorie, diffusee = self.noms.get(siret[:9], ("", "", True))
        if ligne[self.p_diffusion] == "P" or not diffusee:
            bilan.ecartees["diffusion_partielle"] += 1
            bilan.partiels.append(siret)
            return None
        nomenclature = ligne[self.p_nomenclature]
        if nomenclature and nomenclature not in NAF_REV2 and nomenclature not in NAF_2025:
            bilan.ecartees["ancienne_nomenclature"] += 1
            return None
        try:
            return self._composer(ligne, siret, nom, categorie, nomenclature)
        except ErreurMetier as erreur:
            bilan.erreur(numero, erreur.message)
            return None

    def _composer(
        self, ligne: list[str], siret: str, nom: str, categorie: str, nomenclature: str
    ) -> Etablissement | None:
        prendre = self._prendre
        enseigne = " ".join(filter(None, (prendre(ligne, f"enseigne{i}Etablissement") for i in (1, 2, 3))))
        usuelle = prendre(ligne, "denominationUsuelleEtablissement")
        enseigne = enseigne or usuelle
        nom = nom or usuelle or enseigne
        if not nom:
            self.bilan.ecartees["sans_nom"] += 1
            return None
        principal, autre = (
            prendre(ligne, "activitePrincipaleEtablissement"),
            prendre(ligne, "activitePrincipaleNAF25Etablissement"),
        )
        for code in (principal, autre):
            if code and not FORME_NAF.fullmatch(code):
                raise ErreurMetier(f"Le code d’activité « {code[:20]} » n’est pas valable.")
        tranche = prendre(ligne, "trancheEffectifsEtablissement")
        if tranche and tranche not in TRANCHES:
            raise ErreurMetier(f"La tranche d’effectif « {tranche[:20]} » n’est pas valable.")
        natures = []
        if prendre(ligne, "activitePrincipaleRegistreMetiersEtablissement"):
            natures.append(NatureActivite.ARTISANALE.value)
        if categorie.startswith("92"):
            natures.append(NatureActivite.ASSOCIATIVE.value)
        en_2025 = nomenclature in NAF_2025
        return Etablissement(
            siret=siret,
            nom=nom[:160],
            enseigne="" if enseigne.casefold() == nom.casefold() else enseigne[:160],
            categorie=categorie if categorie in self.formes else "",
            natures=natures,
            naf_rev2="" if en_2025 else principal,
            naf_2025=autre or (principal if en_2025 else ""),
            tranche=tranche,
            tranche_annee=_annee(prendre(ligne, "anneeEffectifsEtablissement")) if tranche else None,
            commune=ligne[self.p_commune],
            adresse=self._adresse(ligne),
            code_postal=prendre(ligne, "codePostalEtablissement")[:10],
            creee_le=_date(prendre(ligne, "dateCreationEtablissement")),
        )

    def _adresse(self, ligne: list[str]) -> str:
        prendre = self._prendre
        indice, voie = prendre(ligne, "indiceRepetitionEtablissement"), prendre(ligne, "typeVoieEtablissement")
        rue = " ".join(
            filter(
                None,
                (
                    prendre(ligne, "numeroVoieEtablissement"),
                    INDICES.get(indice, indice),
                    VOIES.get(voie, voie.lower()),
                    prendre(ligne, "libelleVoieEtablissement"),
                ),
            )
        )
        return "\n".join(filter(None, (prendre(ligne, "complementAdresseEtablissement"), rue)))


def _annee(texte: str) -> int | None:
    if not texte:
        return None
    if not (len(texte) == 4 and texte.isdigit() and texte.isascii()):
        raise ErreurMetier(f"L’année « {texte[:20]} » n’est pas valable.")
    return int(texte)


def _date(texte: str) -> date | None:
    if not texte:
        return None
    try:
        return date.fromisoformat(texte[:10])
    except ValueError:
        raise ErreurMetier(f"La date « {texte[:20]} » n’est pas valable.") from None


def lire_etablissements(
    fichier: File, *, communes: frozenset[str], noms: Noms, formes: frozenset[str], bilan: Bilan, progres: Progres
) -> Iterator[Etablissement]:
    """Last reading: the establishments of the territoire, named and checked. `bilan` fills as it goes."""
    with ouvrir(fichier) as table:
        places = colonnes(table.entete, EXIGEES, "StockEtablissement")
        lecteur = Lecteur(places, communes, noms, formes, bilan)
        for numero, ligne in table.lignes:
            etablissement = lecteur.lire(numero, ligne)
            if etablissement is not None:
                yield etablissement
            if numero % PAS == 0:
                progres(table.lus, table.taille)
