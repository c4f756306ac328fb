"""Which partner a need calls for, and why."""

from datetime import date, timedelta

import pytest

from apps.partenaires.models import Convention, Organisme
from apps.partenaires.services import proposer
from apps.territoires.models import Territoire, Theme
from tests.factories import CommuneFactory, OrganismeFactory, TerritoireFactory, ThemeFactory


@pytest.fixture
def creation(territoire: Territoire) -> Theme:
    return ThemeFactory(territoire=territoire, nom="Création d’entreprise")


def _chambre(territoire: Territoire, court: str, nature: str, theme: Theme) -> Organisme:
    objet = OrganismeFactory(territoire=territoire, nom=f"Chambre {court}", nom_court=court, natures=[nature])
    objet.themes.add(theme)
    return objet


def _noms(territoire: Territoire, theme: Theme, **besoin: object) -> list[str]:
    propositions = proposer(territoire_id=territoire.pk, themes=[theme], **besoin)  # type: ignore[arg-type]
    return [p.organisme.nom_court for p in propositions]


@pytest.mark.parametrize(("nature", "chambre"), [("artisanale", "CMA"), ("commerciale", "CCI"), ("agricole", "CA")])
def test_the_nature_of_activity_decides_between_chambers(
    territoire: Territoire, creation: Theme, nature: str, chambre: str
) -> None:
    for court, sienne in (("CMA", "artisanale"), ("CCI", "commerciale"), ("CA", "agricole")):
        _chambre(territoire, court, sienne, creation)
    assert _noms(territoire, creation, natures=[nature]) == [chambre]
    assert set(_noms(territoire, creation)) == {"CMA", "CCI", "CA"}  # unknown nature excludes nobody
    assert set(_noms(territoire, creation, natures=["artisanale", "commerciale"])) == {"CMA", "CCI"}


def test_the_reason_is_a_sentence(territoire: Territoire, creation: Theme) -> None:
    _chambre(territoire, "CMA", "artisanale", creation)
    (proposition,) = proposer(
        territoire_id=territoire.pk, themes=[creation], commune=CommuneFactory(), natures=["artisanale"]
    )
    attendu = "couvre le thème «\u00a0Création d’entreprise\u00a0» sur la commune Figeac, activité artisanale"
    assert proposition.raisons == attendu
    assert proposition.a_convention


def test_another_theme_commune_public_or_territoire_is_not_proposed(territoire: Territoire, creation: Theme) -> None:
    figeac, cajarc = CommuneFactory(), CommuneFactory(code_insee="46045", nom="Cajarc")
    limite = _chambre(territoire, "LIM", "artisanale", creation)
    limite.communes.add(cajarc)
    jeunes = OrganismeFactory(territoire=territoire, nom_court="ML", publics=["jeune"])
    jeunes.themes.add(creation)
    autre = OrganismeFactory(territoire=territoire, nom_court="AUT")
    autre.themes.add(ThemeFactory(territoire=territoire, nom="Numérique"))
    ferme = _chambre(territoire, "FER", "artisanale", creation)
    Organisme.objects.filter(pk=ferme.pk).update(est_actif=False)
    assert _noms(territoire, creation, commune=figeac, publics=["createur"]) == []
    assert set(_noms(territoire, creation, commune=cajarc, publics=["jeune"])) == {"LIM", "ML"}
    ailleurs = TerritoireFactory(slug="langres", nom="Langres")
    assert proposer(territoire_id=ailleurs.pk, themes=[creation]) == []


def test_without_a_convention_in_force_it_comes_last_and_says_so(territoire: Territoire, creation: Theme) -> None:
    sans = _chambre(territoire, "AAA", "artisanale", creation)
    Convention.objects.filter(organisme=sans).update(valable_jusquau=date.today() - timedelta(days=1))
    futur = _chambre(territoire, "BBB", "artisanale", creation)
    Convention.objects.filter(organisme=futur).update(signee_le=date.today() + timedelta(days=5))
    _chambre(territoire, "ZZZ", "artisanale", creation)
    propositions = proposer(territoire_id=territoire.pk, themes=[creation], natures=["artisanale"])
    assert [(p.organisme.nom_court, p.a_convention) for p in propositions] == [
        ("ZZZ", True), ("AAA", False), ("BBB", False),
    ]  # fmt: skip


def test_more_themes_covered_come_first(territoire: Territoire, creation: Theme) -> None:
    numerique = ThemeFactory(territoire=territoire, nom="Numérique")
    _chambre(territoire, "UN", "artisanale", creation)
    deux = _chambre(territoire, "ZDEUX", "artisanale", creation)
    deux.themes.add(numerique)
    propositions = proposer(territoire_id=territoire.pk, themes=[creation, numerique])
    assert [p.organisme.nom_court for p in propositions] == ["ZDEUX", "UN"]
    assert "couvre les thèmes" in propositions[0].raisons
