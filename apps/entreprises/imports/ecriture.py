"""Write many establishments at once: a temporary table, then one INSERT … ON CONFLICT, the same SQL on both databases.

What wins when the entreprise is already known, by SIRET:
 - the register's own fields (name, legal form, NAF, tranche, commune, address, creation) follow the file, but a
   blank never erases what is there;
 - the enseigne and the natures are only filled when nobody typed any;
 - contacts, headcount, website, note and links to people are never touched.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.texte import normaliser
from apps.entreprises.enums import EtatSiret, SourceEntreprise
from apps.entreprises.models import Entreprise

from .sirene import Bilan, Etablissement

TABLE = "import_sirene"
CIBLE = "entreprises_entreprise"
COLONNES = (
    "siret", "siren", "nom", "enseigne", "categorie_juridique_id", "natures", "naf_rev2", "naf_2025", "tranche",
    "tranche_annee", "commune_id", "adresse", "code_postal", "creee_le", "nom_normalise", "enseigne_normalisee",
    "recherche", "recherche_publique",
)  # fmt: skip
# The register is right when it says something.
DU_REGISTRE = (
    "nom",
    "categorie_juridique_id",
    "naf_rev2",
    "naf_2025",
    "commune_id",
    "adresse",
    "code_postal",
    "creee_le",
)
TEXTES = frozenset({"nom", "naf_rev2", "naf_2025", "adresse", "code_postal"})
CONFLIT = "(territoire_id, siret) WHERE fusionnee_dans_id IS NULL AND siret IS NOT NULL"
LOT = 5000


@dataclass
class Ecriture:
    """What writing does, or would do."""

    nouvelles: int = 0
    modifiees: int = 0
    inchangees: int = 0
    deja_fusionnees: int = 0
    cessees: int = 0
    masquees: int = 0


def lignes(etablissements: Iterable[Etablissement], communes: dict[str, str]) -> Iterator[tuple[Any, ...]]:
    """Rows of the temporary table, with the columns that search compares. `communes`: INSEE code -> name."""
    noms_communes = {code: normaliser(nom) for code, nom in communes.items()}
    for e in etablissements:
        nom, enseigne, commune = (
            normaliser(e.nom),
            normaliser(e.enseigne) if e.enseigne else "",
            noms_communes[e.commune],
        )
        yield (
            e.siret, e.siret[:9], e.nom, e.enseigne, e.categorie or None, json.dumps(e.natures) if e.natures else "[]",
            e.naf_rev2, e.naf_2025, e.tranche, e.tranche_annee, e.commune, e.adresse, e.code_postal, e.creee_le,
            nom[:160], enseigne[:160], " ".join(filter(None, (nom, enseigne, e.siret, commune)))[:600],
            f"{nom} {e.siret} {commune}"[:300],
        )  # fmt: skip


def deposer(contenu: Iterable[Sequence[Any]]) -> int:
    """Fill a fresh temporary table, private to this connection; how many rows. COPY on PostgreSQL."""
    colonnes = ", ".join(COLONNES)
    with connection.cursor() as curseur:
        curseur.execute(f"DROP TABLE IF EXISTS {TABLE}")
        curseur.execute(f"CREATE TEMPORARY TABLE {TABLE} AS SELECT {colonnes} FROM {CIBLE} WHERE 1 = 0")
        nombre = 0
        if connection.vendor == "postgresql":
            with curseur.copy(f"COPY {TABLE} ({colonnes}) FROM STDIN") as copie:
                for ligne in contenu:
                    copie.write_row(ligne)
                    nombre += 1
            curseur.execute(f"ANALYZE {TABLE}")
            return nombre
        places = ", ".join(["%s"] * len(COLONNES))
        lot: list[Sequence[Any]] = []
        for ligne in contenu:
            lot.append([v.isoformat() if isinstance(v, date) else v for v in ligne])
            if len(lot) == LOT:
                curseur.executemany(f"INSERT INTO {TABLE} ({colonnes}) VALUES ({places})", lot)
                nombre, lot = nombre + LOT, []
        if lot:
            curseur.executemany(f"INSERT INTO {TABLE} ({colonnes}) VALUES ({places})", lot)
        curseur.execute(f"CREATE INDEX IF NOT EXISTS {TABLE}_siret ON {TABLE} (siret)")
        return nombre + len(lot)


def retirer_table() -> None:
    """The temporary table goes; it would go with the connection anyway."""
    with connection.cursor() as curseur:
        curseur.execute(f"DROP TABLE IF EXISTS {TABLE}")


def _valeurs(source: str) -> dict[str, str]:
    """For each column that an import may change, the value that wins, as SQL."""
    vide = "'[]'::jsonb" if connection.vendor == "postgresql" else "'[]'"
    valeurs = {}
    for colonne in DU_REGISTRE:
        neuf = f"NULLIF({source}.{colonne}, '')" if colonne in TEXTES else f"{source}.{colonne}"
        valeurs[colonne] = f"COALESCE({neuf}, {CIBLE}.{colonne})"
    # A tranche and its year go together.
    valeurs["tranche"] = f"CASE WHEN {source}.tranche = '' THEN {CIBLE}.tranche ELSE {source}.tranche END"
    valeurs["tranche_annee"] = (
        f"CASE WHEN {source}.tranche = '' THEN {CIBLE}.tranche_annee ELSE {source}.tranche_annee END"
    )
    valeurs["enseigne"] = f"CASE WHEN {CIBLE}.enseigne = '' THEN {source}.enseigne ELSE {CIBLE}.enseigne END"
    valeurs["natures"] = f"CASE WHEN {CIBLE}.natures = {vide} THEN {source}.natures ELSE {CIBLE}.natures END"
    return valeurs


def _differe(source: str) -> str:
    autre = "IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT"
    return " OR ".join(f"{CIBLE}.{colonne} {autre} {valeur}" for colonne, valeur in _valeurs(source).items())


def mesurer(territoire_id: int, bilan: Bilan) -> Ecriture:
    """What writing the temporary table would do; takes away the rows of entreprises that were merged into another."""
    tenue = f"SELECT 1 FROM {CIBLE} e WHERE e.territoire_id = %s AND e.siret = {TABLE}.siret AND e.fusionnee_dans_id IS"
    jointure = (
        f"FROM {TABLE} JOIN {CIBLE} ON {CIBLE}.territoire_id = %s AND {CIBLE}.siret = {TABLE}.siret "
        f"AND {CIBLE}.fusionnee_dans_id IS NULL"
    )
    with connection.cursor() as curseur:
        curseur.execute(
            f"DELETE FROM {TABLE} WHERE EXISTS ({tenue} NOT NULL) AND NOT EXISTS ({tenue} NULL)",
            [territoire_id, territoire_id],
        )
        fusionnees = curseur.rowcount
        curseur.execute(f"SELECT count(*) FROM {TABLE}")
        total = curseur.fetchone()[0]
        curseur.execute(f"SELECT count(*) {jointure}", [territoire_id])
        connues = curseur.fetchone()[0]
        curseur.execute(f"SELECT count(*) {jointure} WHERE {_differe(TABLE)}", [territoire_id])
        modifiees = curseur.fetchone()[0]
    mesure = Ecriture(total - connues, modifiees, connues - modifiees, fusionnees)
    connues_ici = Entreprise.objects.filter(territoire=territoire_id).actives()
    for lot in _lots([siret for siret, _ in bilan.fermes]):
        mesure.cessees += connues_ici.filter(siret__in=lot, est_active=True).count()
    for lot in _lots(bilan.partiels):
        mesure.masquees += connues_ici.filter(siret__in=lot, est_diffusible=True).count()
    return mesure


def _lots(valeurs: list[str]) -> Iterator[list[str]]:
    for debut in range(0, len(valeurs), 500):
        yield valeurs[debut : debut + 500]


@transaction.atomic
def ecrire(*, acces: Acces, bilan: Bilan, progres: Any = None) -> Ecriture:
    """Write the temporary table, all or nothing. A row that changes nothing is not touched."""
    territoire_id, maintenant = acces.territoire_id, timezone.now()
    assert territoire_id is not None
    mesure = mesurer(territoire_id, bilan)
    moment = connection.ops.adapt_datetimefield_value(maintenant)
    constantes: dict[str, Any] = {
        "territoire_id": territoire_id, "etat_siret": EtatSiret.CONNU.value, "telephone": "", "courriel": "",
        "site": "", "note": "", "est_diffusible": True, "est_active": True, "dirigeant_age_transmission": False,
        "version": 1, "source": SourceEntreprise.SIRENE.value, "cree_le": moment, "modifie_le": moment,
    }  # fmt: skip
    affectations = [f"{colonne} = {valeur}" for colonne, valeur in _valeurs("EXCLUDED").items()]
    # Search columns follow; an enseigne typed by hand makes `recherche` to be composed again, below.
    meme = f"{CIBLE}.enseigne = '' OR {CIBLE}.enseigne = EXCLUDED.enseigne"
    affectations += [
        "nom_normalise = EXCLUDED.nom_normalise",
        "recherche_publique = EXCLUDED.recherche_publique",
        f"enseigne_normalisee = CASE WHEN {meme} THEN EXCLUDED.enseigne_normalisee "
        f"ELSE {CIBLE}.enseigne_normalisee END",
        f"recherche = CASE WHEN {meme} THEN EXCLUDED.recherche ELSE '' END",
    ]
    affectations += [f"version = {CIBLE}.version + 1", "modifie_le = EXCLUDED.modifie_le"]
    colonnes = ", ".join(COLONNES)
    with connection.cursor() as curseur:
        curseur.execute(
            f"INSERT INTO {CIBLE} ({colonnes}, {', '.join(constantes)}) "
            f"SELECT {colonnes}, {', '.join(['%s'] * len(constantes))} FROM {TABLE} WHERE 1 = 1 "
            f"ON CONFLICT {CONFLIT} DO UPDATE SET {', '.join(affectations)} WHERE {_differe('EXCLUDED')}",
            list(constantes.values()),
        )
    _refaire_recherche(territoire_id, maintenant)
    _marquer(territoire_id, bilan)
    return mesure


def _refaire_recherche(territoire_id: int, maintenant: datetime) -> None:
    """Known entreprises that changed and hold what people typed: their search columns are made again."""
    changees = Entreprise.objects.filter(territoire=territoire_id, modifie_le=maintenant, cree_le__lt=maintenant)
    changees = changees.filter(Q(recherche="") | ~Q(telephone="") | ~Q(courriel=""))
    colonnes = ["siren", "nom_normalise", "enseigne_normalisee", "recherche", "recherche_publique"]
    lot: list[Entreprise] = []
    for entreprise in changees.select_related("commune").iterator(chunk_size=1000):
        entreprise.preparer()
        lot.append(entreprise)
        if len(lot) == 1000:
            Entreprise.objects.bulk_update(lot, colonnes)
            lot = []
    if lot:
        Entreprise.objects.bulk_update(lot, colonnes)


def _marquer(territoire_id: int, bilan: Bilan) -> None:
    """Known entreprises that the register says closed, or no longer shows to everybody."""
    ici = Entreprise.objects.filter(territoire=territoire_id).actives()
    jours = dict(bilan.fermes)
    for lot in _lots(list(jours)):
        for pk, siret in ici.filter(siret__in=lot, est_active=True).values_list("pk", "siret"):
            jour = jours[siret or ""][:10]
            ici.filter(pk=pk).update(
                est_active=False, cessee_le=_jour(jour), version=F("version") + 1, modifie_le=timezone.now()
            )
    for lot in _lots(bilan.partiels):
        ici.filter(siret__in=lot, est_diffusible=True).update(
            est_diffusible=False, version=F("version") + 1, modifie_le=timezone.now()
        )


def _jour(texte: str) -> date | None:
    try:
        return date.fromisoformat(texte)
    except ValueError:
        return None
