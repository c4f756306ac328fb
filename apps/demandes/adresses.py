"""How to write to the applicants of a fiche: at the address that the service knows, with a link of their own."""

from apps.core.acces import Acces
from apps.core.registres import AdresseDemandeur
from apps.fiches.models import FicheNavette
from apps.personnes.models import Personne

from .liens import adresse, creer_lien
from .models import Demande, LienSuivi


def adresses_de(fiche: FicheNavette) -> list[AdresseDemandeur]:
    """Each applicant that has an e-mail; a new link each time, since only digests of the former ones are kept."""
    demandes = [d for d in Demande.objects.filter(fiche=fiche).select_related("territoire") if not d.est_close]
    personnes = [d.personne for d in fiche.demandeurs.select_related("personne")]
    return [AdresseDemandeur(p.pk, str(p), p.courriel, _lien(p, demandes)) for p in personnes if p.courriel]


def _lien(personne: Personne, demandes: list[Demande]) -> str:
    """Opens the fiche to its applicant; empty when nothing of theirs opens it yet.

    To another porteur than the person of the request, only when the coordination has already sent them a link.
    """
    for demande in demandes:
        siens = LienSuivi.objects.filter(demande=demande, personne=personne, fiche_ouverte=True)
        if demande.personne_id == personne.pk:
            pour = None
        elif siens.exists():
            pour = personne
        else:
            continue
        lien, jeton = creer_lien(acces=Acces.systeme(demande.territoire_id), demande=demande, personne=pour)
        if lien.fiche_ouverte:
            return adresse(demande, jeton)
        lien.delete()
    return ""
