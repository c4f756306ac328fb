"""Parts: laid out once for each content and audience, kept on disk, forgotten when nothing uses them any more."""

import logging
import time
from collections.abc import Generator, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pikepdf
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from apps.core.portee import portee
from apps.documents.models import PartiePDF
from apps.territoires.models import Territoire
from apps.travaux.executeur import Avancement

from . import atelier
from .disque import PARTIEL
from .empreintes import empreinte
from .habillage import Habillage, habillage_de
from .plan import Feuille, Partie

journal = logging.getLogger(__name__)

JOURS_SANS_USAGE = 7
AGE_PARTIEL = 24 * 3600
LOT = 500


def nom_de(territoire_id: int, somme: str) -> str:
    return f"{territoire_id}/parties/{somme[:2]}/{somme}.pdf"


def rendre_parties(
    feuilles: Sequence[Feuille],
    *,
    territoire: Territoire,
    avancement: Avancement | None = None,
    de: int = 0,
    total: int | None = None,
    message: str = "Mise en page",
) -> list[Partie]:
    """The part of each sheet, in order; those that are kept already are not laid out again.

    In the job's child process, in the territoire's scope. `avancement(de + done, total, message)` after each part.
    Raises ErreurMetier with a French sentence: Pango missing, full disk, a sheet that fells its process.
    """
    habillage = habillage_de(territoire)
    sommes = [empreinte(feuille, habillage=habillage, territoire_id=territoire.pk) for feuille in feuilles]
    parties = _gardees(territoire.pk, set(sommes))
    total = total or len(feuilles)
    if avancement:
        avancement(de + sum(somme in parties for somme in sommes), total, message)
    commandes = [
        atelier.Commande(
            gabarit=feuille.gabarit,
            contexte=feuille.contexte,
            destination=Path(default_storage.path(nom_de(territoire.pk, somme))),
            nom=f"la feuille «\u00a0{feuille.nom}\u00a0»" if feuille.nom else "une feuille",
        )
        for somme, feuille in dict(zip(sommes, feuilles, strict=True)).items()
        if somme not in parties
    ]
    neuves: list[Partie] = []
    try:
        with closing(_rendre(commandes, habillage)) as rendues:
            for partie in rendues:
                neuves.append(partie)
                parties[partie.empreinte] = partie
                if avancement:
                    avancement(de + sum(somme in parties for somme in sommes), total, message)
    finally:
        _inscrire(territoire.pk, neuves)
    return [parties[somme] for somme in sommes]


def _rendre(commandes: list[atelier.Commande], habillage: Habillage) -> Generator[Partie, None, None]:
    """Lay out what is missing; WeasyPrint is not even loaded when nothing is."""
    if commandes:
        for commande, pages in atelier.rendre(commandes, habillage, settings.DOCUMENTS_PROCESSUS):
            yield Partie(commande.destination.stem, commande.destination, pages)


def _gardees(territoire_id: int, sommes: set[str]) -> dict[str, Partie]:
    """The parts whose file is there; a whole file that a lost transaction left without its row is taken up."""
    lignes: dict[str, PartiePDF] = {}
    cherchees = sorted(sommes)
    for debut in range(0, len(cherchees), LOT):
        for ligne in PartiePDF.objects.filter(territoire=territoire_id, empreinte__in=cherchees[debut : debut + LOT]):
            lignes[ligne.empreinte] = ligne
    trouvees, orphelines = {}, []
    for somme in cherchees:
        chemin = Path(default_storage.path(nom_de(territoire_id, somme)))
        if not chemin.is_file():
            continue
        if somme in lignes:
            trouvees[somme] = Partie(somme, chemin, lignes[somme].pages)
        else:
            with pikepdf.open(chemin) as pdf:
                trouvees[somme] = Partie(somme, chemin, len(pdf.pages))
            orphelines.append(trouvees[somme])
    _inscrire(territoire_id, orphelines)
    _toucher(territoire_id, [ligne.pk for somme, ligne in lignes.items() if somme in trouvees])
    return trouvees


def _inscrire(territoire_id: int, parties: list[Partie]) -> None:
    """The rows of whole files, in the order of their digests: two jobs never wait for each other in a ring."""
    if not parties:
        return
    with transaction.atomic():
        PartiePDF.objects.bulk_create(
            [
                PartiePDF(
                    territoire_id=territoire_id,
                    empreinte=partie.empreinte,
                    contenu=nom_de(territoire_id, partie.empreinte),
                    taille=partie.chemin.stat().st_size,
                    pages=partie.pages,
                )
                for partie in sorted(parties, key=lambda p: p.empreinte)
            ],
            ignore_conflicts=True,
            batch_size=LOT,
        )


def _toucher(territoire_id: int, pks: list[int]) -> None:
    """Used today: once a day is enough, and a row that somebody holds is being touched already."""
    hier = timezone.now() - timedelta(days=1)
    for debut in range(0, len(pks), LOT):
        with transaction.atomic():
            anciennes = PartiePDF.objects.filter(
                territoire=territoire_id, pk__in=pks[debut : debut + LOT], utilisee_le__lt=hier
            ).order_by("pk")
            libres = list(anciennes.select_for_update(skip_locked=True).values_list("pk", flat=True))
            if libres:
                PartiePDF.objects.filter(pk__in=libres).update(utilisee_le=timezone.now())


def balayer_parties() -> int:
    """Sweep: forget the parts that no document has used for a week, and what killed renderers left. How many."""
    limite = timezone.now() - timedelta(days=JOURS_SANS_USAGE)
    return sum(_oublier(pk, utilisee_le__lt=limite) for pk in Territoire.objects.values_list("pk", flat=True))


def oublier_parties(territoire_id: int) -> int:
    """Forget every part of a territoire at once: somebody's data was erased. How many."""
    return _oublier(territoire_id)


def _oublier(territoire_id: int, **filtre: object) -> int:
    """Rows first, then files: a file without a row is found again, a row without a file is laid out again."""
    with portee(territoire_id):
        lignes = list(PartiePDF.objects.filter(territoire=territoire_id, **filtre).values_list("pk", flat=True))
        PartiePDF.objects.filter(pk__in=lignes, **filtre).delete()
    with portee(territoire_id):
        gardees = set(PartiePDF.objects.filter(territoire=territoire_id).values_list("empreinte", flat=True))
    # A file newer than a day may be that of a job under way, whose rows are not committed yet.
    jeune = 0 if not filtre else time.time() - AGE_PARTIEL
    racine = Path(default_storage.path(f"{territoire_id}/parties"))
    for fichier in racine.glob("*/*"):
        perdu = fichier.suffix == PARTIEL or fichier.stem not in gardees
        if perdu and (not jeune or fichier.stat().st_mtime < jeune):
            fichier.unlink(missing_ok=True)
    return len(lignes)
