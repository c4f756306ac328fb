"""The engine that makes documents: sheets laid out once and kept, then joined into one accessible file.

    parties = rendre_parties([Feuille("comites/papier/fiche.html", contexte, audience.cle, nom="FN-2026-0042"), …],
                             territoire=territoire, avancement=avancement, total=len(feuilles) + 1)
    fichier = assembler(Plan(territoire=territoire, audience=audience.cle, titre="Dossier de séance",
                             entrees=tuple(Entree(titre, partie, cle=numero) for …),
                             liminaire=Liminaire("comites/papier/couverture.html", contexte)),
                        avancement=avancement, de=len(feuilles), total=len(feuilles) + 1)
    with disque():
        recevoir(…fichier.contenu…)

A sheet is an HTML template that extends « documents/papier.html »; its context is JSON, since it is digested, and says
all that it needs: the same context gives the same part. `habillage` (nom, couleur, logo) is added to it. Heads, feet
and folios are stamped on the assembled file; links to « partie:<cle> » lead to the first page of that entry. A part
belongs to the audience that its sheet declares and serves no other. Everything here runs in a job's child process, in
the territoire's scope; what goes wrong is an ErreurMetier with a French sentence. The libraries that it needs are
loaded there alone, never by the site.
"""

from collections.abc import Sequence
from importlib import import_module

from apps.territoires.models import Territoire
from apps.travaux.executeur import Avancement

from .disque import disque
from .plan import Assemblage, Entree, Exemplaire, Feuille, Liminaire, Partie, Plan

__all__ = [
    "Assemblage",
    "Entree",
    "Exemplaire",
    "Feuille",
    "Liminaire",
    "Partie",
    "Plan",
    "assembler",
    "balayer_parties",
    "disque",
    "oublier_parties",
    "rendre_parties",
]


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

    `avancement(de + done, total, message)` after each part. Raises ErreurMetier with a French sentence: Pango missing,
    full disk, a sheet that fells its process.
    """
    rendre = import_module(f"{__name__}.parties").rendre_parties
    return rendre(feuilles, territoire=territoire, avancement=avancement, de=de, total=total, message=message)


def assembler(plan: Plan, *, avancement: Avancement | None = None, de: int = 0, total: int | None = None) -> Assemblage:
    """The file that a plan describes; its cover and contents are laid out here.

    `avancement(de, total, what is under way)` at each step, so that the job may be cancelled. Raises ErreurMetier.
    """
    return import_module(f"{__name__}.montage").assembler(plan, avancement=avancement, de=de, total=total)


def balayer_parties() -> int:
    """Sweep: forget the parts that no document has used for a week. How many."""
    return import_module(f"{__name__}.parties").balayer_parties()


def oublier_parties(territoire_id: int) -> int:
    """Forget every part of a territoire at once: somebody's data was erased. How many."""
    return import_module(f"{__name__}.parties").oublier_parties(territoire_id)
