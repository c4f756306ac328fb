import pytest
import time_machine

from apps.core.erreurs import ErreurMetier, VersionPerimee
from apps.entreprises import services
from apps.entreprises.enums import EtatSiret
from apps.entreprises.inscriptions import balayer_transmission
from apps.entreprises.models import Entreprise
from apps.personnes import services as personnes
from tests.entreprises.factories import EntrepriseFactory, InterlocuteurFactory, siret
from tests.factories import CommuneFactory, TerritoireFactory
from tests.outils import acces_coordination, entrer
from tests.personnes.factories import PersonneFactory


def test_create_fills_what_search_compares(territoire) -> None:
    e = services.creer(
        acces=acces_coordination(territoire.pk),
        nom="Épicerie du Célé",
        siret="732 829 320 00074",
        commune=CommuneFactory(),
    )
    assert (e.siret, e.siren, e.etat_siret) == ("73282932000074", "732829320", EtatSiret.CONNU)
    assert e.nom_normalise == "epicerie du cele"
    assert "figeac" in e.recherche_publique


def test_unknown_siret_is_null_and_never_collides(territoire) -> None:
    acces = acces_coordination(territoire.pk)
    a = services.creer(acces=acces, nom="A", siret="", etat_siret=EtatSiret.EN_COURS)
    b = services.creer(acces=acces, nom="B", siret=None)
    assert (a.siret, a.etat_siret, b.etat_siret) == (None, EtatSiret.EN_COURS, EtatSiret.INCONNU)


def test_a_siret_is_held_once_a_territoire(territoire) -> None:
    EntrepriseFactory(territoire=territoire, siret=siret(1))
    with pytest.raises(ErreurMetier, match="déjà ce SIRET"):
        services.creer(acces=acces_coordination(territoire.pk), nom="Autre", siret=siret(1))
    autre = TerritoireFactory(slug="langres", nom="Langres")
    entrer(autre.pk)
    assert services.creer(acces=acces_coordination(autre.pk), nom="Autre", siret=siret(1)).pk


def test_two_editors(territoire) -> None:
    e, acces = EntrepriseFactory(territoire=territoire), acces_coordination(territoire.pk)
    services.modifier(acces=acces, entreprise=e, version=1, nom="Premier")
    with pytest.raises(VersionPerimee) as perimee:
        services.modifier(acces=acces, entreprise=e, version=1, nom="Second")
    assert perimee.value.actuel.nom == "Premier"
    with pytest.raises(VersionPerimee):
        services.modifier(acces=acces, entreprise=e, version=None, nom="Second")
    e.refresh_from_db()
    assert (e.nom, e.nom_normalise, e.version) == ("Premier", "premier", 2)


def test_duplicates_never_match_on_an_empty_key(territoire) -> None:
    EntrepriseFactory(territoire=territoire, siret=None, nom="Sans rien", commune=None, telephone="", courriel="")
    acces = acces_coordination(territoire.pk)
    assert services.doublons(acces=acces) == []
    assert services.doublons(acces=acces, nom="Sans rien") == []
    assert services.doublons(acces=acces, nom="-", commune=CommuneFactory(), telephone="18", courriel=" ") == []


def test_duplicates_by_each_key(territoire) -> None:
    figeac = CommuneFactory()
    connue = EntrepriseFactory(
        territoire=territoire, nom="MARTIN JEAN", enseigne="Au Bon Pain", siret=siret(5), telephone="05 65 00 00 11",
        courriel="pain@example.org",
    )  # fmt: skip
    lien = InterlocuteurFactory(
        entreprise=connue,
        personne=PersonneFactory(territoire=territoire, telephone="+33 6 00 00 00 22", courriel="jean@example.org"),
    )
    acces = acces_coordination(territoire.pk)

    def raisons(**cles):
        return [d.raison for d in services.doublons(acces=acces, **cles)]

    assert raisons(siret=siret(5)) == ["même SIRET"]
    assert raisons(nom="au bon pain", commune=figeac) == ["même nom, même commune"]
    assert raisons(nom="Martin  Jean", commune=CommuneFactory(code_insee="46100", nom="Faycelles")) == []
    assert raisons(telephone="0565000011") == ["même téléphone"]
    assert raisons(courriel="PAIN@example.org") == ["même adresse électronique"]
    assert raisons(telephone="06 00 00 00 22") == [f"téléphone de {lien.personne}"]
    assert raisons(courriel="jean@example.org") == [f"adresse électronique de {lien.personne}"]
    assert services.doublons(acces=acces, siret=siret(5), sauf=connue.pk) == []


def test_duplicates_stay_within_the_territoire(territoire) -> None:
    autre = TerritoireFactory(slug="langres", nom="Langres")
    entrer(autre.pk)
    EntrepriseFactory(territoire=autre, siret=siret(5))
    assert services.doublons(acces=acces_coordination(autre.pk), siret=siret(5))
    entrer(territoire.pk)
    assert services.doublons(acces=acces_coordination(territoire.pk), siret=siret(5)) == []


def test_one_contact_principal(territoire) -> None:
    e, acces = EntrepriseFactory(territoire=territoire), acces_coordination(territoire.pk)
    a, b = PersonneFactory(territoire=territoire), PersonneFactory(territoire=territoire)
    services.lier(acces=acces, entreprise=e, personne=a, fonction="Gérante", est_principal=True)
    services.lier(acces=acces, entreprise=e, personne=b, fonction="Conjoint", est_dirigeant=False, est_principal=True)
    services.lier(acces=acces, entreprise=e, personne=b, fonction="Associé", est_dirigeant=True, est_principal=True)
    assert [(i.personne, i.fonction, i.est_principal) for i in e.interlocuteurs.all()] == [
        (b, "Associé", True),
        (a, "Gérante", False),
    ]


@time_machine.travel("2026-11-23 12:00:00+01:00", tick=False)
def test_transmission_mark_follows_the_dirigeants(territoire) -> None:
    e, acces = EntrepriseFactory(territoire=territoire), acces_coordination(territoire.pk)
    agee = PersonneFactory(territoire=territoire, annee_naissance=1976)

    def marque() -> bool:
        return Entreprise.objects.get(pk=e.pk).dirigeant_age_transmission

    lien = services.lier(acces=acces, entreprise=e, personne=agee)
    assert not marque()  # 50 this year: not over 50
    personnes.modifier(acces=acces, personne=agee, version=1, annee_naissance=1975)
    assert marque()
    services.delier(acces=acces, lien=lien)
    assert not marque()


def test_the_nightly_sweep_sees_a_birthday(territoire) -> None:
    e = EntrepriseFactory(territoire=territoire)
    with time_machine.travel("2026-06-01", tick=False):
        personne = PersonneFactory(territoire=territoire, annee_naissance=1976)
        services.lier(acces=acces_coordination(territoire.pk), entreprise=e, personne=personne)
        assert balayer_transmission() == 0
    with time_machine.travel("2027-06-01", tick=False):
        assert balayer_transmission() == 1
    assert Entreprise.objects.get(pk=e.pk).dirigeant_age_transmission


def test_above_the_threshold_by_number_or_tranche() -> None:
    assert Entreprise(effectif=20).depasse_seuil(20)
    assert Entreprise(tranche="12").depasse_seuil(20)
    assert not Entreprise(effectif=3, tranche="12").depasse_seuil(20)
    assert not Entreprise().depasse_seuil(20)
