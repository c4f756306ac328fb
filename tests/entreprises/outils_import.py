"""Deposit and run imports as the worker would, in place."""

from django.core.files.uploadedfile import SimpleUploadedFile

from apps.entreprises.enums import GenreImport
from apps.entreprises.imports import depot
from apps.entreprises.imports.execution import executer
from apps.entreprises.models import ImportEntreprises
from tests.entreprises import donnees_sirene as sirene


def jouer(un: ImportEntreprises) -> ImportEntreprises:
    """Do the job that the import waits for."""
    executer(un.travail, lambda fait, total=None, message="": None)
    return ImportEntreprises.objects.get(pk=un.pk)


def importer_tableau(acces, contenu: bytes, nom: str = "entreprises.csv") -> ImportEntreprises:
    un = depot.deposer(acces=acces, genre=GenreImport.FICHIER, fichier=SimpleUploadedFile(nom, contenu))
    return jouer(un)


def importer_sirene(
    acces, etablissements, unites=None, *, zippe=False, confirmer=True, ecarter=False
) -> ImportEntreprises:
    brut = sirene.en_csv(sirene.COLONNES, etablissements)
    fichiers = {"fichier": SimpleUploadedFile("StockEtablissement.csv", sirene.en_zip(brut) if zippe else brut)}
    if unites is not None:
        noms = sirene.en_csv(sirene.COLONNES_NOMS, unites)
        fichiers["fichier_noms"] = SimpleUploadedFile("StockUniteLegale.csv", noms)
    un = jouer(depot.deposer(acces=acces, genre=GenreImport.SIRENE, **fichiers))
    return ecrire(acces, un, ecarter=ecarter) if confirmer else un


def ecrire(acces, un: ImportEntreprises, *, ecarter: bool = False) -> ImportEntreprises:
    return jouer(depot.confirmer(acces=acces, un=un, ecarter_erreurs=ecarter))
