"""Run as a process of its own beside a running site: a meeting under way, with fiches that the committee reads.

Prints {numero, points: [ids in their order], titres} as JSON on its last line.
"""

import json
import sys
from datetime import time

import django

django.setup()

from django.utils import timezone  # noqa: E402

from apps.acces.models import Affectation  # noqa: E402
from apps.comites.lecture import accord_couvre_comite  # noqa: E402
from apps.comites.models import Instance, Membre, Seance  # noqa: E402
from apps.comites.services import ordre, tenue  # noqa: E402
from apps.core.portee import portee  # noqa: E402
from apps.fiches.models import FicheNavette  # noqa: E402
from apps.partenaires.models import Organisme  # noqa: E402
from apps.territoires.models import Territoire  # noqa: E402

FICHES = 2


def preparer(numero: str) -> dict[str, object]:
    figeac = Territoire.objects.get(slug="figeac")
    with portee(figeac.pk):
        acces = Affectation.objects.get(territoire=figeac, utilisateur__courriel="claire.vidal@example.org").acces()
        instance, nouvelle = Instance.objects.get_or_create(territoire=figeac, nom="Comité technique essayé")
        if nouvelle:
            for organisme in Organisme.objects.filter(territoire=figeac, est_actif=True)[:6]:
                Membre.objects.create(territoire=figeac, instance=instance, organisme=organisme)
        seance = Seance.objects.create(
            territoire=figeac, instance=instance, numero=numero, jour=timezone.localdate(), heure_debut=time(9, 30),
            heure_fin=time(12, 0),
        )  # fmt: skip
        ouvertes = FicheNavette.objects.filter(territoire=figeac, statut="ouverte").order_by("pk")
        fiches = [f for f in ouvertes if accord_couvre_comite(f)][:FICHES]
        for fiche in fiches:
            ordre.ajouter_fiche(acces=acces, seance=seance, fiche=fiche, mode="nominatif", elargir=True)
        ordre.ajouter_sujet(acces=acces, seance=seance, titre="Questions diverses")
        seance = tenue.ouvrir(acces=acces, seance=seance)
        points = list(seance.points.inscrits().filter(nature="fiche"))
        tenue.placer(acces=acces, point=points[0])
        return {
            "numero": numero,
            "points": [p.pk for p in points],
            "titres": [p.fiche.titre for p in points if p.fiche],
        }


print(json.dumps(preparer(sys.argv[1])))
