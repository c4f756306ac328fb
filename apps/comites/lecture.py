"""May the committee be told who it is? Asked at each reading: of the confidentiality, the accords and the seat."""

import re
from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.core.texte import normaliser
from apps.fiches.enums import Confidentialite, StatutFiche
from apps.fiches.models import FicheNavette
from apps.partenaires.models import Organisme

from .enums import EtatPoint, ModePoint, PorteeInstance, StatutCompteRendu, StatutSeance
from .models import Membre, PointOrdreDuJour, Seance

LETTRES_AU_MOINS = 3


def accord_couvre_comite(fiche: FicheNavette) -> bool:
    """Every applicant's accord, in force, names the committee; without applicant there is none.

    Reads `demandeurs` and their accord, to be prefetched on lists.
    """
    demandeurs = list(fiche.demandeurs.all())
    return bool(demandeurs) and all(
        d.accord is not None and d.accord.est_en_vigueur and d.accord.comite for d in demandeurs
    )


def comite_peut_lire(fiche: FicheNavette) -> bool:
    """The fiche is open to the committee, and so says every applicant today."""
    return (
        fiche.confidentialite == Confidentialite.COMITE
        and fiche.statut != StatutFiche.ANNULEE
        and accord_couvre_comite(fiche)
    )


def noms_connus(fiche: FicheNavette) -> set[str]:
    """What would tell who it is, normalised: family names and whole names, the enterprise's name and its sign.

    Reads `demandeurs__personne` and `entreprise`, to be prefetched on lists.
    """
    noms = {normaliser(fiche.entreprise.nom), normaliser(fiche.entreprise.enseigne)} if fiche.entreprise else set()
    for demandeur in fiche.demandeurs.all():
        noms |= {normaliser(demandeur.personne.nom), normaliser(demandeur.personne.prenom, demandeur.personne.nom)}
    return {n for n in noms if len(n) >= LETTRES_AU_MOINS}


def nomme(texte: str, noms: Iterable[str]) -> bool:
    """Does this text hold one of these names, as whole words, whatever the case and the accents?"""
    normalise = f" {normaliser(texte).replace('.', ' ')} "
    return any(re.search(rf"\s{re.escape(n.replace('.', ' '))}\s", normalise) for n in noms)


def siegent(seance: Seance) -> QuerySet[Organisme]:
    """The organismes that sit on the instance or on the one that meets with it, still active."""
    instances = [i for i in (seance.instance_id, seance.conjointe_id) if i]
    membres = Membre.objects.filter(instance__in=instances, organisme__isnull=False, retire_le__isnull=True)
    return Organisme.objects.filter(pk__in=membres.values("organisme"), est_actif=True)


def organismes_lecteurs(seance: Seance, jour: date | None = None) -> set[int]:
    """Those that may read the named fiches of this séance: they sit, and a convention binds them that day.

    Nobody in a séance of anonymous reach.
    """
    if seance.est_anonyme:
        return set()
    lecteurs = siegent(seance).avec_convention(jour or timezone.localdate())  # type: ignore[attr-defined]
    return set(lecteurs.filter(a_convention=True).values_list("pk", flat=True))


def agendas_figes() -> QuerySet[PointOrdreDuJour]:
    """The points that name their fiche in an agenda that holds: convened, not cancelled, its minutes not approved."""
    return (
        PointOrdreDuJour.objects.filter(
            etat=EtatPoint.INSCRIT, mode=ModePoint.NOMINATIF, fiche__isnull=False, seance__convoquee_le__isnull=False,
            seance__portee=PorteeInstance.NOMINATIVE,
        )
        .exclude(seance__statut=StatutSeance.ANNULEE)
        .exclude(Q(seance__compte_rendu__statut=StatutCompteRendu.APPROUVE))
    )  # fmt: skip
