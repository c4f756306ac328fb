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
the territoire's scope; what goes wrong is an ErreurMetier with a French sentence.
"""

from .disque import disque
from .montage import assembler
from .parties import oublier_parties, rendre_parties
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
    "disque",
    "oublier_parties",
    "rendre_parties",
]
