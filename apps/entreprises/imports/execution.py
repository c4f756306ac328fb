"""The job of an import: look first, write when it is confirmed. All or nothing."""

import logging
import time
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.erreurs import ErreurMetier
from apps.documents.services import purger
from apps.entreprises.enums import EtatImport, GenreImport
from apps.entreprises.models import ImportEntreprises
from apps.referentiels.models import CategorieJuridique
from apps.travaux.executeur import Avancement
from apps.travaux.models import Travail

from . import ecriture, sirene, tableau

journal = logging.getLogger(__name__)
EST_CLASSEUR = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOTIFS = {
    "hors_territoire": "hors des communes du territoire",
    "fermes": "fermés",
    "diffusion_partielle": "en diffusion partielle",
    "ancienne_nomenclature": "d’une ancienne nomenclature d’activité",
    "sans_nom": "sans nom connu",
    "deja_fusionnees": "déjà fusionnées avec une autre",
    "en_erreur": "en erreur, écartées à votre demande",
}


def executer(travail: Travail, avancement: Avancement) -> dict[str, Any]:
    """Executor of « entreprises.import »: parameters `import` (pk) and `ecrire`."""
    un = ImportEntreprises.objects.select_related("fichier", "fichier_noms").get(pk=travail.parametres["import"])
    acces = Acces.systeme(un.territoire_id)
    ecrire = bool(travail.parametres["ecrire"])
    attendu = EtatImport.ECRITURE if ecrire else EtatImport.ANALYSE
    if un.etat != attendu:
        return {"import": un.pk}
    debut = time.monotonic()
    try:
        with transaction.atomic():
            faire = _sirene if un.genre == GenreImport.SIRENE else _tableau
            faire(un, acces, ecrire, avancement)
    except ErreurMetier as erreur:
        un.etat, un.message, un.termine_le = EtatImport.ECHEC, erreur.message[:500], timezone.now()
    if un.termine_le is not None:
        # The entreprises are what is kept: the files hold everybody else's data too.
        for fichier in filter(None, (un.fichier, un.fichier_noms)):
            purger(fichier=fichier, acces=acces)
    un.save()
    journal.info("Import %s: %s, %s rows in %.1f s", un.pk, un.etat, un.lignes, time.monotonic() - debut)
    return {"import": un.pk}


def resultat_url(travail: Travail) -> str:
    """The page of the import."""
    return reverse("entreprises:import", args=[travail.territoire.slug, travail.parametres["import"]])


def _finir(un: ImportEntreprises, *, ecrire: bool, erreurs: int) -> None:
    """Where the import stands once its file was read."""
    if ecrire and erreurs and not un.ecarter_erreurs:
        raise ErreurMetier("Le fichier contient des erreurs : rien n’a été écrit.")
    un.etat = EtatImport.TERMINE if ecrire else EtatImport.APERCU
    un.termine_le = timezone.now() if ecrire else None
    un.message = ""


def _tableau(un: ImportEntreprises, acces: Acces, ecrire: bool, avancement: Avancement) -> None:
    donnees, forme = tableau.lire(un.fichier.contenu, est_classeur=un.fichier.type_mime == EST_CLASSEUR)
    avancement(0, len(donnees), "Vérification des lignes")
    ressource, erreurs = tableau.importer(donnees, acces=acces, ecrire=ecrire)
    un.lignes, un.erreurs = len(donnees), erreurs[: sirene.ERREURS_MAX]
    un.comptes = {"nombre_erreurs": len(erreurs), "ecartees": {}, **ressource.comptes}
    un.apercu = ressource.apercu
    if forme:
        un.encodage, un.separateur = forme.encodage, forme.separateur
    _finir(un, ecrire=ecrire, erreurs=len(erreurs))
    avancement(len(donnees), len(donnees))


def _sirene(un: ImportEntreprises, acces: Acces, ecrire: bool, avancement: Avancement) -> None:
    communes = dict(un.territoire.communes.values_list("code_insee", "nom"))
    if not communes:
        raise ErreurMetier("Le territoire n’a aucune commune : choisissez-les d’abord dans les réglages.")
    formes = frozenset(CategorieJuridique.objects.values_list("code", flat=True))
    codes = frozenset(communes)

    def progres(message: str) -> sirene.Progres:
        return lambda lus, taille: avancement(lus // 1024, max(taille // 1024, 1), message)

    etablissements, bilan = un.fichier.contenu, sirene.Bilan()
    noms: sirene.Noms = {}
    if un.fichier_noms is not None:
        sirens = sirene.sirens_du_territoire(etablissements, codes, progres("Lecture des établissements"))
        noms = sirene.lire_noms(un.fichier_noms.contenu, sirens, progres("Lecture des noms"))
        del sirens
    lus = sirene.lire_etablissements(
        etablissements,
        communes=codes,
        noms=noms,
        formes=formes,
        bilan=bilan,
        progres=progres("Vérification des lignes"),
    )
    ecriture.deposer(ecriture.lignes(lus, communes))
    un.lignes, un.erreurs = bilan.lues, bilan.erreurs
    _finir(un, ecrire=ecrire, erreurs=bilan.nombre_erreurs)
    mesure = ecriture.ecrire(acces=acces, bilan=bilan) if ecrire else ecriture.mesurer(un.territoire_id, bilan)
    ecriture.retirer_table()
    ecartees = dict(bilan.ecartees)
    if mesure.deja_fusionnees:
        ecartees["deja_fusionnees"] = mesure.deja_fusionnees
    if ecrire and bilan.nombre_erreurs:
        ecartees["en_erreur"] = bilan.nombre_erreurs
    un.comptes = {
        "nouvelles": mesure.nouvelles,
        "modifiees": mesure.modifiees,
        "inchangees": mesure.inchangees,
        "cessees": mesure.cessees,
        "masquees": mesure.masquees,
        "nombre_erreurs": bilan.nombre_erreurs,
        "ecartees": ecartees,
    }
