"""Numbers without gap or double."""

import threading

import pytest
from django.db import connection

from apps.core.acces import Acces
from apps.core.portee import portee
from apps.fiches import services
from apps.fiches.models import FicheNavette, Numerotation
from apps.territoires.models import Territoire
from tests.factories import AffectationFactory, TerritoireFactory
from tests.outils import entrer

from .factories import PersonneFactory, ouvrir

FILS = 20


def test_one_series_a_territoire_and_a_year(territoire: Territoire) -> None:
    assert services.numeroter(territoire_id=territoire.pk, serie="DM", annee=2026) == (2026, 1, "DM-2026-0001")
    assert services.numeroter(territoire_id=territoire.pk, serie="DM", annee=2026) == (2026, 2, "DM-2026-0002")
    assert services.numeroter(territoire_id=territoire.pk, serie="DM", annee=2027)[2] == "DM-2027-0001"
    assert services.numeroter(territoire_id=territoire.pk, serie="FN", annee=2026)[2] == "FN-2026-0001"
    autre = TerritoireFactory(slug="langres", nom="Pays de Langres")
    entrer(autre.pk)
    assert services.numeroter(territoire_id=autre.pk, serie="DM", annee=2026)[2] == "DM-2026-0001"


def test_a_cancelled_opening_keeps_its_number(territoire: Territoire) -> None:
    premiere = ouvrir(territoire)
    services.annuler_ouverture(acces=Acces.systeme(territoire.pk), fiche=premiere)
    suivante = ouvrir(territoire)
    premiere.refresh_from_db()
    assert premiere.etat == "annulee"
    assert suivante.rang == premiere.rang + 1


def test_a_new_prefix_goes_on_counting(territoire: Territoire) -> None:
    ouvrir(territoire)
    territoire.prefixe_fiche = "TPE"
    territoire.save()
    fiche = ouvrir(territoire)
    assert (fiche.rang, fiche.numero.split("-")[0]) == (2, "TPE")


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_twenty_threads_open_at_once() -> None:
    """Half of them on a series whose row does not exist yet; three roll back, and give their number back."""
    territoire = TerritoireFactory()
    entrer(territoire.pk)
    AffectationFactory(territoire=territoire)
    personne = PersonneFactory(territoire=territoire)
    depart, erreurs = threading.Barrier(FILS), []

    class Renonce(Exception):
        pass

    def ouvrir_une(rang: int) -> None:
        try:
            depart.wait(30)
            with portee(territoire.pk):
                services.ouvrir(acces=Acces.systeme(territoire.pk), titre=f"Fiche {rang}", personnes=[personne])
                if rang % 7 == 3:
                    raise Renonce
        except Renonce:
            pass
        except Exception as erreur:
            erreurs.append(erreur)
        finally:
            connection.close()

    fils = [threading.Thread(target=ouvrir_une, args=(n,)) for n in range(FILS)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(120)
    assert erreurs == []
    rangs = sorted(FicheNavette.objects.values_list("rang", flat=True))
    attendus = FILS - len([n for n in range(FILS) if n % 7 == 3])
    assert rangs == list(range(1, attendus + 1))
    assert Numerotation.objects.get(serie="FN").dernier == attendus
    entrer(None)
