"""One fiche on paper: a job renders what its asker may read, keeps it a week, and its download is logged."""

from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.affichage import date_longue
from apps.core.erreurs import ErreurMetier
from apps.core.portee import portee
from apps.documents import pdf
from apps.documents.models import Fichier
from apps.documents.services import purger, recevoir
from apps.territoires.models import Territoire
from apps.travaux.enums import EtatTravail
from apps.travaux.executeur import Avancement, Executeur
from apps.travaux.models import Travail

from .models import Echange, EntreeJournal, FicheNavette
from .page import composer, fiche_complete

GENRE = "fiches.impression"
JOURS_GARDES = 7


def imprimer(travail: Travail, avancement: Avancement) -> dict[str, Any]:
    """Executor. Raises ErreurMetier when the asker may no longer read the fiche, or when Pango is missing."""
    acces = travail.acces()  # rights are checked again when the job runs
    fiche = fiche_complete(acces).filter(pk=travail.parametres["fiche"]).first()
    if fiche is None:
        raise ErreurMetier("Cette fiche ne vous est plus ouverte.")
    avancement(0, 1, "Mise en page")
    contexte = {
        "fiche": fiche,
        "territoire": fiche.territoire,
        "page": composer(acces, fiche, tout=True),
        "imprimee_le": date_longue(timezone.localdate(), avec_jour=False),
        "destinataire": travail.demande_par,
    }
    contenu = pdf.rendre(gabarit="fiches/papier.html", contexte=contexte)
    nom = f"{fiche.numero}.pdf"
    fichier = recevoir(fichier=SimpleUploadedFile(nom, contenu, "application/pdf"), acces=acces, nom=nom)
    avancement(1, 1)
    return {"fichier": fichier.pk, "fiche": fiche.numero}


def fichier_de(travail: Travail) -> Fichier | None:
    """The PDF of a finished job, while it is kept."""
    return Fichier.objects.filter(pk=travail.resultat.get("fichier"), supprime_le=None).first()


def adresse(travail: Travail) -> str:
    """Where the PDF is, for the progress page."""
    slug = Territoire.objects.only("slug").get(pk=travail.territoire_id).slug
    return reverse("fiches:pdf", args=[slug, travail.resultat["fiche"], travail.jeton])


def purger_impressions() -> int:
    """Sweep: erase the PDFs older than a week, territoire by territoire. How many."""
    limite = timezone.now() - timedelta(days=JOURS_GARDES)
    nombre = 0
    anciens = Travail.objects.filter(genre=GENRE, etat=EtatTravail.REUSSI, fini_le__lt=limite)
    for travail in anciens.filter(resultat__has_key="fichier")[:500]:
        with portee(travail.territoire_id):
            if fichier := fichier_de(travail):
                purger(fichier=fichier, acces=Acces.systeme(travail.territoire_id))
                nombre += 1
            Travail.objects.filter(pk=travail.pk).update(resultat={"fiche": travail.resultat.get("fiche", "")})
    return nombre


def cle_de(fiche: FicheNavette, acces: Acces) -> str:
    """The same fiche in the same state, for the same reader on the same day, gives the same job.

    A note of something long past moves neither the version nor the last activity: its row does.
    """
    derniers = (modele.objects.filter(fiche=fiche).aggregate(pk=Max("pk"))["pk"] for modele in (EntreeJournal, Echange))
    etat = ":".join(str(pk or 0) for pk in derniers)
    return f"{GENRE}:{fiche.pk}:{fiche.version}:{etat}:{timezone.localdate()}:{acces.affectation_id}"


EXECUTEUR = Executeur(
    imprimer, duree_max=120, libelle="Fiche en PDF", resultat_url=adresse, resultat_libelle="Ouvrir le PDF"
)
