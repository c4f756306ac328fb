"""« Besoins recensés »: what is counted, what comes first, and what élus may not find out by subtraction."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.comites.besoins import SANS_ACTIVITE, Besoins, besoins_de, besoins_recenses
from apps.entreprises.models import Entreprise
from apps.fiches.models import Besoin, FicheNavette
from apps.referentiels.models import Naf
from apps.territoires.models import Territoire, Theme
from tests.factories import ThemeFactory

from .factories import InstanceFactory, SeanceFactory, fiches_en_nombre


@pytest.fixture
def boulangerie(territoire: Territoire) -> Entreprise:
    Naf.objects.create(
        nomenclature="NAFRev2", code="10.71C", libelle="Boulangerie", section="C",
        section_libelle="Industrie manufacturière", recherche="boulangerie",
    )  # fmt: skip
    return Entreprise.objects.create(territoire=territoire, nom="Le Fournil", naf_rev2="10.71C")


def recenser(territoire: Territoire, anonyme: bool = False) -> Besoins:
    demain = timezone.now() + timedelta(days=1)
    return besoins_recenses(territoire.pk, timezone.now() - timedelta(days=1), demain, anonyme)


def semer(
    territoire: Territoire, theme: str, nombre: int, entreprise: Entreprise | None = None, **etat: object
) -> None:
    """So many fiches with one need of this theme."""
    lies: Theme = ThemeFactory(territoire=territoire, nom=theme)
    pks = [f.pk for f in fiches_en_nombre(territoire, nombre)]
    FicheNavette.objects.filter(pk__in=pks).update(entreprise=entreprise, **etat)
    Besoin.objects.filter(fiche__in=pks).update(theme=lies)


def en_mots(tableau: Besoins) -> dict[str, list[str]]:
    return {x.theme: [*map(str, x.cases), str(x.total), str(x.sans_reponse)] for x in tableau.lignes}


def test_needs_are_counted_by_theme_and_section_the_unanswered_first(
    territoire: Territoire, boulangerie: Entreprise
) -> None:
    semer(territoire, "Création", 3, boulangerie)
    semer(territoire, "Création", 2)
    semer(territoire, "Recrutement", 1, etat="a_reorienter")

    tableau = recenser(territoire)

    assert tableau.sections == ["Industrie manufacturière", SANS_ACTIVITE]
    assert [x.theme for x in tableau.lignes] == ["Recrutement", "Création"]
    assert en_mots(tableau) == {"Création": ["3", "2", "5", "–"], "Recrutement": ["–", "1", "1", "1"]}
    assert [str(t) for t in tableau.totaux] == ["3", "3"]
    assert str(tableau.total) == "6"


def test_doubles_cancelled_and_older_fiches_do_not_count(territoire: Territoire) -> None:
    semer(territoire, "Création", 2)
    semer(territoire, "Création", 2, statut="annulee")
    semer(territoire, "Création", 2, ouverte_le=timezone.now() - timedelta(days=40))
    semer(territoire, "Création", 2, statut="cloturee", cloturee_le=timezone.now(), motif_cloture="doublon")

    assert str(recenser(territoire).total) == "2"


def test_two_needs_of_one_theme_on_a_fiche_count_once(territoire: Territoire) -> None:
    semer(territoire, "Création", 1)
    besoin = Besoin.objects.get()
    Besoin.objects.create(territoire=territoire, fiche=besoin.fiche, theme=besoin.theme)

    assert str(recenser(territoire).total) == "1"


def test_elus_are_shown_no_count_under_five(territoire: Territoire, boulangerie: Entreprise) -> None:
    semer(territoire, "Création", 6, boulangerie)
    semer(territoire, "Création", 4)
    semer(territoire, "Local", 7)

    tableau = recenser(territoire, anonyme=True)

    # The total of a line with a hidden case would tell it: hidden too; so is the grand total, of one hidden case.
    assert en_mots(tableau) == {
        "Création": ["6", "moins de 5", "moins de 5", "–"],
        "Local": ["–", "7", "7", "–"],
    }
    assert [str(t) for t in tableau.totaux] == ["6", "moins de 5"]
    assert tableau.total.est_cachee


def test_the_grand_total_is_shown_when_it_tells_nothing(territoire: Territoire, boulangerie: Entreprise) -> None:
    semer(territoire, "Création", 4, boulangerie)
    semer(territoire, "Local", 4)

    assert str(recenser(territoire, anonyme=True).total) == "8"


def test_the_answered_are_not_told_by_the_unanswered(territoire: Territoire) -> None:
    """Six needs, five unanswered: the sixth would be told by subtraction."""
    semer(territoire, "Création", 5, etat="a_reorienter")
    semer(territoire, "Création", 1)

    assert recenser(territoire, anonyme=True).lignes[0].sans_reponse.est_cachee
    assert str(recenser(territoire).lignes[0].sans_reponse) == "5"


def test_hidden_counts_do_not_rule_the_order(territoire: Territoire) -> None:
    semer(territoire, "Zinguerie", 4, etat="a_reorienter")
    semer(territoire, "Accueil", 1)

    assert [x.theme for x in recenser(territoire, anonyme=True).lignes] == ["Accueil", "Zinguerie"]


def test_an_anonymous_seance_never_asks_for_the_whole_table(territoire: Territoire) -> None:
    seance = SeanceFactory(instance=InstanceFactory(territoire=territoire, anonyme=True))
    semer(territoire, "Création", 3)

    assert besoins_de(seance, anonyme=False).anonyme
    assert besoins_de(seance).lignes[0].total.est_cachee


def test_it_costs_the_same_with_many(territoire: Territoire, django_assert_max_num_queries: object) -> None:
    couts = []
    for nombre in (3, 297):
        semer(territoire, "Création", nombre)
        with django_assert_max_num_queries(4) as requetes:  # type: ignore[operator]
            recenser(territoire)
        couts.append(len(requetes))

    assert couts[0] == couts[1]
