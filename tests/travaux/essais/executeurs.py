"""Executors that behave well and badly, for the tests of jobs; the child process knows them through reglages.py."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from apps.core.erreurs import ErreurMetier
from apps.partenaires.models import Organisme
from apps.travaux.executeur import Avancement, Executeur
from apps.travaux.models import Travail

Resultat = dict[str, Any]


def noter(travail: Travail, mot: str) -> None:
    """Leave a mark outside the database: each start of the job is one line."""
    with Path(travail.parametres["marques"]).open("a", encoding="utf-8") as fichier:
        fichier.write(f"{mot} {os.getpid()}\n")


def compter(travail: Travail, avancement: Avancement) -> Resultat:
    for rang in range(3):
        avancement(rang + 1, 3, f"Ligne {rang + 1}")
    return {"lignes": 3, "pid": os.getpid()}


def organismes(travail: Travail, avancement: Avancement) -> Resultat:
    """What the database shows to the job: no filter here on purpose."""
    return {"noms": sorted(Organisme.objects.values_list("nom", flat=True))}


def patienter(travail: Travail, avancement: Avancement) -> Resultat:
    """Works in small steps for a long time; cancellable."""
    noter(travail, "debut")
    for rang in range(600):
        avancement(rang, 600, "En route")
        time.sleep(0.1)
    noter(travail, "fin")
    return {}


def attendre_le_feu(travail: Travail, avancement: Avancement) -> Resultat:
    """Ends once the file named in the parameters exists."""
    noter(travail, "debut")
    while not Path(travail.parametres["feu"]).exists():
        avancement(0)
        time.sleep(0.05)
    noter(travail, "fin")
    return {}


def sourd(travail: Travail, avancement: Avancement) -> Resultat:
    """Never looks up, and starts a process of its own."""
    petit = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    noter(travail, "debut")
    with Path(travail.parametres["marques"]).open("a", encoding="utf-8") as fichier:
        fichier.write(f"petit {petit.pid}\n")
    while True:
        time.sleep(60)


def tomber(travail: Travail, avancement: Avancement) -> Resultat:
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


def refuser(travail: Travail, avancement: Avancement) -> Resultat:
    raise ErreurMetier("Le fichier ne contient aucune ligne.")


def planter(travail: Travail, avancement: Avancement) -> Resultat:
    raise RuntimeError("secret : 06 00 00 00 00")


ESSAIS: dict[str, Executeur] = {
    "essai.compter": Executeur(compter, libelle="Comptage", resultat_url=lambda travail: f"/lu/{travail.pk}/"),
    "essai.compter_ici": Executeur(compter, processus=False),
    "essai.organismes": Executeur(organismes),
    "essai.patienter": Executeur(patienter),
    "essai.feu": Executeur(attendre_le_feu),
    "essai.sourd": Executeur(sourd, duree_max=10),
    "essai.sourd_long": Executeur(sourd),
    "essai.tomber": Executeur(tomber),
    "essai.refuser": Executeur(refuser),
    "essai.refuser_ici": Executeur(refuser, processus=False),
    "essai.planter": Executeur(planter),
    "essai.planter_ici": Executeur(planter, processus=False),
}
