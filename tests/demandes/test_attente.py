"""How long a request has waited is counted in days of the calendar, as its date is shown."""

from datetime import datetime
from zoneinfo import ZoneInfo

import time_machine

from apps.acces.models import Affectation
from apps.demandes.enums import EtatDemande
from apps.demandes.listes import ListeDemandes
from apps.demandes.models import Demande

PARIS = ZoneInfo("Europe/Paris")


def test_a_request_of_last_night_has_not_arrived_today(coordination: Affectation) -> None:
    liste = ListeDemandes()
    liste.acces = coordination.acces()
    hier = Demande(etat=EtatDemande.A_QUALIFIER, recue_le=datetime(2026, 11, 22, 20, 0, tzinfo=PARIS))
    ce_matin = Demande(etat=EtatDemande.A_QUALIFIER, recue_le=datetime(2026, 11, 23, 0, 30, tzinfo=PARIS))
    hier.cles_themes = ce_matin.cles_themes = ""

    with time_machine.travel(datetime(2026, 11, 23, 9, 0, tzinfo=PARIS), tick=False):
        liste.preparer([hier, ce_matin])

    assert (hier.age, ce_matin.age) == ("attend depuis 1 jour", "arrivée aujourd’hui")
