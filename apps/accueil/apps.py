from django.apps import AppConfig
from django.urls import reverse

from apps.core.acces import Acces, Role
from apps.core.registres import Entree, navigation


def _a_un_accueil(acces: Acces) -> bool:
    return acces.est_coordination or acces.est_partenaire


def _voit_les_chiffres(acces: Acces) -> bool:
    return acces.role in (Role.COORDINATION, Role.PILOTAGE, Role.REFERENT)


class AccueilConfig(AppConfig):
    name = "apps.accueil"
    label = "accueil"
    verbose_name = "Accueil"

    def ready(self) -> None:
        navigation.inscrire(
            "accueil.accueil",
            Entree(
                "", "Accueil", "house-door", 10, lambda slug: reverse("accueil:accueil", args=[slug]), _a_un_accueil
            ),
        )
        navigation.inscrire(
            "accueil.chiffres",
            Entree(
                "Pilotage",
                "Chiffres",
                "bar-chart",
                60,
                lambda slug: reverse("accueil:chiffres", args=[slug]),
                _voit_les_chiffres,
            ),
        )
        navigation.inscrire(
            "accueil.aide",
            Entree(
                "Besoin d’aide\u00a0?",
                "Aide",
                "question-circle",
                90,
                lambda slug: reverse("accueil:aide", args=[slug]),
                lambda acces: True,
            ),
        )
