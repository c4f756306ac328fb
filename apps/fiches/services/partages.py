"""The rows that open a fiche to its partners: always what the orientations, the accords and the status say."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from apps.personnes.models import Accord

from ..enums import Confidentialite, EtatOrientation, GenreOrientation, MotifPartage
from ..models import FicheNavette, Orientation, Partage
from ..workflow import EN_COURS

LISENT = frozenset(
    {
        EtatOrientation.ENVOYEE,
        EtatOrientation.PRISE_EN_CHARGE,
        EtatOrientation.TERMINEE,
        EtatOrientation.AVIS_RENDU,
        EtatOrientation.LUE,
    }
)


def accords_de(fiche: FicheNavette) -> list[Accord | None]:
    """For each applicant, the accord given for this fiche if it is still in force, else None.

    Never another one of the same person: merging two persons must not widen who reads.
    """
    demandeurs = fiche.demandeurs.select_related("accord").prefetch_related("accord__organismes")
    return [d.accord if d.accord is not None and d.accord.est_en_vigueur else None for d in demandeurs]


def couvre(accords: list[Accord | None], organisme_id: int) -> bool:
    """Every applicant agrees that this organisme reads the fiche; nobody known to ask is no agreement."""
    return bool(accords) and all(a is not None and a.couvre(organisme_id) for a in accords)


def couvre_comite(accords: list[Accord | None]) -> bool:
    return bool(accords) and all(a is not None and a.est_en_vigueur and a.comite for a in accords)


def _voulus(fiche: FicheNavette, accords: list[Accord | None]) -> dict[tuple[int | None, int | None], bool]:
    """(organisme, utilisateur) -> may write, for each share that should be open."""
    voulus: dict[tuple[int | None, int | None], bool] = {}
    if not fiche.est_ouverte:
        return voulus
    for o in Orientation.objects.filter(fiche=fiche, sur_resume=False, etat__in=LISENT):
        if not couvre(accords, o.organisme_id):
            continue
        # Once its part is over a partner reads until the fiche closes; an information is only read.
        ecrit = o.genre != GenreOrientation.INFORMATION and o.etat in EN_COURS
        cle = (o.organisme_id, None)
        voulus[cle] = voulus.get(cle, False) or ecrit
        if o.technicien_id is not None:
            voulus[(None, o.technicien_id)] = voulus.get((None, o.technicien_id), False) or ecrit
    return voulus


def accorder_partages(fiche: FicheNavette, *, quand: datetime | None = None) -> list[Partage]:
    """Open and close the shares of orientations so that they say what is true now; give back those just closed.

    A share of the committee is only ever closed here: with the fiche, or when an accord leaves the committee out.
    """
    accords = accords_de(fiche)
    voulus = _voulus(fiche, accords)
    maintenant = quand or timezone.now()
    fermes = []
    ouverts = set()
    for partage in Partage.objects.en_cours().filter(fiche=fiche).select_related("organisme", "utilisateur"):
        if partage.motif == MotifPartage.COMITE:
            reste = fiche.est_ouverte and fiche.confidentialite == Confidentialite.COMITE and couvre_comite(accords)
        else:
            cle = (partage.organisme_id, partage.utilisateur_id)
            reste = cle in voulus
            ouverts.add(cle)
            if reste and partage.peut_ecrire != voulus[cle]:
                partage.peut_ecrire = voulus[cle]
                partage.save(update_fields=["peut_ecrire"])
        if not reste:
            partage.jusqua = maintenant
            partage.save(update_fields=["jusqua"])
            fermes.append(partage)
    Partage.objects.bulk_create(
        Partage(
            territoire_id=fiche.territoire_id,
            fiche=fiche,
            organisme_id=organisme_id,
            utilisateur_id=utilisateur_id,
            motif=MotifPartage.ORIENTATION if utilisateur_id is None else MotifPartage.TRANSMISSION,
            peut_ecrire=ecrit,
            depuis=maintenant,
        )
        for (organisme_id, utilisateur_id), ecrit in voulus.items()
        if (organisme_id, utilisateur_id) not in ouverts
    )
    return fermes


def ouvrir_au_comite(fiche: FicheNavette, organismes: Iterable[int], *, quand: datetime | None = None) -> list[int]:
    """Let the référents of these organismes read the fiche, because a frozen ordre du jour names it.

    Nothing opens when the fiche is not open, is kept from the committee (`confidentialite`), or when any applicant's
    accord leaves the committee out: the caller then treats the point without names. Gives back the organismes that
    read from now on, those that already did included.
    """
    if not (fiche.est_ouverte and fiche.confidentialite == Confidentialite.COMITE and couvre_comite(accords_de(fiche))):
        return []
    voulus = sorted(set(organismes))
    deja = set(
        Partage.objects.en_cours()
        .filter(fiche=fiche, motif=MotifPartage.COMITE, organisme__in=voulus)
        .values_list("organisme_id", flat=True)
    )
    Partage.objects.bulk_create(
        Partage(
            territoire_id=fiche.territoire_id,
            fiche=fiche,
            organisme_id=organisme_id,
            motif=MotifPartage.COMITE,
            peut_ecrire=False,
            depuis=quand or timezone.now(),
        )
        for organisme_id in voulus
        if organisme_id not in deja
    )
    return voulus


def fermer_au_comite(fiche: FicheNavette, *, sauf: Iterable[int] = (), quand: datetime | None = None) -> int:
    """Close what the committee opened, except for the organismes that another frozen agenda still invites; how many."""
    ouverts = Partage.objects.en_cours().filter(fiche=fiche, motif=MotifPartage.COMITE)
    return ouverts.exclude(organisme__in=list(sauf)).update(jusqua=quand or timezone.now())
