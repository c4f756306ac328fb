"""Services of imports: deposit, confirm, give up."""

import zipfile
from pathlib import PurePath

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.affichage import taille_fichier
from apps.core.erreurs import ErreurMetier, TransitionInterdite
from apps.core.fichiers import TypeFichier
from apps.documents.models import Fichier
from apps.documents.services import purger, recevoir
from apps.entreprises.enums import EtatImport, GenreImport
from apps.entreprises.models import ImportEntreprises
from apps.travaux.services import demander

from .lecture import ECHANTILLON, reconnaitre

GENRE = "entreprises.import"
FINIS = (EtatImport.TERMINE, EtatImport.ECHEC, EtatImport.ABANDONNE)
CSV = TypeFichier("csv", "text/csv", "tableau CSV")
XLSX = TypeFichier("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "classeur Excel")
ZIP = TypeFichier("zip", "application/zip", "archive zip")


def _type(fichier: UploadedFile, genre: str) -> TypeFichier:
    """What the file really is: a text table, a workbook (everyday tables), a zip (SIRENE). Raises ErreurMetier."""
    limite = settings.IMPORT_TAILLE_MAX if genre == GenreImport.SIRENE else settings.FICHIER_TAILLE_MAX
    if not fichier.size:
        raise ErreurMetier("Ce fichier est vide.")
    if fichier.size > limite:
        raise ErreurMetier(
            f"Ce fichier pèse {taille_fichier(fichier.size)} ; la limite est de {taille_fichier(limite)}."
        )
    fichier.seek(0)
    debut = fichier.read(ECHANTILLON)
    fichier.seek(0)
    if debut[:2] != b"PK":
        reconnaitre(debut)
        return CSV
    extension = PurePath(fichier.name or "").suffix.lower()
    if genre == GenreImport.SIRENE:
        if not zipfile.is_zipfile(fichier):
            raise ErreurMetier("L’archive est abîmée : envoyez-la à nouveau.")
        fichier.seek(0)
        return ZIP
    if extension != ".xlsx":
        raise ErreurMetier("Ce fichier n’est ni un tableau CSV ni un classeur XLSX.")
    return XLSX


def _recevoir(fichier: UploadedFile, genre: str, acces: Acces) -> Fichier:
    trouve = _type(fichier, genre)
    if trouve is not XLSX:
        # Checked above; a workbook goes through the full check of documents.
        fichier.type_reconnu = trouve  # type: ignore[attr-defined]
    return recevoir(fichier=fichier, acces=acces)


@transaction.atomic
def deposer(
    *, acces: Acces, genre: str, fichier: UploadedFile, fichier_noms: UploadedFile | None = None
) -> ImportEntreprises:
    """Keep the files and ask for the preview. Raises ErreurMetier when a file is not what it should be."""
    un = ImportEntreprises.objects.create(
        territoire_id=acces.territoire_id,
        genre=genre,
        etat=EtatImport.ANALYSE,
        fichier=_recevoir(fichier, genre, acces),
        fichier_noms=_recevoir(fichier_noms, genre, acces) if fichier_noms else None,
        demande_par_id=acces.utilisateur_id,
    )
    return _demander(un, acces, ecrire=False)


def _demander(un: ImportEntreprises, acces: Acces, *, ecrire: bool) -> ImportEntreprises:
    cle = f"{GENRE}:{un.pk}:{'ecriture' if ecrire else 'analyse'}"
    un.travail = demander(GENRE, cle=cle, parametres={"import": un.pk, "ecrire": ecrire}, acces=acces)
    un.save(update_fields=["travail", "etat", "ecarter_erreurs", "modifie_le"])
    return un


def _verrouiller(un: ImportEntreprises, acces: Acces) -> ImportEntreprises:
    return ImportEntreprises.objects.select_for_update(of=("self",)).get(pk=un.pk, territoire=acces.territoire_id)


@transaction.atomic
def confirmer(*, acces: Acces, un: ImportEntreprises, ecarter_erreurs: bool = False) -> ImportEntreprises:
    """Write what the preview announced. Raises ErreurMetier while errors remain, unless SIRENE's are set aside."""
    un = _verrouiller(un, acces)
    if un.etat != EtatImport.APERCU:
        raise TransitionInterdite("Cet import n’attend pas de confirmation.")
    if un.comptes.get("nombre_erreurs"):
        if un.genre != GenreImport.SIRENE:
            raise ErreurMetier("Corrigez d’abord les lignes en erreur, puis envoyez à nouveau le fichier.")
        if not ecarter_erreurs:
            raise ErreurMetier("Le fichier contient des lignes en erreur : acceptez de les écarter, ou abandonnez.")
    un.etat, un.ecarter_erreurs = EtatImport.ECRITURE, ecarter_erreurs
    return _demander(un, acces, ecrire=True)


@transaction.atomic
def abandonner(*, acces: Acces, un: ImportEntreprises) -> ImportEntreprises:
    """Nothing will be written; the files go. Raises TransitionInterdite once it is written."""
    un = _verrouiller(un, acces)
    if un.etat in FINIS or un.etat == EtatImport.ECRITURE:
        raise TransitionInterdite("Cet import ne peut plus être abandonné.")
    un.etat, un.termine_le = EtatImport.ABANDONNE, timezone.now()
    un.erreurs, un.apercu = [], []
    un.save()
    for fichier in (un.fichier, un.fichier_noms):
        if fichier is not None:
            purger(fichier=fichier, acces=acces)
    return un
