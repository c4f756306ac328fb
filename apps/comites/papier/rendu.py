"""From frozen data to a PDF: sheets kept from one time to the next, then assembled. Nothing is looked up here."""

from functools import partial
from typing import Any

from django.urls import reverse

from apps.core.acces import Acces
from apps.core.audience import Audience, GenreAudience
from apps.documents.assemblage import Entree, Exemplaire, Feuille, Liminaire, Plan, assembler, rendre_parties
from apps.documents.fabrique import Fabrique
from apps.documents.feuille_seule import rendre_seule
from apps.documents.models import Document
from apps.fiches.audience import lisibles, retirees
from apps.travaux.executeur import Avancement

from ..enums import StatutSeance
from ..lecture import organismes_lecteurs
from ..models import CompteRendu, Seance, VersionAnonyme
from ..permissions import est_secretaire, peut_lire_releve

COUVERTURE = "comites/papier/couverture.html"
DOSSIER = "comites.dossier"
CONVOCATION = "comites.convocation"
EMARGEMENT = "comites.emargement"
RELEVE = "comites.releve"
COMPTE_RENDU = "comites.compte_rendu"
ACTIONS = "comites.actions"
FICHE_RETIREE = (
    "Depuis, un accord de partage a été retiré ou une fiche a été restreinte : ce document ne se remet plus. "
    "Demandez-le de nouveau, il ne dira que ce qui peut l’être, et reprenez les exemplaires déjà donnés."
)
VERSION_RETIREE = (
    "Depuis, une version anonyme a été changée ou retirée : ce document ne se remet plus. Demandez-le de nouveau."
)


def produire_dossier(document: Document, avancement: Avancement) -> bytes:
    """Cover and agenda, then a sheet for each point, in as many numbered copies as were asked for."""
    donnees = document.donnees
    feuilles = [
        Feuille(f["gabarit"], f["contexte"], document.audience, nom=f["ligne"]["titre"]) for f in donnees["feuilles"]
    ]
    total = len(feuilles) + 1
    parties = rendre_parties(
        feuilles, territoire=document.territoire, avancement=avancement, total=total, message="Mise en page des points"
    )
    entrees = tuple(
        Entree(f["ligne"]["titre"], partie, f["cle"], donnees=f["ligne"])
        for f, partie in zip(donnees["feuilles"], parties, strict=True)
    )
    contexte = {cle: donnees[cle] for cle in ("seance", "membres", "invites")}
    exemplaires = [Exemplaire(e["numero"], e["destinataire"], e["mention"]) for e in donnees["exemplaires"]]
    avancement(len(feuilles), total, "Assemblage")
    return assembler(
        Plan(
            territoire=document.territoire,
            audience=document.audience,
            titre=f"Dossier · {donnees['seance']['titre']}",
            entrees=entrees,
            liminaire=Liminaire(COUVERTURE, contexte, par_exemplaire=bool(exemplaires)),
            exemplaires=tuple(exemplaires),
            tete_gauche=donnees["seance"]["titre"],
            tete_droite=donnees["mention"],
            variante=document.variante,
        )
    ).contenu


def produire_feuille(gabarit: str, libelle: str, document: Document, avancement: Avancement) -> bytes:
    """A document of one sheet."""
    donnees: dict[str, Any] = document.donnees
    return rendre_seule(
        document,
        avancement,
        gabarit=gabarit,
        contexte=donnees,
        titre=f"{libelle} · {donnees['seance']['titre']}",
        tete_gauche=donnees["seance"]["titre"],
        tete_droite=donnees.get("mention", ""),
    )


def adresse(document: Document) -> tuple[str, str]:
    """The séance that it was made of."""
    seance = _seance(document)
    url = reverse("comites:documents", args=[document.territoire.slug, seance.numero])
    return url, f"Documents de la séance {seance.numero}"


def _seance(document: Document) -> Seance:
    return Seance.objects.get(pk=int(document.objet.partition(":")[2]), territoire=document.territoire_id)


def _seance_de(acces: Acces, document: Document) -> Seance | None:
    """The séance, when this person may see it and it was convened."""
    pk = int(document.objet.partition(":")[2])
    siennes = Seance.objects.visibles_par(acces).filter(convoquee_le__isnull=False)
    return siennes.exclude(statut=StatutSeance.ANNULEE).filter(pk=pk).first()


def voit_dossier(acces: Acces, document: Document) -> bool:
    """A member takes its own copy, as long as it reads every fiche that is in it; élus what has no name in it."""
    seance = _seance_de(acces, document)
    if seance is None:
        return False
    audience = Audience.depuis_cle(document.audience, document.territoire_id)
    if audience.est_anonyme:
        return seance.est_anonyme and document.donnees.get("pour_tous", False)
    if audience.genre != GenreAudience.ORGANISME or audience.organisme_id != acces.organisme_id:
        return False
    fiches = set(document.donnees.get("fiches", ()))
    return (
        acces.est_referent
        and acces.organisme_id in organismes_lecteurs(seance)
        and fiches <= lisibles(fiches, audience)
    )


def perime(document: Document) -> str:
    """What was laid out for members, élus included, is given no longer once they may not read all that it tells."""
    audience = Audience.depuis_cle(document.audience, document.territoire_id)
    if audience.est_anonyme:
        ecrites = document.donnees.get("versions", {})
        relues = VersionAnonyme.objects.filter(fiche__in=ecrites, relue_le__isnull=False)
        return VERSION_RETIREE if ecrites != {str(v.fiche_id): v.texte for v in relues} else ""
    return FICHE_RETIREE if retirees(document.donnees.get("fiches", ()), audience) else ""


def voit_releve(acces: Acces, document: Document) -> bool:
    """Once it was sent; what was printed before stays with whoever keeps the meeting."""
    seance = _seance_de(acces, document)
    if seance is None or not peut_lire_releve(acces, seance):
        return False
    return est_secretaire(acces, seance) or not document.donnees.get("brouillon", True)


def voit_compte_rendu(acces: Acces, document: Document) -> bool:
    """Once it was sent as « projet », and never a draft of before."""
    seance = _seance_de(acces, document)
    if seance is None or document.donnees.get("brouillon", True):
        return False
    return CompteRendu.objects.visibles_par(acces).filter(seance=seance).exists()


def _seule(gabarit: str, libelle: str, **options: Any) -> Fabrique:
    return Fabrique(partial(produire_feuille, f"comites/papier/{gabarit}.html", libelle), adresse, libelle, **options)


FABRIQUES = {
    DOSSIER: Fabrique(produire_dossier, adresse, "Dossier de séance", visible=voit_dossier, perime=perime),
    CONVOCATION: _seule("convocation", "Convocation"),
    EMARGEMENT: _seule("emargement", "Feuille d’émargement"),
    RELEVE: _seule("releve", "Relevé de décisions", visible=voit_releve),
    COMPTE_RENDU: _seule("compte_rendu", "Compte rendu", visible=voit_compte_rendu),
    ACTIONS: _seule("actions", "Liste des actions", perime=perime),
}
